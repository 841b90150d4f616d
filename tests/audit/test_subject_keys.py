"""Each subject has one key, found by all and made by one; destroyed, it is nowhere."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy import event, literal_column, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from app.audit.database import Database, open_database
from app.audit.errors import KeyAltered, KeyReplaced, LegalHold, SecretsRefused, StoreUnavailable
from app.audit.key_tables import subject_key as table
from app.audit.rewrapping import rewrap
from app.audit.sealing import SubjectKey
from app.audit.secrets import Secrets
from app.audit.subject_keys import SubjectKeys
from app.audit.wrapping import Place, unwrap, wrap

if TYPE_CHECKING:
    from tests.postgres import Postgres

OWNER = ("clinic", "patient-7")
BYTES_32 = st.binary(min_size=32, max_size=32)
PLACES = st.builds(Place, st.sampled_from(["clinic", "practice"]), st.binary(max_size=2), st.uuids())
OTHERS = [("clinic", f"patient-{number}") for number in range(100, 400)]


@pytest.fixture
def keys_database(keys_url: str) -> Iterator[Database]:
    """The database of the keys, opened."""
    opened = open_database(keys_url)
    yield opened
    opened.close()


@pytest.fixture
def keys(keys_database: Database, secrets: Secrets) -> SubjectKeys:
    """The keys of subjects, none yet."""
    return SubjectKeys(keys_database, secrets)


def key_of(keys: SubjectKeys, owner: tuple[str, str] = OWNER) -> SubjectKey:
    return keys.keys_for([owner])[owner]


def destroyed(keys: SubjectKeys, owner: tuple[str, str] = OWNER) -> list[UUID]:
    return keys.destroy_ids(owner[0], keys.key_ids_of(*owner))


def rotated(secrets: Secrets) -> Secrets:
    return replace(secrets, master=secrets.master[::-1])


def test_a_subject_has_one_key_from_its_first_record_on(keys: SubjectKeys) -> None:
    first = keys.keys_for([OWNER, ("clinic", "patient-8")])
    again = keys.keys_for([("clinic", "patient-8"), OWNER, OWNER])

    assert again == first
    assert len({key.key for key in first.values()}) == len({key.id for key in first.values()}) == 2
    assert all(len(key.key) == 32 for key in first.values())


def test_the_same_subject_of_another_tenant_has_another_key(keys: SubjectKeys) -> None:
    found = keys.keys_for([OWNER, ("practice", OWNER[1])])

    assert len({key.key for key in found.values()}) == 2
    assert keys.key("practice", found[OWNER].id) is None


def test_nothing_wanted_is_nothing_found(keys: SubjectKeys) -> None:
    assert keys.keys_for([]) == {}
    assert keys.keys("clinic", []) == {}


def test_keys_are_found_by_their_ids(keys: SubjectKeys) -> None:
    made = keys.keys_for(OTHERS)
    ids = [key.id for key in made.values()]

    assert keys.keys("clinic", [*ids, uuid4()]) == {key.id: key for key in made.values()}
    assert keys.key("clinic", ids[0]) == made[OTHERS[0]]
    assert keys.key_ids_of(*OTHERS[0]) == [ids[0]]


def test_a_key_outlives_the_process_that_made_it(keys_url: str, secrets: Secrets, keys: SubjectKeys) -> None:
    made = key_of(keys)
    later = open_database(keys_url)
    assert key_of(SubjectKeys(later, secrets)) == made
    later.close()


def test_known_keys_cost_one_statement_that_waits_for_no_writer(
    keys: SubjectKeys, keys_database: Database
) -> None:
    made = keys.keys_for(OTHERS)
    statements: list[str] = []
    event.listen(keys_database.reader, "before_cursor_execute", lambda *told: statements.append(told[2]))

    with keys_database.writer.begin():  # another process writes at this moment
        assert keys.keys_for(OTHERS) == made
    assert len(statements) == 1


def test_many_threads_make_one_key_for_each_subject(keys_url: str, secrets: Secrets) -> None:
    databases = [open_database(keys_url) for _ in range(4)]
    stores = [SubjectKeys(database, secrets) for database in databases]
    orders = [OTHERS[number:] + OTHERS[:number] for number in range(0, 160, 10)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda turn: stores[turn % 4].keys_for(orders[turn]), range(16)))

    assert all(each == found[0] for each in found)
    assert len(found[0]) == len({key.key for key in found[0].values()}) == len(OTHERS)
    for database in databases:
        database.close()


def test_no_key_and_no_subject_stands_in_clear_in_the_database(
    keys: SubjectKeys, keys_database: Database
) -> None:
    made = key_of(keys)
    with keys_database.reader.connect() as connection:
        row = connection.execute(select(table)).mappings().one()
    stored = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())

    assert made.key not in stored
    assert OWNER[1].encode() not in stored
    assert len(row["subject_tag"]) == 32
    assert len(row["wrapped"]) == 40


def test_a_destroyed_key_is_gone_and_the_next_one_is_another(keys: SubjectKeys) -> None:
    first = key_of(keys)

    assert destroyed(keys) == [first.id]
    assert destroyed(keys) == []
    assert keys.key("clinic", first.id) is None
    assert keys.key_ids_of(*OWNER) == []
    second = key_of(keys)
    assert second.id != first.id
    assert second.key != first.key


def test_only_the_keys_of_that_subject_are_destroyed(keys: SubjectKeys) -> None:
    made = keys.keys_for([*OTHERS, OWNER, ("practice", OWNER[1])])
    destroyed(keys)

    left = {owner: key for owner, key in made.items() if owner != OWNER}
    assert keys.keys_for(left) == left


def test_an_interrupted_erasure_is_finished_by_the_ids_of_its_leaf(keys: SubjectKeys) -> None:
    made = key_of(keys)

    assert keys.destroy_ids("practice", [made.id]) == []
    assert keys.destroy_ids("clinic", [made.id, uuid4()]) == [made.id]
    assert keys.key("clinic", made.id) is None


def test_a_held_key_is_not_destroyed_before_the_hold_ends(keys: SubjectKeys) -> None:
    made = key_of(keys)

    assert keys.hold(*OWNER, on=True)
    with pytest.raises(LegalHold):
        destroyed(keys)
    assert key_of(keys) == made
    assert keys.hold(*OWNER, on=False)
    assert destroyed(keys) == [made.id]


def test_a_subject_without_a_key_cannot_be_held(keys: SubjectKeys) -> None:
    assert not keys.hold(*OWNER, on=True)


def wrapped_of(database: Database, key_id: UUID) -> bytes:
    with database.writer.connect() as connection:
        wrapped: bytes = connection.scalars(select(table.c.wrapped).where(table.c.key_id == key_id)).one()
    return wrapped


def files_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def destroyed_traces(
    keys: SubjectKeys, database: Database, files: Callable[[], bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """Destroy keys among many and the newest of all; what each could leave, and the files afterwards."""
    keys.keys_for(OTHERS)
    for owner in [*OTHERS[:10], *(("clinic", f"newest-{number}") for number in range(5))]:
        key = key_of(keys, owner)
        wrapped = wrapped_of(database, key.id)
        before = files()
        destroyed(keys, owner)
        after = files()
        assert wrapped in before
        yield from ((trace, after) for trace in (wrapped, key.key, key.id.bytes, key.id.hex.encode()))


def test_no_trace_of_a_destroyed_key_is_in_the_files_of_sqlite(
    sqlite_keys_url: str, secrets: Secrets, tmp_path: Path
) -> None:
    database = open_database(sqlite_keys_url)
    keys = SubjectKeys(database, secrets)
    for trace, files in destroyed_traces(keys, database, lambda: files_of(tmp_path)):
        assert trace not in files
    database.close()


@pytest.mark.postgres
def test_no_trace_of_a_destroyed_key_is_in_the_tables_of_postgresql(
    postgres: "Postgres", postgres_keys_url: str, secrets: Secrets
) -> None:
    """In its tables: the server's own log is recycled later, as its retention says."""
    database = open_database(postgres_keys_url)
    keys = SubjectKeys(database, secrets)

    def tables() -> bytes:
        postgres.execute(sql.SQL("CHECKPOINT"))
        return files_of(Path(postgres.server.pgdata) / "base")

    for trace, files in destroyed_traces(keys, database, tables):
        assert trace not in files
    database.close()


