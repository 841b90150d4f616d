"""Each command does what it says, and says what was wrong in a sentence and an exit status."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.api.answers import Preview
from app.audit.secret_files import MADE
from app.audit.secrets import Secrets
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.transparency.checkpoint import Signer
from tests.api.service import PREVIEW, application_of, example, full_case, placed, running_service
from tests.cli.running import Run
from tests.stores import environment_of, opened_store, store_at


@pytest.fixture
def run(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    return run


def tell(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Set what a command has to know of its store."""
    for name, value in environment_of(url).items():
        monkeypatch.setenv(name, value)


def written(folder: Path, case: Any) -> str:
    path = folder / "case.json"
    path.write_text(case if isinstance(case, str) else json.dumps(case))
    return str(path)


@pytest.mark.parametrize("name", ["smallest", "sudden_return", "cauda_equina"])
def test_a_page_shows_what_the_answer_says(run: Run, tmp_path: Path, name: str) -> None:
    status, page, errors = run("assess", written(tmp_path, example(name)))
    _, answer, _ = run("assess", "--json", written(tmp_path, example(name)))
    said = Preview.model_validate_json(answer)
    shown = " ".join(page.replace("│", " ").split())

    assert (status, errors) == (0, "")
    assert said.verdict.status.replace("_", " ").upper() in shown
    assert said.verdict.says in shown
    assert all(flag.first_action in shown for flag in said.safety.flags)
    assert all(question.question in shown for question in said.safety.ask)
    assert all(step.action in shown for step in said.next_steps)
    assert all(missing.question in shown for missing in said.missing)
    assert said.notice in shown
    assert shown.index("Safety") < shown.index("Verdict") < shown.index("Missing")


@pytest.mark.anyio
async def test_the_json_of_a_case_is_the_preview_of_the_api(
    run: Run, tmp_path: Path, sqlite_url: str
) -> None:
    store = store_at(sqlite_url)
    async with running_service(application_of(store), sqlite_url) as service:
        preview = await service.client.post(PREVIEW, json=full_case())
    store.close()
    status, answer, errors = run("assess", written(tmp_path, full_case()), "--json")

    assert (status, answer, errors) == (0, f"{preview.text}\n", "")


def test_a_case_is_read_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(example()).encode())))

    assert run("assess", "-", "--json")[0] == 0


REFUSED: list[tuple[Any, list[str], str]] = [
    ("{", ["The body is not JSON"], "bad JSON"),
    ("", ["The body is not JSON"], "an empty file"),
    ('{"subject":"a","subject":"a"}', ["same member twice"], "a member twice"),
    ({**full_case(), "nickname": "Jane"}, ["(the whole case): ", "not known"], "an unknown member"),
    (
        placed(full_case(), "/surgery/surgeon", "Jane"),
        ["/surgery: ", "not known"],
        "an unknown member of a part",
    ),
    (
        placed(full_case(), "/surgery/date", "2025-02-13"),
        [
            "/surgery/date: The operation is after the assessment",
            "/assessed_on: The operation is after the assessment",
        ],
        "an operation after the assessment",
    ),
    (placed(full_case(), "/assessed_on", "2100-01-01"), ["/assessed_on: ", "in the future"], "the future"),
    (placed(full_case(), "/observations/0/leg_pain_nrs", 11), ["/observations/0/leg_pain_nrs: "], "a bound"),
    ({"surgery": {}}, ["/subject: ", "/surgery/date: ", "/surgery/procedure: "], "everything at once"),
    (" " * 65_537, ["at most 65536 bytes"], "a file that is too large"),
]


@pytest.mark.parametrize(("case", "told"), [pytest.param(case, told, id=why) for case, told, why in REFUSED])
def test_a_case_that_cannot_be_assessed_is_refused_with_its_reasons(
    run: Run, tmp_path: Path, case: Any, told: list[str]
) -> None:
    status, page, errors = run("assess", written(tmp_path, case))

    assert (status, page) == (2, "")
    assert [part for part in told if part not in errors] == []
    assert "Traceback" not in errors
    assert "Jane" not in errors


def test_a_file_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    assert run("assess", "nowhere.json") == (
        2,
        "",
        "nowhere.json cannot be read: No such file or directory.\n",
    )
    assert run("assess", str(tmp_path))[0] == 2


def test_every_rule_is_listed_and_each_can_be_shown(run: Run) -> None:
    status, table, _ = run("rules")
    assert status == 0
    listed = "".join(table.split())
    assert all(rule.id in listed for rule in POSTOP_LUMBAR.rules)

    rule = POSTOP_LUMBAR.rules[-1]
    status, page, _ = run("rules", rule.id)
    assert status == 0
    assert rule.title in " ".join(page.split())


def test_a_rule_that_is_not_there_is_refused(run: Run) -> None:
    status, page, errors = run("rules", "nowhere")

    assert (status, page) == (2, "")
    assert errors == "There is no rule 'nowhere'. `decompass rules` lists them.\n"


def test_the_rule_book_is_written_where_it_is_wanted(run: Run, tmp_path: Path) -> None:
    assert run("docs", str(tmp_path / "book"))[0] == 0
    assert "index.md" in {page.name for page in (tmp_path / "book").iterdir()}


