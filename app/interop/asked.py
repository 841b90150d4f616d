"""What a call of ``$assess`` asks: Parameters, or a bare Bundle or QuestionnaireResponse."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from app.interop.addresses import Named, named
from app.interop.cds.request import Flaw
from app.interop.completed_forms import read_form
from app.interop.notes import Note
from app.interop.reading import subjects_of
from app.interop.resources import list_of, moment_of, resources_of, text_of
from app.services.case_provenance import Channel

DATA = ("Bundle", "QuestionnaireResponse")
PARAMETERS = "/parameter"
ENCOUNTER = re.compile(
    r"(?:.*/)?Encounter/(?!\.{1,2}(?:/|$))([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?"
)
REQUEST = re.compile(r"[!-~]{1,200}")
"""What the record can hold of an identifier: system, bar and value in visible characters."""


class NotAsked(Exception):
    """The body does not ask for an assessment of anything; ``flaws`` names all that is wrong."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(f"{len(flaws)} flaw(s) in what was asked")
        self.flaws = flaws


class TwoPatients(Exception):
    """What was sent is of several patients, by id or server, or of another than was asked about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call, as far as it is used. ``place`` is the JSON pointer of the data in the body."""

    data: Mapping[str, Any]
    place: str = ""
    subject: Named | None = None
    encounter: str | None = None
    day: date | None = None
    request: str | None = None

    @property
    def channel(self) -> Channel:
        """How the case came."""
        return "fhir" if self.data["resourceType"] == "Bundle" else "questionnaire"


def read_asked(body: Mapping[str, Any]) -> Asked:
    """The call that a body describes. Raises NotAsked."""
    if body.get("resourceType") in DATA:
        return Asked(body)
    if body.get("resourceType") != "Parameters":
        raise NotAsked(Flaw("/resourceType", "literal_error" if "resourceType" in body else "missing"))
    given, flaws = _given(list_of(body.get("parameter")))
    if "data" not in given and not flaws:
        flaws.append(Flaw(PARAMETERS, "missing"))
    if flaws:
        raise NotAsked(*flaws)
    place, data = given.pop("data")
    return replace(Asked(data, place), **{name: value for name, (_, value) in given.items()})


def _given(parameters: Sequence[Any]) -> tuple[dict[str, tuple[str, Any]], list[Flaw]]:
    """The parameters that are known, each with its place, and what is wrong with them."""
    given: dict[str, tuple[str, Any]] = {}
    flaws: list[Flaw] = []
    for number, each in enumerate(parameters):
        member, suffix, read = READERS.get(text_of(each.get("name")), UNKNOWN) if _is(each) else UNKNOWN
        place = f"{PARAMETERS}/{number}"
        if not member:
            continue
        try:
            value = read(each)
            if member in given:
                flaws.append(Flaw(place, "too_long"))
            given[member] = (f"{place}{suffix}", value)
        except NotAsked as refusal:
            flaws += [Flaw(place + flaw.pointer, flaw.code) for flaw in refusal.flaws]
    return given, flaws


def _is(value: Any) -> bool:
    return isinstance(value, dict)


def _data(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    data = parameter.get("resource")
    if not isinstance(data, dict):
        raise NotAsked(Flaw("/resource", "missing" if data is None else "model_type"))
    if data.get("resourceType") not in DATA:
        raise NotAsked(Flaw("/resource/resourceType", "literal_error"))
    return data


def _reference(parameter: Mapping[str, Any], read: Callable[[str], Any]) -> Any:
    """What a reference names, which is sent as a string or as what FHIR calls a Reference."""
    sent = parameter.get("valueString")
    if sent is None and isinstance(reference := parameter.get("valueReference"), dict):
        sent = reference.get("reference")
    if (found := read(text_of(sent))) is None:
        raise NotAsked(Flaw("/valueString", "missing" if sent is None else "string_pattern_mismatch"))
    return found


def _subject(parameter: Mapping[str, Any]) -> Named:
    return cast(Named, _reference(parameter, named))


def _encounter(parameter: Mapping[str, Any]) -> str:
    return f"Encounter/{_reference(parameter, ENCOUNTER.fullmatch)[1]}"


def _day(parameter: Mapping[str, Any]) -> date:
    sent = parameter.get("valueDateTime", parameter.get("valueDate"))
    if (moment := moment_of(sent)) is None:
        raise NotAsked(Flaw("/valueDateTime", "missing" if sent is None else "date_parsing"))
    return moment.day


def _request(parameter: Mapping[str, Any]) -> str:
    sent = parameter.get("valueIdentifier")
    identifier = sent if isinstance(sent, dict) else {}
    system, value = text_of(identifier.get("system")), text_of(identifier.get("value"))
    if not value:
        raise NotAsked(Flaw("/valueIdentifier", "missing"))
    request = f"{system}|{value}" if system else value
    if not REQUEST.fullmatch(request):
        raise NotAsked(Flaw("/valueIdentifier", "string_pattern_mismatch"))
    return request


Reader = Callable[[Mapping[str, Any]], Any]
READERS: Mapping[str, tuple[str, str, Reader]] = {
    "data": ("data", "/resource", _data),
    "subject": ("subject", "", _subject),
    "encounter": ("encounter", "", _encounter),
    "asOf": ("day", "", _day),
    "requestIdentifier": ("request", "", _request),
}
"""By the name of the parameter: the member of `Asked`, where below the parameter it stands, who reads it."""
UNKNOWN: tuple[str, str, Reader] = ("", "", _data)


def subject_of(asked: Asked) -> str:
    """Of whom the data are. Raises TwoPatients, and NotAsked where nobody tells.

    What a form says to its own question counts only where no resource names a patient: fillers of forms do
    not always know the id. That forms which name none differ in it counts always.
    """
    of_data, on_servers = subjects_of([asked.data])
    subjects, servers = set(of_data), set(on_servers)
    if asked.subject is not None:
        subjects.add(asked.subject.id)
        servers |= {asked.subject.server} - {""}
    answered = _answered(asked)
    subjects = subjects or answered
    if len(subjects) > 1 or len(servers) > 1 or len(answered) > 1:
        raise TwoPatients
    if not subjects:
        raise NotAsked(Flaw(asked.place, "missing"))
    return subjects.pop()


def _answered(asked: Asked) -> set[str]:
    """What forms that name no patient say to their own question of whom they are."""
    forms = [each for each in resources_of([asked.data]) if each.type == "QuestionnaireResponse"]
    cases = [read_form(each).case for each in forms if each.body.get("subject") is None]
    return {case["subject"] for case in cases if "subject" in case}


def places_of(asked: Asked, notes: Sequence[Note]) -> Iterator[tuple[str, Note]]:
    """Each note with the place of its resource in the body; of the data as a whole where it names none."""
    places = dict(_places(asked.data, asked.place))
    return ((places.get(note.reference, asked.place), note) for note in notes)


def _places(data: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every resource, also inside of Bundles, by type and id, with its place."""
    left = [(data, place)]
    while left:
        body, at = left.pop()
        if not isinstance(body, dict):
            continue
        if body.get("resourceType") == "Bundle":
            entries = enumerate(list_of(body.get("entry")))
            left += [(each.get("resource"), f"{at}/entry/{n}/resource") for n, each in entries if _is(each)]
        else:
            yield f"{body.get('resourceType')}/{body.get('id')}", at