def test_a_reader_that_stays_is_told_as_a_trace_that_stays(sqlite_keys_url: str, secrets: Secrets) -> None:
    """While somebody reads the state before, the log cannot be emptied; the erasure is repeated later."""
    database, other = open_database(sqlite_keys_url), open_database(sqlite_keys_url)
    keys = SubjectKeys(database, secrets)
    made = key_of(keys)
    with other.reader.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        rows = reader.exec_driver_sql("SELECT * FROM subject_key")
        assert rows.fetchone()
        with pytest.raises(StoreUnavailable, match="try again"):
            destroyed(keys)
    assert keys.key("clinic", made.id) is None
    assert destroyed(keys) == []
    wal = Path(f"{database.writer.url.database}-wal")
    assert wal.stat().st_size == 0
    database.close()
    other.close()


def test_a_new_master_key_wraps_every_key_anew(
    keys: SubjectKeys, keys_database: Database, secrets: Secrets
) -> None:
    made = keys.keys_for(OTHERS)
    renewed = SubjectKeys(keys_database, rotated(secrets))
    with pytest.raises(SecretsRefused, match="another master or index key"):
        renewed.require_known_secrets()

    assert rewrap(keys_database, secrets, rotated(secrets)) == len(OTHERS)
    assert rewrap(keys_database, secrets, rotated(secrets)) == 0
    renewed.require_known_secrets()
    assert renewed.keys_for(OTHERS) == made


