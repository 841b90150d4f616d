"""Leaves of the log, as the service writes their meta."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.audit.meta import members_of, write_meta
from app.audit.records import Actor

LEAF_ID = UUID("0198c0de-0000-7000-8000-00000000000a")
ABOUT = UUID("0198c0de-0000-7000-8000-00000000000b")
ACTOR = Actor("local", "key:7", "0af7651916cd43dd8448eb211c80319c")


def entry(kind: str, **detail: Any) -> dict[str, Any]:
    """The meta of a leaf of that kind, the eighth of its log."""
    members = members_of(kind, LEAF_ID, datetime(2026, 1, 15, 12, tzinfo=UTC), ACTOR, [ABOUT])
    read: dict[str, Any] = json.loads(write_meta({**members, **detail}, 7, None))
    return read
