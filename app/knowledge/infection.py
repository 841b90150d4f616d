"""Red flags of infection (dossier 4.2 RF-SSI to RF-MENINGITIS, 11.13 RF-FEVER, 11.14, 11.15).

A suspected infection by itself is for the same day or the week; with signs of sepsis, of the meninges or of the
nerves it is an emergency whenever it comes.
"""

from __future__ import annotations

from datetime import date

from app.engine.calculate import calculation
from app.engine.conditions import all_of, any_of, named, none_of
from app.engine.facts import YesNo, recorded, when_recorded
from app.engine.rules import Rule, Step
from app.knowledge.background import diabetes, immunosuppressed
from app.knowledge.citations import (
    ABSCESS_TRIAD,
    CRP_AFTER_SURGERY,
    CRP_DAY_5,
    DISCITIS_INTERVAL,
    ESR_TWO_WEEKS,
    MENINGISM,
    NEWS2_BANDS,
    SEPSIS_SIGNS,
    WOUND_TIMING,
    WOUND_WINDOW,
)
from app.knowledge.conclusions import SEVENTY_TWO_HOURS, TODAY, WEEK
from app.knowledge.deficits import numbness_new, tingling_new, weakness_new
from app.knowledge.laboratory import LABORATORY_READINGS, crp_finding, esr_raised
from app.knowledge.measurements import (
    heart_rate_bpm,
    news2,
    respiratory_rate_bpm,
    spo2_percent,
    systolic_bp_mmhg,
    temperature_c,
)
from app.knowledge.pain import PLACES, Readings, after, back_pain_now, baseline_of, now_of
from app.knowledge.questions import (
    confusion,
    fever,
    focal_back_pain,
    mottled_skin,
    neck_stiffness,
    new_back_pain,
    night_sweats,
    no_urine_18h,
    photophobia,
    rest_back_pain,
    rigors,
    wound_discharge,
    wound_opening,
    wound_pain_increasing,
    wound_redness,
)
from app.knowledge.safety import (
    CAUDA_EQUINA_CHANGE,
    NEW_DEFICIT,
    SEVERE_PAIN,
    any_yes,
    flag,
    unless_screened_out,
)
from app.knowledge.safety_thresholds import (
    DISCITIS_FROM_DAYS,
    DISCITIS_TO_DAYS,
    FEVER_C,
    LOW_SATURATION_PERCENT,
    NEWS2_HIGH,
    NEWS2_MODERATE,
    SEPSIS_HEART_RATE,
    SEPSIS_RESPIRATORY_RATE,
    SEPSIS_SYSTOLIC_MMHG,
    WOUND_DAYS,
    WOUND_IMPLANT_DAYS,
)
from app.knowledge.sources import DOSSIER
from app.knowledge.thresholds import RISE_POINTS, STALE_AFTER_DAYS
from app.knowledge.timeline import days_since_surgery
from app.knowledge.vocabulary import implant, new_bilateral_leg_numbness, procedure

SIX_WEEKS = 42
"""The limit of T4 (dossier 4.1)."""
EARLIER_RECORDS = 2
"""So many records of back pain before the last must show no relief before its absence counts as known."""

# What several flags ask for

WOUND_QUESTIONS = (wound_discharge, wound_opening, wound_redness, wound_pain_increasing)
MENINGEAL_QUESTIONS = (neck_stiffness, photophobia)
SEPSIS_QUESTIONS = (confusion, mottled_skin, no_urine_18h)

