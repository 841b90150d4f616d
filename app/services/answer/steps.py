"""What to do next, when to look again, and what becomes judgeable when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from app.engine.rules import Rule
from app.knowledge.conclusions import TIERS, Flag, NextStep
from app.knowledge.milestones import MILESTONES
from app.services.answer.told import Told, cite


class Call(NamedTuple):
    """One thing to do, and the rule that calls for it."""

    code: str
    action: str
    urgency: str
    within_days: int | None
    rule: Rule


def steps_part(told: Told) -> list[dict[str, Any]]:
    """What flags and rules call for, most urgent first; the same step once, by the earlier of its days."""
    steps: dict[str, dict[str, Any]] = {}
    for code, action, urgency, within_days, rule in sorted(_called_for(told), key=_urgency):
        step = steps.setdefault(
            code,
            {
                "code": code,
                "action": action,
                "urgency": urgency,
                "due_on": told.due(within_days),
                "because": [],
                "evidence": told.evidence(rule),
            },
        )
        step["because"].append(rule.id)
    return list(steps.values())


def _called_for(told: Told) -> Iterator[Call]:
    for rule, flag in told.concluded(Flag):
        yield Call(flag.code, flag.first_action, flag.tier, flag.within_days, rule)
    for rule, step in told.concluded(NextStep):
        yield Call(step.code, step.action, step.urgency, step.within_days, rule)


def _urgency(call: Call) -> tuple[int, bool, int]:
    return TIERS.index(call.urgency), call.within_days is None, call.within_days or 0


def next_review_on(told: Told) -> str | None:
    """The earliest of the schedule and every limit that a flag or a step sets (dossier 11.5)."""
    limits = [told.due(flag.within_days) for _, flag in told.concluded(Flag)]
    limits += [told.due(step.within_days) for _, step in told.concluded(NextStep)]
    return min(filter(None, [*limits, told.day("scheduled_review_on")]), default=None)


def milestones_part(told: Told) -> list[dict[str, Any]]:
    """The milestones still ahead, in order."""
    assessed_on = told.said("assessed_on")
    if not told.in_scope:
        return []
    return [
        {
            "on": told.day(milestone.on.name),
            "code": milestone.code,
            "says": milestone.says,
            "evidence": [cite(milestone.evidence)],
        }
        for milestone in MILESTONES
        if told.said(milestone.on.name) > assessed_on
    ]