def test_the_document_is_printed_without_a_database_left_behind(run: Run, tmp_path: Path) -> None:
    status, document, _ = run("openapi")

    assert status == 0
    assert json.loads(document)["paths"]["/v1/assessments"]
    assert list(tmp_path.iterdir()) == []


def test_migrating_twice_is_migrating_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    tell(monkeypatch, url)

    assert [run("migrate") for _ in range(2)] == [(0, "", "")] * 2
    with opened_store(url) as store:
        store.require_usable()
        assert store.archive.rulesets() == []


def test_secrets_are_made_once_and_their_backup_is_asked_for(run: Run, tmp_path: Path) -> None:
    made, again = run("secrets"), run("secrets")
    secrets = Secrets.load(tmp_path / "decompass.secrets", {})

    assert (made[0], made[2]) == (0, "")
    assert all(secret.file in made[1] for secret in MADE)
    assert "apart from the databases" in made[1]
    assert secrets.master.hex() not in made[1]
    assert again[1].startswith("Every secret is in decompass.secrets; nothing was made.\n")
    assert (again[0], again[2]) == (0, "")


def test_the_public_key_is_told_where_it_is_made_and_needs_no_database_and_no_other_secret(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DECOMPASS_ORIGIN", "log.example")
    made, again = run("secrets"), run("secrets")
    signing = Secrets.load(tmp_path / "decompass.secrets", {}).signing
    (tmp_path / "decompass.secrets" / "master.key").unlink()
    key = run("public-key")

    assert key == (0, f"{Signer('log.example', signing).verifier_key}\n", "")
    assert all(told[1].endswith(f"public key: {key[1]}") for told in (made, again))
    assert [file.name for file in tmp_path.iterdir()] == ["decompass.secrets"]


def test_secrets_are_made_where_the_setting_says(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DECOMPASS_SECRETS", str(tmp_path / "elsewhere"))

    assert run("secrets")[0] == 0
    assert (tmp_path / "elsewhere" / "signing.pem").is_file()


def test_a_folder_of_secrets_that_cannot_be_made_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "decompass.secrets").touch()
    status, _, errors = run("secrets")

    assert status == 1
    assert errors.startswith("decompass.secrets cannot be written to")


@pytest.mark.anyio
async def test_a_record_is_verified_and_a_tampered_one_is_not(
    run: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(monkeypatch, sqlite_url)
    store = store_at(sqlite_url)
    async with running_service(application_of(store), sqlite_url) as service:
        sound, altered = [await service.recorded(example()) for _ in range(2)]
        service.alter(altered, "key_id", "0" * 32)
    store.close()

    status, told, _ = run("verify", sound)
    assert (status, json.loads(told)["execution"]["same"]) == (0, True)
    status, told, _ = run("verify", altered)
    assert (status, json.loads(told)["record"]["flaws"]) == (1, ["key_id_altered"])


def test_a_record_that_is_not_there_is_not_verified(
    run: Run, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(monkeypatch, sqlite_url)
    status, told, errors = run("verify", str(uuid4()))

    assert (status, told) == (1, "")
    assert "no such assessment" in errors.lower()


def test_an_id_that_is_none_is_refused(run: Run) -> None:
    status, _, errors = run("verify", "patient-7")

    assert status == 2
    assert "ID" in errors


@pytest.mark.parametrize("command", [("serve",), ("verify", str(UUID(int=0)))])
@pytest.mark.parametrize("state", ["new", "empty"])
def test_a_database_that_was_not_migrated_is_refused_with_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], state: str
) -> None:
    file = tmp_path / "new.db"
    if state == "empty":
        file.touch(mode=0o600)
    tell(monkeypatch, f"sqlite:///{file}")
    status, told, errors = run(*command)

    assert (status, told) == (1, "")
    assert errors == "The database does not have the newest schema: run `decompass migrate` first.\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "example.org", ""])  # noqa: S104 -- to be refused
def test_another_address_than_loopback_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("DECOMPASS_HOST", host)
    status, _, errors = run("serve")

    assert status == 2
    assert errors.startswith("DECOMPASS_HOST must be")


def test_every_wrong_setting_is_told_at_once_and_no_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DECOMPASS_PORT", "x")
    monkeypatch.setenv("DECOMPASS_DATABASE_URL", "mysql://root:hunter2@/x")
    monkeypatch.setenv("DECOMPASS_COLOUR", "red")
    status, _, errors = run("migrate")

    assert status == 2
    assert all(name in errors for name in ("DECOMPASS_PORT", "DECOMPASS_DATABASE_URL", "DECOMPASS_COLOUR"))
    assert "hunter2" not in errors


def test_a_database_that_cannot_be_opened_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DECOMPASS_DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/x.db")

    assert [run(command)[0] for command in ("migrate", "serve")] == [1, 1]


@pytest.mark.parametrize("arguments", [(), ("cure",), ("assess",), ("serve", "--host", "x")])
def test_a_command_that_is_not_there_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_help_and_version_are_told(run: Run) -> None:
    assert all(word in run("--help")[1] for word in ("secrets", "migrate", "serve", "assess", "verify"))
    assert run("--version")[0] == 0
