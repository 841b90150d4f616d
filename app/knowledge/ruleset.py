"""The ruleset that the service runs: every chapter of the dossier that is built, in order."""

from __future__ import annotations

from app.engine.ruleset import Ruleset
from app.knowledge.causes import CAUSES
from app.knowledge.course import COURSE
from app.knowledge.infection import INFECTION
from app.knowledge.next_steps import NEXT_STEPS
from app.knowledge.outcome import OUTCOME
from app.knowledge.recovery import RECOVERY
from app.knowledge.safety import SAFETY
from app.knowledge.vocabulary import GIVEN

POSTOP_LUMBAR = Ruleset(
    name="postop-lumbar",
    version="1.0.0",
    facts=GIVEN,
    chapters=(COURSE, SAFETY, INFECTION, OUTCOME, RECOVERY, CAUSES, NEXT_STEPS),
)
