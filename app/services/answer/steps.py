"""What to do next, when to look again, and what becomes judgeable when."""

from __future__ import annotations

from typing import Any

from app.knowledge.conclusions import TIERS, Flag, NextStep
from app.knowledge.milestones import MILESTONES
from app.services.answer.told import Told, cite


def steps_part(told: Told) -> list[dict[str, Any]]:
    """The steps that rules call for, most urgent first."""
    steps = sorted(
        told.concluded(NextStep),
        key=lambda each: (
            TIERS.index(each[1].urgency),
            each[1].within_days is None,
            each[1].within_days or 0,
        ),
    )
    return [
        {
            "code": step.code,
            "action": step.action,
            "urgency": step.urgency,
            "due_on": told.due(step.within_days),
            "because": [rule.id],
            "evidence": told.evidence(rule),
        }
        for rule, step in steps
    ]


def next_review_on(told: Told) -> str | None:
    """The earliest of the schedule and every limit that a flag or a step sets (dossier 11.5)."""
    limits = [told.due(flag.within_days) for _, flag in told.concluded(Flag)]
    limits += [told.due(step.within_days) for _, step in told.concluded(NextStep)]
    return min(filter(None, [*limits, told.day("scheduled_review_on")]), default=None)


def milestones_part(told: Told) -> list[dict[str, Any]]:
    """The milestones still ahead, in order."""
    assessed_on = told.said("assessed_on")
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
