"""What a code means here: by system and code, from our table and the site's ConceptMap; never by display."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from app.interop.paths import FIELDS
from app.interop.resources import objects_of
from app.interop.systems import (
    ANSWER_SYSTEM,
    BEGINNING,
    CASE_SYSTEM,
    CONDITION_SYSTEM,
    INDICATION_SYSTEM,
    NO_OPERATION_SYSTEM,
    PROCEDURE_SYSTEM,
    REGION_SYSTEM,
    SIDE_SYSTEM,
    options_system,
)
from app.knowledge import codes
from app.knowledge.codes import Code

SYNONYMS = {
    options_system("prior_surgeries.procedure"): PROCEDURE_SYSTEM,
    options_system("prior_surgeries.region"): REGION_SYSTEM,
}
"""Systems that say the same of an earlier operation."""
AS_MUCH_OR_MORE = frozenset({"equivalent", "equal", "wider", "subsumes"})
"""How a target of a ConceptMap of R4 relates to its source where the source means at least the target."""


class Meaning(NamedTuple):
    """A code of one of our own systems."""

    system: str
    code: str


Meanings = tuple[Meaning, ...]


class CodeMapRefused(ValueError):
    """The ConceptMap of the site is not one, or maps to what is not there; the message says where."""


class CodeBook:
    """The codes that are read and written. ``off``: systems (their urls) that the site must not use."""

    def __init__(
        self, off: frozenset[str] = frozenset(), concept_map: Mapping[str, Any] | None = None
    ) -> None:
        """Raises CodeMapRefused."""
        self._off = off
        self._site = {} if concept_map is None else _site_codes(concept_map)
        self._facts = _index(_standard(), off, self._site)
        self._conditions = _index(_conditions(), off, self._site)

    def means(self, concept: Any) -> Meanings:
        """What a CodeableConcept, or a list of codings, says of the case; empty where that is nothing."""
        return self._looked_up(concept, self._facts)

    def condition_means(self, concept: Any) -> Meanings:
        """The same of the code of a Condition, which says "yes" by being there."""
        return self._looked_up(concept, self._conditions)

    def is_lumbar_by_itself(self, concept: Any) -> bool:
        """Whether the code of a procedure says that it was lumbar: ours and the site's do, and others."""
        for pair in pairs(concept):
            if SYNONYMS.get(pair[0], pair[0]) == PROCEDURE_SYSTEM:
                return True
            if words(self._site.get(pair, ()), PROCEDURE_SYSTEM):
                return True
            if pair in codes.LUMBAR_BY_THEMSELVES and pair[0] not in self._off:
                return True
        return False

    def written(self, known: Iterable[Code]) -> list[dict[str, str]]:
        """The codings that may be written of these codes: without those of systems that are off."""
        return [
            {"system": each.system, "code": each.code, "display": each.display}
            for each in known
            if each.system not in self._off
        ]

    def _looked_up(self, concept: Any, index: Mapping[tuple[str, str], Meanings]) -> Meanings:
        found: list[Meaning] = []
        for pair in pairs(concept):
            system, code = pair
            if system.startswith(BEGINNING):
                found.append(Meaning(SYNONYMS.get(system, system), code))
            else:
                found += index.get(pair, ())
        return tuple(dict.fromkeys(found) if len(found) > 1 else found)


def pairs(concept: Any) -> list[tuple[str, str]]:
    """System and code of every well-formed coding of a CodeableConcept."""
    codings = concept.get("coding") if isinstance(concept, dict) else concept
    return [
        (system, code)
        for coding in objects_of(codings)
        if isinstance(system := coding.get("system"), str) and isinstance(code := coding.get("code"), str)
    ]


def words(meanings: Meanings, system: str) -> tuple[str, ...]:
    """The codes of one of our systems among what was meant."""
    return tuple([code for of, code in meanings if of == system])


Table = Iterator[tuple[Meaning, tuple[Code, ...]]]


def _standard() -> Table:
    """Our table, by what each entry means."""
    for path in codes.FACTS:
        yield Meaning(CASE_SYSTEM, path), codes.FACTS[path]
    for path in codes.PAIN_SITES:
        yield Meaning(CASE_SYSTEM, path), codes.PAIN_SITES[path]
    yield from _worded(PROCEDURE_SYSTEM, codes.PROCEDURES)
    yield from _worded(REGION_SYSTEM, codes.REGIONS)
    yield from _worded(SIDE_SYSTEM, codes.SIDES)
    yield from _worded(INDICATION_SYSTEM, codes.INDICATIONS)
    yield from _worded(ANSWER_SYSTEM, codes.ANSWERS)
    yield from _worded(NO_OPERATION_SYSTEM, codes.NO_OPERATIONS)
    for points, known in codes.PHQ_ANSWERS.items():
        yield Meaning(options_system("scores.phq9_item9"), str(points)), known


def _conditions() -> Table:
    for table in (codes.RED_FLAG_CONDITIONS, codes.HISTORY_CONDITIONS):
        yield from _worded(CASE_SYSTEM, table)
    yield from _worded(INDICATION_SYSTEM, codes.INDICATIONS)
    yield from _worded(CONDITION_SYSTEM, codes.CONDITIONS)


def _worded(system: str, table: Mapping[str, tuple[Code, ...]]) -> Table:
    for word, known in table.items():
        yield Meaning(system, word), known


def _index(
    table: Table, off: frozenset[str], site: Mapping[tuple[str, str], Meanings]
) -> dict[tuple[str, str], Meanings]:
    """What each code means, to the site first."""
    found = dict(site)
    for meaning, known in table:
        for each in known:
            if each.system not in off:
                pair = (each.system, each.code)
                found[pair] = (*found.get(pair, ()), meaning)
    return found


def _site_codes(concept_map: Mapping[str, Any]) -> dict[tuple[str, str], Meanings]:
    """The site's own codes, by what they mean here."""
    found: dict[tuple[str, str], Meanings] = {}
    try:
        for group in concept_map["group"]:
            for element in group["element"]:
                pair = (_text(group["source"]), _text(element["code"]))
                targets = [
                    _target(group["target"], each["code"])
                    for each in element.get("target", ())
                    if each.get("equivalence", "equivalent") in AS_MUCH_OR_MORE
                ]
                found[pair] = (*found.get(pair, ()), *targets)
    except (KeyError, TypeError, AttributeError) as error:
        raise CodeMapRefused(
            "The code map is not a ConceptMap of FHIR R4 with groups and elements."
        ) from error
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _target(system: Any, code: Any) -> Meaning:
    """A target that is there. Raises CodeMapRefused, so that a slip shows when the service starts."""
    target = Meaning(SYNONYMS.get(_text(system), system), _text(code))
    if target.system == CASE_SYSTEM:
        known: Iterable[str] = FIELDS
    elif target.system == ANSWER_SYSTEM:
        known = ("yes", "no", "unknown")
    elif target.system == CONDITION_SYSTEM:
        known = codes.CONDITIONS
    elif target.system == NO_OPERATION_SYSTEM:
        known = codes.NO_OPERATIONS
    else:
        field = FIELDS.get(target.system.removeprefix(options_system("")))
        known = field.options if field else ()
    if target.code not in known:
        raise CodeMapRefused(
            f"The code map has the target {target.system} / {target.code}, which is not there."
        )
    return target