WOUND_SIGN = named("a sign of infection at the wound", any_yes(WOUND_QUESTIONS))
IMPLANT = named(
    "an implant or a fusion",
    any_of(implant.is_true(), procedure.is_one_of("decompression_with_fusion", "fusion", "disc_replacement")),
)
IN_WOUND_WINDOW = named(
    "within the window of wound infection",
    any_of(
        days_since_surgery <= WOUND_DAYS,
        all_of(days_since_surgery <= WOUND_IMPLANT_DAYS, IMPLANT),
    ),
)
FEVER_FOUND = named(
    "fever, measured or said",
    any_of(
        fever.is_true(),
        unless_screened_out(temperature_c, temperature_c >= FEVER_C, any_yes((fever, rigors))),
    ),
)
CRP_SPEAKS = crp_finding.is_one_of("raised", "second_rise")
RAISED_CRP = named(
    "C-reactive protein raised longer than the operation explains, or again",
    unless_screened_out(
        crp_finding,
        CRP_SPEAKS,
        any_yes((*WOUND_QUESTIONS, fever, rigors, night_sweats, rest_back_pain)),
    ),
)
SUSPECTED_INFECTION = named(
    "a suspected infection",
    any_of(
        WOUND_SIGN,
        FEVER_FOUND,
        any_yes((rigors, night_sweats, rest_back_pain, *MENINGEAL_QUESTIONS)),
        RAISED_CRP,
    ),
)
"""Any infection flag, fever or rigors (11.13). The flag that raised CRP can fire by itself is the abscess."""
INFECTION_SUSPECTED = named("an infection flag", any_of(SUSPECTED_INFECTION, any_yes(SEPSIS_QUESTIONS)))
"""Any flag of this file, at its least urgent tier."""

# Wound (4.2 RF-SSI)

WOUND_ACTION = "inspect the wound, take swab and cultures before antibiotics, measure CRP and blood count."
WOUND_EVIDENCE = (WOUND_WINDOW, WOUND_TIMING, DOSSIER.at("4.2 RF-SSI"))

SSI = flag(
    "ssi",
    "RF-SSI",
    "A sign of infection at the wound within 30 days of surgery, 90 with an implant or a fusion",
    all_of(WOUND_SIGN, IN_WOUND_WINDOW),
    *WOUND_EVIDENCE,
    tier="same_day",
    first_action=f"Operating or on-call surgeon on the same day: {WOUND_ACTION}",
    within_days=TODAY,
    dossier="4.2 RF-SSI",
)
SSI_LATE_SEVERE = flag(
    "ssi.late.severe",
    "RF-SSI",
    "A sign of infection at the wound, however long after surgery, with pain of 8 or more",
    all_of(WOUND_SIGN, SEVERE_PAIN),
    *WOUND_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action=f"Surgeon within 72 hours: {WOUND_ACTION}",
    within_days=SEVENTY_TWO_HOURS,
    atypical_timing=True,
    dossier="4.2 RF-SSI; 11.5",
)
SSI_LATE = flag(
    "ssi.late",
    "RF-SSI",
    "A sign of infection at the wound, however long after surgery",
    WOUND_SIGN,
    *WOUND_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action=f"Surgeon within 7 days: {WOUND_ACTION}",
    within_days=WEEK,
    atypical_timing=True,
    dossier="4.2 RF-SSI; 11.5",
)

# Sepsis keeps its tier at any time (4.2 RF-SEPSIS)

