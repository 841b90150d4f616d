"""A store on databases of the test alone."""

from collections.abc import Iterator

import pytest

from app.audit.archive import Archive
from app.audit.database import Database
from app.audit.recorder import Recorder
from app.audit.store import Store
from tests.audit.examples import RULESET
from tests.stores import opened_store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store that knows the ruleset of the examples; its recorder is not running."""
    with opened_store(database_url) as store:
        store.archive.save_ruleset(*RULESET)
        yield store


@pytest.fixture
def database(store: Store) -> Database:
    """Its database of records."""
    return store.database


@pytest.fixture
def archive(store: Store) -> Archive:
    """Its reads."""
    return store.archive


@pytest.fixture
def recorder(store: Store) -> Recorder:
    """Its recorder, running."""
    store.recorder.start()
    return store.recorder
