"""What the latest imaging since surgery shows (dossier 6.1)."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.engine.calculate import Calculation, calculated
from app.engine.conditions import all_of, named
from app.engine.facts import Choice, Quantity, Reading, Series
from app.knowledge.cause_thresholds import ANGULATION_DEG, TRANSLATION_MM
from app.knowledge.measurements import (
    flexion_extension_angulation_deg,
    flexion_extension_translation_mm,
    mri_compression,
    mri_epidural_fibrosis,
    mri_recurrent_herniation,
)
from app.knowledge.pain import after
from app.knowledge.safety import told_by_either

Readings = tuple[Reading, ...]


def latest_since_surgery(readings: Readings, surgery_date: date) -> Any | None:
    """The latest finding since surgery; what was seen before it says nothing of what came of it."""
    since = after(readings, surgery_date)
    return since[-1].value if since else None


def latest_of_this_pain(
    readings: Readings,
    surgery_date: date,
    leg_returned_on: date | None = None,
    returned_on: date | None = None,
    back_returned_on: date | None = None,
) -> Any | None:
    """The latest finding since surgery, and since the pain came back where it did: an older one does not show why."""
    came_back = [day for day in (leg_returned_on, returned_on, back_returned_on) if day is not None]
    since = [
        each for each in after(readings, surgery_date) if each.day >= max(came_back, default=surgery_date)
    ]
    return since[-1].value if since else None


THIS_PAIN = "Latest MRI since surgery, and since pain came back"


def _finding(name: str, label: str) -> Choice:
    return Choice(name=name, label=label, options=("yes", "no"))


def _size(name: str, label: str, unit: str, maximum: float) -> Quantity:
    return Quantity(name=name, label=label, unit=unit, minimum=0, maximum=maximum)


compression_seen = _finding("compression_seen", f"{THIS_PAIN}: a root or the sac is compressed")
herniation_seen = _finding("herniation_seen", f"{THIS_PAIN}: disc herniation at the operated level")
scar_seen = _finding("scar_seen", f"{THIS_PAIN}: epidural scar around the root")
translation_seen = _size("translation_seen", "Latest translation on flexion and extension", "mm", 50)
angulation_seen = _size("angulation_seen", "Latest angulation on flexion and extension", "degrees", 90)


def _latest(gives: Quantity, series: Series) -> Calculation:
    return calculated(gives, latest_since_surgery, (series.name, "surgery_date"))


def _latest_of_this_pain(gives: Choice, series: Series) -> Calculation:
    takes = (series.name, "surgery_date", "leg_returned_on", "returned_on", "back_returned_on")
    return calculated(gives, latest_of_this_pain, takes, edition=3)


NO_TARGET = named("imaging without a target", all_of(compression_seen.is_("no"), herniation_seen.is_("no")))
MOVES = named(
    "movement on flexion and extension beyond the limits",
    told_by_either(translation_seen >= TRANSLATION_MM, angulation_seen >= ANGULATION_DEG),
)
"""Either measure is enough; open only while neither was taken."""

IMAGING_STEPS = (
    _latest_of_this_pain(compression_seen, mri_compression),
    _latest_of_this_pain(herniation_seen, mri_recurrent_herniation),
    _latest_of_this_pain(scar_seen, mri_epidural_fibrosis),
    _latest(translation_seen, flexion_extension_translation_mm),
    _latest(angulation_seen, flexion_extension_angulation_deg),
)
