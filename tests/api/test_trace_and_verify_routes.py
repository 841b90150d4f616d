"""A record explains itself rule by rule, gives the same result again, and tells when it was tampered with."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from app.api.examples import CASES
from app.api.record_answers import TraceAnswer, VerificationAnswer
from app.engine.describe import words
from app.knowledge.ruleset import POSTOP_LUMBAR
from tests.api.conftest import Check
from tests.api.service import ASSESS, Service, example

pytestmark = pytest.mark.anyio
SOUND = {
    "record": {"intact": True, "flaws": []},
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
    assert answer.json() == {"id": record_id, **SOUND}


class Alteration(NamedTuple):
    """What somebody changed behind the service's back, and where it must show."""

    column: str
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


ALTERATIONS = [
    Alteration(
        "case_json",
        replaced(b'"leg_pain_nrs":3.0', b'"leg_pain_nrs":9.0'),
        ["case_altered"],
        ["facts_differs", "truths_differs", "answer_differs"],
        "a pain score of the case",
    ),
    Alteration(
        "case_json",
        replaced(b'"subject":"example-v1"', b'"subject":"example-v2"'),
        ["case_altered"],
        ["subject_differs"],
        "the subject of the case",
    ),
    Alteration(
        "case_json", replaced(b'"date":"2025-01-15"', b'"date":"2095-01-15"'), ["case_altered"], "*", "a day"
    ),
    Alteration(
        "case_json",
        replaced(b',"indication":"disc_herniation"', b""),
        ["case_altered"],
        ["facts_differs", "truths_differs", "answer_differs"],
        "a member of the case left out",
    ),
    Alteration(
        "case_json",
        replaced(b'"levels":["L5-S1"],', b""),
        ["case_altered"],
        ["facts_differs", "truths_differs"],
        "a member left out that here is read by parts of rules alone",
    ),
    Alteration("case_json", lambda text: text[:-1], ["case_altered"], "case_unreadable", "the case cut off"),
    Alteration("case_json", other(b"{}"), ["case_altered"], "case_unreadable", "no case"),
    Alteration("case_json", other(b"[]"), ["case_altered"], "case_unreadable", "not even an object"),
    Alteration(
        "facts_json",
        replaced(b'"age_years":45', b'"age_years":54'),
        [],
        ["facts_differs"],
        "a fact that no rule reads",
    ),
    Alteration("facts_json", other(b""), [], ["facts_differs"], "no facts"),
    Alteration("truths", lambda bits: bytes([bits[0] ^ 1]) + bits[1:], [], ["truths_differs"], "one truth"),
    Alteration(
        "answer",
        replaced(b'"status":"too_early_to_judge"', b'"status":"successful"'),
        ["answer_altered"],
        ["answer_differs"],
        "the verdict in the answer",
    ),
    Alteration(
        "answer",
        replaced(b'"tier":"none"', b'"tier":"same_day"'),
        ["answer_altered"],
        ["answer_differs"],
        "the tier in the answer",
    ),
    Alteration("answer", replaced(b"not a diagnosis", b"now a diagnosis"), [], ["answer_differs"], "a word"),
    Alteration("answer", lambda text: text + b" ", [], ["answer_differs"], "a space that changes nothing"),
    Alteration(
        "answer", lambda text: text[:-1], ["answer_altered"], ["answer_differs"], "the answer cut off"
    ),
    Alteration("answer", other(b"[]"), ["answer_altered"], ["answer_differs"], "another answer"),
    Alteration("verdict", other("successful"), ["answer_altered"], [], "the verdict beside the answer"),
    Alteration("tier", other("same_day"), ["answer_altered"], [], "the tier beside the answer"),
    Alteration("worst_not_excluded", other("same_day"), ["answer_altered"], [], "what is not excluded"),
    Alteration("assessed_on", other("2025-02-13"), ["answer_altered"], "*", "the day of the assessment"),
    Alteration(
        "created_at",
        other("2020-01-01 00:00:00.000000"),
        ["answer_altered"],
        ["answer_differs"],
        "the time of the record",
    ),
    Alteration(
        "subject",
        other("somebody-else"),
        ["answer_altered"],
        ["subject_differs", "answer_differs"],
        "whose record it is",
    ),
    Alteration("fingerprint", other(bytes(32)), ["case_altered"], [], "the fingerprint of the case"),
    Alteration("fingerprint", other(b""), ["case_altered"], [], "the fingerprint taken out"),
    Alteration(
        "ruleset_digest",
        other("0" * 64),
        ["ruleset_altered", "answer_altered"],
        "ruleset_not_runnable",
        "another ruleset that is not there",
    ),
]


@pytest.mark.parametrize("alteration", [pytest.param(each, id=each.why) for each in ALTERATIONS])
async def test_an_alteration_shows_where_it_was_made(service: Service, alteration: Alteration) -> None:
    record_id = await service.recorded(example())
    column = alteration.column
    (now,) = service.rows("SELECT * FROM record ORDER BY created_at DESC LIMIT 1")
    names = [row[1] for row in service.rows("PRAGMA table_info(record)")]
    service.alter(record_id, column, alteration.change(now[names.index(column)]))

    said = await service.verification(record_id)

    assert set(said["record"]["flaws"]) - {"case_unreadable"} == set(alteration.record)
    if alteration.execution == "*":
        assert said["execution"]["same"] is not True
    elif isinstance(alteration.execution, str):
        assert (said["execution"]["same"], said["execution"]["not_run"]) == (None, alteration.execution)
    else:
        assert said["execution"]["flaws"] == alteration.execution


@pytest.mark.parametrize("column", ["case_json", "facts_json", "answer", "truths"])
async def test_no_byte_can_be_changed_without_being_found_out(service: Service, column: str) -> None:
    source = random.Random(column)
    record_id = await service.recorded(example("conflicting_ratings"))
    ((stored,),) = service.rows(f"SELECT {column} FROM record ORDER BY created_at DESC LIMIT 1")  # noqa: S608 -- ours
    for _ in range(2):
        place = source.randrange(len(stored))
        changed = bytes([stored[place] ^ (1 << source.randrange(8))])
        service.alter(record_id, column, stored[:place] + changed + stored[place + 1 :])
        assert {name: (await service.verification(record_id))[name] for name in SOUND} != SOUND

    service.alter(record_id, column, stored)
    assert await service.verification(record_id) == {"id": record_id, **SOUND}


async def test_a_record_of_one_patient_cannot_be_passed_for_that_of_another(service: Service) -> None:
    record_id = await service.recorded(example("cauda_equina"))
    healthy = await service.recorded(example("modest_gain"))
    for column in ("case_json", "facts_json", "answer", "truths", "fingerprint"):
        ((value,),) = service.rows(f"SELECT {column} FROM record ORDER BY created_at DESC LIMIT 1")  # noqa: S608 -- ours
        service.alter(record_id, column, value)

    assert healthy in json.dumps((await service.client.get(f"{ASSESS}/{record_id}")).json())
    assert (await service.verification(record_id))["record"]["flaws"] == ["answer_altered"]


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