MEASURE_VITALS = any_of(FEVER_FOUND, any_yes((rigors, *SEPSIS_QUESTIONS)))
"""Vital signs that nobody took are asked for when something is wrong with the whole body, not the wound alone."""
SEPSIS_SIGN = named(
    "a sign of sepsis",
    any_of(
        unless_screened_out(news2, news2 >= NEWS2_HIGH, MEASURE_VITALS),
        unless_screened_out(
            respiratory_rate_bpm, respiratory_rate_bpm >= SEPSIS_RESPIRATORY_RATE, MEASURE_VITALS
        ),
        unless_screened_out(systolic_bp_mmhg, systolic_bp_mmhg <= SEPSIS_SYSTOLIC_MMHG, MEASURE_VITALS),
        unless_screened_out(heart_rate_bpm, heart_rate_bpm > SEPSIS_HEART_RATE, MEASURE_VITALS),
        unless_screened_out(spo2_percent, spo2_percent < LOW_SATURATION_PERCENT, MEASURE_VITALS),
        any_yes(SEPSIS_QUESTIONS),
    ),
)
SEPSIS = flag(
    "sepsis",
    "RF-SEPSIS",
    "A suspected infection with a sign of sepsis",
    all_of(SUSPECTED_INFECTION, SEPSIS_SIGN),
    NEWS2_BANDS,
    SEPSIS_SIGNS,
    DOSSIER.at("4.2 RF-SEPSIS; 11.13"),
    tier="emergency_now",
    first_action="Emergency department now: start the local sepsis bundle; inform the operating team.",
    within_days=TODAY,
    dossier="4.2 RF-SEPSIS; 11.13",
)
SEPSIS_MODERATE = flag(
    "sepsis.moderate",
    "RF-SEPSIS",
    "A suspected infection with an early warning score of 5 or more",
    all_of(SUSPECTED_INFECTION, unless_screened_out(news2, news2 >= NEWS2_MODERATE, MEASURE_VITALS)),
    NEWS2_BANDS,
    DOSSIER.at("4.2 RF-SEPSIS; 11.13"),
    tier="same_day",
    first_action="Urgent review on the same day: look for the source, repeat the vital signs, decide on the sepsis bundle.",
    within_days=TODAY,
    dossier="4.2 RF-SEPSIS; 11.13",
)
SEPSIS_SIGN_ALONE = flag(
    "sepsis.sign-alone",
    "RF-SEPSIS",
    "New confusion, mottled or ashen skin, or no urine, whether an infection is suspected or not",
    any_yes(SEPSIS_QUESTIONS),
    SEPSIS_SIGNS,
    DOSSIER.at("4.2 RF-SEPSIS; section 0 item 4"),
    tier="same_day",
    first_action="Clinician on the same day: measure all vital signs, look for an infection and for another cause.",
    within_days=TODAY,
    dossier="4.2 RF-SEPSIS",
)

# Disc space (4.2 RF-DISCITIS, 11.14)

back_pain_was_less = YesNo(
    name="back_pain_was_less",
    label="Back pain that was less than now, or than before surgery, at some time since surgery",
    question="How severe was the back pain before surgery and how has it been since, and on which days?",
)


@calculation(back_pain_was_less, uses=[RISE_POINTS, STALE_AFTER_DAYS])
def tell_earlier_relief(back_pain: Readings, surgery_date: date, assessed_on: date) -> bool | None:
    """A record since surgery at least 2 points below the pain of now or of before surgery.

    Known to be absent only from several records and the one before surgery.
    """
    now = now_of(back_pain, surgery_date, assessed_on)
    if now is None:
        return None
    baseline, later = baseline_of(back_pain, surgery_date), after(back_pain, surgery_date)
    higher = now if baseline is None else max(now, baseline)
    if any(round(higher - each.value, PLACES) >= RISE_POINTS.value for each in later):
        return True
    return False if baseline is not None and len(later) > EARLIER_RECORDS else None


DISCITIS_PAIN = named(
    "severe back pain at rest or at night after relief",
    all_of(
        rest_back_pain.is_true(),
        none_of(when_recorded(back_pain_was_less, back_pain_was_less.is_false())),
    ),
)
"""The question asks for pain that is new or growing: only records without any relief speak against it."""
IN_DISCITIS_WINDOW = named(
    "within the window of discitis",
    all_of(days_since_surgery >= DISCITIS_FROM_DAYS, days_since_surgery <= DISCITIS_TO_DAYS),
)
NORMAL_CRP = when_recorded(crp_finding, crp_finding.is_("normal"))
RAISED_ESR_FOUND = when_recorded(esr_raised, esr_raised.is_true())
NORMAL_TESTS = named("normal tests", all_of(NORMAL_CRP, none_of(RAISED_ESR_FOUND)))
"""CRP is the test that must be normal (6.2); the sedimentation rate must not speak against it."""
INFLAMMATION = (
    FEVER_FOUND,
    any_yes((rigors, night_sweats)),
    CRP_SPEAKS,
    all_of(esr_raised.is_true(), any_of(recorded(esr_raised), none_of(NORMAL_CRP))),
)
"""Each of them is a sign; the flag and the weighing of the cause look for the same."""
SPINAL_INFECTION_SIGN = named(
    "a sign of infection beside the pain",
    any_of(
        *INFLAMMATION,
        all_of(any_yes((immunosuppressed, diabetes)), none_of(NORMAL_TESTS)),
    ),
)
DISCITIS_EVIDENCE = (
    DISCITIS_INTERVAL,
    ESR_TWO_WEEKS,
    CRP_AFTER_SURGERY,
    CRP_DAY_5,
    DOSSIER.at("4.2 RF-DISCITIS; 11.13"),
)
DISCITIS_TESTS = "CRP, ESR and blood cultures, and decide on MRI with contrast."

