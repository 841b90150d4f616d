"""Rules, the decisions that order them, and the chapters that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.engine.calculate import Calculation
from app.engine.conditions import Condition
from app.engine.errors import DefinitionRefused
from app.engine.evidence import Citation
from app.engine.facts import Choice


class Conclusion:
    """Base of what rules conclude: frozen dataclasses of plain values, named in stored JSON by ``kind``."""

    __slots__ = ()
    kind: ClassVar[str]

    @property
    def answer(self) -> str:
        """The option of a decision's fact that this conclusion stands for; empty where it stands for none."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a condition holds, this conclusion, on this evidence.

    ``dossier`` names the place in the clinical dossier that asks for the rule; ``divergence`` says where its
    sources pull apart; ``since`` and ``until`` (exclusive) are the days of assessment it is in force for.
    """

    id: str
    title: str
    when: Condition
    then: Conclusion
    evidence: tuple[Citation, ...]
    dossier: str
    divergence: str = ""
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if not (self.id and self.title and self.evidence and self.dossier):
            raise DefinitionRefused(
                f"Rule {self.id!r} needs an id, a title, evidence and a dossier reference"
            )
        if self.since and self.until and self.since >= self.until:
            raise DefinitionRefused(f"Rule {self.id!r} ends before it begins")

    def in_force(self, day: date) -> bool:
        """Whether the rule applies to an assessment on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Rules in order: the first that holds decides; an UNKNOWN before it leaves the decision open.

    What was decided becomes the fact *gives* for the steps that follow.
    """

    id: str
    title: str
    gives: Choice
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        for rule in self.rules:
            if rule.then.answer not in self.gives.options:
                raise DefinitionRefused(
                    f"{rule.id} answers {rule.then.answer!r}, not one of {self.gives.name}"
                )


Step = Calculation | Decision | Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One chapter of the guideline: its steps in the order in which they build on one another."""

    name: str
    title: str
    steps: tuple[Step, ...]

    @property
    def rules(self) -> Iterator[Rule]:
        for step in self.steps:
            if isinstance(step, Rule):
                yield step
            elif isinstance(step, Decision):
                yield from step.rules
