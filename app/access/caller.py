"""Who calls: tenant, credential, and what it opens. Comes from a proved credential and nothing else."""

import re
from dataclasses import dataclass

from app.access.scopes import EVERY_SCOPE, Scope
from app.audit.records import LOCAL_TENANT

TENANT = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever was let in."""

    tenant: str
    """A slug of `[a-z0-9-]{1,40}`: whose records these are."""
    credential: str
    """`key:` and the id of an API key, `jwt:` and the subject of a token, `ehr:` and a client; no secret."""
    scopes: frozenset[Scope]

    def __post_init__(self) -> None:
        if not TENANT.fullmatch(self.tenant):
            raise ValueError("a tenant is 1 to 40 of a-z, 0-9 and -")


LOCAL = Caller(LOCAL_TENANT, "loopback", EVERY_SCOPE)
"""Everybody on this machine, where no credentials are required."""
