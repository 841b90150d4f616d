"""How long evidence counts as checked: the two values behind every day of review (dossier section 10 item 5)."""

from __future__ import annotations

from app.knowledge.sources import GUIDANCE_REVIEW_YEARS, STUDY_REVIEW_YEARS
from app.knowledge.thresholds import proposed

UPKEEP = (
    proposed(
        "guidance_review_years",
        GUIDANCE_REVIEW_YEARS,
        "years",
        "guidance is to be looked at again this long after it was checked",
        "section 10 item 5",
    ),
    proposed(
        "study_review_years",
        STUDY_REVIEW_YEARS,
        "years",
        "a study is to be looked at again this long after it was checked",
        "section 10 item 5",
    ),
)
"""Named in every answer that leans on overdue evidence; listed for sign-off on the page of evidence."""
