"""What to do next, when to look again, and what becomes judgeable when."""

from __future__ import annotations

from typing import NamedTuple

from app.engine.rules import Rule
from app.knowledge.conclusions import TIERS, Flag, NextStep
from app.knowledge.milestones import MILESTONES, Milestone
from app.services.answer.template import HOLE, Template, json_list
from app.services.answer.told import HOLDS, RuleIndex, Told, cite


class Call(NamedTuple):
    """One thing to do, and the rule that calls for it."""

    code: str
    action: str
    urgency: str
    within_days: int | None
    rule: Rule
    not_before: str = ""

    @property
    def order(self) -> tuple[int, bool, int]:
        return TIERS.index(self.urgency), self.within_days is None, self.within_days or 0


class StepsPart:
    """What flags and rules call for, most urgent first; the same step once, by the earlier of its days."""

    def __init__(self, index: RuleIndex) -> None:
        calls = [
            *(
                Call(flag.code, flag.first_action, flag.tier, flag.within_days, rule)
                for _, rule, flag in index.concluding(Flag)
            ),
            *(
                Call(step.code, step.action, step.urgency, step.within_days, rule, step.not_before)
                for _, rule, step in index.concluding(NextStep)
            ),
        ]
        self._calls = [
            (index.place[call.rule.id], call) for call in sorted(calls, key=lambda call: call.order)
        ]
        self._steps = {call.rule.id: _step(index, call) for call in calls}
        self._json_id = index.json_id

    def write(self, told: Told) -> bytes:
        """The part for one case."""
        steps: dict[str, list[Call]] = {}
        for place, call in self._calls:
            if told.truths[place] == HOLDS:
                steps.setdefault(call.code, []).append(call)
        return json_list(
            self._steps[calls[0].rule.id].fill(
                told.due(calls[0].within_days),
                told.day(calls[0].not_before),
                json_list(self._json_id[call.rule.id] for call in calls),
            )
            for calls in steps.values()
        )


def next_review_on(told: Told) -> str | None:
    """The earliest of the schedule and every limit that a flag or a step sets (dossier 11.5)."""
    limits = [told.due(flag.within_days) for _, flag in told.concluded(Flag)]
    limits += [told.due(step.within_days) for _, step in told.concluded(NextStep)]
    return min(filter(None, [*limits, told.day("scheduled_review_on")]), default=None)


class MilestonesPart:
    """The milestones still ahead, in order."""

    def __init__(self) -> None:
        self._milestones = [(each.on.name, _milestone(each)) for each in MILESTONES]

    def write(self, told: Told) -> bytes:
        """The part for one case."""
        if not told.in_scope:
            return json_list(())
        assessed_on = told.said("assessed_on")
        days = [(told.said(name), milestone) for name, milestone in self._milestones]
        return json_list(milestone.fill(day) for day, milestone in days if day and day > assessed_on)


def _step(index: RuleIndex, call: Call) -> Template:
    return Template(
        {
            "code": call.code,
            "action": call.action,
            "urgency": call.urgency,
            "due_on": HOLE,
            "not_before": HOLE,
            "because": HOLE,
            "evidence": index.evidence[call.rule.id],
        }
    )


def _milestone(milestone: Milestone) -> Template:
    return Template(
        {
            "on": HOLE,
            "code": milestone.code,
            "says": milestone.says,
            "evidence": [cite(milestone.evidence)],
        }
    )
