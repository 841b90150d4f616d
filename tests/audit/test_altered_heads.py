"""What stands in the head of a log is signed again only where the signature on it vouches for it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from uuid import uuid4

import pytest
from sqlalchemy import Uuid, func, insert, literal, select, update

from app.audit.connected import act_for, connected
from app.audit.database import open_database
from app.audit.errors import LogAltered
from app.audit.recorder import Recorder
from app.audit.records import Stored
from app.audit.signed_log import signed_leaf
from app.audit.store import Store
from app.audit.tables import entry, log_head, subtree
from tests.audit.examples import TENANT, a_recording
from tests.audit.whole.generated import events, fill
from tests.roles import SERVICE, as_role, tampering

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


@pytest.mark.parametrize("values", [{"size": 1}, {"size": 3}, {"note": b""}, {"note": b"\xff"}], ids=str)
async def test_no_leaf_counts_below_a_head_that_is_not_the_one_that_was_signed(
    recorder: Recorder, store: Store, values: dict[str, object]
) -> None:
    for _ in range(2):
        await recorder.record(a_recording())
    before = [signed_leaf(store.log, store.vault, TENANT, index) for index in range(3)]
    alter(store, **values)

    assert [leaf.index for leaf in before if leaf] == [0, 1]
    assert [signed_leaf(store.log, store.vault, TENANT, index) for index in range(3)] == [None] * 3


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


def plant(store: Store, index: int) -> None:
    """Write a leaf behind the head, as whoever may append rows could: nothing refuses it."""
    with closing(open_database(as_role(store.database.writer.url, SERVICE))) as database:
        columns = [each for each in entry.c if each.name not in ("idx", "id", "idempotency_tag")]
        with database.writer.begin() as connection:
            act_for(connection, TENANT)
            like = select(literal(index), literal(uuid4(), Uuid), *columns)
            names = ["idx", "id", *(each.name for each in columns)]
            first = (entry.c.tenant == TENANT) & (entry.c.idx == 0)
            connection.execute(insert(entry).from_select(names, like.where(first)))


def leaves(store: Store) -> int:
    """How many rows the log has, planted ones too."""
    with connected(store.database.reader, TENANT) as connection:
        return connection.scalar(select(func.count()).select_from(entry)) or 0


async def test_a_leaf_that_was_planted_behind_the_head_is_damage_and_no_fault_of_a_record(
    recorder: Recorder, store: Store
) -> None:
    await recorder.record(a_recording())
    plant(store, 1)
    for key in (None, "key-of-a-visit"):
        with pytest.raises(LogAltered):
            await recorder.record(a_recording(key))
    assert leaves(store) == 2
    theirs = a_recording(tenant="other")
    assert (await recorder.record(theirs)).record_id == theirs.record.id


async def test_records_of_one_batch_are_stored_up_to_a_planted_leaf_and_none_is_refused_for_it(
    recorder: Recorder, store: Store
) -> None:
    await recorder.record(a_recording())
    plant(store, 4)
    tries = [recorder.record(a_recording(subject=f"patient-{number}")) for number in range(20)]
    outcomes = [type(each) for each in await asyncio.gather(*tries, return_exceptions=True)]
    assert (outcomes.count(Stored), outcomes.count(LogAltered)) == (3, 17)


async def test_a_subtree_that_was_planted_is_damage_and_no_fault_of_a_record(
    recorder: Recorder, store: Store
) -> None:
    fill(store, events(255))
    with tampering(store.database.writer.url) as connection:
        connection.execute(insert(subtree).values(tenant=TENANT, level=8, idx=0, hash=bytes(32)))
    with pytest.raises(LogAltered):
        await recorder.record(a_recording())
    assert leaves(store) == 255
