"""The cases as an EHR would send them today: a patient-view whose prefetch holds a chart of 100 resources."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from app.interop.cds.discovery import PREFETCH
from app.knowledge.codes import LOINC
from benchmarks.cases import FILE
from tests.interop.as_fhir import bundle_of
from tests.interop.cds.calls import call_of, found

SERVICE = "postop-lumbar-view"
PATIENT = "patient"
RESOURCES = 100
DAY = re.compile(r'"(\d{4}-\d{2}-\d{2})"')
KEY_OF_TYPE = {"Patient": "patient", "Procedure": "procedures", "Observation": "survey"}
OLDER = (
    ("vitals", "8310-5", "Cel", 36.8),
    ("vitals", "8867-4", "/min", 72),
    ("labs", "718-7", "g/dL", 13.9),
    ("labs", "2160-0", "mg/dL", 0.9),
)
"""What else is in a chart: temperature and pulse of earlier days, haemoglobin and creatinine."""


def cases_of_today() -> list[dict[str, Any]]:
    """The cases with their days moved, so that each is assessed today: a call is always about today."""
    return [_moved(case) for case in json.loads(FILE.read_bytes())]


def case_bodies() -> list[bytes]:
    """The requests that send these cases as they are."""
    return [json.dumps(case).encode() for case in cases_of_today()]


def call_bodies() -> list[bytes]:
    """The calls that bring the same cases as charts. Each is to be sent under a `hookInstance` of its own."""
    return [
        json.dumps(call_of(SERVICE, PATIENT, prefetch=prefetch_of(case))).encode()
        for case in cases_of_today()
    ]


def prefetch_of(case: dict[str, Any]) -> dict[str, Any]:
    """A case among older findings, every key answered and nothing cut off."""
    by_key: dict[str, list[Any]] = {key: [] for key in PREFETCH}
    told = bundle_of(case, PATIENT)
    for resource in told:
        by_key[KEY_OF_TYPE[resource["resourceType"]]].append(resource)
    today = date.fromisoformat(case["assessed_on"])
    for number, (key, code, unit, value) in enumerate(islice(cycle(OLDER), RESOURCES - len(told)), 1):
        by_key[key].append(_older(number, today - timedelta(days=number), code, unit, value))
    (patient,) = by_key.pop("patient")
    return {"patient": patient, **{key: found(*resources) for key, resources in by_key.items()}}


def _moved(case: dict[str, Any]) -> dict[str, Any]:
    by = datetime.now(UTC).date() - date.fromisoformat(case["assessed_on"])

    def moved(day: re.Match[str]) -> str:
        return f'"{date.fromisoformat(day[1]) + by}"'

    there: dict[str, Any] = json.loads(DAY.sub(moved, json.dumps(case)))
    return there


def _older(number: int, day: date, code: str, unit: str, value: float) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"older{number}",
        "meta": {"versionId": "1", "lastUpdated": f"{day}T08:00:00Z"},
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{PATIENT}"},
        "effectiveDateTime": f"{day}T08:00:00Z",
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }
