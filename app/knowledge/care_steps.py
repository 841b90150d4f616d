"""Care beside the surgeon: rehabilitation, psychological factors, deficits, activity (dossier 6.3)."""

from __future__ import annotations

from app.engine.conditions import Condition, all_of, any_of, named, none_of
from app.engine.rules import Chapter
from app.knowledge.activity_steps import ACTIVITY_STEPS
from app.knowledge.citations import (
    CATASTROPHIZING,
    DEPRESSION,
    S13,
    S14,
    S15,
    START_BACK_GROUPS,
    WEAKNESS_COURSE,
)
from app.knowledge.conclusions import TWELVE_WEEKS
from app.knowledge.course import IN_SCOPE
from app.knowledge.measurements import pain_catastrophizing, phq9, start_back, start_back_psychosocial
from app.knowledge.next_steps import PAIN_WITHOUT_TARGET
from app.knowledge.outcome import PERSISTENT_PAIN
from app.knowledge.recovery import DEFICIT_DECISIONS
from app.knowledge.safety import URGENT_SURGICAL_CAUSE
from app.knowledge.specialist_steps import SPECIALIST_STEPS, tell_late_enough
from app.knowledge.step_rules import LIMITS, step
from app.knowledge.thresholds import published

CATASTROPHIZING_POINTS = published(
    "catastrophizing_points",
    30,
    "points",
    "clinically relevant catastrophizing",
    CATASTROPHIZING,
)
DEPRESSION_POINTS = published("depression_points", 10, "points", "moderate depressive symptoms", DEPRESSION)
START_BACK_POINTS = published(
    "start_back_points",
    4,
    "points",
    "high risk, when total and psychosocial subscore both reach it",
    START_BACK_GROUPS,
)
YELLOW_FLAGS = named(
    "psychological factors",
    any_of(
        pain_catastrophizing >= CATASTROPHIZING_POINTS,
        phq9 >= DEPRESSION_POINTS,
        all_of(start_back >= START_BACK_POINTS, start_back_psychosocial >= START_BACK_POINTS),
    ),
)


def _some_deficit(label: str, *statuses: str) -> Condition:
    return named(
        label,
        any_of(*(each.gives.is_one_of(*statuses) for each in DEFICIT_DECISIONS)),
    )


PSYCHOLOGY = "Offer psychological assessment and treatment as a part of multidisciplinary pain care."

CARE_STEPS = (
    step(
        "psychology",
        "Pain that persists or came back, with psychological factors",
        all_of(PERSISTENT_PAIN.when, YELLOW_FLAGS),
        PSYCHOLOGY,
        CATASTROPHIZING,
        DEPRESSION,
        START_BACK_GROUPS,
        LIMITS,
        urgency="routine",
        within_days=TWELVE_WEEKS,
        dossier="6.3; 2.1",
    ),
    step(
        "psychology.no-target",
        "Pain of 4 or more at three months or later, imaging without a target, with psychological factors",
        all_of(PAIN_WITHOUT_TARGET, YELLOW_FLAGS),
        PSYCHOLOGY,
        CATASTROPHIZING,
        DEPRESSION,
        START_BACK_GROUPS,
        LIMITS,
        urgency="routine",
        within_days=TWELVE_WEEKS,
        dossier="6.3; 2.1",
    ),
    step(
        "deficit-care",
        "Numbness, tingling or weakness that can still recover, and nothing that is urgent",
        all_of(
            IN_SCOPE,
            _some_deficit(
                "a deficit that can still recover",
                "recovery_window_open",
                "window_closing",
                "late_recovery_in_progress",
            ),
            none_of(URGENT_SURGICAL_CAUSE),
        ),
        "Physiotherapy, an orthosis for foot drop, advice against falls; review at 6 and at 12 months.",
        S13,
        S14,
        LIMITS,
        urgency="routine",
        within_days=None,
        dossier="6.3; 8.2 V13",
    ),
    step(
        "permanent-deficit-care",
        "A deficit that is likely to stay, and nothing that is urgent",
        all_of(
            IN_SCOPE,
            _some_deficit("a deficit that is likely to stay", "likely_permanent"),
            none_of(URGENT_SURGICAL_CAUSE),
        ),
        "Explain what is to be expected; rehabilitation, orthosis, care of numb skin. Where ongoing compression is in "
        "doubt, a neurologist and nerve conduction; by way of a specialist, what can be done for the peroneal nerve.",
        S15,
        WEAKNESS_COURSE,
        LIMITS,
        urgency="routine",
        within_days=None,
        dossier="6.3",
    ),
)
CARE = Chapter(
    name="care",
    title="Care",
    steps=(tell_late_enough, *CARE_STEPS, *SPECIALIST_STEPS, *ACTIVITY_STEPS),
)