def test_a_lost_index_key_is_noticed_before_any_subject_is_looked_for(
    keys: SubjectKeys, keys_database: Database, secrets: Secrets
) -> None:
    keys.require_known_secrets()
    key_of(keys)
    keys.require_known_secrets()
    with pytest.raises(SecretsRefused, match="bring back"):
        SubjectKeys(keys_database, replace(secrets, index=secrets.index[::-1])).require_known_secrets()


def test_whoever_has_the_old_master_key_reads_and_makes_nothing_after_the_rotation(
    keys: SubjectKeys, keys_database: Database, secrets: Secrets
) -> None:
    """What it made would be lost with the old key; what it cannot read is not damaged."""
    made = key_of(keys)
    rewrap(keys_database, secrets, rotated(secrets))
    asked: list[Callable[[], object]] = [
        lambda: key_of(keys),
        lambda: key_of(keys, OTHERS[0]),
        lambda: keys.key("clinic", made.id),
    ]
    for ask in asked:
        with pytest.raises(KeyReplaced, match="restart"):
            ask()

    renewed = SubjectKeys(keys_database, rotated(secrets))
    assert renewed.key_ids_of(*OTHERS[0]) == []
    assert key_of(renewed) == made


def test_keys_that_are_made_during_a_rotation_are_wrapped_anew_or_not_made(
    keys_url: str, keys_database: Database, secrets: Secrets
) -> None:
    """All that was made with the old master key can be read with the new one."""
    old = SubjectKeys(keys_database, secrets)
    key_of(old)
    made: list[SubjectKey] = []

    def make(number: int) -> None:
        # While the rotation holds the table, one waits for its lock and the others for the only connection.
        with suppress(StoreUnavailable, SQLAlchemyError):
            made.append(key_of(old, ("clinic", f"patient-{number}")))

    other = open_database(keys_url)
    with ThreadPoolExecutor(4) as pool:
        making = [pool.submit(make, number) for number in range(200)]
        rewrap(other, secrets, rotated(secrets))
        for each in making:
            each.result()
    renewed = SubjectKeys(other, rotated(secrets))
    renewed.require_known_secrets()
    assert renewed.keys("clinic", [key.id for key in made]) == {key.id: key for key in made}
    other.close()


