"""Patients drawn from a seed, as the JSON that a client would send: plausible courses with gaps."""

from __future__ import annotations

import json
from datetime import date, timedelta
from random import Random
from typing import Any

from app.knowledge.vocabulary import MRC_GRADES, MUSCLES, RED_FLAGS, SEVERITIES
from app.services.case import Case
from app.services.facts import facts_of

INDICATIONS = (
    "disc_herniation",
    "disc_herniation",
    "disc_herniation",
    "spinal_stenosis",
    "foraminal_stenosis",
    "spondylolisthesis",
    "back_pain",
    "other",
)
PROCEDURES = ("microdiscectomy", "microdiscectomy", "laminectomy", "decompression_with_fusion", "fusion")
OBSERVED_AFTER = (1, 3, 7, 10, 14, 15, 28, 42, 43, 60, 88, 91, 120, 180, 270, 330, 365, 366, 430)
ASSESSED_AFTER = (0, 3, 14, 15, 30, 42, 43, 60, 85, 92, 93, 120, 200, 280, 360, 366, 370, 500)
COURSES: tuple[tuple[float, ...], ...] = (
    (8, 7, 7.5, 8, 8),  # never better
    (3, 2, 2, 1, 1),  # soon better
    (6, 5, 4, 3, 3),  # slowly better
    (1, 1, 0, 7, 8),  # better, then back
    (2, 2, 1, 3, 4),  # better, then partly back
    (9, 10, 9, 10, 10),  # worse
    (7, 6.5, 6, 6.5, 7),  # hardly changed
)


def random_case(rng: Random) -> dict[str, Any]:
    """One patient; every date is possible, every part may be missing."""
    surgery = date(2020, 1, 1) + timedelta(days=rng.randrange(1500))
    assessed_on = surgery + timedelta(days=rng.choice(ASSESSED_AFTER))
    case = {
        "subject": "patient",
        "assessed_on": assessed_on,
        "surgery": _surgery(rng, surgery),
        "observations": _observations(rng, surgery, assessed_on),
        "red_flags": _red_flags(rng),
    }
    if rng.random() < 0.5:
        case["pain_return"] = _pain_return(rng, surgery, assessed_on)
    if rng.random() < 0.4:
        case["symptom_onsets"] = _onsets(rng, surgery, assessed_on)
    if rng.random() < 0.4:
        residual = rng.choice((0, 50, 199, 200, 450))
        case["examination"] = {
            "straight_leg_raise": rng.choice(("positive", "negative")),
            "post_void_residual_ml": residual,
        }
    if rng.random() < 0.5:
        case |= _infection(rng, surgery, assessed_on)
    plain: dict[str, Any] = json.loads(json.dumps(case, default=date.isoformat))
    return plain


def facts_from(sent: dict[str, Any]) -> dict[str, Any]:
    """The facts of a case as it was sent."""
    case = Case.model_validate_json(json.dumps(sent))
    assert case.assessed_on, "A random case says its day"
    return facts_of(case, case.assessed_on)


def _some(rng: Random, likely: float, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if rng.random() < likely}


def _between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def _surgery(rng: Random, day: date) -> dict[str, Any]:
    known = {
        "indication": rng.choice(INDICATIONS),
        "disc_opened": rng.choice(("yes", "yes", "no", "unknown")),
        "side": rng.choice(("left", "right", "both")),
    }
    region = rng.choice(("lumbar",) * 9 + ("cervical",))
    return {"date": day, "procedure": rng.choice(PROCEDURES), "region": region, **_some(rng, 0.75, known)}


