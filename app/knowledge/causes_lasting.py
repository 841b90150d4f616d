"""What lasting pain without a target can be, and the term of the classification (dossier section 5 G; 6.5)."""

from __future__ import annotations

from app.engine.conditions import all_of, any_of, named, none_of
from app.engine.facts import when_recorded
from app.engine.rules import Decision, Rule
from app.knowledge.background import cancer_history
from app.knowledge.bone_and_tumour import FRACTURE_SUSPECTED
from app.knowledge.cause_rules import (
    LIKELY,
    POSSIBLE,
    UNLIKELY,
    decision_id,
    feature,
    grade_fact,
    weigh,
)
from app.knowledge.cause_thresholds import (
    CATASTROPHIZING,
    DEPRESSION,
    DN4_NEUROPATHIC,
    HIGH_RISK_PSYCHOSOCIAL,
    HIGH_RISK_TOTAL,
    PAINDETECT_LIKELY,
    PAINDETECT_UNLIKELY,
)
from app.knowledge.citations import CHRONIC_PAIN, CHRONIC_SURGICAL_PAIN, PAIN_TERMS
from app.knowledge.conclusions import Cause, Label
from app.knowledge.course import IN_SCOPE, index_status
from app.knowledge.imaging import NO_TARGET
from app.knowledge.infection import CRP_SPEAKS, INFECTION_SUSPECTED
from app.knowledge.laboratory import crp_finding, esr_raised
from app.knowledge.measurements import (
    burning_pain,
    dn4,
    pain_catastrophizing,
    paindetect,
    phq9,
    start_back,
    start_back_psychosocial,
)
from app.knowledge.pain import leg_pain_now
from app.knowledge.pain_patterns import (
    BACK,
    IN_TROUBLE,
    LEG,
    NEVER_IMPROVED_LEG,
    SLOW,
    SLOW_LEG,
    pain_pattern,
)
from app.knowledge.questions import weight_loss
from app.knowledge.safety import any_yes, told_by_either
from app.knowledge.sources import DOSSIER
from app.knowledge.step_thresholds import PAIN_SERVICE_POINTS
from app.knowledge.timeline import phase

PATTERN_G = DOSSIER.at("section 5 pattern G")

# Neuropathic pain

NEUROPATHIC = "neuropathic_pain"
LASTING_PATTERN = any_of(pain_pattern.is_("never_improved"), SLOW)
LASTING_LEG = named(
    "leg pain that lasts beyond the early phase",
    all_of(none_of(phase.is_("early")), any_of(NEVER_IMPROVED_LEG, SLOW_LEG)),
)
LEG_STILL_HURTS = all_of(IN_SCOPE, none_of(phase.is_("early")), LEG, leg_pain_now >= PAIN_SERVICE_POINTS)
LASTING_LEG_PAIN = named(
    "leg pain that persists beyond the early phase, with or without some gain",
    any_of(
        LASTING_LEG,
        all_of(LEG_STILL_HURTS, none_of(pain_pattern.is_("came_back"))),
    ),
)
"""Pattern G is about pain that persists, however much of it is gone (6.3); what came back has a pattern of its own."""
NEUROPATHIC_SCORE = named(
    "a questionnaire that points to neuropathic pain",
    told_by_either(dn4 >= DN4_NEUROPATHIC, paindetect >= PAINDETECT_LIKELY),
)
"""Either questionnaire is enough; open only while neither was filled in."""
OTHER_SCORE = named(
    "a questionnaire that points away from neuropathic pain",
    told_by_either(dn4 < DN4_NEUROPATHIC, paindetect <= PAINDETECT_UNLIKELY),
)

NEUROPATHIC_DECISION = Decision(
    id=decision_id(NEUROPATHIC),
    title="Neuropathic pain",
    gives=grade_fact(NEUROPATHIC),
    rules=(
        weigh(
            "neuropathic-pain.no-target",
            Cause(
                condition=NEUROPATHIC,
                grade=LIKELY,
                says="Leg pain lasts, imaging since surgery shows no target, and a questionnaire points to neuropathic pain.",
            ),
            "Leg pain lasts three months or more, no target on imaging, a questionnaire points to neuropathic pain",
            all_of(LASTING_LEG_PAIN, NEUROPATHIC_SCORE, NO_TARGET),
            *DN4_NEUROPATHIC.evidence,
            *PAINDETECT_LIKELY.evidence,
            PAIN_TERMS,
            CHRONIC_PAIN,
            dossier="section 5 G; 2.1",
        ),
        weigh(
            "neuropathic-pain.other-score",
            Cause(
                condition=NEUROPATHIC,
                grade=UNLIKELY,
                says="Leg pain lasts, and a questionnaire points away from neuropathic pain.",
            ),
            "Leg pain lasts three months or more, and no questionnaire points to neuropathic pain",
            all_of(LASTING_LEG, OTHER_SCORE, none_of(NEUROPATHIC_SCORE)),
            *DN4_NEUROPATHIC.evidence,
            *PAINDETECT_UNLIKELY.evidence,
            PATTERN_G,
            dossier="section 5 G; 2.1",
        ),
        weigh(
            "neuropathic-pain.lasting",
            Cause(
                condition=NEUROPATHIC,
                grade=POSSIBLE,
                says="Leg pain lasts beyond three months: a questionnaire of neuropathic pain and imaging tell more.",
            ),
            "Leg pain lasts three months or more, with a fitting pattern or a questionnaire that points to neuropathic pain",
            any_of(LASTING_LEG, all_of(LASTING_LEG_PAIN, NEUROPATHIC_SCORE)),
            PAIN_TERMS,
            CHRONIC_PAIN,
            PATTERN_G,
            dossier="section 5 A; section 5 G",
        ),
    ),
)

