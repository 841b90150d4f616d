"""One entry against its leaf: what an auditor can tell without a key."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from app.audit.errors import LeafUnreadable
from app.audit.meta import UNREADABLE, Members, read_meta, tag_digest
from app.audit.whole.rows import CONTENT, LEAF_HASH, META, REPEATED, TAG, Values, repeated
from app.transparency.tree import leaf_hash


def members_of(row: Values) -> Members | None:
    """What the leaf says; None where no service wrote it."""
    try:
        return read_meta(row[META])
    except (LeafUnreadable, *UNREADABLE):
        return None


def hash_of(row: Values) -> bytes:
    """The hash of the leaf as it stands there, whatever the column beside it says."""
    meta = row[META]
    return leaf_hash(meta if isinstance(meta, bytes) else repr(meta).encode())


def flaws_of(row: Values, members: Members | None, hashed: bytes) -> list[str]:
    """What differs between the row, its leaf, and the hash of the leaf; the content is only hashed."""
    try:
        if members is None:
            raise ValueError("no leaf")
        expected, content = repeated(members), members.get("content")
        tag = _tag_digest(row[TAG], members["id"])
    except UNREADABLE:
        return ["the leaf cannot be read"]
    flaws = [] if row[LEAF_HASH] == hashed else ["the leaf is not that of its hash"]
    if row[: len(REPEATED)] != expected:
        named = zip(REPEATED, row, expected, strict=False)
        flaws += [f"the column {name} differs from the leaf" for name, found, said in named if found != said]
    if tag != members.get("idempotency"):
        flaws.append("the column idempotency_tag differs from the leaf")
    if _digest(row[CONTENT]) != content:
        flaws.append("the content is not that of the leaf")
    return flaws


def _tag_digest(tag: Any, entry_id: str) -> str | None:
    return tag_digest(tag, entry_id) if tag is None or isinstance(tag, bytes) else ""


def _digest(content: Any) -> str | None:
    if content is None:
        return None
    return sha256(content).hexdigest() if isinstance(content, bytes) else ""
