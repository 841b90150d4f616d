"""Declares in the logs that they were restored from a backup, so that an honest restore can be told apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.audit.append import Appender
from app.audit.connected import ALL_HEADS, act_for, connected
from app.audit.pins import Pins
from app.audit.prepare import prepare_event
from app.audit.records import Actor, Event
from app.audit.store import Store
from app.audit.tables import log_head

OPERATOR = "operator"
"""The actor of what is done on the command line of the service."""


class Declared(NamedTuple):
    """What a leaf of the kind `recover` says of a log."""

    tenant: str
    restored: int
    """How many entries the log had when it was declared."""
    pinned: int
    """The largest size that is known to have been handed out; not below the other."""


def declare_recovery(
    store: Store, pins: Pins, clock: Callable[[], datetime], new_id: Callable[[], UUID]
) -> list[Declared]:
    """Append a `recover` leaf to every log that is there or was pinned, all in one transaction.

    Raises StoreUnavailable.
    """
    prefix = store.vault.origin_of("")
    pinned = {origin.removeprefix(prefix) for origin in pins.roots if origin.startswith(prefix)}
    appender, declared = Appender(store.database.writer.dialect, store.vault), []
    with connected(store.database.writer) as connection, connection.begin():
        act_for(connection, ALL_HEADS)
        there = set(connection.scalars(select(log_head.c.tenant)))
        for tenant in sorted(there | pinned):
            before = appender.lock(connection, tenant)
            newest = max(before.size, pins.newest_size(store.vault.origin_of(tenant)))
            said = Declared(tenant, before.size, newest)
            detail = {"restored": said.restored, "pinned": said.pinned}
            event = Event(new_id(), clock(), Actor(tenant, OPERATOR), "recover", detail=detail)
            appender.append(connection, tenant, before, [prepare_event(event)], {})
            declared.append(said)
    return declared
