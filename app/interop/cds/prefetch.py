"""What came under each key of the prefetch. To know that there is nothing is not the same as not to know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Any, NamedTuple

from app.interop.cds.discovery import PREFETCH
from app.interop.notes import Note


class State(Enum):
    """How a key was answered."""

    ABSENT = auto()
    NULL = auto()
    FAILED = auto()
    UNREADABLE = auto()
    TRUNCATED = auto()
    DATA = auto()


KEYS = tuple(PREFETCH)
TYPES = {key: re.split(r"[/?]", query, maxsplit=1)[0] for key, query in PREFETCH.items()}
LABELS = {
    "patient": "The age of the patient",
    "procedures": "The operations",
    "conditions": "The list of problems",
    "vitals": "Vital signs",
    "labs": "Laboratory results",
    "exam": "Findings of examinations",
    "survey": "Scores",
    "forms": "Questionnaires",
}
SAYS: Mapping[State, str] = {
    State.ABSENT: "not supplied",
    State.NULL: "not supplied, or the search for them failed",
    State.FAILED: "could not be read: the search for them failed",
    State.UNREADABLE: "could not be read: what was sent is not FHIR",
    State.TRUNCATED: "not complete: there are more than were sent",
}
"""Of every key whose answer leaves something unknown."""
MAY_BE_ABSENT = frozenset({"patient", "vitals", "labs", "exam", "survey", "forms"})
"""What an EHR may leave out where all that is asked is known without: else the question stays open by itself.
The list of problems can tell what no question asks for."""


class Part(NamedTuple):
    """What came under one key. Of a search that is `DATA`, the resources are all there are."""

    state: State
    resources: tuple[Any, ...] = ()


def parts_of(prefetch: Mapping[str, Any]) -> dict[str, Part]:
    """Every key that is used, with what came under it; other keys are ignored."""
    return {key: _part(key, prefetch[key]) if key in prefetch else Part(State.ABSENT) for key in KEYS}


def resources_in(parts: Mapping[str, Part]) -> list[Any]:
    """All resources, in the order of the keys."""
    return [resource for part in parts.values() for resource in part.resources]


def complete_types(parts: Mapping[str, Part]) -> frozenset[str]:
    """The types of which every resource is known: only there does absence say anything."""
    known = {key for key, part in parts.items() if part.state is State.DATA}
    return frozenset({"Procedure"} if "procedures" in known else ())


def notes_of(parts: Mapping[str, Part]) -> Iterator[Note]:
    """What each key that was not fully answered leaves unknown, in sentences of ours."""
    for key, part in parts.items():
        if part.state is not State.DATA:
            text = f"{LABELS[key]}: {SAYS[part.state]}."
            path = "surgery" if key == "procedures" else ""
            yield Note(
                "information" if _is_quiet(key, part.state) else "warning", "incomplete", text, path=path
            )


def _is_quiet(key: str, state: State) -> bool:
    """Whether nothing is left open: a search that may have failed may have hidden a "yes"."""
    if key == "patient":  # it tells the age alone, and an age that is missing is asked for
        return state in (State.ABSENT, State.NULL)
    return state is State.ABSENT and key in MAY_BE_ABSENT


def _part(key: str, value: Any) -> Part:
    if value is None:
        return Part(State.NULL)
    if not isinstance(value, dict):
        return Part(State.UNREADABLE)
    found = value.get("resourceType")
    if _is_outcome(value):
        return Part(State.FAILED)
    if found == "Bundle":
        return _part_of_bundle(TYPES[key], value)
    if found == TYPES[key]:  # one resource is the answer to a read, and not all that a search would find
        return Part(State.DATA if key == "patient" else State.TRUNCATED, (value,))
    return Part(State.UNREADABLE)


def _part_of_bundle(wanted: str, bundle: Mapping[str, Any]) -> Part:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        return Part(State.UNREADABLE)
    resources = [entry.get("resource") if isinstance(entry, dict) else None for entry in entries]
    of_type = tuple(
        _addressed(each, entry.get("fullUrl"))
        for each, entry in zip(resources, entries, strict=True)
        if isinstance(each, dict) and each.get("resourceType") == wanted
    )
    if resources and not of_type:
        return Part(State.FAILED if all(map(_is_outcome, resources)) else State.UNREADABLE)
    whole = len(of_type) == len(resources) and not _goes_on(bundle, len(resources))
    return Part(State.DATA if whole else State.TRUNCATED, of_type)


def _addressed(resource: dict[str, Any], address: Any) -> dict[str, Any]:
    """The resource, in an entry where it has an address: the same id at another one is another resource."""
    if address is None:
        return resource
    return {"resourceType": "Bundle", "entry": [{"fullUrl": address, "resource": resource}]}


def _is_outcome(resource: Any) -> bool:
    return isinstance(resource, dict) and resource.get("resourceType") == "OperationOutcome"


def _goes_on(bundle: Mapping[str, Any], count: int) -> bool:
    links, total = bundle.get("link", []), bundle.get("total", count)
    if not isinstance(links, list) or not isinstance(total, int):
        return True  # nobody can tell
    return total > count or any(isinstance(each, dict) and each.get("relation") == "next" for each in links)