DISCITIS = flag(
    "discitis",
    "RF-DISCITIS",
    "Severe back pain at rest or at night after relief, 10 to 90 days after surgery, with a sign of infection",
    all_of(DISCITIS_PAIN, IN_DISCITIS_WINDOW, SPINAL_INFECTION_SIGN),
    *DISCITIS_EVIDENCE,
    tier="same_day",
    first_action=(
        "Spinal team on the same day: CRP, ESR, blood cultures and MRI with contrast; while the patient is stable, "
        "hold antibiotics until the cultures are taken."
    ),
    within_days=TODAY,
    dossier="4.2 RF-DISCITIS; 11.13",
)
DISCITIS_UNTESTED = flag(
    "discitis.untested",
    "RF-DISCITIS",
    "Severe back pain at rest or at night after relief, 10 to 90 days after surgery, and no normal tests",
    all_of(DISCITIS_PAIN, IN_DISCITIS_WINDOW, none_of(NORMAL_TESTS)),
    *DISCITIS_EVIDENCE,
    tier="within_days",
    first_action="Clinician with CRP and ESR within 72 hours; a CRP before day 14 is evidence only if it rises again.",
    within_days=SEVENTY_TWO_HOURS,
    dossier="4.2 RF-DISCITIS; 11.13",
)
DISCITIS_NORMAL_TESTS = all_of(
    DISCITIS_PAIN, IN_DISCITIS_WINDOW, crp_finding.is_("normal"), none_of(RAISED_ESR_FOUND)
)
UNLIKELY = "discitis is unlikely, not excluded; repeat the tests if the pain grows or fever appears."
DISCITIS_NORMAL_SEVERE = flag(
    "discitis.normal-tests.severe",
    "RF-DISCITIS",
    "Severe back pain at rest or at night after relief, normal tests from day 14 on, and pain of 8 or more",
    all_of(DISCITIS_NORMAL_TESTS, SEVERE_PAIN),
    *DISCITIS_EVIDENCE,
    DOSSIER.at("11.5; 11.14"),
    tier="within_days",
    first_action=f"Clinician within 72 hours: {UNLIKELY}",
    within_days=SEVENTY_TWO_HOURS,
    dossier="11.5; 11.14",
)
DISCITIS_NORMAL = flag(
    "discitis.normal-tests",
    "RF-DISCITIS",
    "Severe back pain at rest or at night after relief, and normal tests from day 14 on",
    DISCITIS_NORMAL_TESTS,
    *DISCITIS_EVIDENCE,
    DOSSIER.at("11.14"),
    tier="within_days",
    first_action=f"Clinician within 7 days: {UNLIKELY}",
    within_days=WEEK,
    dossier="11.14",
)
DISCITIS_ATYPICAL = named(
    "severe back pain at rest or at night with a sign of infection",
    all_of(rest_back_pain.is_true(), SPINAL_INFECTION_SIGN),
)
DISCITIS_LATE_SEVERE = flag(
    "discitis.late.severe",
    "RF-DISCITIS",
    "Severe back pain at rest or at night with a sign of infection, at any time, with pain of 8 or more",
    all_of(DISCITIS_ATYPICAL, SEVERE_PAIN),
    *DISCITIS_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action=f"Clinician within 72 hours: {DISCITIS_TESTS}",
    within_days=SEVENTY_TWO_HOURS,
    atypical_timing=True,
    dossier="4.2 RF-DISCITIS; 11.5",
)
DISCITIS_LATE = flag(
    "discitis.late",
    "RF-DISCITIS",
    "Severe back pain at rest or at night with a sign of infection, at any time, relieved before or not",
    DISCITIS_ATYPICAL,
    *DISCITIS_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action=f"Clinician within 7 days: {DISCITIS_TESTS}",
    within_days=WEEK,
    atypical_timing=True,
    dossier="4.2 RF-DISCITIS; 11.5",
)
DISCITIS_PAIN_ALONE = flag(
    "discitis.pain-alone",
    "RF-DISCITIS",
    "Severe back pain at rest or at night, at any time, relieved before or not",
    rest_back_pain.is_true(),
    *DISCITIS_EVIDENCE,
    tier="routine",
    first_action="Clinician within 6 weeks: examine, measure CRP and ESR, and look for another cause.",
    within_days=SIX_WEEKS,
    atypical_timing=True,
    dossier="4.2 RF-DISCITIS; 11.5",
)

