"""The commands that erase, hold and rotate, and what the service says of the records afterwards."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.audit.secret_files import make_secrets
from app.audit.secrets import Secrets
from app.audit.store import Store, open_store
from tests.api.service import ASSESS, SEARCH, Service, application_of, example, running_service
from tests.cli.running import Run, Said
from tests.stores import ORIGIN

pytestmark = pytest.mark.anyio
WHO = "canary-7"
ERASE = ("erase", WHO, "--reason", "request")


class Typed(io.StringIO):
    """What somebody types, on a terminal or not."""

    def __init__(self, text: str, *, terminal: bool) -> None:
        super().__init__(text)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def store(tmp_path: Path, sqlite_url: str, sqlite_keys_url: str) -> Store:
    """The store that the commands find in their environment."""
    make_secrets(tmp_path / "secrets")
    return open_store(sqlite_url, sqlite_keys_url, Secrets.load(tmp_path / "secrets", {}), ORIGIN)


@pytest.fixture
async def service(store: Store, sqlite_url: str) -> AsyncIterator[Service]:
    """A service that runs while the commands do."""
    async with running_service(application_of(store), sqlite_url) as running:
        yield running


@pytest.fixture
def run(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    sqlite_url: str,
    sqlite_keys_url: str,
) -> Run:
    """Run a command. *typed* is what comes from standard input."""
    variables = {
        "DECOMPASS_DATABASE_URL": sqlite_url,
        "DECOMPASS_KEYS_URL": sqlite_keys_url,
        "DECOMPASS_ORIGIN": ORIGIN,
        "DECOMPASS_SECRETS": str(tmp_path / "secrets"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    def run_typing(*arguments: str, typed: str = "", terminal: bool = False) -> Said:
        monkeypatch.setattr("sys.stdin", Typed(typed, terminal=terminal))
        return run(*arguments)

    return run_typing


async def test_an_erased_record_is_gone_for_every_route_and_proved_by_the_log(
    run: Run, service: Service
) -> None:
    gone = await service.recorded(example(subject=WHO))
    stays = await service.recorded(example(subject="somebody-else"))
    status, told, errors = run(*ERASE, "--yes")
    assert (status, errors) == (0, "")
    assert "Erased" in told
    assert WHO not in told

    for route in ("", "/case", "/trace"):
        answer = await service.client.get(f"{ASSESS}/{gone}{route}")
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (410, "record-erased"), route
        assert WHO not in answer.text
    found = (await service.client.post(SEARCH, json={})).json()
    assert [each["id"] for each in found["items"]] == [stays]
    assert (await service.client.post(SEARCH, json={"subject": WHO})).json()["items"] == []
    said = await service.verification(gone)
    assert said["record"] == {"intact": True, "flaws": []}
    assert said["log"]["proved"]
    assert (said["execution"]["same"], said["execution"]["not_run"]) == (None, "record_erased")
    assert (await service.verification(stays))["execution"]["same"]


async def test_the_same_subject_can_come_again(run: Run, service: Service) -> None:
    await service.recorded(example(subject=WHO))
    run(*ERASE, "--yes")
    again = await service.recorded(example(subject=WHO))
    assert (await service.client.get(f"{ASSESS}/{again}")).status_code == 200


async def test_an_erasure_is_asked_for_on_a_terminal(run: Run, service: Service) -> None:
    kept = await service.recorded(example(subject=WHO))
    assert run(*ERASE, typed="yes\n", terminal=True)[0] == 2
    status, _, errors = run(*ERASE, typed="erase\n")
    assert (status, "--yes" in errors) == (2, True)
    assert run("erase", "-", "--reason", "request", typed=f"{WHO}\nerase\n", terminal=True)[0] == 2
    assert (await service.client.get(f"{ASSESS}/{kept}")).status_code == 200
    assert run(*ERASE, typed="erase\n", terminal=True)[0] == 0
    assert (await service.client.get(f"{ASSESS}/{kept}")).status_code == 410


async def test_a_subject_from_standard_input_is_in_no_list_of_processes(run: Run, service: Service) -> None:
    gone = await service.recorded(example(subject=WHO))
    assert run("erase", "-", "--reason", "order", "--yes", typed=f"{WHO}\n")[0] == 0
    assert (await service.client.get(f"{ASSESS}/{gone}")).status_code == 410


async def test_a_reason_is_a_code_and_no_text(run: Run) -> None:
    assert run("erase", WHO, "--yes")[0] == 2
    assert run("erase", WHO, "--yes", "--reason", "Mrs Smith asked")[0] == 2


async def test_nothing_to_erase_and_no_such_tenant_are_told(run: Run, service: Service) -> None:
    await service.recorded(example(subject="somebody-else"))
    status, told, _ = run(*ERASE, "--yes")
    assert (status, "nothing" in told) == (1, True)
    assert run(*ERASE, "--yes", "--tenant", "mistyped") == (1, "", "There is no log of such a tenant.\n")
    assert run("erase", "", "--reason", "request", "--yes")[0] == 2


async def test_a_held_subject_is_not_erased(run: Run, service: Service) -> None:
    kept = await service.recorded(example(subject=WHO))
    assert run("hold", WHO, "on")[0] == 0
    status, told, _ = run(*ERASE, "--yes")
    assert (status, "legal hold" in told) == (1, True)
    assert (await service.client.get(f"{ASSESS}/{kept}")).status_code == 200
    assert run("hold", WHO, "off")[0] == 0
    assert run(*ERASE, "--yes")[0] == 0
    assert run("hold", WHO, "on")[0] == 1


async def test_a_rotation_stops_the_service_until_it_is_started_again(
    run: Run, service: Service, store: Store
) -> None:
    kept = await service.recorded(example(subject=WHO))
    before = run("public-key")[1]
    for key, said in (("signing", "1 logs have a leaf"), ("master", "1 keys of subjects")):
        status, told, errors = run("rotate", key)
        assert (status, said in told, errors) == (0, True, "")
        assert (run("public-key")[1] in told) is (key == "signing")

    assert run("public-key")[1] != before
    assert (await service.record(example(subject=WHO))).status_code == 503
    assert (await service.client.get(f"{ASSESS}/{kept}")).status_code == 503
    assert run("verify", kept)[0] == 0
    assert run(*ERASE, "--yes")[0] == 0
    assert store.recorder.healthy


async def test_a_rotation_of_a_key_from_the_environment_is_refused(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DECOMPASS_SECRETS_MASTER", store.vault.secrets.master.hex())
    status, _, errors = run("rotate", "master")
    assert (status, "DECOMPASS_SECRETS_MASTER is set" in errors) == (1, True)
    store.close()


@pytest.mark.parametrize(
    "command", [("rotate", "signing"), ("rotate", "master"), (*ERASE, "--yes"), ("hold", WHO, "on")]
)
async def test_no_command_works_on_databases_that_were_not_migrated(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    store.close()
    monkeypatch.setenv("DECOMPASS_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    status, _, errors = run(*command)
    assert (status, "decompass migrate" in errors) == (1, True)
