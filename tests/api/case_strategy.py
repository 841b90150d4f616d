"""Cases made from the published schema: every member, every option, every bound, in any mixture."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.knowledge.vocabulary import MRC_GRADES
from app.services.case import Case

SCHEMA = Case.model_json_schema()
# So that no day contradicts another: each kind of day has a time of its own.
DAYS = {
    "/assessed_on": (date(2023, 1, 1), date(2024, 12, 31)),
    "/surgery/date": (date(2022, 1, 1), date(2022, 6, 30)),
    "/prior_surgeries/date": (date(1950, 1, 1), date(2021, 12, 31)),
    "/pain_return/plateau_on": (date(2022, 10, 1), date(2022, 12, 31)),
    "/pain_return/onset_on": (date(2022, 7, 1), date(2022, 9, 30)),
}
OTHER_DAYS = (date(2021, 6, 1), date(2022, 12, 31))
LONGEST_SINCE_SURGERY = 2
"""Full years between the first day of surgery above and the last day of assessment: nobody is younger."""
NUMBERS = {
    "age_years": st.integers(LONGEST_SINCE_SURGERY, 120),
    "leg_pain_nrs": st.integers(0, 20).map(lambda halves: halves / 2),
    "back_pain_nrs": st.integers(0, 20).map(lambda halves: halves / 2),
    "grade": st.sampled_from(sorted(MRC_GRADES)),
}


def cases() -> st.SearchStrategy[dict[str, Any]]:
    """A case whose days and scales do not contradict each other."""
    return _values(SCHEMA, "").map(_one_scale_a_day)


def _values(schema: dict[str, Any], pointer: str) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _values(SCHEMA["$defs"][schema["$ref"].split("/")[-1]], pointer)
    if "anyOf" in schema:
        return st.one_of(*(_values(each, pointer) for each in schema["anyOf"]))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "null":
            return st.none()
        case "object":
            return _objects(schema, pointer)
        case "array":
            size = min(schema["maxItems"], 6)
            return st.lists(_values(schema["items"], pointer), max_size=size, unique_by=_what_it_is_of)
        case "string":
            return _texts(schema, pointer)
        case _:
            return _numbers(schema, pointer)


def _what_it_is_of(entry: Any) -> Any:
    """Of two observations of a day, or two grades of a muscle, nobody could tell which is the later."""
    if not isinstance(entry, dict):
        return entry
    if "muscle" in entry:
        return entry["muscle"], entry["side"]
    return entry["date"] if "date" in entry else entry["reference"]


def _texts(schema: dict[str, Any], pointer: str) -> st.SearchStrategy[str]:
    if schema.get("format") == "date":
        return st.dates(*DAYS.get(pointer, OTHER_DAYS)).map(date.isoformat)
    return st.from_regex(schema["pattern"], fullmatch=True).filter(
        lambda text: len(text) <= schema["maxLength"]
    )


def _numbers(schema: dict[str, Any], pointer: str) -> st.SearchStrategy[float]:
    if (name := pointer.rsplit("/", 1)[-1]) in NUMBERS:
        return NUMBERS[name]
    kind = st.integers if schema["type"] == "integer" else st.floats
    return kind(schema["minimum"], schema["maximum"])


def _objects(schema: dict[str, Any], pointer: str) -> st.SearchStrategy[dict[str, Any]]:
    members = {name: _values(each, f"{pointer}/{name}") for name, each in schema["properties"].items()}
    required = {*schema.get("required", ()), *({"assessed_on"} if not pointer else ())}
    return st.fixed_dictionaries(
        {name: members[name] for name in members if name in required},
        optional={name: members[name] for name in members if name not in required},
    )


def _one_scale_a_day(case: dict[str, Any]) -> dict[str, Any]:
    case["assessed_on"] = case["assessed_on"] or "2024-01-01"
    for observation in case.get("observations") or ():
        for site in ("leg", "back"):
            if observation.get(f"{site}_pain_nrs") is not None:
                observation.pop(f"{site}_pain_vas_mm", None)
    return case
