"""The whole answer, part by part, for one ruleset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from app.engine.assess import Assessment
from app.engine.ruleset import Ruleset
from app.knowledge.causes import CAUSES_NOT_COVERED
from app.knowledge.vocabulary import RECORDED_ONLY, pain_converted
from app.services.answer.basis import Bases
from app.services.answer.causes import causes_part
from app.services.answer.missing import missing_part
from app.services.answer.outcome import labels_part, trajectory_part, verdict_part
from app.services.answer.safety import safety_part
from app.services.answer.steps import milestones_part, next_review_on, steps_part
from app.services.answer.symptoms import symptoms_part
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
        self._header = {"name": ruleset.name, "version": ruleset.version, "digest": digest}
        self._bases = Bases(ruleset)
        self._index = RuleIndex(ruleset)

    def write(self, assessment: Assessment, **head: Any) -> Answer:
        """The answer as it is stored and sent; *head* are members to begin with, such as the id."""
        told = Told(assessment, self._index)
        rules = self._bases.listed(told)
        safety, verdict = safety_part(told), verdict_part(told)
        parts = {
            **head,
            "assessed_on": told.day("assessed_on"),
            "days_since_surgery": told.said("days_since_surgery"),
            "phase": told.said("phase"),
            "ruleset": self._header,
            "safety": safety,
            "verdict": verdict,
            "trajectory": trajectory_part(told),
            "symptoms": symptoms_part(told),
            "causes": causes_part(told),
            "causes_not_covered": CAUSES_NOT_COVERED,
            "labels": labels_part(told),
            "next_steps": steps_part(told),
            "next_review_on": next_review_on(told),
            "milestones": milestones_part(told),
            "missing": missing_part(told, rules),
            "not_used": not_used(told),
            "notice": NOTICE,
        }
        basis = (self._bases.assumptions(rules), self._bases.findings(rules), self._bases.sources(rules))
        text = _joined(to_json(parts), *basis)
        return Answer(text, verdict["status"], safety["tier"], safety["worst_not_excluded"])


def _joined(parts: bytes, assumptions: bytes, findings: bytes, sources: bytes) -> bytes:
    """The parts that differ from case to case, then those that were written once."""
    opened = parts[:-1]
    return b'%b,"assumptions":%b,"findings":%b,"sources":%b}' % (opened, assumptions, findings, sources)


def not_used(told: Told) -> list[str]:
    """Facts that were given and that no rule reads; whether a scale was converted, the trajectory tells."""
    given = (fact for fact in RECORDED_ONLY if fact is not pain_converted)
    return [fact.name for fact in given if told.said(fact.name) is not None]
