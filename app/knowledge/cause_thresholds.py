"""Thresholds of the chapter on causes, each named and sourced (dossier 1.2, 2.1, section 5, 6.1)."""

from __future__ import annotations

from app.knowledge.sources import (
    DN4_2005,
    FLEXION_EXTENSION,
    HERNIATION_RISKS,
    PAINDETECT_2006,
    PCS_MANUAL,
    PHQ_9,
    START_BACK_2008,
)
from app.knowledge.thresholds import proposed, published

# Which pain leads

LEG_LEADS_POINTS = proposed(
    "leg_leads_points",
    1,
    "points",
    "leg pain leads when it is so far above back pain",
    "1.2; section 10 item 1",
)
BACK_LEADS_POINTS = proposed(
    "back_leads_points",
    -1,
    "points",
    "back pain leads when leg pain is so far below it",
    "1.2; section 10 item 1",
)

# Questionnaires

DN4_NEUROPATHIC = published(
    "dn4_neuropathic", 4, "points", "neuropathic", DN4_2005.at("cut-off", "4 of 10 or more")
)
PAINDETECT_LIKELY = published(
    "paindetect_likely",
    19,
    "points",
    "neuropathic pain likely",
    PAINDETECT_2006.at("bands", "19 or more: likely (above 90 %)"),
)
PAINDETECT_UNLIKELY = published(
    "paindetect_unlikely",
    12,
    "points",
    "neuropathic pain unlikely",
    PAINDETECT_2006.at("bands", "12 or less: unlikely (below 15 %)"),
)
CATASTROPHIZING = published(
    "catastrophizing", 30, "points", "clinically relevant", PCS_MANUAL.at("manual", "30 or more")
)
DEPRESSION = published(
    "depression", 10, "points", "moderate or more", PHQ_9.at("bands", "10 or more is moderate")
)
HIGH_RISK = START_BACK_2008.at("high risk", "total 4 or more and psychosocial score 4 or more")
HIGH_RISK_TOTAL = published(
    "high_risk_total", 4, "points", "high risk, together with the psychosocial score", HIGH_RISK
)
HIGH_RISK_PSYCHOSOCIAL = published(
    "high_risk_psychosocial", 4, "points", "high risk, together with the total", HIGH_RISK
)

# Movement between vertebrae

MOVEMENT = FLEXION_EXTENSION.at("limits", "3 to 4.5 mm and 10 to 15 degrees are in use")
TRANSLATION_MM = published("translation_mm", 3, "mm", "movement that counts as unstable", MOVEMENT)
ANGULATION_DEG = published("angulation_deg", 10, "degrees", "movement that counts as unstable", MOVEMENT)
MANY_LEVELS = proposed("many_levels", 3, "levels", "many levels freed at once", "section 5 modifiers")

# What raises the risk of a recurrent herniation

WIDE_DEFECT_MM = published(
    "wide_defect_mm",
    6,
    "mm",
    "wide defect of the annulus",
    HERNIATION_RISKS.at("annulus", "a defect of 6 mm or more"),
)
YOUNGER_YEARS = proposed(
    "younger_years", 50, "years", "younger patients have more recurrences", "section 5 modifiers"
)

# Epidural fibrosis

FIBROSIS_MONTHS = proposed(
    "fibrosis_months", 6, "months", "epidural scar usually shows itself up to then", "section 5 pattern C"
)