# Spinal canal and meninges: emergencies at any time (4.2 RF-EPIDURAL-ABSCESS, RF-MENINGITIS)

BACK_PAIN_QUESTIONS = (rest_back_pain, new_back_pain, focal_back_pain)
BACK_PAIN = named(
    "back pain",
    any_of(
        any_yes(BACK_PAIN_QUESTIONS),
        unless_screened_out(back_pain_now, back_pain_now > 0, any_yes(BACK_PAIN_QUESTIONS)),
    ),
)
FEVER_OR_RAISED_CRP = any_of(FEVER_FOUND, RAISED_CRP)
EPIDURAL_ABSCESS = flag(
    "epidural-abscess",
    "RF-EPIDURAL-ABSCESS",
    "Fever or raised C-reactive protein with back pain and a new neurological deficit",
    all_of(
        FEVER_OR_RAISED_CRP,
        BACK_PAIN,
        any_of(NEW_DEFICIT, CAUDA_EQUINA_CHANGE, new_bilateral_leg_numbness.is_true()),
    ),
    ABSCESS_TRIAD,
    DOSSIER.at("4.2 RF-EPIDURAL-ABSCESS; 11.13"),
    tier="emergency_now",
    first_action="Emergency MRI of the whole spine with contrast, blood cultures, spinal surgeon now.",
    within_days=TODAY,
    dossier="4.2 RF-EPIDURAL-ABSCESS; 6.1; 11.13",
)
MENINGITIS = flag(
    "meningitis",
    "RF-MENINGITIS",
    "Fever with a stiff neck, intolerance of light or confusion",
    all_of(FEVER_FOUND, any_yes((*MENINGEAL_QUESTIONS, confusion))),
    MENINGISM,
    DOSSIER.at("4.2 RF-MENINGITIS"),
    tier="emergency_now",
    first_action="Emergency department now; inform the operating team.",
    within_days=TODAY,
    dossier="4.2 RF-MENINGITIS",
)
MENINGISM_ALONE = flag(
    "meningitis.no-fever",
    "RF-MENINGITIS",
    "A stiff neck or intolerance of light, fever or not",
    any_yes(MENINGEAL_QUESTIONS),
    MENINGISM,
    DOSSIER.at("4.2 RF-MENINGITIS; section 0 item 4"),
    tier="same_day",
    first_action="Clinician on the same day: measure the temperature, examine for signs of the meninges and for a leak.",
    within_days=TODAY,
    dossier="4.2 RF-MENINGITIS",
)

# Fever without another sign (11.13)

FEVER_OR_RIGORS = named("fever or rigors", any_of(FEVER_FOUND, rigors.is_true()))
ANOTHER_SIGN = named(
    "another sign of infection is known",
    any_of(
        *(
            when_recorded(question, question.is_true())
            for question in (*WOUND_QUESTIONS, rest_back_pain, *MENINGEAL_QUESTIONS)
        )
    ),
)
"""Its own flag then speaks, at least as urgently; a question not asked does not silence the fever."""
FEVER_EVIDENCE = DOSSIER.at("11.13 RF-FEVER")
FEVER_ACTION = "check the wound and measure CRP."

