"""The safety part: which flags fire, how urgent, and what unanswered questions leave possible."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.engine.rules import Rule
from app.engine.truth import Truth
from app.knowledge.conclusions import NO_TIER, TIERS, Flag
from app.knowledge.safety import CAUDA_EQUINA_ITEMS, NOT_COVERED
from app.services.answer.told import Told


def safety_part(told: Told) -> dict[str, Any]:
    """``tier`` is the most urgent flag that fires, ``worst_not_excluded`` counts those still open as well."""
    fired = list(told.concluded(Flag))
    open_flags = list(told.concluded(Flag, Truth.UNKNOWN))
    return {
        "tier": most_urgent(flag.tier for _, flag in fired),
        "worst_not_excluded": most_urgent(flag.tier for _, flag in (*fired, *open_flags)),
        "complete": all(told.said(item.name) is not None for item in CAUDA_EQUINA_ITEMS),
        "flags": [_flag(told, rule, flag) for rule, flag in _most_urgent_of_each(fired)],
        "ask": _questions(told, open_flags),
        "not_covered": list(NOT_COVERED),
    }


def most_urgent(tiers: Iterable[str]) -> str:
    """The most urgent of the tiers, or ``none``."""
    return min(tiers, key=TIERS.index, default=NO_TIER)


def _most_urgent_of_each(fired: list[tuple[Rule, Flag]]) -> list[tuple[Rule, Flag]]:
    """One rule for each flag code, the most urgent; among equals the first and the shorter limit."""
    best: dict[str, tuple[Rule, Flag]] = {}
    for rule, flag in sorted(fired, key=lambda each: _urgency(each[1])):
        best.setdefault(flag.code, (rule, flag))
    return list(best.values())


def _urgency(flag: Flag) -> tuple[int, int]:
    return TIERS.index(flag.tier), flag.within_days


def _flag(told: Told, rule: Rule, flag: Flag) -> dict[str, Any]:
    return {
        "code": flag.code,
        "rule": rule.id,
        "title": rule.title,
        "tier": flag.tier,
        "first_action": flag.first_action,
        "due_on": told.due(flag.within_days),
        "atypical_timing": flag.atypical_timing,
        "evidence": told.evidence(rule),
    }


def _questions(told: Told, open_flags: list[tuple[Rule, Flag]]) -> list[dict[str, Any]]:
    """The open questions, most urgent first, each with the flags it could settle."""
    asked: dict[str, dict[str, Any]] = {}
    for rule, flag in sorted(open_flags, key=lambda each: _urgency(each[1])):
        for question in told.questions(rule):
            entry = asked.setdefault(
                question.fact,
                {
                    "fact": question.fact,
                    "question": question.question,
                    "pointer": question.pointer,
                    "tier": flag.tier,
                    "flags": [],
                },
            )
            if flag.code not in entry["flags"]:
                entry["flags"].append(flag.code)
    return list(asked.values())
