"""The cases of tests/cases, read into the JSON that a client would send.

A file is a list of cases. Each has a `title` (the promise), a `source` (the place in the dossier), a `case`
in the contract's JSON and an `expect`. `defaults: v8.1` (taken when absent) starts from the defaults of
dossier 8.1, `defaults: none` from the operation alone, so that a case shows only what differs: mappings are
merged, lists are replaced, `null` takes a member out. `baseline` is merged into the record of the day before
surgery that the defaults hold. `today` is merged into the record of the day of assessment: "none" for each
deficit of which neither the case nor the `baseline` speaks; null stands for "not asked". `variants` are more
cases, each merged over its parent in the same way, with expectations of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from app.knowledge.vocabulary import MUSCLES, RED_FLAGS
from app.services.case import Case
from app.services.facts import facts_of

CASES = Path(__file__).parents[1] / "cases"
MEMBERS = {"title", "source", "comment", "defaults", "case", "baseline", "today", "expect", "variants"}

DEFAULTS: dict[str, dict[str, Any]] = {
    "none": {"subject": "patient", "surgery": {"procedure": "microdiscectomy"}},
    "v8.1": {
        "subject": "patient",
        "age_years": 45,
        "surgery": {
            "procedure": "microdiscectomy",
            "levels": ["L5-S1"],
            "side": "left",
            "indication": "disc_herniation",
        },
        "red_flags": {question.name: "no" for question in RED_FLAGS},
    },
}
"""Dossier 8.1: microdiscectomy L5/S1 left for disc herniation, age 45, all red flags answered "no"."""
BASELINES: dict[str, dict[str, Any] | None] = {
    "none": None,
    "v8.1": {
        "leg_pain_nrs": 8,
        "back_pain_nrs": 4,
        "odi_percent": 46,
        "numbness": "none",
        "tingling": "none",
        "weakness": "none",
        "muscle_power": [
            {"muscle": muscle, "side": side, "grade": 5} for muscle in MUSCLES for side in ("left", "right")
        ],
    },
}
"""Dossier 8.1, before surgery: leg 8, back 4, ODI 46, full power, no numbness or tingling."""
TODAYS: dict[str, dict[str, Any]] = {
    "none": {},
    "v8.1": {"numbness": "none", "tingling": "none", "weakness": "none"},
}
"""Dossier 8.1, on the day of assessment too: no loss of power, no numbness, no tingling."""
TESTED_BY = {"muscle_power": "weakness"}
"""To test power says something of weakness."""


@dataclass(frozen=True)
class Example:
    """One case with what is expected of it."""

    id: str
    title: str
    source: str
    sent: dict[str, Any]
    expect: dict[str, Any]

    @property
    def case(self) -> Case:
        return Case.model_validate_json(json.dumps(self.sent))

    @cached_property
    def facts(self) -> dict[str, Any]:
        case = self.case
        assert case.assessed_on, f"{self.id}: a case says its day"
        return facts_of(case, case.assessed_on)


@cache
def examples() -> tuple[Example, ...]:
    """Every case and variant of every file."""
    found = [
        example
        for path in sorted(CASES.glob("*.yaml"))
        for entry in yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        for example in _with_variants(path.stem, entry)
    ]
    ids = [example.id for example in found]
    assert len(set(ids)) == len(ids), "Two cases have one title"
    return tuple(found)


def _with_variants(file: str, entry: dict[str, Any]) -> Iterator[Example]:
    alone = {name: value for name, value in entry.items() if name != "variants"}
    yield _example(file, alone)
    for variant in entry.get("variants", []):
        title = f"{entry['title']} - {variant['title']}"
        yield _example(file, {**merged(alone, variant), "title": title, "expect": variant["expect"]})


def _example(file: str, entry: Mapping[str, Any]) -> Example:
    if wrong := set(entry) - MEMBERS:
        raise ValueError(f"{file}: {entry.get('title')}: no such member {wrong}")
    defaults = entry.get("defaults", "v8.1")
    sent = merged(DEFAULTS[defaults], entry["case"])
    if baseline := merged(BASELINES[defaults], entry.get("baseline", {})):
        before = date.fromisoformat(str(sent["surgery"]["date"])) - timedelta(days=1)
        sent["observations"] = [{"date": before, **baseline}, *(sent.get("observations") or [])]
    if today := _today(entry, TODAYS[defaults], sent.get("observations") or []):
        sent["observations"] = [*(sent.get("observations") or []), {"date": sent["assessed_on"], **today}]
    plain = json.loads(json.dumps(without_nulls(sent), default=date.isoformat))
    return Example(f"{file}: {entry['title']}", entry["title"], entry["source"], plain, entry["expect"])


def _today(
    entry: Mapping[str, Any], unless_said: dict[str, Any], observations: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the day of assessment adds: the defaults of what nobody spoke of, and what `today` says."""
    before = str(entry["case"]["surgery"]["date"])
    later = [each for each in observations if str(each["date"]) > before]
    said = {TESTED_BY.get(name, name) for spoken in (*later, entry.get("baseline", {})) for name in spoken}
    defaults = {name: value for name, value in unless_said.items() if name not in said}
    today: dict[str, Any] = without_nulls(merged(defaults, entry.get("today", {})))
    return today


def merged(under: Any, over: Any) -> Any:
    """Mappings are merged, everything else is replaced."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return under | {name: merged(under.get(name), value) for name, value in over.items()}


def without_nulls(value: Any) -> Any:
    """The value without the members that a null has taken out."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value
