"""The first flags: the cauda equina, new deficits, recurrence, no response after six weeks."""

from __future__ import annotations

from benchmarks.handwritten.bits import NOT, SAID, Truths
from benchmarks.handwritten.known import Get, Known


def cauda_equina_flags(get: Get, k: Known) -> Truths:
    """CES-1 to CES-3 and the residual urine; a new deficit counts with them."""
    days = k.days
    difficulty, retention = SAID[get("urinary_difficulty")], SAID[get("urinary_retention")]
    incontinence, faecal = SAID[get("urinary_incontinence")], SAID[get("faecal_incontinence")]
    saddle, rectal = SAID[get("saddle_numbness")], SAID[get("rectal_sensation_loss")]
    both_weak = SAID[get("bilateral_leg_weakness")]
    both_pain, both_numb = SAID[get("new_bilateral_leg_pain")], SAID[get("new_bilateral_leg_numbness")]
    sexual, eased = SAID[get("sexual_dysfunction")], SAID[get("eased_by_sitting")]
    in_hospital = SAID[get("still_in_hospital")]
    sensation, power, examined = get("saddle_sensation"), get("leg_power"), get("bilateral_examination")
    onset, onset_on = get("pain_return_onset"), get("bilateral_leg_pain_onset_on")
    signs = difficulty | incontinence | saddle | rectal | faecal | both_weak
    cauda = signs | retention

    # Retention alone on the ward, where the rest was asked and examined, is not yet a flag of this kind
    early_on_ward = in_hospital if days <= 3 else 0
    normal = (
        (1 if sensation is None else 3 if sensation == "normal" else 0)
        & (1 if power is None else 3 if power == "normal" else 0)
        & (1 if examined is None else 3 if examined == "normal" else 0)
    )
    answered = 1 not in (difficulty, incontinence, saddle, rectal, faecal, both_weak)
    others = both_pain | both_numb | sexual
    neither_leg = onset_on is None and get("pain_return_side") != "both"
    explained = early_on_ward == 3 and normal == 3 and answered and not others and neither_leg
    ward_retention = retention & early_on_ward & NOT[signs | others] & normal

    # Saddle numbness that was found, or was not looked for though it was felt
    felt = 1 & saddle if sensation is None else 3 if sensation == "abnormal" else 0
    certain = signs | (retention & k.new_feeling if explained else retention) | felt

    pain_both = 0 if onset == "gradual" and eased == 3 and days > 42 else both_pain
    bilateral = pain_both | both_numb
    recent = 3 if days <= 42 or onset_on is None or (k.day - onset_on).days <= 42 else 0
    recent_bilateral = (pain_both & recent) | both_numb
    residual = get("post_void_residual_ml")
    screens = difficulty | retention | incontinence | saddle
    high_residual = 1 & screens if residual is None else 3 if residual >= 200 else 0
    early_pair = both_pain | both_numb if days <= 14 else 0
    with_deficit = recent_bilateral & (cauda | sexual | k.new_deficit)
    sexual_with_others = sexual & (cauda | both_pain | both_numb)

    k.eased, k.onset, k.residual, k.sensation, k.leg_power = eased, onset, residual, sensation, power
    k.difficulty, k.retention, k.saddle, k.both_weak = difficulty, retention, saddle, both_weak
    k.both_pain, k.both_numb, k.sexual = both_pain, both_numb, sexual
    k.cauda, k.certain_cauda, k.ward_retention, k.bilateral = cauda, certain, ward_retention, bilateral
    k.high_residual, k.felt_or_said = high_residual, cauda | felt
    k.cauda_equina = cauda | felt | bilateral | sexual | high_residual
    k.needs_scan_now = certain | early_pair | with_deficit | sexual_with_others | k.marked | high_residual
    k.scan_today = k.slight | recent_bilateral
    return (
        certain,
        early_pair,
        with_deficit,
        recent_bilateral,
        bilateral,
        bilateral & k.severe,
        sexual,
        sexual_with_others,
        high_residual,
    )


def root_flags(get: Get, k: Known) -> Truths:
    """Loss of power, new numbness or tingling, suspected recurrence, no response after six weeks."""
    sensory, severe = k.new_sensory, k.severe
    onset, onset_days, scope = k.onset, k.onset_days, k.scope
    gradual = 1 if onset is None else 3 if onset == "gradual" else 0
    abrupt = 1 if onset is None else 3 if onset in ("sudden", "abrupt") else 0
    if onset_days is not None:
        gradual = (3 if onset_days > 42 else 0) | (0 if onset is None else gradual)
        abrupt = (3 if onset_days <= 7 else 0) | (0 if onset is None else abrupt)
    relief = k.leg_relief
    relieved = SAID[relief.seen]
    risen = 1 if relief.rise is None else 3 if relief.rise >= 2 else 0
    came_back = scope & relieved & risen
    long_relief = (1 if relief.stated_days is None else 3 if relief.stated_days >= 14 else 0) | (
        1 if relief.recorded_days is None else 3 if relief.recorded_days >= 14 else 0
    )
    disc = SAID[get("disc_opened")]
    recurrence = disc & came_back & long_relief & abrupt
    interval = relief.recorded_days if relief.stated_days is None else relief.stated_days
    known_relief = 3 if interval is not None and interval >= 14 else 0
    no_response = scope & k.by_leg & k.not_better if k.days >= 42 else 0
    trajectory = k.trajectory
    watch = no_response & (1 if trajectory is None else 0 if trajectory == "relapsed" else 3)

    k.gradual, k.abrupt, k.disc, k.came_back, k.known_relief = gradual, abrupt, disc, came_back, known_relief
    k.recurrence, k.short_relief, k.watch = recurrence, came_back & NOT[known_relief], watch
    k.no_response = no_response
    k.scan_today |= sensory if k.days <= 3 else 0
    return (
        k.marked,
        k.slight,
        k.standing & severe,
        k.standing,
        sensory if k.days <= 3 else 0,
        sensory & severe,
        sensory,
        recurrence & severe,
        recurrence,
        watch,
    )
