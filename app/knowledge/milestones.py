"""What becomes judgeable when, if nothing changes (dossier 1.1 S9, S14, S15; 6.4)."""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.evidence import Citation
from app.engine.facts import Day
from app.knowledge.citations import REGISTRY_VISIT, S9, S14
from app.knowledge.sources import DOSSIER
from app.knowledge.timeline import (
    nine_month_day,
    six_month_day,
    six_week_day,
    three_month_day,
    twelve_month_day,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A day of the case, and what can be said from then on."""

    code: str
    on: Day
    says: str
    evidence: Citation


MILESTONES = (
    Milestone(
        code="six_weeks",
        on=six_week_day,
        says="Leg pain that has not improved by now is a reason to contact the surgeon.",
        evidence=DOSSIER.at("1.3 (1)"),
    ),
    Milestone(
        code="three_months",
        on=three_month_day,
        says="Success or failure can be judged from this day on.",
        evidence=S9,
    ),
    Milestone(
        code="six_months",
        on=six_month_day,
        says="Review where the course is on track or a deficit is still within its window.",
        evidence=REGISTRY_VISIT,
    ),
    Milestone(
        code="nine_months",
        on=nine_month_day,
        says="The recovery window of numbness, tingling and weakness begins to close.",
        evidence=DOSSIER.at("1.1 S14; 11.9"),
    ),
    Milestone(
        code="twelve_months",
        on=twelve_month_day,
        says="The outcome can be called successful; the last day of the recovery window of deficits.",
        evidence=S14,
    ),
)
