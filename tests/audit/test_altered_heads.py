"""What stands in the head of a log is signed again only where the signature on it vouches for it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.audit.errors import LogAltered
from app.audit.recorder import Recorder
from app.audit.store import Store
from app.audit.tables import log_head
from tests.audit.examples import TENANT, a_recording
from tests.roles import tampering

pytestmark = pytest.mark.anyio


def alter(store: Store, **values: object) -> None:
    """As somebody with access to the database could."""
    with tampering(store.database.writer.url) as connection:
        connection.execute(update(log_head).where(log_head.c.tenant == TENANT).values(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"frontier": b"\x00" * 32},
        {"frontier": b"\x00"},
        {"frontier": b""},
        {"size": 2},
        {"size": 0, "frontier": b""},
        {"note": b""},
        {"note": b"\xff"},
        {"note": b"somebody/local\n1\n\n"},
    ],
    ids=str,
)
async def test_a_log_whose_head_was_altered_stands_still(
    recorder: Recorder, store: Store, values: dict[str, object]
) -> None:
    await recorder.record(a_recording())
    alter(store, **values)

    with pytest.raises(LogAltered):
        await recorder.record(a_recording())


async def test_the_logs_of_others_go_on(recorder: Recorder, store: Store) -> None:
    await recorder.record(a_recording())
    alter(store, frontier=b"\x00" * 32)
    theirs = a_recording(tenant="other")

    assert (await recorder.record(theirs)).record_id == theirs.record.id


async def test_a_head_that_is_put_back_goes_on(recorder: Recorder, store: Store) -> None:
    await recorder.record(a_recording())
    with tampering(store.database.writer.url) as connection:
        sound = connection.execute(log_head.select().where(log_head.c.tenant == TENANT)).mappings().one()
    alter(store, frontier=b"\x00" * 32)
    alter(store, frontier=sound["frontier"])
    again = a_recording()

    assert (await recorder.record(again)).record_id == again.record.id