def test_a_rotation_from_a_key_that_never_was_changes_nothing(
    keys: SubjectKeys, keys_database: Database, secrets: Secrets
) -> None:
    made = key_of(keys)
    wrong = replace(secrets, master=bytes(32))
    with pytest.raises(SecretsRefused):
        rewrap(keys_database, wrong, rotated(secrets))
    with pytest.raises(SecretsRefused, match="index key"):
        rewrap(keys_database, secrets, replace(secrets, index=bytes(32)))
    assert key_of(keys) == made


def test_a_damaged_key_is_told_and_stands_in_nobodys_way(
    keys: SubjectKeys, keys_database: Database, secrets: Secrets, caplog: pytest.LogCaptureFixture
) -> None:
    made = keys.keys_for([OWNER, OTHERS[0]])
    wrapped = wrapped_of(keys_database, made[OWNER].id)
    damage = update(table).where(table.c.key_id == made[OWNER].id)
    with keys_database.writer.begin() as connection:
        connection.execute(damage.values(wrapped=wrapped[:-1] + bytes([wrapped[-1] ^ 1])))

    with caplog.at_level(logging.ERROR):
        assert keys.keys_for([OWNER, OTHERS[0]]) == {OTHERS[0]: made[OTHERS[0]]}
    assert str(made[OWNER].id) in caplog.text
    assert keys.key("clinic", made[OWNER].id) is None
    assert rewrap(keys_database, secrets, rotated(secrets)) == 1
    renewed = SubjectKeys(keys_database, rotated(secrets))
    assert renewed.keys_for([OWNER, OTHERS[0]]) == {OTHERS[0]: made[OTHERS[0]]}


