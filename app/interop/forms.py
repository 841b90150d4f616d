"""What a filled form says, as the JSON of a case.

What cannot be read is left out with a note: it is unknown then, never "no". A note never repeats what was
sent.
"""

from __future__ import annotations

from typing import Any

from app.interop.elements import FHIR_ID
from app.interop.form_answers import answer_of, limited, only
from app.interop.notes import Note
from app.interop.numbers import NotUsed
from app.interop.paths import PRIOR_SURGERIES, Field
from app.interop.questionnaire import ANY_EARLIER, ASKED, FORM
from app.interop.resources import objects_of

STRANGE = Note("warning", "structure", "Some items are not of the form; not used.")
FINISHED = ("completed", "amended")
"""Other states of a response are drafts and mistakes."""
HIDDEN = "answered in a form that is not read here"
REQUIRED = {
    group: tuple(each for each in ASKED.values() if each.required and each.group == group)
    for group in {each.group for each in ASKED.values() if each.required}
}
"""What a group must have, by the path of the group."""


def case_of_form(response: Any) -> tuple[dict[str, Any], list[Note]]:
    """The case that a QuestionnaireResponse gives, and what of it was not used.

    ``response`` is parsed JSON, of any shape. The case holds only members and values that the contract takes;
    ``surgery`` is absent where its day or its procedure was not answered, ``subject`` where nobody gave it.
    """
    if not (isinstance(response, dict) and response.get("resourceType") == "QuestionnaireResponse"):
        return {}, [Note("error", "structure", "This is not a QuestionnaireResponse.")]
    reference = _reference(response)
    if reason := _not_used(response):
        return {}, [reason._replace(reference=reference)]
    form = _Form()
    case = form.members(response.get("item"), "")
    form.say_that_there_were_none(case)
    return case, [note._replace(reference=reference) for note in dict.fromkeys(form.notes)]


def _reference(response: dict[str, Any]) -> str:
    given = response.get("id")
    known = isinstance(given, str) and FHIR_ID.fullmatch(given)
    return f"QuestionnaireResponse/{given}" if known else ""


def _not_used(response: dict[str, Any]) -> Note | None:
    """Why the response as a whole says nothing, or None when it does."""
    form = response.get("questionnaire")
    if form is not None and _name_of(form) != FORM:
        return Note(
            "warning", "not-supported", "The form is not the questionnaire of this service; not used."
        )
    if response.get("status") not in FINISHED:
        return Note("warning", "incomplete", "The form is neither completed nor amended; not used.")
    return None


def _name_of(canonical: Any) -> str:
    """The last part of a canonical address: the site decides under which host the form is known."""
    return canonical.partition("|")[0].rpartition("/")[2] if isinstance(canonical, str) else ""


class _Form:
    """Reads the items of one response and keeps what there is to tell of them."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def members(self, items: Any, group: str) -> dict[str, Any]:
        """What the items of one group say, by the name of the member."""
        said: dict[str, list[dict[str, Any]]] = {}
        if items and not _are_objects(items):
            self.notes.append(STRANGE)
        for item in objects_of(items, most=None):
            link = item.get("linkId")
            if isinstance(link, str) and link in ASKED and ASKED[link].group == group:
                said.setdefault(link, []).append(item)
            elif item.get("answer") or item.get("item"):
                self.notes.append(STRANGE)
        given = ((ASKED[link], self._value(ASKED[link], told)) for link, told in said.items())
        return {field.name: value for field, value in given if value is not None}

    def say_that_there_were_none(self, case: dict[str, Any]) -> None:
        """What was answered to the question that is no member of the case."""
        said_none = case.pop(ANY_EARLIER.name, None) == "no"
        if said_none and case.get(PRIOR_SURGERIES):
            text = "No earlier operations were said, and some are listed; the list is used."
            self.notes.append(Note("warning", "business-rule", text, path=PRIOR_SURGERIES))
        elif said_none and not any(note.path.startswith(PRIOR_SURGERIES) for note in self.notes):
            case[PRIOR_SURGERIES] = []

    def _value(self, field: Field, items: list[dict[str, Any]]) -> Any:
        """What all the items of one link id say together; None where that is nothing."""
        if field.kind == "group":
            return self._entries(field, items) if field.repeats else self._group(field, items)
        answers = [answer for item in items for answer in objects_of(item.get("answer"), most=None)]
        self.notes += [NotUsed(field, HIDDEN, code="structure").note for item in items if _hides(item)]
        try:
            if any(item.get("modifierExtension") for item in (*items, *answers)):
                raise NotUsed(field, "said to be meant otherwise than is read here", code="not-supported")
            values = [answer_of(field, answer) for answer in answers]
            return limited(field, values) if field.repeats else only(field, values)
        except NotUsed as not_used:
            self.notes.append(not_used.note)
            return None

    def _group(self, field: Field, items: list[dict[str, Any]]) -> dict[str, Any] | None:
        """One group, in however many pieces it came."""
        if any(item.get("answer") or (item.get("item") and not _are_objects(item["item"])) for item in items):
            self.notes.append(STRANGE)
        below = [each for item in items for each in objects_of(item.get("item"), most=None)]
        members = self.members(below, field.path)
        return members if self._is_whole(field, members) else None

    def _entries(self, field: Field, items: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        """The entries of a list that say anything, each of them whole."""
        every = [members for item in items if (members := self.members(item.get("item"), field.path))]
        whole = [members for members in every if self._is_whole(field, members)]
        # The list says how many there were: with one entry unread it would count wrong.
        if field.path == PRIOR_SURGERIES and len(whole) < len(every):
            return None
        try:
            return limited(field, whole)
        except NotUsed as not_used:
            self.notes.append(not_used.note)
            return None

    def _is_whole(self, field: Field, members: dict[str, Any]) -> bool:
        """Whether the group has what it must have."""
        lacking = [each.label for each in REQUIRED.get(field.path, ()) if each.name not in members]
        if lacking and members:
            text = f"{field.label}: not used without an answer to: {'; '.join(lacking)}."
            self.notes.append(Note("warning", "incomplete", text, path=field.path))
        return not lacking


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _hides(item: dict[str, Any]) -> bool:
    """Whether a question has answers that are no answers, or holds items where the form has none."""
    answers = item.get("answer")
    if item.get("item") or (answers and not _are_objects(answers)):
        return True
    return any(answer.get("item") for answer in objects_of(answers, most=None))
