"""The page of facts: what can be given, and what is worked out."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.conditions import Fact
from app.engine.describe import plain
from app.engine.facts import Choice, Codes, Day, Quantity, Series, YesNo
from app.engine.rules import Chapter, Rule
from app.engine.ruleset import Ruleset
from app.services.book.markdown import anchor, page, table, text
from app.services.book.places import INDEX
from app.services.book.standing import read_by_nothing

GIVEN = (
    "Everything that a case can say. A fact that is absent is missing: it is never taken as no, none or "
    "normal. A question not answered leaves every rule that asks it open."
)
DERIVED = "Worked out by calculations, or given by decisions, of the chapters named."


def vocabulary_page(ruleset: Ruleset) -> str:
    """Every fact with its unit, range or options, and its question."""
    unread = set(read_by_nothing(ruleset))
    given = [
        (*_named(fact), answers(fact), text(fact.question), "recorded only" if fact in unread else "")
        for fact in ruleset.facts
    ]
    derived = [
        (*_named(fact), answers(fact), f"[{text(chapter.title)}]({chapter.name}.md)")
        for chapter in ruleset.chapters
        for fact in _given_by(chapter)
    ]
    return page(
        "# Vocabulary",
        f"[All chapters]({INDEX})",
        f"## Given facts ({len(given)})",
        GIVEN,
        table(("Name", "Fact", "Answers", "Question", ""), given),
        f"## Facts that are worked out ({len(derived)})",
        DERIVED,
        table(("Name", "Fact", "Answers", "Chapter"), derived),
    )


def answers(fact: Fact) -> str:
    """What a fact can say."""
    match fact:
        case Quantity():
            return f"{fact.minimum:g} to {fact.maximum:g} {text(fact.unit)}"
        case YesNo():
            return "yes, no"
        case Choice():
            return ", ".join(map(plain, fact.options))
        case Codes():
            return f"any of: {', '.join(map(plain, fact.options))}"
        case Day():
            return "a day"
        case Series():
            sites = (
                f"; at: {', '.join(plain(each).replace('.', ' ') for each in fact.sites)}"
                if fact.sites
                else ""
            )
            return f"dated readings: {answers(fact.of)}{sites}"
    raise TypeError(f"Not a fact of the vocabulary: {fact!r}")


def _named(fact: Fact) -> tuple[str, str]:
    return f"{anchor(fact.name)}`{fact.name}`", text(fact.label)


def _given_by(chapter: Chapter) -> Iterator[Fact]:
    return (step.gives for step in chapter.steps if not isinstance(step, Rule))
