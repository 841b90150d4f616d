"""What every rule, threshold and word of the knowledge owes its readers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

from app import knowledge
from app.engine.canonical import citations_of, thresholds_of
from app.engine.conditions import checks
from app.engine.evidence import Citation, Threshold
from app.engine.rules import Rule
from app.engine.ruleset import reads
from app.knowledge import vocabulary
from app.knowledge.milestones import MILESTONES
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.sources import CBS, CBS_PART, DOSSIER, ENG, MHC
from tests.knowledge.pinned import current, pinned

FIRST_SOURCE = "summit-2021"
PLACE = re.compile(r"(section )?\d")
"""Such as "1.1 S8", "11.3" or "section 5 C"."""
NUMERIC = {"<", "<=", ">", ">="}


def citations() -> Iterator[Citation]:
    yield from citations_of(POSTOP_LUMBAR)
    yield from (milestone.evidence for milestone in MILESTONES)


def test_no_rule_rests_on_the_first_source_alone() -> None:
    alone = [rule.id for rule in POSTOP_LUMBAR.rules if _sources(rule) == {FIRST_SOURCE}]

    assert alone == []


def _sources(rule: Rule) -> set[str]:
    return {citation.source.id for citation in rule.evidence}


def test_every_rule_names_its_place_in_the_dossier() -> None:
    places = {(rule.id, place) for rule in POSTOP_LUMBAR.rules for place in rule.dossier.split("; ")}

    assert {(rule_id, place) for rule_id, place in places if not PLACE.match(place)} == set()


def test_what_a_source_says_is_worded_once() -> None:
    cited = [citation for citation in citations() if citation.source.id != DOSSIER.id]
    objects: dict[Citation, set[int]] = {}
    for citation in cited:
        objects.setdefault(citation, set()).add(id(citation))

    assert [(each.source.id, each.place) for each, same in objects.items() if len(same) > 1] == []


def test_a_statement_of_the_first_source_is_cited_by_itself_and_always_in_the_same_words() -> None:
    stated = {citation for citation in citations() if citation.source.id == FIRST_SOURCE}

    assert [each for each in stated if not re.fullmatch(r"S\d+", each.place) or not each.says] == []
    assert len({citation.place for citation in stated}) == len(stated)


def test_every_figure_is_graded_and_none_is_unsure() -> None:
    assert {citation.verified for citation in citations()} <= {CBS, CBS_PART, MHC, ENG}
    assert {citation.source.verified for citation in citations()} <= {CBS, CBS_PART, MHC, ENG}


def test_every_value_that_no_publication_was_seen_to_hold_awaits_sign_off() -> None:
    unseen = {
        each.name
        for each in thresholds_of(POSTOP_LUMBAR)
        if each.evidence[0].verified in (ENG, CBS_PART, MHC)
    }

    assert unseen == {each.name for each in thresholds_of(POSTOP_LUMBAR) if each.needs_sign_off}


def test_every_named_threshold_is_used() -> None:
    modules = [import_module(f"app.knowledge.{each.name}") for each in iter_modules(knowledge.__path__)]
    named = {each.name for module in modules for each in vars(module).values() if isinstance(each, Threshold)}

    assert named - {each.name for each in thresholds_of(POSTOP_LUMBAR)} == set()


def test_every_number_in_a_rule_is_a_named_threshold_or_asks_whether_anything_is_there() -> None:
    asked = [check for rule in POSTOP_LUMBAR.rules for check in checks(rule.when) if check.op in NUMERIC]

    assert {(c.fact.name, c.op, c.value) for c in asked if not c.threshold and c.value != 0} == set()


def test_every_given_fact_is_read_or_listed_as_recorded_only() -> None:
    read = {name for step in POSTOP_LUMBAR.steps for name in reads(step)}
    given = {fact.name for fact in POSTOP_LUMBAR.facts}

    assert given - read == {fact.name for fact in vocabulary.RECORDED_ONLY}


def test_no_calculation_changes_without_a_new_edition() -> None:
    assert _differing(current(), pinned()) == [], "raise the edition, then: python -m tests.knowledge.pinned"


def _differing(now: Mapping[str, str], before: Mapping[str, str]) -> list[str]:
    return [name for name, text in now.items() if before.get(name) != text]
