"""PostgreSQL as the README sets it up: the owner migrates and rotates, the service serves."""

from __future__ import annotations

import asyncio
import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from psycopg import sql

from app.audit.database import open_database
from app.audit.errors import DatabaseRefused
from app.audit.migrations import upgrade
from app.audit.secrets import Secrets
from app.main import create_app
from app.settings import Settings
from tests.api.service import example, running_service
from tests.cli.running import status
from tests.roles import OWNER, SERVICE, SUPERUSER, as_role
from tests.stores import ORIGIN, SECRETS, environment_of

if TYPE_CHECKING:
    from tests.postgres import Postgres

pytestmark = [pytest.mark.postgres, pytest.mark.anyio]
RECORDS, KEYS = "decompass", "decompass_keys"
OF_0_2_0 = "2026112301"
"""The schema of release 0.2.0, the last with one role."""
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def environment(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """That of the service: the two databases that the README makes, and secrets in a folder.

    Once in a session: nobody empties these databases.
    """
    settings = {
        "DECOMPASS_DATABASE_URL": postgres.url(RECORDS, SERVICE),
        "DECOMPASS_KEYS_URL": postgres.url(KEYS, SERVICE),
        "DECOMPASS_SECRETS": str(tmp_path / "secrets"),
        "DECOMPASS_ORIGIN": ORIGIN,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


async def test_the_readme_s_two_roles_migrate_serve_and_rotate(
    postgres: Postgres,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert status("secrets") == 0
    assert status("migrate") == 1
    assert "DECOMPASS_OWNER_DATABASE_URL" in capsys.readouterr().err
    monkeypatch.setenv("DECOMPASS_OWNER_DATABASE_URL", postgres.url(RECORDS, OWNER))
    assert status("migrate") == 0
    monkeypatch.delenv("DECOMPASS_OWNER_DATABASE_URL")
    # In threads: a command that appends to the log has an event loop of its own.
    create = ("keys", "create", "--tenant", "ward-7", "--scopes", "assess,read")
    assert await asyncio.to_thread(status, *create) == 0
    key = capsys.readouterr().out.splitlines()[-1]
    assert await asyncio.to_thread(status, "keys", "revoke", key.split("_")[1]) == 0

    settings = Settings.from_environment(environment)
    application = create_app(settings, Secrets.load(settings.secrets, {}))
    async with running_service(application, settings.database_url) as service:
        assert (await service.record(example())).status_code == 201
    assert caplog.text == ""

    assert status("rotate", "signing") == 1
    assert "DECOMPASS_OWNER_DATABASE_URL" in capsys.readouterr().err
    monkeypatch.setenv("DECOMPASS_OWNER_DATABASE_URL", postgres.url(RECORDS, OWNER))
    assert status("migrate") == 0  # a second time, nothing changes
    assert status("rotate", "signing") == 0
    monkeypatch.delenv("DECOMPASS_OWNER_DATABASE_URL")
    assert status("verify") == 0
    assert "5 entries in 2 log(s): nothing is wrong." in capsys.readouterr().out


async def test_what_one_role_kept_before_is_the_owner_s_after_the_readme_s_statement(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [statement] = re.findall(r"`(REASSIGN OWNED BY decompass TO decompass_owner)`", README.read_text())
    earlier = f"earlier_{tmp_path.name}"  # a role of the cluster, which owns databases of other tests as well
    postgres.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(earlier)))
    before = postgres.create_database(owner=earlier)
    with closing(open_database(before)) as database, database.writer.begin() as connection:
        upgrade(connection, OF_0_2_0)
    superuser = open_database(as_role(before, SUPERUSER))
    with closing(superuser), superuser.writer.begin() as connection:
        connection.exec_driver_sql(statement.replace("BY decompass", f'BY "{earlier}"'))

    keys = postgres.create_database(owner=SERVICE)
    environment = environment_of(as_role(before, SERVICE)) | {
        "DECOMPASS_KEYS_URL": keys,
        "DECOMPASS_CREDENTIALS": "required",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DECOMPASS_OWNER_DATABASE_URL", as_role(before, OWNER))
    assert status("migrate") == 0, capsys.readouterr().err
    settings = Settings.from_environment(environment)
    application = create_app(settings, SECRETS)
    async with running_service(application, settings.database_url) as service:
        assert (await service.record(example())).status_code == 401


@pytest.mark.parametrize("role", [OWNER, SUPERUSER])
async def test_where_credentials_are_required_the_service_is_neither_owner_nor_superuser(
    postgres_url: str, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Where there is one tenant alone it may be: then a line of its log says so."""
    url = as_role(postgres_url, role)
    alone = create_app(Settings.from_environment(environment_of(url)), SECRETS)
    async with running_service(alone, url):
        assert "NOSUPERUSER NOBYPASSRLS" in caplog.text
    required = environment_of(url) | {"DECOMPASS_CREDENTIALS": "required"}
    for_many = create_app(Settings.from_environment(required), SECRETS)
    with pytest.raises(DatabaseRefused, match="DECOMPASS_OWNER_DATABASE_URL"):
        async with running_service(for_many, url):
            pass
