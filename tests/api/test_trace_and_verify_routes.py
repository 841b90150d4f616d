"""A record explains itself rule by rule, gives the same result again, and tells when it was tampered with."""

from __future__ import annotations

import random
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from app.api.examples import CASES
from app.api.record_answers import TraceAnswer, VerificationAnswer
from app.engine.describe import words
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.verification import Verifier
from tests.api.conftest import Check
from tests.api.service import ASSESS, CURRENT, Service, application_of, example, running_service
from tests.stores import opened_store

pytestmark = pytest.mark.anyio
SOUND = {
    "record": {"intact": True, "flaws": []},
    "log": {"proved": True, "flaws": []},
    "execution": {"same": True, "flaws": [], "not_run": None},
}


async def trace_of(service: Service, record_id: str) -> dict[str, Any]:
    answer = await service.client.get(f"{ASSESS}/{record_id}/trace")
    assert answer.status_code == 200
    TraceAnswer.model_validate_json(answer.content)
    trace: dict[str, Any] = answer.json()
    return trace


def conditions(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("of", ()):
        yield from conditions(part)


async def test_a_trace_is_as_published(service: Service, as_published: Check) -> None:
    trace = await trace_of(service, await service.recorded(example("sudden_return")))

    as_published("TraceAnswer", trace | {"rules": trace["rules"][::5]})


@pytest.mark.parametrize("name", ["smallest", "conflicting_ratings", "cauda_equina"])
async def test_a_trace_has_every_rule_and_agrees_with_the_answer(service: Service, name: str) -> None:
    answer = (await service.record(example(name))).json()
    trace = await trace_of(service, answer["id"])

    assert (trace["id"], trace["ruleset_digest"]) == (answer["id"], answer["ruleset"]["digest"])
    assert [rule["rule"] for rule in trace["rules"]] == [rule.id for rule in POSTOP_LUMBAR.rules]
    truths = {rule["rule"]: rule["truth"] for rule in trace["rules"]}
    assert {finding["rule"]: finding["truth"] for finding in answer["findings"]}.items() <= truths.items()
    assert set(truths.values()) == {"holds", "open", "ruled_out"} or name != "smallest"


async def test_every_condition_of_a_trace_tells_what_it_saw_and_how_far_it_was(service: Service) -> None:
    trace = await trace_of(service, await service.recorded(example("modest_gain")))
    nodes = [node for rule in trace["rules"] for node in conditions(rule["trace"])]
    compared = [node for node in nodes if node.get("operator") in ("<", "<=", ">", ">=")]

    assert all(node["words"] and node["truth"] and ("of" in node) != ("fact" in node) for node in nodes)
    assert all((node["seen"] is None) == (node["truth"] == "open") for node in compared)
    seen = [node for node in compared if node["seen"] is not None]
    assert len(seen) > 20
    for node in seen:
        assert node["margin"] == pytest.approx(node["seen"] - node["threshold"])


def test_the_words_of_every_rule_fit_what_is_published() -> None:
    assert max(len(words(rule.when)) for rule in POSTOP_LUMBAR.rules) < 20_000


async def test_the_rule_that_decided_the_verdict_is_marked(service: Service) -> None:
    answer = (await service.record(example("modest_gain"))).json()
    trace = await trace_of(service, answer["id"])
    deciding = [rule["rule"] for rule in trace["rules"] if rule["decides"]]

    assert answer["verdict"]["rule"] in deciding
    assert {symptom["rule"] for symptom in answer["symptoms"]} - {None} <= set(deciding)


@pytest.mark.parametrize("name", CASES)
async def test_an_untouched_record_is_intact_and_gives_the_same_again(service: Service, name: str) -> None:
    record_id = await service.recorded(example(name))
    answer = await service.client.post(f"{ASSESS}/{record_id}/verify")

    VerificationAnswer.model_validate_json(answer.content)
    assert without_index(answer.json()) == {"id": record_id, **SOUND}


def without_index(said: dict[str, Any]) -> dict[str, Any]:
    """Without the place in the log, which depends on what else was recorded."""
    assert said["log"].pop("index") >= 0
    return said


class Forgery(NamedTuple):
    """What somebody with all keys put into the log in place of a record, and where it must show."""

    part: str
    change: Callable[[Any], Any]
    record: list[str]
    execution: list[str] | str
    why: str


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(text: bytes) -> bytes:
        assert old in text
        return text.replace(old, new, 1)

    return change


def other(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


FORGERIES = [
    Forgery(
        "case_json",
        replaced(b'"leg_pain_nrs":3.0', b'"leg_pain_nrs":9.0'),
        [],
        ["facts_differs", "truths_differs", "answer_differs"],
        "a pain score of the case",
    ),
    Forgery(
        "case_json",
        replaced(b'"subject":"example-v1"', b'"subject":"example-v2"'),
        [],
        ["subject_differs"],
        "the subject of the case",
    ),
    Forgery("case_json", replaced(b'"date":"2025-01-15"', b'"date":"2095-01-15"'), [], "*", "a day"),
    Forgery(
        "case_json",
        replaced(b',"indication":"disc_herniation"', b""),
        [],
        ["facts_differs", "truths_differs", "answer_differs"],
        "a member of the case left out",
    ),
    Forgery(
        "case_json",
        replaced(b'"levels":["L5-S1"],', b""),
        [],
        ["facts_differs", "truths_differs"],
        "a member left out that here is read by parts of rules alone",
    ),
    Forgery("case_json", lambda text: text[:-1], [], "case_unreadable", "the case cut off"),
    Forgery("case_json", other(b"{}"), [], "case_unreadable", "no case"),
    Forgery("case_json", other(b"[]"), [], "case_unreadable", "not even an object"),
    Forgery(
        "facts_json",
        replaced(b'"age_years":45', b'"age_years":54'),
        [],
        ["facts_differs"],
        "a fact that no rule reads",
    ),
    Forgery("facts_json", other(b""), [], ["facts_differs"], "no facts"),
    Forgery("truths", lambda bits: bytes([bits[0] ^ 1]) + bits[1:], [], ["truths_differs"], "one truth"),
    Forgery(
        "answer",
        replaced(b'"status":"too_early_to_judge"', b'"status":"successful"'),
        ["answer_altered"],
        ["answer_differs"],
        "the verdict in the answer",
    ),
    Forgery(
        "answer",
        replaced(b'"tier":"none"', b'"tier":"same_day"'),
        ["answer_altered"],
        ["answer_differs"],
        "the tier in the answer",
    ),
    Forgery("answer", replaced(b"not a diagnosis", b"now a diagnosis"), [], ["answer_differs"], "a word"),
    Forgery("answer", lambda text: text + b" ", [], ["answer_differs"], "a space that changes nothing"),
    Forgery("answer", lambda text: text[:-1], ["answer_altered"], ["answer_differs"], "the answer cut off"),
    Forgery("answer", other(b"[]"), ["answer_altered"], ["answer_differs"], "another answer"),
    Forgery("verdict", other("successful"), ["answer_altered"], [], "the verdict beside the answer"),
    Forgery("tier", other("same_day"), ["answer_altered"], [], "the tier beside the answer"),
    Forgery("worst_not_excluded", other("same_day"), ["answer_altered"], [], "what is not excluded"),
    Forgery("assessed_on", other(date(2025, 2, 13)), ["answer_altered"], "*", "the day of the assessment"),
    Forgery(
        "created_at",
        other(datetime(2020, 1, 1, tzinfo=UTC)),
        ["answer_altered"],
        ["answer_differs"],
        "the time of the record",
    ),
    Forgery(
        "subject",
        other("somebody-else"),
        ["answer_altered"],
        ["subject_differs", "answer_differs"],
        "whose record it is",
    ),
    Forgery(
        "ruleset_digest",
        other("0" * 64),
        ["ruleset_altered", "answer_altered"],
        "ruleset_not_runnable",
        "another ruleset that is not there",
    ),
]


@pytest.fixture(scope="module")
def forged_url(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of forgeries alone, which knows a ruleset of another digest than its own."""
    url = f"sqlite:///{shutil.copy(migrated_file, tmp_path_factory.mktemp('forged') / 'decompass.db')}"
    with opened_store(url) as store:
        store.archive.save_ruleset("0" * 64, "0", b"{}")
    return url


@pytest.mark.parametrize("forgery", [pytest.param(each, id=each.why) for each in FORGERIES])
async def test_a_forgery_shows_where_it_was_made(service: Service, forged_url: str, forgery: Forgery) -> None:
    record_id = await service.recorded(example())
    with opened_store(service.url) as store:
        stored = store.archive.get("local", UUID(record_id))
    await service.forged(
        record_id, forged_url, **{forgery.part: forgery.change(getattr(stored, forgery.part))}
    )

    with opened_store(forged_url) as store:
        said = Verifier(CURRENT, store).verify("local", UUID(record_id)).content(UUID(record_id))

    assert said["log"]["proved"]
    assert set(said["record"]["flaws"]) - {"case_unreadable"} == set(forgery.record)
    if forgery.execution == "*":
        assert said["execution"]["same"] is not True
    elif isinstance(forgery.execution, str):
        assert (said["execution"]["same"], said["execution"]["not_run"]) == (None, forgery.execution)
    else:
        assert said["execution"]["flaws"] == forgery.execution


@pytest.fixture
async def own(sqlite_url: str) -> AsyncIterator[Service]:
    """A service whose log this test alone damages."""
    with opened_store(sqlite_url) as store:
        async with running_service(application_of(store), sqlite_url) as running:
            yield running


@pytest.mark.parametrize("column", ["meta", "leaf_hash", "receipt", "content"])
async def test_no_byte_can_be_changed_without_being_found_out(own: Service, column: str) -> None:
    source = random.Random(column)
    record_id = await own.recorded(example("conflicting_ratings"))
    ((stored,),) = own.rows(f"SELECT {column} FROM entry WHERE id = ?", UUID(record_id).hex)  # noqa: S608 -- ours
    for _ in range(4):
        place = source.randrange(len(stored))
        changed = bytes([stored[place] ^ (1 << source.randrange(8))])
        own.alter(record_id, column, stored[:place] + changed + stored[place + 1 :])
        said = await own.verification(record_id)
        assert not (said["record"]["intact"] and said["log"]["proved"])

    own.alter(record_id, column, stored)
    assert without_index(await own.verification(record_id)) == {"id": record_id, **SOUND}


COLUMNS: dict[str, Any] = {
    "kind": "correct",
    "at": "2020-01-01 00:00:00.000000",
    "idempotency_tag": b"x" * 32,
    "key_id": "0" * 32,
    "assessed_on": "2020-01-01",
    "corrects": "0" * 32,
}


@pytest.mark.parametrize("column", COLUMNS)
async def test_a_column_that_differs_from_its_leaf_is_named(own: Service, column: str) -> None:
    record_id = await own.recorded(example())
    own.alter(record_id, column, COLUMNS[column])

    said = await own.verification(record_id)

    assert said["record"] == {"intact": False, "flaws": [f"{column}_altered"]}
    assert said["log"]["proved"]
    assert said["execution"]["same"]


async def test_a_record_of_one_patient_cannot_be_passed_for_that_of_another(own: Service) -> None:
    record_id = await own.recorded(example("cauda_equina"))
    healthy = await own.recorded(example("modest_gain"))
    for column in ("meta", "leaf_hash", "receipt", "content", "key_id"):
        ((value,),) = own.rows(f"SELECT {column} FROM entry WHERE id = ?", UUID(healthy).hex)  # noqa: S608 -- ours
        own.alter(record_id, column, value)

    said = await own.verification(record_id)

    assert {"id_altered", "idx_altered"} <= set(said["record"]["flaws"])
    assert "not_in_the_log" in said["log"]["flaws"]


@pytest.mark.parametrize(("method", "part"), [("GET", ""), ("GET", "/trace"), ("POST", "/verify")])
async def test_there_is_nothing_to_say_of_a_record_that_is_not_there(
    service: Service, as_published: Check, method: str, part: str
) -> None:
    answer = await service.client.request(method, f"{ASSESS}/00000000-0000-4000-8000-000000000000{part}")

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(("method", "part"), [("GET", ""), ("GET", "/trace"), ("POST", "/verify")])
async def test_where_an_id_belongs_anything_else_is_an_address_of_nothing(
    service: Service, as_published: Check, method: str, part: str
) -> None:
    answer = await service.client.request(method, f"{ASSESS}/patient-7{part}")

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert "patient-7" not in answer.text
