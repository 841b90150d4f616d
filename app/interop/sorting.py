"""What was sent, sorted: what is of the patient, and what may be and cannot be read as it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.interop.addresses import Named, server_of
from app.interop.notes import Note
from app.interop.patients import patient_of, patients_by_address, servers_of
from app.interop.resources import Resource, is_cut

OF_ANOTHER = "Resources of more than one patient were sent."
OF_NOBODY = "It cannot be read of which patient a resource is; not used."
OF_ANOTHER_SERVER = "A resource is of a patient of another server; not used."
MEANT_OTHERWISE = "A resource says that it is meant otherwise than is read here; not used."
CUT = "A resource holds more codes or parts than are looked at; only the first are used."


@dataclass(frozen=True, slots=True)
class Sorted:
    """``ours`` is used; ``unread`` is not and may be of the patient; ``foreign`` is of another server's."""

    ours: list[Resource] = field(default_factory=list)
    unread: list[Resource] = field(default_factory=list)
    foreign: list[Resource] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def holds_another(self) -> bool:
        """Whether resources of another patient were sent too."""
        return any(note.text == OF_ANOTHER for note in self.notes)


def sort(sent: Sequence[Resource], subject: str, server: str | None) -> Sorted:
    """The resources of this patient, and of those that name none; what is of another is never used."""
    by_address, home = patients_by_address(sent), _home(sent, server)
    found = Sorted()
    for each in sent:
        _place(each, patient_of(each, by_address), subject, home, found)
    if _are_several(each for each in found.ours if each.type == "Patient"):
        found.notes.append(Note("error", "business-rule", OF_ANOTHER))
    return found


def _home(sent: Sequence[Resource], server: str | None) -> frozenset[str]:
    """The servers on which an id may mean the patient: the one that is known, else the only one there is."""
    if server is not None:
        return frozenset({"", server_of(server)})
    named = servers_of(sent)
    return frozenset({"", *named}) if len(named) == 1 else frozenset({""})


def _place(each: Resource, patient: Named | None, subject: str, home: frozenset[str], found: Sorted) -> None:
    if patient is None:
        found.unread.append(each)
        found.notes.append(Note("warning", "structure", OF_NOBODY, each.reference))
    elif patient.id not in ("", subject):
        found.notes.append(Note("error", "business-rule", OF_ANOTHER, each.reference))
    elif patient.server not in home:
        found.foreign.append(each)
        found.notes.append(Note("warning", "business-rule", OF_ANOTHER_SERVER, each.reference))
    elif _is_meant_otherwise(each.body):
        found.unread.append(each)
        found.notes.append(Note("warning", "not-supported", MEANT_OTHERWISE, each.reference))
    else:
        found.ours.append(each)
        if is_cut(each.body):
            found.notes.append(Note("warning", "structure", CUT, each.reference))


def _is_meant_otherwise(body: Mapping[str, object]) -> bool:
    """Whether it may turn around what it says: FHIR forbids to go on where that is not understood."""
    return bool(body.get("modifierExtension") or body.get("implicitRules"))


def _are_several(patients: Iterable[Resource]) -> bool:
    """Whether a Patient without an id stands beside a Patient who is not the same."""
    every = list(patients)
    nameless = [each for each in every if not each.reference]
    return any(each.body != other.body for each in nameless for other in every)
