"""The causes of pain that returned or lasts, and the features that speak for or against a cause."""

from __future__ import annotations

from app.knowledge.deficits import origin_of
from app.knowledge.imaging import latest_since_surgery
from benchmarks.handwritten.bits import ALONE, FOUND, NOT, NOT_FOUND, SAID, Truths, first
from benchmarks.handwritten.known import Get, Known


def lasting_causes(get: Get, k: Known) -> Truths:
    """Herniation elsewhere, cyst, scar, instability, neighbours, joints, nerve pain, burden."""
    surgery, slowly, abruptly = k.surgery, k.returned_slowly, k.returned_abruptly
    abrupt_leg, slow_leg, in_back = abruptly & k.leg_again, slowly & k.leg_again, k.in_back
    burning = SAID[get("burning_pain")]
    fibrosis = slow_leg if k.days >= 42 else 0
    fused = 3 if k.procedure == "decompression_with_fusion" else 0

    series = get("flexion_extension_angulation_deg")
    angle = None if series is None else latest_since_surgery(series, surgery)
    series = get("flexion_extension_translation_mm")
    slip = None if series is None else latest_since_surgery(series, surgery)
    moves = 3 if angle is not None and angle >= 10 else 0
    moves |= 3 if slip is not None and slip >= 3 else 1 if slip is None and angle is None else 0
    unstable = slowly | ((k.never_improved | k.returned_pain) & in_back)

    lasts = k.never_improved | slowly
    nerve = NOT[k.early] & ((k.never_improved & k.in_leg) | slow_leg)
    hurts = 1 if k.leg_now is None else 3 if k.leg_now >= 4 else 0
    still_hurts = k.scope & NOT[k.early] & k.in_leg & hurts
    persists = nerve | (still_hurts & k.leg_not_back)
    dn4, detect = get("dn4"), get("paindetect")
    points = 3 if detect is not None and detect >= 19 else 0
    speaks_against = 3 if detect is not None and detect <= 12 else 0
    if dn4 is not None:
        points |= 3 if dn4 >= 4 else 0
        speaks_against |= 3 if dn4 < 4 else 0
    elif detect is None:
        points = speaks_against = 1

    worry, mood, score, part = get("pain_catastrophizing"), k.phq9, k.start_back, k.psychosocial
    burden = (
        (1 if worry is None else 3 if worry >= 30 else 0)
        | (1 if mood is None else 3 if mood >= 10 else 0)
        | ((1 if score is None else 3 if score >= 4 else 0) & (1 if part is None else 3 if part >= 4 else 0))
    )
    scar_truths = fibrosis & NOT_FOUND[k.scar], fibrosis
    unstable_truths = unstable & moves, unstable
    k.unstable, k.unstable_on_film = unstable, unstable & moves
    k.bends_too_far = 3 if (angle is not None and angle >= 10) or (slip is not None and slip >= 3) else 0
    k.slow_in_back, k.fused = slowly & in_back, fused
    joint_truths = k.never_improved & in_back, slowly & in_back
    k.joints = (k.never_improved | slowly) & in_back
    k.neuropathic = persists & points & k.no_target
    filled_in = dn4 is not None or detect is not None
    k.nerve_scored = still_hurts & points if filled_in else 0
    nerve_truths = k.neuropathic, nerve & speaks_against & NOT[points], nerve | (persists & points)
    singles = (
        abrupt_leg & k.other_root,
        abrupt_leg,
        slow_leg & k.both_pain & burning,
        slowly & fused & in_back,
        abruptly & in_back & k.disc,
        slowly & in_back,
        lasts & in_back & burden,
        NOT[k.early] & lasts & in_back & k.no_target,
    )
    elsewhere, cyst, web, unfused, annulus, unfit, mind, no_source = singles
    collapse_truths = slow_leg & NOT_FOUND[k.compression], slow_leg
    neighbour_truths = slowly & fused, slowly & in_back
    k.burning, k.lasts, k.burden = burning, lasts, burden
    k.lasting_rules = (
        ALONE[elsewhere],
        ALONE[cyst],
        first(scar_truths),
        ALONE[web],
        first(collapse_truths),
        first(unstable_truths),
        first(neighbour_truths),
        ALONE[unfused],
        first(joint_truths),
        ALONE[annulus],
        ALONE[unfit],
        first(nerve_truths),
        ALONE[mind],
        ALONE[no_source],
    )
    return (
        elsewhere,
        cyst,
        *scar_truths,
        web,
        *collapse_truths,
        *unstable_truths,
        *neighbour_truths,
        unfused,
        *joint_truths,
        annulus,
        unfit,
        *nerve_truths,
        mind,
        no_source,
    )


