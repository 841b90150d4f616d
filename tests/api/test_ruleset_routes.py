"""The rules can be read in every version, and an old record is judged by the rules of its day."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from app.api.ruleset_answers import EvidenceList, RuleAnswer, RulesetAnswer, RulesetList, VocabularyAnswer
from app.engine.canonical import canonical, digest
from app.engine.load import ruleset_from_json
from app.engine.rules import Chapter, Rule
from app.engine.ruleset import Ruleset
from app.knowledge.conclusions import CONCLUSIONS
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.services.rulesets import Rulesets
from tests.api.conftest import Check
from tests.api.service import ASSESS, CURRENT, Service, application_of, example, running_service
from tests.stores import copied_store, store_at

pytestmark = pytest.mark.anyio
DIGEST = digest(POSTOP_LUMBAR)
VERSION = POSTOP_LUMBAR.version


def with_threshold(name: str, value: float) -> Ruleset:
    """The ruleset as it might have been before: one value is another."""
    plain = json.loads(canonical(POSTOP_LUMBAR))
    plain["thresholds"][name]["value"] = value
    plain["version"] = "0.9.0"
    return ruleset_from_json(json.dumps(plain).encode(), POSTOP_LUMBAR.calculations, CONCLUSIONS)


class Old(NamedTuple):
    """A database, the answer recorded in it, and the digest of its rules."""

    url: str
    answer: bytes
    digest: str

    @property
    def id(self) -> str:
        record_id: str = json.loads(self.answer)["id"]
        return record_id


@asynccontextmanager
async def under(url: str, rulesets: Rulesets = CURRENT) -> AsyncIterator[Service]:
    """A service of these rules on the database."""
    store = store_at(url)
    async with running_service(application_of(store, rulesets=rulesets), url) as service:
        yield service
    store.close()


async def get(service: Service, path: str) -> Any:
    answer = await service.client.get(f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("rulesets", RulesetList),
        (f"rulesets/{VERSION}", RulesetAnswer),
        (f"rulesets/{DIGEST}", RulesetAnswer),
        (f"rulesets/{VERSION}/rules/{POSTOP_LUMBAR.rules[0].id}", RuleAnswer),
        ("evidence", EvidenceList),
        ("vocabulary", VocabularyAnswer),
    ],
)
async def test_what_is_told_of_the_rules_is_as_published(
    service: Service, as_published: Check, path: str, model: Any
) -> None:
    said = await get(service, path)

    model.model_validate_json(json.dumps(said))
    as_published(model.__name__, said)


async def test_every_rule_can_be_read_alone_and_in_its_ruleset(service: Service) -> None:
    whole = await get(service, f"rulesets/{VERSION}")

    assert [rule["id"] for rule in whole["rules"]] == [rule.id for rule in POSTOP_LUMBAR.rules]
    for rule in whole["rules"][::25]:
        assert await get(service, f"rulesets/{DIGEST}/rules/{rule['id']}") == rule


async def test_the_digest_of_an_answer_leads_to_its_rules(service: Service) -> None:
    said = await service.preview(example())
    ruleset = await get(service, f"rulesets/{said['ruleset']['digest']}")
    known = {rule["id"] for rule in ruleset["rules"]}

    assert ruleset["version"] == said["ruleset"]["version"]
    assert {finding["rule"] for finding in said["findings"]} <= known
    assert {name for missing in said["missing"] for name in missing["could_change"]} <= known


async def test_every_source_of_an_answer_is_among_the_evidence(service: Service) -> None:
    known = {source["id"] for source in (await get(service, "evidence"))["items"]}
    said = await service.preview(example("smallest"))

    assert {source["id"] for source in said["sources"]} <= known


@pytest.mark.parametrize(
    "path",
    ["rulesets/9.9.9", f"rulesets/{'0' * 64}", f"rulesets/{VERSION}/rules/nowhere", "rulesets/9/rules/x"],
)
async def test_rules_that_are_not_there_are_not_found(
    service: Service, as_published: Check, path: str
) -> None:
    answer = await service.client.get(f"/v1/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    as_published("Problem", answer.json())


@pytest.mark.parametrize("path", ["rulesets/a_b", f"rulesets/{VERSION}/rules/A!", f"rulesets/{'1' * 65}"])
async def test_names_that_no_ruleset_can_have_are_refused(service: Service, path: str) -> None:
    assert (await service.client.get(f"/v1/{path}")).status_code == 422


@pytest.fixture(scope="module")
def older() -> Rulesets:
    """Rules under which "slightly better" does not count as better."""
    return Rulesets(with_threshold("rating_better_grade", 2))


@pytest.fixture(scope="module")
async def old_record(older: Rulesets, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Old:
    """A database with a record that was made under the older rules."""
    file = Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("old") / "old.db"))
    async with under(f"sqlite:///{file}", older) as before:
        answer = await before.record(example("conflicting_ratings"))
    return Old(f"sqlite:///{file}", answer.content, digest(older.current))


@pytest.fixture
def old_url(old_record: Old, tmp_path: Path) -> str:
    """A copy of that database."""
    return copied_store(old_record.url, tmp_path)


async def test_a_record_is_verified_and_traced_under_the_rules_of_its_day(
    old_url: str, old_record: Old
) -> None:
    async with under(old_url) as after:
        told_now = await after.preview(example("conflicting_ratings"))
        verification = await after.verification(old_record.id)
        trace = await get(after, f"assessments/{old_record.id}/trace")
        versions = await get(after, "rulesets")
        rules = await get(after, f"rulesets/{old_record.digest}")
        read = await after.client.get(f"{ASSESS}/{old_record.id}")

    assert json.loads(old_record.answer)["verdict"]["status"] != told_now["verdict"]["status"]
    assert (verification["record"]["intact"], verification["execution"]["same"]) == (True, True)
    assert (trace["ruleset_digest"], read.content) == (old_record.digest, old_record.answer)
    assert [(each["version"], each["current"]) for each in versions["items"]] == [
        (VERSION, True),
        ("0.9.0", False),
    ]
    assert rules["version"] == "0.9.0"


async def test_a_record_is_not_the_same_under_other_rules_than_its_own(
    old_url: str, sqlite_url: str, old_record: Old
) -> None:
    async with under(old_url) as before:
        forged = await before.forged(old_record.id, sqlite_url, ruleset_digest=DIGEST)
    async with under(sqlite_url) as after:
        verification = await after.verification(forged)

    assert verification["record"]["flaws"] == ["answer_altered"]
    assert {"truths_differs", "answer_differs"} <= set(verification["execution"]["flaws"])


async def test_a_stored_ruleset_that_was_altered_is_found_out_and_not_run(
    old_url: str, old_record: Old
) -> None:
    altered = canonical(with_threshold("rating_better_grade", 1))
    async with under(old_url, Rulesets(POSTOP_LUMBAR)) as after:
        after.rows("UPDATE ruleset SET json = ? WHERE digest = ?", altered, old_record.digest)
        verification = await after.verification(old_record.id)
        trace = await after.client.get(f"{ASSESS}/{old_record.id}/trace")

    assert verification["record"]["flaws"] == ["ruleset_altered"]
    assert verification["execution"] == {"same": None, "flaws": [], "not_run": "ruleset_not_runnable"}
    assert (trace.status_code, trace.json()["code"]) == (409, "ruleset-not-runnable")


OTHER_CALCULATIONS = canonical(POSTOP_LUMBAR).replace(b'"edition":1', b'"edition":0')
"""As of an older release, whose calculations this one has changed (decision 6)."""
NOT_RUNNABLE = [b"", b'{"name":"x"}', b"[" * 100_000, OTHER_CALCULATIONS]


@pytest.mark.parametrize("text", NOT_RUNNABLE, ids=range(len(NOT_RUNNABLE)))
async def test_a_stored_ruleset_that_cannot_be_run_here_is_told_and_no_failure(
    sqlite_url: str, document: dict[str, Any], text: bytes
) -> None:
    stored = sha256(text).hexdigest()
    store = store_at(sqlite_url)
    store.archive.save_ruleset(stored, "0.1.0", text)
    store.close()
    async with under(sqlite_url) as service:
        sound = await service.recorded(example())
        record_id = await service.forged(sound, sqlite_url, id=uuid4(), ruleset_digest=stored)
        answers = [
            await service.client.get(path)
            for path in (
                f"{ASSESS}/{record_id}/trace",
                "/v1/rulesets/0.1.0",
                f"/v1/rulesets/{stored}/rules/any",
            )
        ]
        verification = await service.verification(record_id)
        listed = await get(service, "rulesets")

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "ruleset-not-runnable")
    ] * 3
    assert verification["execution"]["not_run"] == "ruleset_not_runnable"
    assert [each["digest"] for each in listed["items"]] == [DIGEST, stored]
    for path in (
        "assessments/{assessment_id}/trace",
        "rulesets/{version}",
        "rulesets/{version}/rules/{rule_id}",
    ):
        assert "409" in document["paths"][f"/v1/{path}"]["get"]["responses"]


def superseded(on: date) -> Ruleset:
    """The ruleset with one rule that ends on that day, and another that begins."""
    note = next(step for step in POSTOP_LUMBAR.steps if isinstance(step, Rule) and step.then.kind == "note")
    newer = replace(note, id=f"{note.id}.newer", title="The newer rule", since=on)
    return replace(
        POSTOP_LUMBAR, chapters=tuple(_swapped(each, note, on, newer) for each in POSTOP_LUMBAR.chapters)
    )


def _swapped(chapter: Chapter, old: Rule, on: date, newer: Rule) -> Chapter:
    steps = [
        step
        for each in chapter.steps
        for step in ([replace(old, until=on), newer] if each is old else [each])
    ]
    return replace(chapter, steps=tuple(steps))


async def test_the_day_of_the_assessment_picks_the_rules_that_were_in_force(sqlite_url: str) -> None:
    changed = superseded(date(2025, 2, 12))
    async with under(sqlite_url, Rulesets(changed)) as service:
        old = (await service.record(example(assessed_on="2025-02-11", observations=None))).json()
        new = (await service.record(example(assessed_on="2025-02-12", observations=None))).json()
        verifications = [await service.verification(answer["id"]) for answer in (old, new)]
        rules = [
            {rule["id"] for rule in (await get(service, f"rulesets/{answer['ruleset']['digest']}"))["rules"]}
            for answer in (old, new)
        ]

    assert old["ruleset"]["digest"] == digest(changed.at(date(2025, 2, 11)))
    assert new["ruleset"]["digest"] == digest(changed.at(date(2025, 2, 12)))
    assert {name.endswith(".newer") for name in rules[0] - rules[1]} == {False}
    assert {name.endswith(".newer") for name in rules[1] - rules[0]} == {True}
    assert all(each["record"]["intact"] and each["execution"]["same"] for each in verifications)
