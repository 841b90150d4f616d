"""The ruleset that the service runs: every chapter of the dossier that is built, in order."""

from __future__ import annotations

from dataclasses import replace

from app.engine.ruleset import Ruleset
from app.knowledge.bone_and_tumour import BONE_AND_TUMOUR_FLAGS
from app.knowledge.care_steps import CARE
from app.knowledge.causes import CAUSES
from app.knowledge.circulation import CIRCULATION_FLAGS
from app.knowledge.contradictions import CONTRADICTIONS
from app.knowledge.course import COURSE
from app.knowledge.haematoma import HAEMATOMA_FLAGS
from app.knowledge.imaging_steps import IMAGING
from app.knowledge.infection import INFECTION_STEPS
from app.knowledge.next_steps import NEXT_STEPS
from app.knowledge.outcome import OUTCOME
from app.knowledge.pain_and_mind import PAIN_AND_MIND_FLAGS
from app.knowledge.recovery import RECOVERY
from app.knowledge.safety import SAFETY
from app.knowledge.vocabulary import GIVEN

ALL_FLAGS = replace(
    SAFETY,
    steps=(
        *SAFETY.steps,
        *INFECTION_STEPS,
        *HAEMATOMA_FLAGS,
        *CIRCULATION_FLAGS,
        *BONE_AND_TUMOUR_FLAGS,
        *PAIN_AND_MIND_FLAGS,
    ),
)
"""The safety chapter with the flags of the files that build on it."""

POSTOP_LUMBAR = Ruleset(
    name="postop-lumbar",
    version="2.0.0",
    facts=GIVEN,
    chapters=(
        COURSE,
        ALL_FLAGS,
        CONTRADICTIONS,
        OUTCOME,
        RECOVERY,
        CAUSES,
        NEXT_STEPS,
        IMAGING,
        CARE,
    ),
)
