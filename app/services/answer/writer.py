"""The whole answer, part by part, for one ruleset."""

from __future__ import annotations

from typing import Any

from app.engine.assess import Assessment
from app.engine.canonical import digest
from app.engine.ruleset import Ruleset
from app.knowledge.vocabulary import RECORDED_ONLY
from app.services.answer.basis import Bases
from app.services.answer.causes import causes_part
from app.services.answer.missing import MissingFacts, missing_part
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


class AnswerWriter:
    """Writes the contract's answer; what is the same for every case of a ruleset is worked out once."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._header = {"name": ruleset.name, "version": ruleset.version, "digest": digest(ruleset)}
        self._bases = Bases(ruleset)
        self._missing = MissingFacts(ruleset)
        self._index = RuleIndex(ruleset)

    @property
    def digest(self) -> str:
        """The digest of the ruleset, as every answer names it."""
        return self._header["digest"]

    def content(self, assessment: Assessment) -> dict[str, Any]:
        """Everything but the id and the time of the record."""
        told = Told(assessment, self._index)
        rules = self._bases.listed(told)
        return {
            "assessed_on": told.day("assessed_on"),
            "days_since_surgery": told.said("days_since_surgery"),
            "phase": told.said("phase"),
            "ruleset": self._header,
            "safety": safety_part(told, self._missing),
            "verdict": verdict_part(told),
            "trajectory": trajectory_part(told),
            "symptoms": symptoms_part(told),
            "causes": causes_part(told, self._missing),
            "labels": labels_part(told),
            "next_steps": steps_part(told),
            "next_review_on": next_review_on(told),
            "milestones": milestones_part(told),
            "missing": missing_part(told, rules, self._missing),
            "assumptions": self._bases.assumptions(rules),
            "findings": self._bases.findings(rules),
            "sources": self._bases.sources(rules),
            "not_used": [fact.name for fact in RECORDED_ONLY if told.said(fact.name) is not None],
            "notice": NOTICE,
        }
