"""The ruleset that the service runs: every chapter of the dossier that is built, in order."""

from __future__ import annotations

from dataclasses import replace

from app.engine.ruleset import Ruleset
from app.knowledge.causes import CAUSES
from app.knowledge.course import COURSE
from app.knowledge.infection import INFECTION_STEPS
from app.knowledge.next_steps import NEXT_STEPS
from app.knowledge.outcome import OUTCOME
from app.knowledge.recovery import RECOVERY
from app.knowledge.safety import SAFETY
from app.knowledge.vocabulary import GIVEN

EVERY_FLAG = replace(SAFETY, steps=(*SAFETY.steps, *INFECTION_STEPS))
"""The safety chapter with the flags of the files that build on it."""

POSTOP_LUMBAR = Ruleset(
    name="postop-lumbar",
    version="1.0.0",
    facts=GIVEN,
    chapters=(COURSE, EVERY_FLAG, OUTCOME, RECOVERY, CAUSES, NEXT_STEPS),
)
