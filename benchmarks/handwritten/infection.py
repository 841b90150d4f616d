"""The flags of infection: sepsis, the wound, epidural abscess, meningitis, discitis, fever."""

from __future__ import annotations

from app.knowledge.infection import tell_earlier_relief
from app.knowledge.laboratory import read_crp, read_esr
from benchmarks.handwritten.bits import NOT, SAID, Truths
from benchmarks.handwritten.known import Get, Known

FUSED_OR_REPLACED = frozenset({"decompression_with_fusion", "disc_replacement", "fusion"})


def infection_flags(get: Get, k: Known) -> Truths:
    """Each flag and its later, lower forms."""
    days, severe, surgery, day = k.days, k.severe, k.surgery, k.day
    discharge, opening = SAID[get("wound_discharge")], SAID[get("wound_opening")]
    redness, wound_pain = SAID[get("wound_redness")], SAID[get("wound_pain_increasing")]
    fever, rigors, sweats = SAID[get("fever")], SAID[get("rigors")], SAID[get("night_sweats")]
    at_rest, neck, light = SAID[get("rest_back_pain")], SAID[get("neck_stiffness")], SAID[get("photophobia")]
    confusion, mottled = SAID[get("confusion")], SAID[get("mottled_skin")]
    no_urine, new_back = SAID[get("no_urine_18h")], SAID[get("new_back_pain")]
    diabetes, immune = SAID[get("diabetes")], SAID[get("immunosuppressed")]
    temperature, saturation, pulse = get("temperature_c"), get("spo2_percent"), get("heart_rate_bpm")

    # Blood tests
    crp = read_crp.work_out(surgery, day, get("crp"))
    raised = 1 if crp is None else 3 if crp in ("raised", "second_rise") else 0
    normal = 1 if crp is None else 3 if crp == "normal" else 0
    esr = read_esr.work_out(surgery, day, get("esr"))
    k.raised_late = 3 if raised == 3 or esr else 0
    clear = 0 if esr else 3 if crp == "normal" else 0

    # Signs
    wound = discharge | opening | redness | wound_pain
    hot_measured = 1 if temperature is None else 3 if temperature >= 38 else 0
    hot = fever | (hot_measured if temperature is not None else 1 & (fever | rigors))
    inflamed = raised if crp is not None else 1 & (wound | fever | rigors | sweats | at_rest)
    suspected = wound | hot | rigors | sweats | at_rest | neck | light | inflamed
    gravely_ill = confusion | mottled | no_urine
    unwell = hot | rigors | gravely_ill
    news, rate, pressure = get("news2"), get("respiratory_rate_bpm"), get("systolic_bp_mmhg")
    untold = 1 & unwell
    high_score = untold if news is None else 3 if news >= 7 else 0
    mid_score = untold if news is None else 3 if news >= 5 else 0
    fast_breath = untold if rate is None else 3 if rate >= 25 else 0
    low_pressure = untold if pressure is None else 3 if pressure <= 90 else 0
    fast_pulse = untold if pulse is None else 3 if pulse > 130 else 0
    low_oxygen = untold if saturation is None else 3 if saturation < 92 else 0
    sepsis = suspected & (high_score | fast_breath | low_pressure | fast_pulse | low_oxygen | gravely_ill)
    moderate = suspected & mid_score
    implanted = 3 if k.procedure in FUSED_OR_REPLACED else SAID[get("implant")]
    wound_window = 3 if days <= 30 else implanted if days <= 90 else 0

    # Discitis
    series = get("back_pain")
    eased_before = None if series is None else tell_earlier_relief.work_out(series, surgery, day)
    after_relief = 0 if eased_before is False else at_rest
    in_window = after_relief if 10 <= days <= 90 else 0
    esr_says = SAID[esr] if esr is not None else 0 if crp == "normal" else 1
    k.inflamed, k.normal_crp = hot | rigors | sweats | raised | esr_says, normal
    sign = k.inflamed | ((immune | diabetes) & NOT[clear])
    tests_normal = in_window & normal & (0 if esr else 3)
    pain_and_sign = at_rest & sign

    # Fever without another source
    back_hurts = new_back | at_rest | SAID[get("focal_back_pain")]
    if k.back_now is not None:
        back_hurts |= 3 if k.back_now > 0 else 0
    two_of_three = (hot | inflamed) & back_hurts
    abscess = two_of_three & (k.new_deficit | k.felt_or_said | k.both_numb)
    feverish = hot | rigors
    sourced = 3 in (discharge, opening, redness, wound_pain, at_rest, neck, light)
    unsourced = 0 if sourced else feverish
    in_wound_window = unsourced & wound_window
    fever_rigors = (fever | hot_measured) & rigors

    k.fever, k.sweats, k.at_rest, k.new_back = fever, sweats, at_rest, new_back
    k.temperature, k.saturation, k.pulse = temperature, saturation, pulse
    k.diabetes, k.immune, k.infection = diabetes, immune, suspected | gravely_ill
    discitis = in_window & sign
    meningitis, wound_early = hot & (neck | light | confusion), wound & wound_window
    k.suspected, k.discitis_scan, k.infection_scan = suspected, pain_and_sign, pain_and_sign | abscess
    k.needs_scan_now |= abscess
    k.scan_today |= discitis
    k.tests_today = sepsis | moderate | wound_early | abscess | meningitis | discitis | fever_rigors
    k.tests_soon = (wound & severe) | (in_window & NOT[clear])
    k.tests_soon |= (pain_and_sign & severe) | (in_wound_window & severe)
    k.tests_in_a_week = wound | pain_and_sign | in_wound_window
    k.tests_some_day = (at_rest & NOT[clear]) | unsourced | sweats
    k.infection_acts = (
        wound
        | neck
        | light
        | gravely_ill
        | (feverish & wound_window)
        | fever_rigors
        | in_window
        | pain_and_sign
        | sepsis
        | moderate
        | (two_of_three & (k.new_feeling | k.weak_says))
    )
    return (
        sepsis,
        moderate,
        gravely_ill,
        wound_early,
        wound & severe,
        wound,
        abscess,
        meningitis,
        neck | light,
        discitis,
        in_window & NOT[clear],
        tests_normal & severe,
        tests_normal,
        pain_and_sign & severe,
        pain_and_sign,
        at_rest,
        fever_rigors,
        in_wound_window & severe,
        in_wound_window,
        unsourced,
        sweats,
    )
