"""The flags of fracture, tumour, pain that is not controlled, and suicidal thoughts."""

from __future__ import annotations

from benchmarks.handwritten.bits import SAID, Truths
from benchmarks.handwritten.known import Get, Known


def bone_and_tumour_flags(get: Get, k: Known) -> Truths:
    """A fall or fragile bone; a past cancer with pain that fits."""
    severe, back, age, deficit = k.severe, k.back_now, get("age_years"), k.new_deficit
    trauma, focal, cancer = SAID[get("trauma")], SAID[get("focal_back_pain")], SAID[get("cancer_history")]
    old = 1 if age is None else 3 if age >= 70 else 0
    fragile_bone = old | SAID[get("osteoporosis")] | SAID[get("steroids")]
    strong = 1 if back is None else 3 if back >= 7 else 0
    loss = SAID[get("weight_loss")]
    fallen = trauma & (k.new_back | focal | k.at_rest)
    fragile = focal & fragile_bone & strong
    tumour = cancer & (
        k.new_back | focal | k.at_rest | SAID[get("progressive_pain")] | SAID[get("night_pain")] | loss
    )
    k.age, k.trauma, k.focal, k.fragile_bone, k.cancer, k.weight_loss = (
        age,
        trauma,
        focal,
        fragile_bone,
        cancer,
        loss,
    )
    k.broken, k.tumour, k.bone_or_tumour = fallen | fragile, tumour, fallen | fragile | tumour
    broken_cauda, tumour_cauda = k.broken & k.cauda_equina, tumour & k.cauda_equina
    k.needs_scan_now |= broken_cauda | tumour_cauda
    k.scan_today |= ((fallen | tumour) & deficit) | (fallen & strong) | fragile
    return (
        broken_cauda,
        fallen & deficit,
        fallen & strong,
        fragile,
        fallen & severe,
        fallen,
        tumour_cauda,
        tumour & deficit,
        tumour & severe,
        tumour,
    )


def pain_and_mind_flags(get: Get, k: Known) -> Truths:
    """Severe pain in spite of the prescribed relief; a plan or thoughts of suicide."""
    leg, back, item = k.leg_now, k.back_now, get("phq9_item9")
    in_spite = get("pain_despite_analgesia")
    worst = (1 if leg is None else 3 if leg >= 8 else 0) | (1 if back is None else 3 if back >= 8 else 0)
    uncontrolled = SAID[in_spite] & worst
    plan, thoughts = SAID[get("suicidal_plan")], SAID[get("suicidal_ideation")]
    suicidal = thoughts | (1 & (thoughts | plan) if item is None else 3 if item >= 1 else 0)
    k.in_spite, k.item_9, k.thoughts = in_spite, item, thoughts
    k.mind_acts = uncontrolled | plan | suicidal
    return uncontrolled if k.days <= 14 else 0, uncontrolled, plan, suicidal
