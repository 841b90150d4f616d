"""What was stored is found again: by id, by question, page by page."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, text

from app.audit.archive import Archive, Cursor, Search
from app.audit.database import open_database
from app.audit.errors import StoreUnavailable
from app.audit.migrations import downgrade
from app.audit.recorder import Recorder
from app.audit.records import Actor, Record, Recording, Summary
from app.audit.store import Store
from tests.audit.examples import EXAMPLE, RULESET, TENANT, a_record, in_short
from tests.roles import OWNER, as_role
from tests.stores import opened_store


def keep(store: Store, records: list[Record]) -> None:
    """Have the recorder store them."""
    recorder = Recorder(store.database, store.vault)
    recorder.start()
    recordings = [Recording(each, Actor(TENANT, "tests"), b"request") for each in records]

    async def record_all() -> None:
        await asyncio.gather(*map(recorder.record, recordings))

    asyncio.run(record_all())
    recorder.close()


def minutes(count: int) -> timedelta:
    """Minutes after the example."""
    return timedelta(minutes=count)


def pages(archive: Archive, wanted: Search, limit: int) -> Iterator[list[Summary]]:
    """Every page of a search, as a client follows the cursors."""
    page = archive.search(TENANT, wanted, limit=limit)
    yield page.records
    while page.after is not None:
        page = archive.search(TENANT, wanted, page.after, limit)
        yield page.records


def test_an_unknown_id_is_nothing(archive: Archive) -> None:
    assert archive.get(TENANT, uuid4()) is None


def test_records_come_newest_first(store: Store, archive: Archive) -> None:
    records = [a_record(created_at=EXAMPLE.created_at + minutes(n)) for n in (3, 1, 2)]
    keep(store, records)
    found = archive.search(TENANT, Search()).records
    assert found == [in_short(records[place]) for place in (0, 2, 1)]


def test_pages_hold_every_record_once_also_when_made_in_the_same_instant(
    store: Store, archive: Archive
) -> None:
    records = [a_record(id=UUID(int=n), created_at=EXAMPLE.created_at + minutes(n // 4)) for n in range(11)]
    keep(store, records)
    found = list(pages(archive, Search(), limit=3))
    assert [len(page) for page in found] == [3, 3, 3, 2]
    assert [record.id.int for page in found for record in page] == list(reversed(range(11)))


def test_a_page_that_is_just_full_is_the_last(store: Store, archive: Archive) -> None:
    keep(store, [a_record() for _ in range(3)])
    assert archive.search(TENANT, Search(), limit=3).after is None


def test_a_record_stored_while_paging_moves_nothing(store: Store, archive: Archive) -> None:
    keep(store, [a_record(created_at=EXAMPLE.created_at + minutes(n)) for n in range(4)])
    first = archive.search(TENANT, Search(), limit=2)
    keep(store, [a_record(created_at=EXAMPLE.created_at + minutes(9))])
    assert first.after is not None
    second = archive.search(TENANT, Search(), first.after, limit=2)
    assert len({record.id for record in [*first.records, *second.records]}) == 4


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Search(subject="b"), {2}),
        (Search(subject="nobody"), set()),
        (Search(assessed_from=date(2026, 3, 2)), {2, 3}),
        (Search(assessed_to=date(2026, 3, 2)), {1, 2}),
        (Search(assessed_from=date(2026, 3, 2), assessed_to=date(2026, 3, 2)), {2}),
        (Search(verdict="relapsed"), {3}),
        (Search(tier="same_day"), {2, 3}),
        (Search(tier="same_day", verdict="on_track"), {2}),
        (Search(), {1, 2, 3}),
    ],
)
def test_a_search_finds_what_it_asks_for(
    store: Store, archive: Archive, wanted: Search, expected: set[int]
) -> None:
    keep(
        store,
        [
            a_record(id=UUID(int=1), subject="a", assessed_on=date(2026, 3, 1)),
            a_record(id=UUID(int=2), subject="b", assessed_on=date(2026, 3, 2), tier="same_day"),
            a_record(
                id=UUID(int=3), assessed_on=date(2026, 3, 3), tier="same_day", verdict="relapsed", subject="c"
            ),
        ],
    )
    assert {record.id.int for record in archive.search(TENANT, wanted).records} == expected


def test_a_cursor_behind_the_last_record_is_an_empty_page(store: Store, archive: Archive) -> None:
    keep(store, [a_record()])
    page = archive.search(TENANT, Search(), Cursor(EXAMPLE.created_at - minutes(1), UUID(int=0)))
    assert page.records == []
    assert page.after is None


def test_a_ruleset_is_kept_once_and_as_it_was(archive: Archive) -> None:
    digest, version, json = RULESET
    archive.save_ruleset(digest, "another version", b"{}")
    assert archive.ruleset(digest) == json
    assert archive.rulesets() == [(digest, version)]
    assert archive.ruleset("unknown") is None


def test_rulesets_are_listed_by_their_version_the_newest_first(archive: Archive) -> None:
    for number, version in enumerate(["1.9.0", "1.10.0", "2.0.0", "1.10.1"]):
        archive.save_ruleset(f"sha256:{number}", version, b"{}")
    listed = [each.version for each in archive.rulesets()]
    assert listed == ["2026.1", "2.0.0", "1.10.1", "1.10.0", "1.9.0"]


def test_nothing_is_found_in_the_log_of_another_tenant(store: Store, archive: Archive) -> None:
    keep(store, [a_record(id=UUID(int=1))])
    assert archive.get("other", UUID(int=1)) is None
    assert archive.answer("other", UUID(int=1)) is None
    assert archive.search("other", Search()).records == []
    assert archive.search("other", Search(subject=EXAMPLE.subject)).records == []
    assert archive.get(TENANT, UUID(int=1)) is not None


NOT_SHOWN = {"receipt", "json"}


def test_a_key_of_which_the_id_cannot_be_read_fails_no_search(sqlite_url: str) -> None:
    with opened_store(sqlite_url) as store:
        store.archive.save_ruleset(*RULESET)
        ours, other = a_record(), a_record(subject="patient-2")
        keep(store, [ours, other])
        mine = text("UPDATE subject_key SET key_id = 'nonsense' WHERE key_id = :id")
        [key_id] = store.vault.subject_keys.key_ids_of(TENANT, ours.subject)
        with store.keys.writer.begin() as connection:
            assert connection.execute(mine, {"id": key_id.hex}).rowcount == 1

        assert store.archive.search(TENANT, Search(subject=ours.subject)).records == []
        assert store.archive.search(TENANT, Search()).records == [in_short(other)]


def test_no_list_reads_what_it_does_not_need(store: Store, archive: Archive) -> None:
    asked: list[str] = []
    event.listen(store.database.reader, "before_cursor_execute", lambda *sent: asked.append(sent[2]))
    archive.search(TENANT, Search(subject="patient-1", tier="none"))
    archive.rulesets()
    assert len([each for each in asked if "set_config" not in each]) == 2
    assert not NOT_SHOWN & set(re.findall(r"\w+", " ".join(asked)))


LAST = Cursor(EXAMPLE.created_at, UUID(int=7))


@pytest.mark.parametrize("after", [None, LAST], ids=["first page", "next page"])
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Search(), "ix_entry_tenant_at_id"),
        (Search(subject="patient-1"), "ix_entry_tenant_key_id_at_id"),
        (
            Search(subject="patient-1", assessed_from=date(2026, 3, 1), tier="none"),
            "ix_entry_tenant_key_id_at_id",
        ),
    ],
    ids=["everybody", "a patient", "a patient and more"],
)
def test_a_page_is_read_along_an_index_and_not_sorted(
    sqlite_url: str, wanted: Search, after: Cursor | None, index: str
) -> None:
    asked: list[tuple[str, Any]] = []
    with opened_store(sqlite_url) as store:
        store.archive.save_ruleset(*RULESET)
        keep(store, [a_record()])
    with opened_store(sqlite_url) as store:
        reader = store.database.reader
        event.listen(reader, "before_cursor_execute", lambda *sent: asked.append(sent[2:4]))
        store.archive.search(TENANT, wanted, after)
        ((statement, values),) = asked
        with reader.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert [index in step.detail for step in plan] == [True]


def test_a_store_that_answers_can_be_pinged(archive: Archive) -> None:
    archive.ping()


def test_a_store_that_is_gone_says_so(store: Store, archive: Archive) -> None:
    with (
        closing(open_database(as_role(store.database.writer.url, OWNER))) as owned,
        owned.writer.begin() as connection,
    ):
        downgrade(connection)
    for ask in (
        lambda: archive.get(TENANT, uuid4()),
        lambda: archive.search(TENANT, Search()),
        archive.rulesets,
    ):
        with pytest.raises(StoreUnavailable):
            ask()
    with pytest.raises(StoreUnavailable):
        archive.save_ruleset(*RULESET)
