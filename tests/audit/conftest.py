"""A recorder and an archive on a database of the test alone."""

from collections.abc import Iterator

import pytest

from app.audit.archive import Archive
from app.audit.database import Database
from app.audit.recorder import Recorder
from tests.audit.examples import RULESET


@pytest.fixture
def database(database: Database) -> Database:
    """A database that knows the ruleset of the examples."""
    Archive(database).save_ruleset(*RULESET)
    return database


@pytest.fixture
def archive(database: Database) -> Archive:
    """The reads of the database."""
    return Archive(database)


@pytest.fixture
def recorder(database: Database) -> Iterator[Recorder]:
    """A running recorder."""
    recorder = Recorder(database)
    recorder.start()
    yield recorder
    recorder.close()