@pytest.mark.parametrize("column", ["wrapped_by", "wrapped", "subject_tag", "key_id"])
@pytest.mark.parametrize("value", ["'0000000000000000'", "x'00'", "7"])
def test_an_altered_row_takes_its_own_key_away_and_no_other(
    sqlite_keys_url: str, secrets: Secrets, column: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the start nor a new subject depends on what one row says of itself."""
    database = open_database(sqlite_keys_url)
    keys = SubjectKeys(database, secrets)
    made = keys.keys_for([OWNER, OTHERS[0]])
    with database.writer.begin() as connection:
        row = table.c.key_id == made[OWNER].id
        connection.execute(update(table).where(row).values({column: literal_column(value)}))

    keys.require_known_secrets()
    assert keys.keys_for([OWNER, OTHERS[0]])[OTHERS[0]] == made[OTHERS[0]]
    assert keys.keys("clinic", [key.id for key in made.values()])[made[OTHERS[0]].id] == made[OTHERS[0]]
    assert OTHERS[1] in keys.keys_for([OTHERS[1]])
    if column == "wrapped_by":
        assert keys.key("clinic", made[OWNER].id) == made[OWNER]
        assert str(made[OWNER].id) in caplog.text
    database.close()


def test_a_key_that_names_other_secrets_and_is_damaged_is_no_sign_of_a_rotation(
    keys: SubjectKeys, keys_database: Database
) -> None:
    made = keys.keys_for([OWNER, OTHERS[0]])
    damage = update(table).where(table.c.key_id == made[OWNER].id)
    with keys_database.writer.begin() as connection:
        connection.execute(damage.values(wrapped=bytes(40), wrapped_by="0" * 16))

    assert keys.keys_for([OWNER, OTHERS[0]]) == {OTHERS[0]: made[OTHERS[0]]}
    assert keys.keys_for([OTHERS[1]]).keys() == {OTHERS[1]}


def test_a_rotation_goes_by_what_opens_and_not_by_what_a_row_says(
    keys: SubjectKeys, keys_database: Database, secrets: Secrets
) -> None:
    made = keys.keys_for([OWNER, OTHERS[0]])
    with keys_database.writer.begin() as connection:
        said = update(table).where(table.c.key_id == made[OWNER].id)
        connection.execute(said.values(wrapped_by="0" * 16))

    assert rewrap(keys_database, secrets, rotated(secrets)) == 2
    assert SubjectKeys(keys_database, rotated(secrets)).keys_for([OWNER, OTHERS[0]]) == made


def test_a_key_is_of_no_use_to_another_tenant(keys: SubjectKeys, keys_database: Database) -> None:
    made = key_of(keys)
    with keys_database.writer.begin() as connection:
        connection.execute(update(table).values(tenant="practice"))

    assert keys.key("practice", made.id) is None


def swapped(database: Database, made: dict[tuple[str, str], SubjectKey], *columns: str) -> None:
    """Exchange what these columns hold between the rows of two keys."""
    one, other = (key.id for key in made.values())
    with database.writer.begin() as connection:
        rows = {row.key_id: row._mapping for row in connection.execute(select(table))}
        connection.execute(update(table).where(table.c.key_id == one).values(subject_tag=b"aside"))
        for key_id, source in ((other, rows[one]), (one, rows[other])):
            taken = {name: source[name] for name in columns}
            connection.execute(update(table).where(table.c.key_id == key_id).values(taken))
        if "subject_tag" not in columns:
            tag = rows[one]["subject_tag"]
            connection.execute(update(table).where(table.c.key_id == one).values(subject_tag=tag))


@pytest.mark.parametrize("columns", [["subject_tag"], ["wrapped"], ["subject_tag", "wrapped"]])
def test_a_key_in_the_row_of_another_subject_is_told_as_damaged(
    keys: SubjectKeys, keys_database: Database, secrets: Secrets, columns: list[str]
) -> None:
    """Otherwise the erasure of one patient would destroy the records of another one."""
    made = keys.keys_for([OWNER, OTHERS[0]])
    swapped(keys_database, made, *columns)

    assert keys.keys_for([OWNER, OTHERS[0]]) == {}
    assert keys.keys("clinic", [key.id for key in made.values()]) == {}
    with pytest.raises(KeyAltered, match="restore"):
        keys.own_key_ids_of(*OWNER)
    keys.keys_for([OTHERS[1]])
    assert rewrap(keys_database, secrets, rotated(secrets)) == 1
    assert SubjectKeys(keys_database, rotated(secrets)).keys_for([OWNER, OTHERS[0]]) == {}


@given(places=st.tuples(PLACES, PLACES), key=BYTES_32, masters=st.tuples(BYTES_32, BYTES_32))
def test_a_key_is_unwrapped_in_its_own_place_alone(
    places: tuple[Place, Place], key: bytes, masters: tuple[bytes, bytes]
) -> None:
    (place, another), (master, other_master) = places, masters
    wrapped = wrap(master, place, key)
    assert unwrap(master, place, wrapped) == key
    assert (unwrap(master, another, wrapped) == key) is (another == place)
    assert (unwrap(other_master, place, wrapped) == key) is (other_master == master)


def test_a_key_that_was_wrapped_once_is_unwrapped_for_ever() -> None:
    """These bytes stand in databases: they may not become unreadable in any release."""
    place = Place("clinic", bytes(range(32)), UUID(int=7))
    wrapped = bytes.fromhex(
        "2941e7268b1f3ed6d12c004cb3472e80d0f4df6b7059c9ddb4aa2fb39b6677e827eb32c205cf4683"
    )
    assert unwrap(bytes(range(32)), place, wrapped) == bytes(32)


def test_a_store_that_is_away_is_told(sqlite_keys_url: str, secrets: Secrets) -> None:
    database = open_database(sqlite_keys_url)
    with database.writer.begin() as connection:
        connection.execute(text("DROP TABLE subject_key"))
    keys = SubjectKeys(database, secrets)
    asked: list[Callable[[], object]] = [
        lambda: keys.key("clinic", uuid4()),
        lambda: keys.key_ids_of(*OWNER),
        lambda: keys.destroy_ids("clinic", [uuid4()]),
        lambda: keys.hold(*OWNER, on=True),
        lambda: rewrap(database, secrets, rotated(secrets)),
        keys.require_known_secrets,
    ]
    for ask in asked:
        with pytest.raises(StoreUnavailable):
            ask()
    database.close()
