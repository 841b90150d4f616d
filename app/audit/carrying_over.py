"""Puts the records of releases before 0.3, which were kept in a table of their own, into the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    delete,
    inspect,
    select,
)

from app.audit.append import Appender
from app.audit.prepare import prepare_recording
from app.audit.records import LOCAL_TENANT, Actor, Record, Recording
from app.audit.tables import UtcDateTime
from app.audit.vault import Vault

CARRIED_OVER = Actor(tenant=LOCAL_TENANT, credential="carried-over")
"""Those releases knew no credentials: what they kept is the local tenant's."""
WITH_A_LOG = "2026112303"
"""The revision that has a log and still the old table."""
AT_ONCE = 256

old_record = Table(
    "record",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("created_at", UtcDateTime),
    Column("subject", String(64)),
    Column("assessed_on", Date),
    *(Column(name, String(80)) for name in ("verdict", "tier", "worst_not_excluded")),
    *(Column(name, String(80)) for name in ("ruleset_digest", "engine_version", "idempotency_key")),
    *(Column(name, LargeBinary) for name in ("case_json", "facts_json", "answer", "truths")),
)


def carry_over(connection: Connection, vault: Vault, route: bytes) -> int:
    """How many records were moved, in the order in which they were made; in the transaction of the caller.

    *route* stands before the case in what a repetition under the same key must repeat.
    """
    if not inspect(connection).has_table(old_record.name):
        return 0
    appender, moved = Appender(connection.dialect, vault), 0
    for rows in _rows(connection):
        entries = [prepare_recording(_recording(row, route), vault) for row in rows]
        keys = vault.subject_keys.keys_for({(each.tenant, each.subject or "") for each in entries})
        before = appender.lock(connection, CARRIED_OVER.tenant)
        appender.append(connection, CARRIED_OVER.tenant, before, entries, keys)
        gone = [row["id"] for row in rows]
        connection.execute(delete(old_record).where(old_record.c.id.in_(gone)))
        moved += len(rows)
    return moved


def _rows(connection: Connection) -> Iterator[Sequence[Any]]:
    oldest = select(old_record).order_by(old_record.c.created_at, old_record.c.id).limit(AT_ONCE)
    while rows := connection.execute(oldest).mappings().all():
        yield rows


def _recording(row: Any, route: bytes) -> Recording:
    values = dict(row)
    key = values.pop("idempotency_key")
    record = Record(**values)
    return Recording(record, CARRIED_OVER, route + record.case_json, key)
