"""The first page: how to read the book, its chapters, the named values, and what awaits sign-off."""

from __future__ import annotations

from collections.abc import Iterable

from app.engine.calculate import Calculation
from app.engine.canonical import digest, thresholds_of
from app.engine.conditions import Fact
from app.engine.describe import valued
from app.engine.evidence import Citation, Threshold
from app.engine.rules import Chapter
from app.engine.ruleset import Ruleset
from app.knowledge.safety import NOT_COVERED
from app.services.book.evidence import GRADES
from app.services.book.markdown import anchor, listed, page, section, table, text
from app.services.book.places import (
    CONDITIONS,
    EVIDENCE,
    THRESHOLDS,
    VOCABULARY,
    Places,
    places_in,
    to_fact,
    to_source,
    to_threshold,
)
from app.services.book.standing import (
    Users,
    carrying_on,
    is_reading,
    read_by_nothing,
    rests_on_reading,
    rests_on_readings_alone,
    users_of_thresholds,
    visible_words,
)

HOW_TO_READ = (
    "This book is generated from the rules that the service runs: `make docs` writes it, and a test "
    "fails when it is stale. Do not edit it; change the rules.",
    "Each rule says **when** it holds, what it **then** concludes, and on which **evidence**, with "
    "its place in the clinical dossier. Where sources differ, the rule says so.",
    "Every condition has one of three truths: it holds, it is ruled out, or it is open because "
    "something it asks was not recorded. *All of*: each must hold. *Any of*: one is enough. *None "
    "of*: all must be ruled out. A missing answer is never taken as no.",
    "Limits are inclusive as worded: *at least 2* includes 2, *below 2* does not.",
    "**Awaits sign-off** marks what rests on an engineering reading of the dossier (`ENG`) that no "
    "clinician has confirmed yet.",
)
EXCEPTIONS = (
    "The unknown-safe law: making a known answer unknown never makes the most urgent tier not "
    "excluded less urgent, and never turns the verdict into on track, partial response or successful. "
    "The only exceptions go through the facts below, which a rule names with the visible word "
    "*recorded* or *not recorded*, and through the calculations that carry on when a fact is missing. "
    "Adding data can reverse what was concluded from its absence."
)
BESIDE = (
    f"[Named conditions]({CONDITIONS}): what several rules share",
    f"[Evidence]({EVIDENCE}): every source",
    f"[Published thresholds]({THRESHOLDS}): by instrument, with population, source and grade",
    f"[Vocabulary]({VOCABULARY}): every fact",
)
READINGS = (
    "Rules that cite an engineering reading or use an `ENG` value. **Alone**: no publication stands "
    "beside the reading."
)


def index_page(ruleset: Ruleset) -> str:
    """The first page of the book."""
    places = places_in(ruleset)
    return page(
        "# Rule book",
        f"Ruleset `{ruleset.name}` version {ruleset.version}, digest `{digest(ruleset)}`.",
        "Decision support for clinicians; not a diagnosis.",
        "## How to read it",
        listed(HOW_TO_READ),
        _chapters(ruleset),
        "## Grades of evidence",
        table(("Grade", "Meaning"), ((f"`{grade}`", means) for grade, means in GRADES.items())),
        _thresholds(ruleset, places),
        _sign_off(ruleset, places),
        _exceptions(ruleset, places),
        _silent(ruleset),
    )


def _chapters(ruleset: Ruleset) -> str:
    rows = [_chapter(chapter) for chapter in ruleset.chapters]
    counted = table(("Chapter", "Rules", "of which await sign-off", "Calculations"), rows)
    return section("## Chapters", "Run in this order; all always run.", counted, listed(BESIDE))


def _chapter(chapter: Chapter) -> tuple[str, str, str, str]:
    rules = list(chapter.rules)
    waiting = sum(map(rests_on_reading, rules))
    calculations = sum(isinstance(step, Calculation) for step in chapter.steps)
    return f"[{text(chapter.title)}]({chapter.name}.md)", str(len(rules)), str(waiting), str(calculations)


def _thresholds(ruleset: Ruleset, places: Places) -> str:
    heads = ("Name", "Meaning", "Value", "Unit", "Source", "Grade", "Sign-off", "Used by")
    users = users_of_thresholds(ruleset)
    rows = [_threshold(each, users[each], places) for each in _by_name(users)]
    intro = "Named values that rules and calculations use. Values that stand in one rule only are read there."
    return section(f"## Values ({len(rows)})", intro, table(heads, rows))


def _threshold(threshold: Threshold, users: Users, places: Places) -> tuple[str, ...]:
    used_by = [*map(places.rule, users.rules), *(to_fact(each.gives) for each in users.calculations)]
    return (
        f"{anchor(threshold.name)}`{threshold.name}`",
        text(threshold.label),
        f"{threshold.value:g}",
        threshold.unit,
        "; ".join(f"{to_source(each.source)}, {text(each.place)}" for each in threshold.evidence),
        ", ".join(dict.fromkeys(f"`{each.verified}`" for each in threshold.evidence)),
        "**awaits**" if threshold.needs_sign_off else "published",
        ", ".join(used_by),
    )


def _sign_off(ruleset: Ruleset, places: Places) -> str:
    values = [each for each in _by_name(thresholds_of(ruleset)) if each.needs_sign_off]
    lines = [f"{to_threshold(each)} = {valued(each)}: {text(each.label)}" for each in values]
    rules = [rule for rule in ruleset.rules if rests_on_reading(rule)]
    rows = [
        (
            places.rule(rule),
            text(rule.title),
            "; ".join(_read(each) for each in rule.evidence if is_reading(each)) or "by its values",
            "**alone**" if rests_on_readings_alone(rule) else "",
        )
        for rule in rules
    ]
    return section(
        "## For sign-off",
        f"### Values ({len(values)})",
        listed(lines),
        f"### Rules ({len(rules)} of {len(ruleset.rules)})",
        READINGS,
        table(("Rule", "Title", "Dossier, as read", ""), rows),
    )


def _exceptions(ruleset: Ruleset, places: Places) -> str:
    words = [
        (to_fact(each.fact), each.asked, _labels(each.behind), places.rules(each.rules))
        for each in visible_words(ruleset)
    ]
    labels = {fact.name: to_fact(fact) for fact in (*ruleset.facts, *ruleset.derived)}
    calculations = [
        (to_fact(each.gives), ", ".join(labels[name] for name in each.takes if name not in each.needs))
        for each in carrying_on(ruleset)
    ]
    return section(
        "## Where absence is a finding",
        EXCEPTIONS,
        f"### Facts named with the visible word ({len(words)})",
        table(("Fact", "Asked as", "Given facts behind it", "Rules"), words),
        f"### Calculations that carry on ({len(calculations)})",
        table(("Fact worked out", "May be missing"), calculations),
    )


def _silent(ruleset: Ruleset) -> str:
    unread = read_by_nothing(ruleset)
    return section(
        "## Recorded only",
        "Kept with the record; no rule of this ruleset reads them.",
        listed(map(to_fact, unread)),
        "## Red flags not covered",
        "These rules do not look for the following; every answer says so.",
        listed(map(text, NOT_COVERED)),
    )


def _read(citation: Citation) -> str:
    return text(f"{citation.place} ({citation.says})" if citation.says else citation.place)


def _by_name(thresholds: Iterable[Threshold]) -> list[Threshold]:
    return sorted(thresholds, key=lambda each: each.name)


def _labels(facts: Iterable[Fact]) -> str:
    return ", ".join(map(to_fact, facts))
