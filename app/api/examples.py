"""Named example cases for the docs page: vignettes of the clinical dossier (8.2) and rich ones."""

from __future__ import annotations

from typing import Any

from app.api.rich_examples import RICH_CASES
from app.services.case_questions import RedFlags

Json = dict[str, Any]
QUESTIONS = tuple(RedFlags.model_fields)
NO_DEFICIT: Json = {"numbness": "none", "tingling": "none", "weakness": "none"}


def _case(subject: str, surgery_on: str, assessed_on: str, observations: list[Json], **more: Any) -> Json:
    """The defaults of the vignettes: L5-S1 left, leg 8, back 4, ODI 46 before, no deficit then or now."""
    before = {"date": surgery_on, "leg_pain_nrs": 8, "back_pain_nrs": 4, "odi_percent": 46, **NO_DEFICIT}
    return {
        "subject": subject,
        "assessed_on": assessed_on,
        "age_years": 45,
        "surgery": {
            "date": surgery_on,
            "procedure": "microdiscectomy",
            "levels": ["L5-S1"],
            "side": "left",
            "indication": "disc_herniation",
        },
        "observations": [
            {**before, **more.pop("before", {})},
            *observations[:-1],
            {**NO_DEFICIT, **observations[-1]},
        ],
        "red_flags": dict.fromkeys(QUESTIONS, "no") | more.pop("red_flags", {}),
        **more,
    }


def _example(summary: str, value: Json) -> Json:
    return {"summary": summary, "value": value}


CASES: dict[str, Json] = {
    "smallest": _example(
        "The least that can be sent: everything else is missing, and the answer says what",
        {"subject": "example-0", "surgery": {"date": "2025-01-15", "procedure": "microdiscectomy"}},
    ),
    "early_improving": _example(
        "V1: four weeks after surgery, improving: too early to judge",
        _case(
            "example-v1",
            "2025-01-15",
            "2025-02-12",
            [
                {"date": "2025-01-17", "leg_pain_nrs": 3},
                {"date": "2025-02-12", "leg_pain_nrs": 3, "back_pain_nrs": 3},
            ],
        ),
    ),
    "three_months_not_improved": _example(
        "V3: the three-month anniversary, leg pain as before surgery: unsuccessful",
        _case(
            "example-v3",
            "2025-01-15",
            "2025-04-15",
            [
                {"date": "2025-01-20", "leg_pain_nrs": 8},
                {"date": "2025-02-26", "leg_pain_nrs": 8},
                {"date": "2025-04-15", "leg_pain_nrs": 8},
            ],
        ),
    ),
    "modest_gain": _example(
        "V4: one day later, two points better: on track, not at target",
        _case(
            "example-v4",
            "2025-01-15",
            "2025-04-16",
            [{"date": "2025-04-16", "leg_pain_nrs": 6, "global_change": 2, "odi_percent": 34}],
        ),
    ),
    "conflicting_ratings": _example(
        "V5: one point better but slightly better by global rating: indeterminate",
        _case(
            "example-v5",
            "2025-01-15",
            "2025-04-15",
            [{"date": "2025-04-15", "leg_pain_nrs": 7, "global_change": 3}],
        ),
    ),
    "numbness_after_a_year": _example(
        "V7b: numb foot since before surgery, one day after the year (a leap-day operation)",
        _case(
            "example-v7",
            "2024-02-29",
            "2025-03-01",
            [
                {"date": "2024-11-01", "numbness": "moderate"},
                {"date": "2025-03-01", "leg_pain_nrs": 1, "numbness": "moderate"},
            ],
            before={"numbness": "moderate"},
        ),
    ),
    "sudden_return": _example(
        "V9: relief for seven weeks, then sudden pain: recurrence suspected, however early it is",
        _case(
            "example-v9",
            "2025-03-03",
            "2025-04-23",
            [
                {"date": "2025-03-04", "leg_pain_nrs": 1},
                {"date": "2025-04-10", "leg_pain_nrs": 1},
                {"date": "2025-04-23", "leg_pain_nrs": 8},
            ],
            pain_return={
                "onset_on": "2025-04-20",
                "onset": "sudden",
                "side": "left",
                "same_dermatome": "yes",
            },
            examination={"straight_leg_raise": "positive"},
        ),
    ),
    "late_return": _example(
        "V10: fourteen months well, then abrupt pain: the time does not lower the suspicion",
        _case(
            "example-v10",
            "2024-01-10",
            "2025-03-14",
            [
                {"date": "2024-01-12", "leg_pain_nrs": 1},
                {"date": "2024-07-10", "leg_pain_nrs": 0},
                {"date": "2025-03-05", "leg_pain_nrs": 1},
                {"date": "2025-03-14", "leg_pain_nrs": 7},
            ],
            pain_return={"onset_on": "2025-03-06", "onset": "sudden", "side": "left"},
        ),
    ),
    "early_swelling": _example(
        "V12: five days after surgery, worse than before it, no deficit: swelling is possible",
        _case(
            "example-v12",
            "2025-03-03",
            "2025-03-08",
            [
                {"date": "2025-03-04", "leg_pain_nrs": 6},
                {"date": "2025-03-06", "leg_pain_nrs": 6},
                {"date": "2025-03-08", "leg_pain_nrs": 7},
            ],
            before={"leg_pain_nrs": 6},
        ),
    ),
    "cauda_equina": _example(
        "V13: saddle numbness and retention two days after surgery: emergency",
        _case(
            "example-v13",
            "2025-03-03",
            "2025-03-05",
            [{"date": "2025-03-05", "leg_pain_nrs": 5}],
            red_flags={"saddle_numbness": "yes", "urinary_retention": "yes"},
            examination={"post_void_residual_ml": 450},
        ),
    ),
    "missing_baseline": _example(
        "V20a: no pain score from before surgery: judged by the global rating",
        {
            "subject": "example-v20",
            "assessed_on": "2025-06-02",
            "surgery": {
                "date": "2025-01-15",
                "procedure": "microdiscectomy",
                "indication": "disc_herniation",
            },
            "observations": [{"date": "2025-06-02", "leg_pain_nrs": 2, "global_change": 2, **NO_DEFICIT}],
            "red_flags": dict.fromkeys(QUESTIONS, "no"),
        },
    ),
    "new_numbness": _example(
        "V23: well for a year, then a numb foot: new, not left over",
        _case(
            "example-v23",
            "2024-01-10",
            "2025-03-14",
            [
                {"date": "2024-07-10", "leg_pain_nrs": 1, **NO_DEFICIT},
                {"date": "2025-03-14", "leg_pain_nrs": 2, "numbness": "mild"},
            ],
            symptom_onsets={"numbness": "2025-01-08"},
        ),
    ),
    "isolated_sexual_dysfunction": _example(
        "V27: new sexual dysfunction alone four weeks after surgery: same day",
        _case(
            "example-v27",
            "2025-03-03",
            "2025-03-31",
            [{"date": "2025-03-31", "leg_pain_nrs": 2}],
            red_flags={"sexual_dysfunction": "yes"},
        ),
    ),
    **RICH_CASES,
}