FEVER_WITH_RIGORS = flag(
    "fever.rigors",
    "RF-FEVER",
    "Fever with rigors",
    all_of(any_of(fever.is_true(), temperature_c >= FEVER_C), rigors.is_true()),
    FEVER_EVIDENCE,
    tier="same_day",
    first_action="Clinician on the same day: measure all vital signs, take blood cultures, check the wound, measure CRP.",
    within_days=TODAY,
    dossier="11.13",
)
FEVER_ALONE = all_of(FEVER_OR_RIGORS, IN_WOUND_WINDOW, none_of(ANOTHER_SIGN))
FEVER_SEVERE = flag(
    "fever.severe",
    "RF-FEVER",
    "Fever or rigors within 30 days of surgery, 90 with an implant or a fusion, with pain of 8 or more",
    all_of(FEVER_ALONE, SEVERE_PAIN),
    FEVER_EVIDENCE,
    DOSSIER.at("4.1 T3; 11.5"),
    tier="within_days",
    first_action=f"Clinician within 72 hours: {FEVER_ACTION}",
    within_days=SEVENTY_TWO_HOURS,
    dossier="11.5; 11.13",
)
FEVER = flag(
    "fever",
    "RF-FEVER",
    "Fever or rigors within 30 days of surgery, 90 with an implant or a fusion, and no other sign known",
    FEVER_ALONE,
    FEVER_EVIDENCE,
    tier="within_days",
    first_action=f"Clinician within 7 days: {FEVER_ACTION}",
    within_days=WEEK,
    dossier="11.13",
)
FEVER_LATE = flag(
    "fever.late",
    "RF-FEVER",
    "Fever or rigors, however long after surgery, and no other sign known",
    all_of(FEVER_OR_RIGORS, none_of(ANOTHER_SIGN)),
    FEVER_EVIDENCE,
    tier="routine",
    first_action="Clinician within 6 weeks: look for another cause of the fever, and check the scar.",
    within_days=SIX_WEEKS,
    atypical_timing=True,
    dossier="11.13",
)
NIGHT_SWEATS = flag(
    "fever.night-sweats",
    "RF-FEVER",
    "Drenching sweats at night",
    night_sweats.is_true(),
    FEVER_EVIDENCE,
    tier="routine",
    first_action="Clinician within 6 weeks: measure the temperature and CRP, and look for another cause.",
    within_days=SIX_WEEKS,
    dossier="4.2 RF-DISCITIS; 11.13",
)

INFECTION_FLAGS: tuple[Rule, ...] = (
    SEPSIS,
    SEPSIS_MODERATE,
    SEPSIS_SIGN_ALONE,
    SSI,
    SSI_LATE_SEVERE,
    SSI_LATE,
    EPIDURAL_ABSCESS,
    MENINGITIS,
    MENINGISM_ALONE,
    DISCITIS,
    DISCITIS_UNTESTED,
    DISCITIS_NORMAL_SEVERE,
    DISCITIS_NORMAL,
    DISCITIS_LATE_SEVERE,
    DISCITIS_LATE,
    DISCITIS_PAIN_ALONE,
    FEVER_WITH_RIGORS,
    FEVER_SEVERE,
    FEVER,
    FEVER_LATE,
    NIGHT_SWEATS,
)
INFECTION_STEPS: tuple[Step, ...] = (*LABORATORY_READINGS, tell_earlier_relief, *INFECTION_FLAGS)

INFECTION_TO_ACT_ON = named(
    "an infection flag that is more than routine",
    any_of(
        WOUND_SIGN,
        any_yes((*MENINGEAL_QUESTIONS, *SEPSIS_QUESTIONS)),
        all_of(FEVER_OR_RIGORS, IN_WOUND_WINDOW),
        FEVER_WITH_RIGORS.when,
        all_of(DISCITIS_PAIN, IN_DISCITIS_WINDOW),
        DISCITIS_ATYPICAL,
        SEPSIS.when,
        SEPSIS_MODERATE.when,
        all_of(FEVER_OR_RAISED_CRP, BACK_PAIN, any_yes((numbness_new, tingling_new, weakness_new))),
    ),
)
"""Any of them at T1 to T3: the other tiers of a flag ask for more. An abscess with a loss of power that was tested, or
with a cauda equina symptom, comes with the flag of that."""
