"""How a rule that calls for a step is written, and the words that steps share (dossier 6)."""

from __future__ import annotations

from app.engine.conditions import Condition
from app.engine.evidence import Citation
from app.engine.facts import Day
from app.engine.rules import Rule
from app.knowledge.conclusions import NextStep
from app.knowledge.sources import DOSSIER

LIMITS = DOSSIER.at("6.3; 11.5")


def step(
    rule_id: str,
    title: str,
    when: Condition,
    action: str,
    *evidence: Citation,
    urgency: str,
    within_days: int | None,
    dossier: str,
    divergence: str = "",
    not_before: Day | None = None,
) -> Rule:
    """One thing to do; *not_before* is a fact, the first day on which it makes sense."""
    code = rule_id.partition(".")[0].replace("-", "_")
    then = NextStep(
        code=code,
        action=action,
        urgency=urgency,
        within_days=within_days,
        not_before=not_before.name if not_before else "",
    )
    return Rule(
        id=f"next-steps.{rule_id}",
        title=title,
        when=when,
        then=then,
        evidence=evidence,
        dossier=dossier,
        divergence=divergence,
    )
