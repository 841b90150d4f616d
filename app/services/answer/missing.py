"""What was not given: the open questions in the order to ask, and what each answer could still change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.engine.rules import Rule
from app.engine.truth import Truth
from app.knowledge.conclusions import TIERS, Flag
from app.services.answer.told import Told


def missing_part(told: Told, rules: Iterable[tuple[Rule, Truth]]) -> list[dict[str, Any]]:
    """Each open question once, with the rules that its answer could still change."""
    asked: dict[str, dict[str, Any]] = {}
    for rule in sorted((rule for rule, truth in rules if truth is Truth.UNKNOWN), key=_urgency):
        for question in told.questions(rule):
            entry = asked.get(question.fact)
            if entry is None:
                entry = asked[question.fact] = {
                    "fact": question.fact,
                    "question": question.question,
                    "pointer": question.pointer,
                    "could_change": [],
                }
            entry["could_change"].append(rule.id)
    return list(asked.values())


def _urgency(rule: Rule) -> int:
    """Flags first, the most urgent tier first; everything else in the order of the chapters."""
    return TIERS.index(rule.then.tier) if isinstance(rule.then, Flag) else len(TIERS)
