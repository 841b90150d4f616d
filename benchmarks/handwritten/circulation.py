"""The flags of bleeding, urine, spinal fluid, circulation and brain."""

from __future__ import annotations

from benchmarks.handwritten.bits import SAID, Truths
from benchmarks.handwritten.known import Get, Known


def haematoma_flags(get: Get, k: Known) -> Truths:
    """Epidural haematoma, retention on the ward, leaking spinal fluid."""
    days, severe, leg, back = k.days, k.severe, k.leg_now, k.back_now
    deficit = k.certain_cauda | k.marked | k.slight
    rising_24h = SAID[get("pain_rising_24h")]
    strong = (1 if leg is None else 3 if leg >= 7 else 0) | (1 if back is None else 3 if back >= 7 else 0)
    rising = strong & rising_24h
    leak, headache = SAID[get("clear_wound_leak")], SAID[get("postural_headache")]
    face, arm, speech = SAID[get("facial_droop")], SAID[get("arm_weakness")], SAID[get("speech_disturbance")]
    sight = SAID[get("visual_loss")]
    brain = (
        SAID[get("drowsiness")] | SAID[get("confusion")] | SAID[get("seizure")] | face | arm | speech | sight
    )
    with_brain = headache & brain
    k.rising_24h, k.rising_pain, k.headache_or_leak = rising_24h, rising, leak | headache
    k.stroke, k.sight = face | arm | speech, sight
    early_deficit, rising_at_first = deficit if days <= 30 else 0, rising if days <= 3 else 0
    rising_early = rising if days <= 30 else 0
    k.needs_scan_now |= early_deficit | rising_at_first
    leaks = leak | (SAID[get("wound_fluctuance")] & headache)
    k.scan_today |= rising_early | leaks
    return (
        early_deficit,
        rising_at_first,
        rising_early,
        deficit,
        rising & severe,
        rising,
        k.ward_retention,
        leaks,
        with_brain if days <= 42 else 0,
        headache if days <= 42 else 0,
        with_brain,
        headache & severe,
        headache,
    )


def circulation_flags(get: Get, k: Known) -> Truths:
    """Thrombosis, embolism, vessels, heart, stroke, sight."""
    days, difference, pulse = k.days, get("calf_difference_cm"), k.pulse
    swelling = SAID[get("calf_swelling")]
    signs = (
        swelling | SAID[get("calf_tenderness")] | SAID[get("pitting_oedema")] | SAID[get("collateral_veins")]
    )
    thrombosis = signs | (1 & signs if difference is None else 3 if difference >= 3 else 0)
    breathless = SAID[get("breathlessness")]
    chest = breathless | SAID[get("pleuritic_pain")] | SAID[get("haemoptysis")] | SAID[get("syncope")]
    embolism = chest | (1 & chest if k.saturation is None else 3 if k.saturation < 92 else 0)
    fast = 1 if pulse is None else 3 if pulse > 100 else 0
    cold, pulses = SAID[get("cold_leg")], get("pulses_present")
    ischaemia = cold | (1 & cold if pulses is None else 0 if pulses else 3)
    abdomen = SAID[get("abdominal_pain")] & SAID[get("collapse")]
    heart = SAID[get("chest_pain")]
    k.swelling, k.calf_signs, k.difference, k.thrombosis = swelling, signs, difference, thrombosis
    k.breathless, k.pulses = breathless, pulses
    k.circulation_acts = thrombosis | embolism | ischaemia | abdomen | heart | k.stroke | k.sight
    return (
        thrombosis if days <= 84 else 0,
        thrombosis & k.severe,
        thrombosis,
        embolism | (fast & thrombosis),
        ischaemia,
        abdomen if days <= 7 else 0,
        abdomen,
        heart,
        k.stroke,
        k.sight if days <= 7 else 0,
        k.sight,
    )
