"""What holds for everybody in whom nothing urgent is left open: activity, and no routine imaging (dossier 6.3).

Advice to be active, or to leave imaging out, would be unsafe beside a flag. It is given only when every flag is ruled
out; while a question of a flag is not answered, the advice stays open and asks for the answer.
"""

from __future__ import annotations

from app.engine.conditions import all_of, any_of, named, none_of
from app.engine.facts import when_recorded
from app.knowledge.bone_and_tumour import BONE_OR_TUMOUR_SUSPECTED
from app.knowledge.cause_thresholds import ANGULATION_DEG, DN4_NEUROPATHIC, PAINDETECT_LIKELY, TRANSLATION_MM
from app.knowledge.causes import CONTACT_FOR_SWELLING
from app.knowledge.causes_lasting import LEG_STILL_HURTS
from app.knowledge.circulation import CIRCULATION_SUSPECTED
from app.knowledge.citations import (
    EARLY_ENHANCEMENT,
    EARLY_MASS_EFFECT,
    NO_ROUTINE_IMAGING,
    STAY_ACTIVE,
    WELL_WITH_HERNIATION,
)
from app.knowledge.course import IN_SCOPE, OTHER_PAIN_ROSE, trajectory
from app.knowledge.haematoma import HAEMATOMA_OR_LEAK
from app.knowledge.imaging import angulation_seen, translation_seen
from app.knowledge.infection import INFECTION_SUSPECTED
from app.knowledge.measurements import dn4, paindetect
from app.knowledge.next_steps import WEAKNESS_NOT_IMPROVING
from app.knowledge.outcome import verdict
from app.knowledge.pain_and_mind import PAIN_OR_MIND_SUSPECTED
from app.knowledge.pain_patterns import NEW_SYMPTOM
from app.knowledge.safety import (
    CES_SUSPECTED,
    DEFICIT_SUSPECTED,
    NO_RESPONSE_AT_SIX_WEEKS,
    PAIN_RETURNED,
)
from app.knowledge.sources import DOSSIER
from app.knowledge.step_rules import step

ANY_FLAG = named(
    "any flag, or leg or back pain that came back",
    any_of(
        CES_SUSPECTED,
        DEFICIT_SUSPECTED,
        BONE_OR_TUMOUR_SUSPECTED,
        PAIN_OR_MIND_SUSPECTED,
        HAEMATOMA_OR_LEAK,
        CIRCULATION_SUSPECTED,
        INFECTION_SUSPECTED,
        PAIN_RETURNED,
        OTHER_PAIN_ROSE,
    ),
)
"""The non-response at six weeks is left out: it asks for the surgeon, not for rest."""
UNSTABLE_ON_RECORD = named(
    "movement beyond the limits on record",
    any_of(
        when_recorded(translation_seen, translation_seen >= TRANSLATION_MM),
        when_recorded(angulation_seen, angulation_seen >= ANGULATION_DEG),
    ),
)
"""Imaging that was not made leaves nothing open here."""
LASTING_NEUROPATHIC_PAIN = all_of(
    LEG_STILL_HURTS,
    any_of(
        when_recorded(dn4, dn4 >= DN4_NEUROPATHIC),
        when_recorded(paindetect, paindetect >= PAINDETECT_LIKELY),
    ),
)
"""A questionnaire that nobody filled in asks for no imaging."""
IMAGING_IN_QUESTION = named(
    "a course in which imaging is decided on",
    any_of(
        when_recorded(verdict, verdict.is_one_of("unsuccessful", "indeterminate", "insufficient_data")),
        trajectory.is_one_of("relapsed", "partial_relapse", "worsening"),
        NEW_SYMPTOM,
        WEAKNESS_NOT_IMPROVING,
        NO_RESPONSE_AT_SIX_WEEKS,
        LASTING_NEUROPATHIC_PAIN,
        CONTACT_FOR_SWELLING,
    ),
)

ACTIVITY_STEPS = (
    step(
        "stay-active",
        "Every flag is ruled out: stay active",
        all_of(IN_SCOPE, none_of(ANY_FLAG, UNSTABLE_ON_RECORD)),
        "Stay active, with exercise built up step by step, within the limits that the operating team has set. Return "
        "at once if a warning sign appears.",
        STAY_ACTIVE,
        DOSSIER.at("6.3 all; section 0 item 4"),
        urgency="routine",
        within_days=None,
        dossier="6.3; section 0 item 4",
    ),
    step(
        "no-routine-imaging",
        "Every flag is ruled out, and nothing in the course asks for imaging",
        all_of(IN_SCOPE, none_of(ANY_FLAG, UNSTABLE_ON_RECORD, IMAGING_IN_QUESTION)),
        "No routine imaging outside a specialist setting: abnormal early MRI is common in people who are doing well. A "
        "new or growing symptom changes this.",
        NO_ROUTINE_IMAGING,
        EARLY_MASS_EFFECT,
        EARLY_ENHANCEMENT,
        WELL_WITH_HERNIATION,
        urgency="routine",
        within_days=None,
        dossier="6.3; 6.1 caution on early MRI",
    ),
)
