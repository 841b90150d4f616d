"""Databases for every test that needs one: migrated once, then copied."""

import gc
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.audit.database import Database, open_database
from app.audit.migrations import KEYS, migrate
from app.audit.roles import grant
from app.audit.secret_files import make_secrets
from app.audit.secrets import Secrets
from tests.roles import SERVICE, as_role

if TYPE_CHECKING:
    from tests.postgres import Postgres

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: the garbage collector need not go through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def anyio_backend() -> str:
    """The event loop of the service runs the tests marked `anyio`.

    In every test, so that one that awaits nothing may still be the first to ask for a fixture that does.
    """
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator["Postgres"]:
    """The one PostgreSQL of this test session; started by the first test that asks for it."""
    from tests.postgres import running_postgres  # noqa: PLC0415 -- the SQLite tests must not pay for it

    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres: "Postgres") -> str:
    """The name of a PostgreSQL database with the newest schema, to be copied."""
    url = postgres.create_database()
    migrate(url)
    database = open_database(url)
    with database.writer.begin() as connection:
        grant(connection, SERVICE)
    database.close()
    return postgres.name_of(url)


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test alone."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'decompass.db')}"


@pytest.fixture
def postgres_url(postgres: "Postgres", migrated_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database of this test alone, as the role of the service opens it."""
    url = postgres.create_database(template=migrated_template)
    yield as_role(url, SERVICE)
    postgres.drop_database(url)


@pytest.fixture(scope="session")
def migrated_keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file for the keys of subjects, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "keys-template.db"
    migrate(f"sqlite:///{path}", KEYS)
    return path


@pytest.fixture(scope="session")
def migrated_keys_template(postgres: "Postgres") -> str:
    """The name of a PostgreSQL database for the keys of subjects, to be copied."""
    url = postgres.create_database(owner=SERVICE)
    migrate(url, KEYS)
    return postgres.name_of(url)


@pytest.fixture
def sqlite_keys_url(migrated_keys_file: Path, tmp_path: Path) -> str:
    """A migrated SQLite database for the keys of this test alone."""
    return f"sqlite:///{shutil.copy(migrated_keys_file, tmp_path / 'decompass-keys.db')}"


@pytest.fixture
def postgres_keys_url(postgres: "Postgres", migrated_keys_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database for the keys of this test alone, which the role of the service owns."""
    url = postgres.create_database(template=migrated_keys_template, owner=SERVICE)
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=BOTH)
def keys_url(request: pytest.FixtureRequest) -> str:
    """A migrated database for the keys of this test alone, once in SQLite and once in PostgreSQL."""
    url: str = request.getfixturevalue(
        "sqlite_keys_url" if request.param == "sqlite" else "postgres_keys_url"
    )
    return url


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Secrets:
    """Secrets of the tests alone."""
    folder = tmp_path_factory.mktemp("secrets") / "decompass.secrets"
    make_secrets(folder)
    return Secrets.load(folder, {})


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test alone, once in SQLite and once in PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, opened."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.create_database()
    yield url
    server.drop_database(url)
