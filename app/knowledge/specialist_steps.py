"""What a specialist decides: a target for surgery, spinal cord stimulation, diagnostic blocks (dossier 6.2, 6.3)."""

from __future__ import annotations

from datetime import date

from app.engine.calculate import calculation
from app.engine.conditions import all_of, any_of, named, none_of
from app.engine.facts import YesNo
from app.knowledge.causes_lasting import LASTING_LEG_PAIN, NEUROPATHIC_SCORE
from app.knowledge.causes_spine import BACK_SOURCES_DECISION, MAY_BE_UNSTABLE
from app.knowledge.citations import (
    EARLY_ENHANCEMENT,
    EARLY_MASS_EFFECT,
    REVISION_HELPS,
    STIMULATION_AFTER_SURGERY,
    STIMULATION_CRITERIA,
    STIMULATION_TRIAL,
    WELL_WITH_HERNIATION,
)
from app.knowledge.imaging import MOVES, NO_TARGET, compression_seen, herniation_seen
from app.knowledge.next_steps import WEAKNESS_NOT_IMPROVING
from app.knowledge.pain import leg_pain_now
from app.knowledge.pain_patterns import IN_TROUBLE, NEW_SYMPTOM
from app.knowledge.safety import URGENT_SURGICAL_CAUSE
from app.knowledge.sources import DOSSIER
from app.knowledge.step_rules import step
from app.knowledge.step_thresholds import STIMULATION_MONTHS, STIMULATION_POINTS
from app.knowledge.timeline import add_months, phase

late_enough_for_stimulation = YesNo(
    name="late_enough_for_stimulation", label="Late enough after surgery to assess spinal cord stimulation"
)


@calculation(late_enough_for_stimulation, uses=[STIMULATION_MONTHS])
def tell_late_enough(surgery_date: date, assessed_on: date) -> bool:
    """From the six-month anniversary on (6.3)."""
    return assessed_on >= add_months(surgery_date, int(STIMULATION_MONTHS.value))


STRUCTURAL_TARGET = named(
    "a structural target on imaging since surgery",
    any_of(compression_seen.is_("yes"), herniation_seen.is_("yes"), all_of(MAY_BE_UNSTABLE, MOVES)),
)

SPECIALIST_STEPS = (
    step(
        "structural-target",
        "Imaging since surgery shows a target, in a patient with pain, a new deficit or weakness that does not improve",
        all_of(any_of(IN_TROUBLE, NEW_SYMPTOM, WEAKNESS_NOT_IMPROVING), STRUCTURAL_TARGET),
        "Review by the spinal surgeon: whether the finding fits side, root and course, since findings are common early "
        "in people who are well. Another discectomy or decompression, or a fusion, is a shared decision: a revision "
        "helps, but less than the first operation.",
        REVISION_HELPS,
        EARLY_MASS_EFFECT,
        EARLY_ENHANCEMENT,
        WELL_WITH_HERNIATION,
        DOSSIER.at("6.3 structural target confirmed"),
        urgency="routine",
        within_days=None,
        dossier="6.3; 6.1 caution on early MRI",
    ),
    step(
        "stimulation-assessment",
        "Neuropathic leg pain of 5 or more, six months or later after surgery, imaging without a target",
        all_of(
            late_enough_for_stimulation.is_true(),
            LASTING_LEG_PAIN,
            NEUROPATHIC_SCORE,
            NO_TARGET,
            leg_pain_now >= STIMULATION_POINTS,
            none_of(URGENT_SURGICAL_CAUSE),
        ),
        "Assessment for spinal cord stimulation by a multidisciplinary team; this is no recommendation of the treatment. "
        "The team confirms what is not on record here: pain of 5 or more for at least 6 months despite "
        "conventional care. A successful trial comes before any implant.",
        STIMULATION_CRITERIA,
        STIMULATION_AFTER_SURGERY,
        STIMULATION_TRIAL,
        urgency="routine",
        within_days=None,
        dossier="6.3",
    ),
    step(
        "diagnostic-blocks",
        "Lasting pain that may come from a disc, a facet joint or a sacroiliac joint",
        all_of(none_of(phase.is_("early")), any_of(*(rule.when for rule in BACK_SOURCES_DECISION.rules))),
        "Diagnostic blocks are for a specialist alone to decide on; none is called for here.",
        DOSSIER.at("6.2 diagnostic blocks"),
        urgency="routine",
        within_days=None,
        dossier="6.2",
    ),
)
