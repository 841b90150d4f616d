"""Any case of the contract as resources of FHIR R4: standard codes where the table has them, else our own.

`bundle_of` is the inverse of `draft_from`: what it writes is read as the same case, but for `NOT_CARRIED`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.interop.paths import FIELDS
from app.interop.systems import ANSWER_SYSTEM, CASE_SYSTEM
from app.knowledge import codes
from app.knowledge.codes import UCUM, Code

NOT_CARRIED = {
    "levels: []": "a Procedure without body sites says nothing of its levels, not that there were none",
    "an entry of a dated list with nothing but its day": "there is no observation of nothing",
    "an empty group": "the same",
    "two entries of one day": "they are read as one entry",
    "age_years: 0 to 120 on the day": "carried by the day of birth, so only where the patient is sent",
}
"""What of a case FHIR cannot carry, or carries in another form, and why."""

DATED = ("observations", "labs", "imaging")
GROUPS = ("pain_return", "red_flags", "symptom_onsets", "examination", "vitals", "scores", "history")
OF_SURGERY = ("disc_opened", "implant", "dural_tear", "still_in_hospital")
MUSCLE_POWER = "observations.muscle_power"


def bundle_of(case: dict[str, Any], patient: str = "p1") -> list[dict[str, Any]]:
    """The resources; the Patient first, then procedures, then observations. Ids are `o1`, `o2` and so on."""
    day = case["assessed_on"]
    resources = [_patient(case, patient), *_procedures(case)]
    resources += [*_observations(case, day)]
    for number, resource in enumerate(resources[1:], 1):
        resource["id"] = f"o{number}"
        resource["meta"] = {"versionId": "1", "lastUpdated": f"{day}T08:00:00Z"}
        resource["subject"] = {"reference": f"Patient/{patient}"}
    return resources


def in_bundle(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """The resources as a collection."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": each} for each in resources],
    }


def _patient(case: dict[str, Any], patient: str) -> dict[str, Any]:
    resource = {"resourceType": "Patient", "id": patient}
    if (age := case.get("age_years")) is not None:
        day = date.fromisoformat(case["assessed_on"])
        day = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
        resource["birthDate"] = f"{day.year - age:04}-{day.month:02}-{day.day:02}"
    return resource


def _procedures(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for told in (case["surgery"], *(case.get("prior_surgeries") or ())):
        procedure, region = told["procedure"], told.get("region") or "lumbar"
        standard = codes.PROCEDURES.get(procedure, ()) if region == "lumbar" else ()
        coding = [_coding(each) for each in standard[:1]] or [_local("surgery.procedure", procedure)]
        sites = [_site("region", region, codes.REGIONS)]
        if side := told.get("side"):
            sites.append(_site("side", side, codes.SIDES))
        sites += [{"coding": [_local("surgery.levels", level)]} for level in told.get("levels") or ()]
        resource = {
            "resourceType": "Procedure",
            "status": "completed",
            "code": {"coding": coding},
            "performedDateTime": told["date"],
            "bodySite": sites,
        }
        if indication := told.get("indication"):
            resource["reasonCode"] = [_site("indication", indication, codes.INDICATIONS)]
        yield resource


def _site(member: str, word: str, table: Any) -> dict[str, Any]:
    standard = [_coding(each) for each in table.get(word, ())[:1]]
    return {"coding": standard or [_local(f"surgery.{member}", word)]}


def _observations(case: dict[str, Any], day: str) -> Iterator[dict[str, Any]]:
    for member in OF_SURGERY:
        if (value := case["surgery"].get(member)) is not None:
            yield _observation(f"surgery.{member}", value, day)
    if case.get("prior_surgeries") == []:
        yield _observation("prior_surgeries", "no", day)
    for group in GROUPS:
        for member, value in (case.get(group) or {}).items():
            if value is not None:
                yield _observation(f"{group}.{member}", value, day)
    for group in DATED:
        for entry in case.get(group) or ():
            yield from _of_one_day(group, entry)


def _of_one_day(group: str, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for member, value in entry.items():
        if member == "muscle_power":
            yield from (_muscle(tested, entry["date"]) for tested in value or ())
        elif member != "date" and value is not None:
            yield _observation(f"{group}.{member}", value, entry["date"])


def _observation(path: str, value: Any, day: str) -> dict[str, Any]:
    standard = codes.FACTS.get(path, ())[:1]
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [_coding(each) for each in standard] or [_path(path)]},
        "effectiveDateTime": day,
        **_value(path, value),
    }
    if path in codes.PAIN_SITES:
        resource["bodySite"] = {"coding": [_coding(codes.PAIN_SITES[path][0])]}
    return resource


def _muscle(tested: dict[str, Any], day: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [_path(MUSCLE_POWER)]},
        "effectiveDateTime": day,
        "component": [
            {"code": {"coding": [_path(path)]}, **_value(path, value)}
            for path, value in ((f"{MUSCLE_POWER}.{name}", value) for name, value in tested.items())
        ],
    }


def _value(path: str, value: Any) -> dict[str, Any]:
    field = FIELDS[path]
    if path == "prior_surgeries" or field.kind == "yes_no":
        return {"valueCodeableConcept": {"coding": [{"system": ANSWER_SYSTEM, "code": value}]}}
    if field.kind == "choice":
        return {"valueCodeableConcept": {"coding": [_local(path, value)]}}
    if field.kind == "date":
        return {"valueDateTime": value}
    if field.kind == "integer" and not field.unit:
        return {"valueInteger": value}
    unit = field.unit or "{score}"
    return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}


def _coding(code: Code) -> dict[str, str]:
    return {"system": code.system, "code": code.code, "display": code.display}


def _path(path: str) -> dict[str, str]:
    return {"system": CASE_SYSTEM, "code": path}


def _local(path: str, word: str) -> dict[str, str]:
    return {"system": f"{CASE_SYSTEM}:{path}", "code": word}
