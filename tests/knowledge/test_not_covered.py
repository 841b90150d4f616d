"""What every answer lists as not looked for is true: no flag and no cause stands for it."""

from app.knowledge.causes import CAUSES_NOT_COVERED
from app.knowledge.conclusions import Cause, Flag
from app.knowledge.ruleset import POSTOP_LUMBAR
from app.knowledge.safety import NOT_COVERED

DOSSIER_FLAGS = {
    *("RF-CES-1", "RF-CES-2", "RF-CES-3", "RF-PVR", "RF-POUR", "RF-SEH", "RF-MOTOR-1", "RF-MOTOR-2"),
    *("RF-SSI", "RF-SEPSIS", "RF-DISCITIS", "RF-EPIDURAL-ABSCESS", "RF-MENINGITIS", "RF-CSF-1", "RF-CSF-2"),
    *("RF-DVT", "RF-PE", "RF-FRACTURE", "RF-MALIGNANCY", "RF-VASC", "RF-CARDIAC", "RF-STROKE", "RF-VISION"),
    *("RF-PAIN-UNCONTROLLED", "RF-SUICIDE", "RF-NEW-SENSORY", "RF-REC-LDH", "RF-NONRESP-6W"),
}
"""Dossier 4.2; 11.13 adds RF-FEVER."""
BUILT = {rule.then.code for rule in POSTOP_LUMBAR.rules if isinstance(rule.then, Flag)}
CAUSES = {
    rule.then.condition.replace("_", " ") for rule in POSTOP_LUMBAR.rules if isinstance(rule.then, Cause)
}
LOOKED_FOR = (
    *("haematoma", "cerebrospinal", "thrombosis", "embolism", "cardiac", "visual", "wound", "discitis"),
    *("abscess", "meningitis", "fracture", "suicid", "cauda equina", "recurren"),
)
"""Words of the built flags."""


def test_every_flag_of_the_dossier_is_looked_for() -> None:
    assert {*DOSSIER_FLAGS, "RF-FEVER"} == BUILT


def test_nothing_that_a_flag_looks_for_is_said_not_to_be() -> None:
    assert not [(word, text) for word in LOOKED_FOR for text in NOT_COVERED if word in text]


def test_no_cause_that_is_weighed_is_said_not_to_be() -> None:
    assert not CAUSES & set(CAUSES_NOT_COVERED)
