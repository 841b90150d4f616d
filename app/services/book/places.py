"""Where a rule, a fact, a source and a value stand in the book, and how a link to them looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.engine.conditions import Fact
from app.engine.evidence import Source, Threshold
from app.engine.rules import Rule
from app.engine.ruleset import Ruleset
from app.knowledge.sources import ENG
from app.services.book.markdown import text

INDEX, CONDITIONS, EVIDENCE, VOCABULARY = "index.md", "conditions.md", "evidence.md", "vocabulary.md"
THRESHOLDS = "thresholds.md"


@dataclass(frozen=True, slots=True)
class Places:
    """The chapter page of every rule."""

    pages: Mapping[str, str]

    def rule(self, rule: Rule, called: str = "") -> str:
        """A link to a rule, by its id unless it is called otherwise."""
        return f"[{text(called) or f'`{rule.id}`'}]({self.pages[rule.id]}#{rule.id})"

    def rules(self, rules: Iterable[Rule]) -> str:
        return ", ".join(map(self.rule, rules))


def places_in(ruleset: Ruleset) -> Places:
    """Every rule's page."""
    return Places({rule.id: f"{chapter.name}.md" for chapter in ruleset.chapters for rule in chapter.rules})


def to_source(source: Source) -> str:
    """A link to a source, by its title; a reading of the dossier has a short name."""
    called = "Reading of the dossier" if source.verified == ENG else text(source.title)
    return f"[{called}]({EVIDENCE}#{source.id})"


def to_fact(fact: Fact) -> str:
    """A link to a fact, by its label."""
    return f"[{text(fact.label)}]({VOCABULARY}#{fact.name})"


def to_threshold(threshold: Threshold) -> str:
    """A link to a named value in the table of the first page."""
    return f"[`{threshold.name}`]({INDEX}#{threshold.name})"