# What adds to pain (yellow flags)

LOAD = "psychosocial_load"
HIGH_RISK = all_of(start_back >= HIGH_RISK_TOTAL, start_back_psychosocial >= HIGH_RISK_PSYCHOSOCIAL)
HIGH_LOAD = named(
    "a questionnaire that shows a high load",
    any_of(
        pain_catastrophizing >= CATASTROPHIZING,
        phq9 >= DEPRESSION,
        HIGH_RISK,
    ),
)

LOAD_DECISION = Decision(
    id=decision_id(LOAD),
    title="Psychosocial load",
    gives=grade_fact(LOAD),
    rules=(
        weigh(
            "psychosocial-load.high",
            Cause(
                condition=LOAD,
                grade=POSSIBLE,
                says="A questionnaire shows a load that can add to pain and can be treated. It explains no finding away.",
            ),
            "Back pain that did not improve, or not for long, or came back slowly, with a high load by questionnaire",
            all_of(LASTING_PATTERN, BACK, HIGH_LOAD),
            *CATASTROPHIZING.evidence,
            *DEPRESSION.evidence,
            *HIGH_RISK_TOTAL.evidence,
            DOSSIER.at("section 5 patterns A and G, back-dominant"),
            dossier="section 5 A; section 5 G; 2.1",
        ),
    ),
)

# Back pain that lasts, of which imaging shows no source (pattern G, back-dominant)

NO_SOURCE = "nociceptive_or_nociplastic_pain"

NO_SOURCE_DECISION = Decision(
    id=decision_id(NO_SOURCE),
    title="Nociceptive or nociplastic pain without a target",
    gives=grade_fact(NO_SOURCE),
    rules=(
        weigh(
            "no-source.lasting",
            Cause(
                condition=NO_SOURCE,
                grade=POSSIBLE,
                says="Back pain lasts and imaging shows no target: it can be nociceptive or nociplastic. Nothing on record "
                "tells these apart, and both can be treated.",
            ),
            "Back pain lasts three months or more, no target on imaging",
            all_of(none_of(phase.is_("early")), LASTING_PATTERN, BACK, NO_TARGET),
            PAIN_TERMS,
            CHRONIC_PAIN,
            DOSSIER.at("section 5 pattern G, back-dominant"),
            dossier="section 5 G",
        ),
    ),
)

# The term of the classification (6.5): only when its definition is met

NO_OTHER_CAUSE = named(
    "infection, tumour and compression excluded",
    all_of(
        NO_TARGET,
        none_of(
            INFECTION_SUSPECTED,
            any_yes((weight_loss,)),
            when_recorded(crp_finding, CRP_SPEAKS),
            when_recorded(esr_raised, esr_raised.is_true()),
            cancer_history.is_true(),
            FRACTURE_SUSPECTED,
        ),
    ),
)
CHRONIC_SURGICAL_PAIN_LABEL = Rule(
    id="causes.label.mg30-21",
    title="Pain above that before surgery, three months or more after it, other causes excluded",
    when=all_of(
        IN_SCOPE,
        none_of(phase.is_("early")),
        index_status.is_("worse"),
        LASTING_PATTERN,
        NO_OTHER_CAUSE,
    ),
    then=Label(
        code="icd_11_mg30_21",
        term="Chronic postsurgical pain (ICD-11 MG30.21)",
        synonyms=(),
        says="A term of the classification for pain that developed or increased after surgery, not a cause. Pain that is "
        "as it was before surgery does not qualify.",
    ),
    evidence=(CHRONIC_SURGICAL_PAIN, CHRONIC_PAIN, DOSSIER.at("6.5")),
    dossier="6.5",
)

FEATURES = (
    feature(
        "burning-neuropathic",
        NEUROPATHIC,
        "for",
        "The leg pain burns",
        all_of(IN_TROUBLE, burning_pain.is_true()),
        PATTERN_G,
        dossier="section 5 C; section 5 G",
    ),
)
LASTING_DECISIONS = (NEUROPATHIC_DECISION, LOAD_DECISION, NO_SOURCE_DECISION)
