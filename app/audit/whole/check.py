"""Looks through a whole database, or through the log of one tenant in it; it only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from app.audit.connected import ALL_HEADS, act_for
from app.audit.errors import RecordError, SchemaOutdated
from app.audit.migrations import KEYS, RECORD, schema_is_current
from app.audit.pins import Pins
from app.audit.store import Store
from app.audit.tables import entry, log_head, ruleset
from app.audit.whole.check_log import LogCheck, Step
from app.audit.whole.contents import Contents, Held, flaws_of_keys
from app.audit.whole.findings import Finding, Tell
from app.audit.whole.guards import flaws_of_guards
from app.audit.whole.schema import flaws_of_file, flaws_of_schema

Start = Callable[[int], None]
"""Told how many entries there are to look at."""


def _nothing(_: int) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: one tenant or all, with the secrets or without, against which pins."""

    tenant: str | None = None
    keyed: bool = True
    pins: Pins = field(default_factory=Pins)
    start: Start = _nothing
    step: Step = _nothing


@dataclass(slots=True)
class Looked:
    """How much was looked at."""

    logs: int = 0
    entries: int = 0
    held: set[Held] = field(default_factory=set)


def check_database(store: Store, asked: Asked, tell: Tell) -> Looked:
    """Look through it and tell what is found; how much was looked at.

    What the database cannot read is a finding as well. Raises SchemaOutdated where another release made it.
    """
    with _readable(tell):
        _require_schema(store)
    looked = Looked()
    with _readable(tell), _snapshot(store.database.reader) as connection:
        _tell_all(tell, flaws_of_schema(connection, RECORD))
        _tell_all(tell, flaws_of_guards(connection))
        act_for(connection, ALL_HEADS)
        tenants = [asked.tenant] if asked.tenant is not None else _tenants(connection)
        asked.start(_entries(connection, tenants))
        _tell_all(tell, _missing_logs(store, asked, set(tenants)))
        for tenant in tenants:
            with _readable(tell, tenant):
                _check_log(connection, store, tenant, asked, tell, looked)
            looked.logs += 1
        _tell_all(tell, _flaws_of_rulesets(connection))
        _tell_all(tell, flaws_of_file(connection))
    if asked.keyed:
        with _readable(tell):
            _check_keys(store, asked, tell, looked)
    return looked


def _require_schema(store: Store) -> None:
    for database, history in ((store.database, RECORD), (store.keys, KEYS)):
        if not schema_is_current(database, history):
            raise SchemaOutdated(
                "The database does not have the schema of this release: use the release that wrote it."
            )


def _check_log(
    connection: Connection, store: Store, tenant: str, asked: Asked, tell: Tell, looked: Looked
) -> None:
    act_for(connection, tenant)
    contents = Contents(store.vault) if asked.keyed else None
    check = LogCheck(tenant, store.vault, asked.pins, tell)
    looked.entries += check.run(connection, asked.step, contents)
    looked.held |= check.held


def _check_keys(store: Store, asked: Asked, tell: Tell, looked: Looked) -> None:
    for tenant, what in flaws_of_keys(store.keys, store.vault, asked.tenant, looked.held):
        tell(Finding(what, tenant))
    with _snapshot(store.keys.reader) as connection:
        _tell_all(tell, flaws_of_schema(connection, KEYS))
        _tell_all(tell, flaws_of_file(connection))


def _tenants(connection: Connection) -> list[str]:
    heads = set(connection.scalars(select(log_head.c.tenant)))
    return sorted(heads | set(connection.scalars(select(entry.c.tenant).distinct())), key=str)


def _entries(connection: Connection, tenants: list[str]) -> int:
    asked = select(func.coalesce(func.sum(log_head.c.size), 0)).where(log_head.c.tenant.in_(tenants))
    return int(connection.scalar(asked) or 0)


def _missing_logs(store: Store, asked: Asked, there: set[str]) -> Iterator[str]:
    if asked.tenant is not None:
        return  # what is missing of that one log is told with its pins
    for origin in sorted(asked.pins.roots.keys() - {store.vault.origin_of(tenant) for tenant in there}):
        yield f"the log {ascii(origin)[1:-1]} is gone: a checkpoint of it was handed out"


def _flaws_of_rulesets(connection: Connection) -> Iterator[str]:
    columns = (ruleset.c.digest, ruleset.c.version, ruleset.c.json)
    for digest, version, text in connection.execute(select(*columns)):
        if sha256(text).hexdigest() != digest or from_json(text)["version"] != version:
            yield f"the ruleset {ascii(digest)[1:-1]} is not that of its digest"


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """All that is read is of one moment, however long it takes and whatever is appended meanwhile."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        yield connection


@contextmanager
def _readable(tell: Tell, tenant: str | None = None) -> Iterator[None]:
    try:
        yield
    except SchemaOutdated:
        raise
    except (SQLAlchemyError, RecordError, ValueError, TypeError, AttributeError, OverflowError):
        # The text of such an error may repeat a value.
        tell(Finding("the database cannot be read to the end", tenant))


def _tell_all(tell: Tell, found: Iterator[str]) -> None:
    for what in found:
        tell(Finding(what))
