"""How the document tells what each operation needs, from the table that the guard asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.access.scopes import MEANINGS, NEEDS, Public
from app.api.access_problems import ACCESS_PROBLEMS, NOT_LOCAL
from app.api.problems import Problem

Document = dict[str, Any]

SCHEME = "bearer"
SECURITY_SCHEME: Document = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key (`dcp_...`), or a token (JWT) of the configured issuer with a `scope`. "
    "Both open the scopes that they were given:\n\n"
    + "\n".join(f"- `{scope}`: {meaning}" for scope, meaning in MEANINGS.items()),
}
CHALLENGE: Document = {
    "WWW-Authenticate": {
        "description": "How to be let in (RFC 6750)",
        "schema": {"type": "string", "maxLength": 200, "pattern": "^Bearer .+$"},
    }
}


def describe_need(document: Document, operation: Document, method: str, path: str, required: bool) -> None:
    """Add to an operation who may ask it; *required* tells whether it asks for a credential at all."""
    need = NEEDS.get((method, path))
    if need is None:
        return
    if isinstance(need, Public):
        operation["security"] = [{}]  # "no credential": linters take an empty list for one forgotten
        return
    document["components"].setdefault("securitySchemes", {})[SCHEME] = SECURITY_SCHEME
    operation["security"] = [{SCHEME: []}, *([] if required else [{}])]
    operation["x-scope"] = str(need)  # linters look for what stands in a requirement among scopes of OAuth
    operation["description"] = f"{operation['description']}\n\nScope: `{need}`."
    operation["responses"].setdefault("401", {"description": ""})["headers"] = CHALLENGE


def problems_of_access(method: str, path: str) -> Iterator[Problem]:
    """What an operation can be answered with because of who asks."""
    need = NEEDS.get((method, path))
    if need is None or isinstance(need, Public):
        yield NOT_LOCAL
    else:
        yield from ACCESS_PROBLEMS
