"""Resources of FHIR are read as the case that they tell of."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from app.interop.code_book import CodeBook
from app.interop.reading import Draft, draft_from
from app.services.case import Case
from tests.interop.as_fhir import bundle_of
from tests.knowledge.corpus import examples

BOOK = CodeBook()


def draft_of(resources: list[Any], day: str | None = None, **told: Any) -> Draft:
    """What is read of resources as of a day."""
    call: dict[str, Any] = {
        "subject": "p1",
        "now": datetime(2026, 11, 23, 12, tzinfo=UTC),
        "assessed_on": date.fromisoformat(day) if day else None,
        "book": BOOK,
        "channel": "fhir",
    }
    return draft_from(resources, **{**call, **told})


def plain(case: dict[str, Any]) -> dict[str, Any]:
    """A case as the contract holds it, with one entry for each day, and without what says how it came."""
    held = Case.model_validate_json(json.dumps(case)).model_dump(mode="json", exclude_none=True)
    held.pop("provenance", None)
    held.pop("subject")
    if not held["surgery"].get("levels"):
        held["surgery"].pop("levels", None)
    for group in ("observations", "labs", "imaging"):
        by_day: dict[str, dict[str, Any]] = {}
        for entry in held.get(group, ()):
            if len(entry) > 1:
                day = by_day.setdefault(entry["date"], {})
                power = day.get("muscle_power", []) + entry.get("muscle_power", [])
                day |= entry | ({"muscle_power": sorted(power, key=str)} if power else {})
        held[group] = sorted(by_day.values(), key=lambda entry: str(entry["date"]))
    for entry in held.get("prior_surgeries", ()):
        entry.setdefault("region", "lumbar")
    held.get("prior_surgeries", []).sort(key=str)
    return {name: value for name, value in held.items() if value or name == "prior_surgeries" or value == 0}


def test_every_golden_case_comes_through_fhir_as_it_was() -> None:
    changed = [each.id for each in examples() if not comes_through(each.sent)]

    assert changed == []
    assert len(examples()) > 2000


def comes_through(case: dict[str, Any]) -> bool:
    """Whether a case that is written as resources is read as itself, with nothing to remark."""
    draft = draft_of(bundle_of(case), case["assessed_on"])
    return (draft.finding, plain(draft.case), draft.notes) == ("operation", plain(case), ())


def test_what_is_of_another_patient_is_told_and_never_used() -> None:
    case = examples()[0].sent
    ours, theirs = bundle_of(case), {**bundle_of(case, "p2")[1], "id": "theirs"}

    alone, mixed = draft_of(ours, case["assessed_on"]), draft_of([*ours, theirs], case["assessed_on"])

    assert not alone.holds_another
    assert mixed.holds_another
    assert mixed.case == alone.case
