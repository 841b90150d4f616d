"""The EHR clients that may call with tokens they sign themselves, as a TOML file lists them.

[[client]]
iss = "https://ehr.example.org"
jwks = "https://ehr.example.org/jwks.json"
tenant = "ward-7"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLIENT_ALGORITHMS = ("ES384", "RS384")
"""Those that CDS Hooks recommends; the standard forbids `none` and shared secrets."""
TENANT = re.compile(r"[a-z0-9-]{1,40}")
VISIBLE = re.compile(r"[!-~]{1,255}")
"""As long as the table of used tokens takes an issuer."""
REQUIRED = ("iss", "jwks", "tenant")
OPTIONAL = ("audiences", "algorithms", "jku", "ehr_tenant")


@dataclass(frozen=True, slots=True)
class EhrClient:
    """An EHR whose tokens are accepted, and what they must say."""

    iss: str
    jwks: str
    """Where its public keys are: an `https:` address, or the path of a file."""
    tenant: str
    """Whose records its calls make; not what the EHR calls itself."""
    audiences: tuple[str, ...]
    """Empty: a token is for the address that is called, below the public one of the service."""
    algorithms: frozenset[str]
    jku: str
    """What a token may name as the place of the keys; it is compared and never fetched because of it."""
    ehr_tenant: str
    """What the `tenant` of its tokens must be; empty: a token must not have one."""

    @property
    def name(self) -> str:
        """A short name for the log and the record, made from `iss`."""
        return re.sub(r"[^A-Za-z0-9.]+", "-", self.iss.rpartition("://")[2]).strip("-")[:64]


def read_clients(file: Path) -> tuple[EhrClient, ...]:
    """The clients that a file lists. Raises ValueError with all that is wrong, and no value of the file."""
    try:
        listed = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ValueError("must be the path of a TOML file that the service can read.") from error
    except ValueError as error:
        raise ValueError("must be a file of TOML in UTF-8; this one cannot be parsed.") from error
    tables = listed.get("client")
    if set(listed) != {"client"} or not isinstance(tables, list) or not all(map(_is_table, tables)):
        raise ValueError("must be a file of [[client]] tables and nothing else.")
    problems = [
        f"client {at}: {each}" for at, table in enumerate(tables, 1) for each in _problems(table, file)
    ]
    clients = () if problems else tuple(_client(table, file) for table in tables)
    for member in ("iss", "name"):
        if len({getattr(client, member) for client in clients}) < len(clients):
            problems.append("two clients have the same `iss`, or two that can hardly be told apart.")
    if problems:
        raise ValueError(f"names a file that is wrong: {' '.join(dict.fromkeys(problems))}")
    return clients


def _problems(table: Mapping[str, Any], file: Path) -> Iterator[str]:
    if missing := [f"`{name}`" for name in REQUIRED if name not in table]:
        yield f"add {', '.join(missing)}."
    if set(table) - {*REQUIRED, *OPTIONAL}:
        yield f"has a member that is none of {', '.join((*REQUIRED, *OPTIONAL))}."
    for name in ("iss", "jku", "ehr_tenant"):
        if name in table and not _is(VISIBLE, table[name]):
            yield f"`{name}` must be 1 to 255 visible ASCII characters."
    if "tenant" in table and not _is(TENANT, table["tenant"]):
        yield "`tenant` must be 1 to 40 of a-z, 0-9 and -."
    if "jwks" in table:
        yield from _problems_of_keys(table, file)
    if not _are_texts(table.get("audiences", [])):
        yield "`audiences` must be a list of texts of visible ASCII characters."
    algorithms = table.get("algorithms", list(CLIENT_ALGORITHMS))
    if not (_are_texts(algorithms) and algorithms and set(algorithms) <= set(CLIENT_ALGORITHMS)):
        yield f"`algorithms` must be some of {', '.join(CLIENT_ALGORITHMS)}."


def _problems_of_keys(table: Mapping[str, Any], file: Path) -> Iterator[str]:
    jwks = table["jwks"]
    if not isinstance(jwks, str) or not jwks or ("://" in jwks and not jwks.startswith("https://")):
        yield "`jwks` must be an https address or the path of a file."
    elif not jwks.startswith("https://"):
        if not (file.parent / jwks).is_file():
            yield "`jwks` names a file that is not there; a relative path begins at the folder of this file."
    elif table.get("jku", jwks) != jwks:
        yield "`jku` must be left out where `jwks` is an address: a token may name that address alone."


def _client(table: Mapping[str, Any], file: Path) -> EhrClient:
    jwks: str = table["jwks"]
    fetched = jwks.startswith("https://")
    return EhrClient(
        iss=table["iss"],
        jwks=jwks if fetched else str(file.parent / jwks),
        tenant=table["tenant"],
        audiences=tuple(table.get("audiences", ())),
        algorithms=frozenset(table.get("algorithms", CLIENT_ALGORITHMS)),
        jku=jwks if fetched else table.get("jku", ""),
        ehr_tenant=table.get("ehr_tenant", ""),
    )


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(_is(VISIBLE, each) for each in value)
