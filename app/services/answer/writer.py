"""The whole answer, part by part, for one ruleset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic_core import to_json

from app.engine.assess import Assessment
from app.engine.ruleset import Ruleset, reads
from app.knowledge.causes import CAUSES_NOT_COVERED
from app.knowledge.vocabulary import pain_converted
from app.services.answer.basis import Bases, findings_part
from app.services.answer.causes import CausesPart
from app.services.answer.contradictions import ContradictionsPart
from app.services.answer.missing import MissingPart
from app.services.answer.outcome import LabelsPart, VerdictPart, trajectory_part
from app.services.answer.questions import OPEN
from app.services.answer.safety import SafetyPart
from app.services.answer.steps import MilestonesPart, StepsPart, next_review_on
from app.services.answer.symptoms import SymptomsPart
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import RuleIndex, Told

NOTICE = (
    "Decision support for clinicians, worked out by rules from what was recorded. It is not a diagnosis, "
    "does not replace clinical judgement, and says nothing about what was not recorded. Red flags have "
    "limited accuracy; thresholds favour sensitivity."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as JSON text, and what of it records are searched by."""

    text: bytes
    verdict: str
    tier: str
    worst_not_excluded: str


class AnswerWriter:
    """Writes the contract's answer; what is the same for every case of a ruleset is worked out once."""

    def __init__(self, ruleset: Ruleset, digest: str) -> None:
        self._index = index = RuleIndex(ruleset)
        self._bases = Bases(ruleset)
        self._safety, self._verdict = SafetyPart(index), VerdictPart(index)
        self._contradictions = ContradictionsPart(index)
        self._symptoms, self._causes, self._labels = SymptomsPart(index), CausesPart(index), LabelsPart(index)
        self._steps, self._milestones, self._missing = StepsPart(index), MilestonesPart(), MissingPart(index)
        header = {"name": ruleset.name, "version": ruleset.version, "digest": digest}
        self._unread = _unread(ruleset)
        self._whole = Template(_outline(header))

    def write(self, assessment: Assessment, made_on: date, **head: Any) -> Answer:
        """The answer as it is stored and sent; *head* are members to begin with, such as the id.

        *made_on* is the day on which it is made, and which is recorded: evidence can be overdue by then.
        """
        told = Told(assessment, self._index)
        counted = self._bases.listed(told)
        cited = self._bases.cited(counted)
        overdue = self._bases.overdue(cited, made_on)
        missing = self._missing.write(told, [basis.rule for basis, value in counted if value == OPEN])
        safety, verdict = self._safety.write(told), self._verdict.write(told)
        text = self._whole.fill(
            told.said("assessed_on"),
            told.said("days_since_surgery"),
            told.said("phase"),
            safety.text,
            verdict.text,
            self._contradictions.write(told),
            trajectory_part(told),
            self._symptoms.write(told),
            self._causes.write(told),
            self._labels.write(told),
            self._steps.write(told),
            next_review_on(told),
            self._milestones.write(told),
            missing.text,
            missing.settled,
            [name for name in self._unread if told.said(name) is not None],
            self._bases.assumptions(counted, overdue),
            findings_part(counted),
            json_list(cited),
            json_list(overdue),
        )
        return Answer(_headed(head, text), verdict.status, safety.tier, safety.worst_not_excluded)


def _outline(header: dict[str, str]) -> dict[str, Any]:
    """The members of an answer in their order."""
    return {
        "assessed_on": HOLE,
        "days_since_surgery": HOLE,
        "phase": HOLE,
        "ruleset": header,
        "safety": HOLE,
        "verdict": HOLE,
        "contradictions": HOLE,
        "trajectory": HOLE,
        "symptoms": HOLE,
        "causes": HOLE,
        "causes_not_covered": CAUSES_NOT_COVERED,
        "labels": HOLE,
        "next_steps": HOLE,
        "next_review_on": HOLE,
        "milestones": HOLE,
        "missing": HOLE,
        "settled": HOLE,
        "not_used": HOLE,
        "notice": NOTICE,
        "assumptions": HOLE,
        "findings": HOLE,
        "sources": HOLE,
        "evidence_overdue": HOLE,
    }


def _headed(head: dict[str, Any], text: bytes) -> bytes:
    """The text of an object with more members in front."""
    return b"%b,%b" % (to_json(head)[:-1], text[1:]) if head else text


def _unread(ruleset: Ruleset) -> tuple[str, ...]:
    """Facts that no rule of this ruleset reads; whether a scale was converted, the trajectory tells."""
    read = {name for step in ruleset.steps for name in reads(step)} | {pain_converted.name}
    return tuple(fact.name for fact in ruleset.facts if fact.name not in read)
