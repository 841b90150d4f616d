"""What must be provable of a database after every fault."""

from __future__ import annotations

from sqlalchemy import select

from app.audit.opening import flaws_of
from app.audit.records import Record
from app.audit.rows import Reading
from app.audit.store import Store
from app.audit.tables import entry, log_head
from app.transparency.checkpoint import read_note
from app.transparency.tree import root_of
from tests.stores import opened_store


def require_provable(url: str) -> None:
    """The whole tree verifies from the first leaf to the signed head, and every record can be read.

    The address is that of a database that no service has open.
    """
    with opened_store(url) as store:
        with store.database.reader.connect() as connection:
            tenants = connection.execute(select(log_head.c.tenant)).scalars().all()
        for tenant in tenants:
            require_log(store, tenant)


def require_log(store: Store, tenant: str) -> None:
    """No gap, no altered row, the root that was signed, and nothing that cannot be unsealed."""
    reading = Reading(entry.c, store.database.reader.dialect)
    query = reading.query().where(entry.c.tenant == tenant).order_by(entry.c.idx)
    with store.database.reader.connect() as connection:
        rows = [reading.row(found).values for found in connection.execute(query).mappings()]
    head = store.log.head(tenant)
    assert head is not None
    signed = read_note(head.note, store.vault.verifier_keys)
    assert [row["idx"] for row in rows] == list(range(signed.size))
    assert root_of([row["leaf_hash"] for row in rows]) == signed.root
    assert [flaw for row in rows for flaw in flaws_of(row)] == []
    records = [store.archive.get(tenant, row["id"]) for row in rows if row["content"] is not None]
    assert all(isinstance(each, Record) for each in records)
