"""Golden cases as they stand in the record: the answer with its id and receipt, the case with its origin."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from app.services.assessments import assess, case_text, record_head
from app.services.case import Case
from tests.api.service import CURRENT
from tests.knowledge.corpus import examples

BASE_URL = "https://decompass.example.org"
RECORD_ID = UUID("0198c0de-0000-7000-8000-000000000001")
MADE_AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
RELEASE = "0.3.0"


def answered(case: dict[str, Any]) -> dict[str, Any]:
    """The answer to a case, as it is recorded on the day of the case."""
    read = Case.model_validate_json(json.dumps(case))
    assert read.assessed_on
    now = datetime.combine(read.assessed_on, time(12), UTC)
    answer: dict[str, Any] = json.loads(
        assess(read, now, CURRENT).answer(**record_head(RECORD_ID, MADE_AT)).text
    )
    return answer | {"receipt": {"meta": json.dumps({"release": RELEASE})}}


def recorded_case(case: dict[str, Any]) -> dict[str, Any]:
    """The case as it is stored."""
    stored: dict[str, Any] = json.loads(case_text(Case.model_validate_json(json.dumps(case))))
    return stored


def from_an_ehr(case: dict[str, Any]) -> dict[str, Any]:
    """The case with an origin: a resource for each of its members, every second one with a version."""
    paths = [path for name, part in case.items() if name != "subject" for path in _paths(name, part)]
    resources = [
        {
            "reference": f"{'Procedure' if path.startswith('surgery') else 'Observation'}/o{number}",
            "gives": [path],
            **({"version": str(number)} if number % 2 else {}),
        }
        for number, path in enumerate(dict.fromkeys(paths), start=1)
    ]
    origin = {
        "channel": "cds-hooks",
        "service": "postop-lumbar-view",
        "request": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "encounter": "Encounter/e1",
        "resources": resources,
    }
    return case | {"provenance": origin}


def golden_cases() -> list[dict[str, Any]]:
    """The case of every example; each second one came from an EHR."""
    cases = [example.sent for example in examples()]
    return [from_an_ehr(case) if place % 2 else case for place, case in enumerate(cases)]


def _paths(name: str, part: Any) -> list[str]:
    if isinstance(part, dict):
        return [f"{name}.{member}" for member in part]
    if isinstance(part, list):
        return [f"{name}.{member}" for entry in part if isinstance(entry, dict) for member in entry] or [name]
    return [name]