def features(get: Get, k: Known) -> Truths:
    """What speaks for or against a cause, and one label."""
    came_back, troubled, same_root, other_root = k.came_back, k.troubled, k.same_root, k.other_root
    leg_raise, annulus, levels = get("straight_leg_raise"), get("annular_defect_mm"), get("operated_levels")
    wide, age = SAID[get("wide_facetectomy")], k.age
    free = SAID[k.pain_free]
    broken = k.focal | k.trauma
    change = k.weak_change
    stuck = 1 if change is None else 3 if change in ("unchanged", "worse") else 0
    if k.eased_weak is False:
        stuck = 3
    left_weak = k.weak_recovering
    if k.weak_prognosis == "new_symptom_needs_workup":
        origin = origin_of(k.weak, k.surgery, k.weak_onset) if k.weak else None
        left_weak = 3 if origin == "at_surgery" else 0
    burning, diabetes, at_rest = troubled & k.burning, k.diabetes, k.rest_pain
    no_other_sign = NOT[k.infection | k.raised_late | k.weight_loss | k.cancer | k.broken]
    nothing_compressed = troubled & NOT_FOUND[k.compression]
    wide_defect = troubled & (1 if annulus is None else 3 if annulus >= 6 else 0)
    worse = 1 if k.status is None else 3 if k.status == "worse" else 0
    weighed = troubled | k.new_symptom
    return (
        came_back & k.typical,
        came_back & NOT[k.typical],
        came_back & free if same_root else 0,
        weighed & (1 if leg_raise is None else 3 if leg_raise == "positive" else 0),
        weighed & same_root,
        weighed & k.eased,
        weighed & k.eased,
        k.degenerative,
        k.degenerative,
        weighed & same_root,
        weighed & same_root,
        nothing_compressed,
        nothing_compressed,
        troubled & NOT[k.disc],
        weighed & other_root,
        weighed & other_root,
        weighed & other_root,
        SAID[get("anticoagulant")] if k.days <= 30 else 0,
        k.rising_24h,
        at_rest if k.days <= 90 else 0,
        at_rest & (diabetes | k.immune),
        broken & k.fragile_bone,
        broken & wide,
        left_weak & stuck if k.phase == "judgeable" else 0,
        troubled & (1 if k.pulses is None else 0 if k.pulses else 3),
        troubled & diabetes,
        troubled & k.eased,
        k.never_improved & other_root,
        troubled & SAID[get("cough_impulse")],
        troubled & FOUND[k.herniation],
        troubled & NOT_FOUND[k.herniation],
        troubled & SAID[get("smoker")],
        troubled & diabetes,
        wide_defect,
        troubled & (1 if age is None else 3 if age < 50 else 0),
        troubled & (1 if k.indication is None else 3 if k.indication == "synovial_cyst" else 0),
        burning,
        troubled & FOUND[k.scar],
        troubled & k.in_scar_window,
        wide_defect,
        troubled & (1 if levels is None else 3 if len(levels) >= 3 else 0),
        troubled & SAID[get("preoperative_slip")],
        troubled & wide,
        burning,
        k.scope & NOT[k.early] & worse & k.lasts & k.no_target & no_other_sign,
    )