def _observations(rng: Random, surgery: date, assessed_on: date) -> list[dict[str, Any]]:
    course = rng.choice(COURSES)
    days = sorted(rng.sample(OBSERVED_AFTER, rng.randint(0, 4)))
    dates = [surgery + timedelta(days=after) for after in days]
    dates = [day for day in dates if day < assessed_on] + [assessed_on] * (rng.random() < 0.85)
    scale = "vas_mm" if rng.random() < 0.2 else "nrs"
    before = _record(rng, scale, rng.choice((8, 8, 7, 6, 2, 0)), 46)
    after = [_record(rng, scale, rng.choice((each, each, rng.randrange(11))), 30) for each in course]
    later = [{"date": day, **record} for day, record in zip(dates, after, strict=False)]
    if rng.random() < 0.85:
        before.pop("global_change", None)
        before.pop("stated_trend", None)
        later.append({"date": surgery - timedelta(days=rng.choice((0, 1, 30))), **before})
    rng.shuffle(later)
    return later


def _record(rng: Random, scale: str, leg: float, odi: float) -> dict[str, Any]:
    by_scale = 10 if scale == "vas_mm" else 1
    pain = {f"leg_pain_{scale}": leg * by_scale, f"back_pain_{scale}": rng.randrange(11) * by_scale}
    rest = {
        "odi_percent": max(0, odi + rng.randint(-30, 30)),
        "global_change": rng.randint(1, 7),
        "stated_trend": rng.choice(("better", "same", "worse")),
        "numbness": rng.choice(SEVERITIES),
        "tingling": rng.choice(SEVERITIES),
        "weakness": rng.choice(SEVERITIES),
        "muscle_power": [_tested(rng)],
    }
    return _some(rng, 0.85, pain) | _some(rng, 0.35, rest)


def _tested(rng: Random) -> dict[str, Any]:
    return {"muscle": rng.choice(MUSCLES), "side": "left", "grade": rng.choice((*MRC_GRADES, 5, 5))}


def _red_flags(rng: Random) -> dict[str, str]:
    answers = rng.choice((("no",), ("no", "no", "no", "unknown"), ("no",) * 12 + ("yes", "unknown")))
    return {question.name: rng.choice(answers) for question in RED_FLAGS}


def _pain_return(rng: Random, surgery: date, assessed_on: date) -> dict[str, Any]:
    onset_on = _between(rng, surgery, assessed_on)
    values = {
        "onset_on": onset_on,
        "plateau_on": _between(rng, onset_on, assessed_on),
        "onset": rng.choice(("sudden", "abrupt", "subacute", "gradual")),
        "side": rng.choice(("left", "right", "both")),
        "same_dermatome": rng.choice(("yes", "no", "unknown")),
        "eased_by_sitting": rng.choice(("yes", "no", "unknown")),
    }
    return _some(rng, 0.6, values)


def _onsets(rng: Random, surgery: date, assessed_on: date) -> dict[str, Any]:
    symptoms = ("numbness", "tingling", "weakness", "bilateral_leg_pain")
    first = surgery - timedelta(days=100)
    return _some(rng, 0.5, {symptom: _between(rng, first, assessed_on) for symptom in symptoms})


def _infection(rng: Random, surgery: date, assessed_on: date) -> dict[str, Any]:
    """What was measured for an infection, and what makes one likelier."""
    vitals = {
        "temperature_c": rng.choice((36.8, 37.9, 38, 39)),
        "heart_rate_bpm": rng.choice((70, 130, 131)),
        "respiratory_rate_bpm": rng.choice((14, 24, 25)),
        "systolic_bp_mmhg": rng.choice((130, 91, 90)),
        "spo2_percent": rng.choice((98, 92, 91)),
        "news2": rng.choice((0, 4, 5, 7)),
    }
    days = sorted({_between(rng, surgery, assessed_on) for _ in range(rng.randint(0, 4))})
    labs = [{"date": day, "crp_mg_l": rng.choice((3, 10, 11, 40, 120))} for day in days]
    if labs:
        labs[-1]["esr_mm_h"] = rng.choice((20, 50, 51))
    known = {"diabetes": rng.choice(("yes", "no")), "immunosuppressed": rng.choice(("yes", "no", "no"))}
    return {"vitals": _some(rng, 0.6, vitals), "labs": labs, "history": _some(rng, 0.6, known)}
