"""One page per chapter: its calculations, its decisions, and every rule with its conditions and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.calculate import Calculation
from app.engine.describe import valued
from app.engine.evidence import Citation
from app.engine.rules import Chapter, Decision, Rule
from app.engine.ruleset import Ruleset
from app.services.book.conclusions import concluded
from app.services.book.markdown import anchor, nested, page, section, sentence, table, text
from app.services.book.places import INDEX, to_fact, to_source, to_threshold
from app.services.book.standing import is_reading, rests_on_reading, thresholds_in
from app.services.book.wording import Wording, wording_of

AWAITS = "**awaits sign-off**"
WORKED_OUT = (
    "Facts that are worked out, in this order, before the rules are asked. In (brackets): may be missing."
)
ORDERED = (
    "Rules in order: the first that holds decides. While one that stands before it cannot be told yet, "
    "the decision is open."
)


@dataclass(frozen=True, slots=True)
class ChapterWriter:
    """Writes the pages of one ruleset's chapters."""

    wording: Wording
    facts: Mapping[str, str]

    def chapter(self, chapter: Chapter) -> str:
        """The page of one chapter."""
        calculations = [step for step in chapter.steps if isinstance(step, Calculation)]
        steps = [step for step in chapter.steps if not isinstance(step, Calculation)]
        return page(
            f"# {text(chapter.title)}",
            f"[All chapters]({INDEX})",
            self._calculations(calculations),
            *(
                self._decision(step) if isinstance(step, Decision) else self._rule(step, "##")
                for step in steps
            ),
        )

    def _calculations(self, calculations: list[Calculation]) -> str:
        if not calculations:
            return ""
        heads = ("Fact", "Worked out from", "Values used", "How")
        rows = [self._calculation(each) for each in calculations]
        return section("## Worked out first", WORKED_OUT, table(heads, rows))

    def _calculation(self, calculation: Calculation) -> tuple[str, str, str, str]:
        taken = [
            self.facts[name] if name in calculation.needs else f"({self.facts[name]})"
            for name in calculation.takes
        ]
        used = ", ".join(map(to_threshold, calculation.uses))
        says = (calculation.work_out.__doc__ or "").strip().split("\n")[0]
        return to_fact(calculation.gives), ", ".join(taken), used, text(says)

    def _decision(self, decision: Decision) -> str:
        gives = f"`{decision.id}` gives: {to_fact(decision.gives)}. {ORDERED}"
        rules = [self._rule(rule, "###", f"{i}. ") for i, rule in enumerate(decision.rules, 1)]
        return section(anchor(decision.id), f"## {text(decision.title)}", gives, *rules)

    def _rule(self, rule: Rule, level: str, number: str = "") -> str:
        return section(
            anchor(rule.id),
            f"{level} {number}{text(rule.title)}",
            _standing(rule),
            "**When**",
            self.wording.listed(rule.when),
            "**Then**",
            nested((0, line) for line in concluded(rule.then)),
            "**Evidence**",
            nested((0, cited(citation)) for citation in rule.evidence),
            f"**Where the sources pull apart.** {sentence(rule.divergence)}" if rule.divergence else "",
            self._values(rule),
        )

    def _values(self, rule: Rule) -> str:
        used = [
            f"{to_threshold(each)} {valued(each)}{f' ({AWAITS})' if each.needs_sign_off else ''}"
            for each in thresholds_in(rule.when)
        ]
        return f"**Values.** {'; '.join(used)}" if used else ""


def chapter_pages(ruleset: Ruleset) -> dict[str, str]:
    """The page of every chapter, by file name."""
    facts = {fact.name: to_fact(fact) for fact in (*ruleset.facts, *ruleset.derived)}
    writer = ChapterWriter(wording_of(ruleset), facts)
    return {f"{chapter.name}.md": writer.chapter(chapter) for chapter in ruleset.chapters}


def cited(citation: Citation) -> str:
    """One line of evidence: the source, the place in it, what it says, how far that was checked."""
    says = f": {text(citation.says)}" if citation.says else ""
    mark = f" · {AWAITS}" if is_reading(citation) else ""
    return f"{to_source(citation.source)}, {text(citation.place)}{says} `{citation.verified}`{mark}"


def _standing(rule: Rule) -> str:
    force = [
        f"in force {word} {day.isoformat()}"
        for word, day in (("from", rule.since), ("until before", rule.until))
        if day
    ]
    mark = [AWAITS] if rests_on_reading(rule) else []
    return " · ".join([f"`{rule.id}`", f"dossier {text(rule.dossier)}", *force, *mark])
