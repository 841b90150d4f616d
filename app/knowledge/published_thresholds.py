"""The published cut-offs of change, success, failure and acceptable states (dossier 2.2), used by rules or not.

A figure that nobody saw in its source and remembered without certainty (MU) is left out, as are the failure and
worsening decimals of the registries that have to be read in full text first (dossier section 10 item 3).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.engine.evidence import Citation, Threshold
from app.knowledge.citations import (
    NO_CHANGE,
    ODI_FAILURES,
    ODI_IMPORTANT,
    ODI_IS_ACCEPTABLE,
    PAIN_ACCEPTABLE,
    PAIN_IMPORTANT,
    SUCCESS,
)
from app.knowledge.sources import (
    BERG_2024,
    CBS_PART,
    COPAY_2008,
    FAILURE_2022,
    FUSE_ML_2022,
    GLASSMAN_2008,
    HAUGEN_2011,
    MHC,
    NORDSTEN_2024,
    OSTELO_2008,
    PASS_FUSION,
    SOLBERG_2013,
    TUBULAR_MCID,
)
from app.knowledge.thresholds import (
    ACCEPTABLE_PAIN_POINTS,
    MIN_CHANGE_PERCENT,
    MIN_CHANGE_POINTS,
    NO_CHANGE_POINTS,
    ODI_ACCEPTABLE,
    ODI_CHANGE_POINTS,
    ODI_FAILURE_PERCENT,
    ODI_FAILURE_POINTS,
    ODI_SUCCESS_POINTS,
    SUCCESS_DROP_POINTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedThreshold:
    """One cut-off as its source gives it, for whom it was found, and the named values that are taken from it."""

    instrument: str
    decides: str
    threshold: str
    population: str
    evidence: Citation
    used_as: tuple[Threshold, ...] = ()


LOW_BACK_PAIN = "low back pain, consensus"
SURGERY_454 = "lumbar surgery, 1 year, n=454"
FUSION_357 = "lumbar fusion, 1 year, n=357"
HERNIATION_692 = "disc herniation surgery, 1 year, n=692"
HERNIATION_22707 = "disc herniation surgery, 12 months, n=22707"
HERNIATION_6840 = (
    "disc herniation surgery, 12 months, n=6840, patients who rate themselves unchanged or worse"
)
TUBULAR_235 = "tubular stenosis surgery, n=235"
FUSION_MODEL = "lumbar fusion, model of a registry"
SCIATICA_466 = "sciatica, mixed treatment, 12 months, n=466"
IMPORTANT, BENEFIT, SUCCEEDED = "minimal important change", "substantial clinical benefit", "success"
FAILED, ACCEPTABLE = "failure", "acceptable symptom state"

OTHER_IMPORTANT = OSTELO_2008.at(
    "consensus, other scales", "VAS 15 of 100, Roland-Morris 5, Quebec 20, or 30 % of baseline"
)
COPAY_ODI = COPAY_2008.at("1 year, ODI", "12.8 points")
COPAY_PAIN = COPAY_2008.at("1 year, pain", "back pain 1.2, leg pain 1.6 points", MHC)
GLASSMAN_ODI = GLASSMAN_2008.at("1 year, ODI", "down 18.8 points or 36.8 %, or at last below 31.3")
GLASSMAN_PAIN = GLASSMAN_2008.at(
    "1 year, pain", "down 2.5 points (about 40 %), or at last below 3.5", CBS_PART
)
SOLBERG_OTHERS = SOLBERG_2013.at("1 year, others", "back pain down 2.5 points, EQ-5D up 0.30")
BERG_SUCCESS = BERG_2024.at("12 months", "ODI down 22, back pain down 2, leg pain down 4 points")
TUBULAR_CHANGES = TUBULAR_MCID.at("changes", "EQ-5D 0.219, ODI 15 to 16.5, back pain 2.5 to 3.5")
FUSE_CUT_OFFS = FUSE_ML_2022.at("cut-offs", "ODI down 15, COMI down 2.2, pain down 2")
FUSION_ACCEPTABLE = PASS_FUSION.at("6 months and 2 years", "ODI 18.1 or less, 15.3 or less")
SCIATICA_SUCCESS = HAUGEN_2011.at("12 months", "leg pain 17.5 mm or less, back pain 22.5 mm or less")


def _cut_off(
    instrument: str,
    decides: str,
    threshold: str,
    population: str,
    evidence: Citation,
    *used_as: Threshold,
) -> PublishedThreshold:
    return PublishedThreshold(
        instrument=instrument,
        decides=decides,
        threshold=threshold,
        population=population,
        evidence=evidence,
        used_as=used_as,
    )


PUBLISHED_THRESHOLDS = (
    _cut_off(
        "NRS",
        IMPORTANT,
        "2 points, or 30 % of baseline",
        LOW_BACK_PAIN,
        PAIN_IMPORTANT,
        MIN_CHANGE_POINTS,
        MIN_CHANGE_PERCENT,
    ),
    _cut_off(
        "ODI",
        IMPORTANT,
        "10 points, or 30 % of baseline",
        LOW_BACK_PAIN,
        ODI_IMPORTANT,
        ODI_CHANGE_POINTS,
        MIN_CHANGE_PERCENT,
    ),
    _cut_off("VAS", IMPORTANT, "15 mm, or 30 % of baseline", LOW_BACK_PAIN, OTHER_IMPORTANT),
    _cut_off("Roland-Morris", IMPORTANT, "5 points, or 30 % of baseline", LOW_BACK_PAIN, OTHER_IMPORTANT),
    _cut_off("Quebec", IMPORTANT, "20 points, or 30 % of baseline", LOW_BACK_PAIN, OTHER_IMPORTANT),
    _cut_off("ODI", IMPORTANT, "12.8 points", SURGERY_454, COPAY_ODI),
    _cut_off("NRS back", IMPORTANT, "1.2 points", SURGERY_454, COPAY_PAIN),
    _cut_off("NRS leg", IMPORTANT, "1.6 points", SURGERY_454, COPAY_PAIN),
    _cut_off("ODI", IMPORTANT, "15 to 16.5 points", TUBULAR_235, TUBULAR_CHANGES),
    _cut_off("VAS back", IMPORTANT, "2.5 to 3.5 points", TUBULAR_235, TUBULAR_CHANGES),
    _cut_off("EQ-5D", IMPORTANT, "0.219", TUBULAR_235, TUBULAR_CHANGES),
    _cut_off("ODI", BENEFIT, "down 18.8 points or 36.8 %, or at last below 31.3", FUSION_357, GLASSMAN_ODI),
    _cut_off("NRS leg and back", BENEFIT, "down 2.5 points, or at last below 3.5", FUSION_357, GLASSMAN_PAIN),
    _cut_off("NRS leg", SUCCEEDED, "down 3.5 points", HERNIATION_692, SUCCESS, SUCCESS_DROP_POINTS),
    _cut_off("ODI", SUCCEEDED, "down 20 points", HERNIATION_692, SUCCESS, ODI_SUCCESS_POINTS),
    _cut_off("NRS back", SUCCEEDED, "down 2.5 points", HERNIATION_692, SOLBERG_OTHERS),
    _cut_off("EQ-5D", SUCCEEDED, "up 0.30", HERNIATION_692, SOLBERG_OTHERS),
    _cut_off("NRS leg", SUCCEEDED, "down 4 points", HERNIATION_22707, BERG_SUCCESS),
    _cut_off("NRS back", SUCCEEDED, "down 2 points", HERNIATION_22707, BERG_SUCCESS),
    _cut_off("ODI", SUCCEEDED, "down 22 points", HERNIATION_22707, BERG_SUCCESS),
    _cut_off(
        "ODI",
        SUCCEEDED,
        "down 30 %",
        "stenosis surgery, 2 years, n=601",
        NORDSTEN_2024.at("2 years", "ODI down 30 %, right in 81 %"),
    ),
    _cut_off("ODI", SUCCEEDED, "down 15 points", FUSION_MODEL, FUSE_CUT_OFFS),
    _cut_off("COMI", SUCCEEDED, "down 2.2 points", FUSION_MODEL, FUSE_CUT_OFFS),
    _cut_off("NRS leg and back", SUCCEEDED, "down 2 points", FUSION_MODEL, FUSE_CUT_OFFS),
    _cut_off("VAS leg", SUCCEEDED, "17.5 mm or less", SCIATICA_466, SCIATICA_SUCCESS),
    _cut_off("VAS back", SUCCEEDED, "22.5 mm or less", SCIATICA_466, SCIATICA_SUCCESS),
    _cut_off(
        "ODI",
        FAILED,
        "change below 13 points, or below 33 %",
        HERNIATION_6840,
        ODI_FAILURES,
        ODI_FAILURE_POINTS,
        ODI_FAILURE_PERCENT,
    ),
    _cut_off("NRS", FAILED, "change below 1.5 points", HERNIATION_6840, NO_CHANGE, NO_CHANGE_POINTS),
    _cut_off(
        "NRS and ODI",
        FAILED,
        "pain 6 with ODI 27 separates satisfied from unsatisfied",
        "lumbar surgery, n=486",
        FAILURE_2022.at("cut-offs", "pain 6 with ODI 27 separates satisfied from unsatisfied"),
    ),
    _cut_off(
        "ODI",
        ACCEPTABLE,
        "22 or less",
        "spine surgery, 1 and 2 years, n=1288",
        ODI_IS_ACCEPTABLE,
        ODI_ACCEPTABLE,
    ),
    _cut_off(
        "ODI",
        ACCEPTABLE,
        "18.1 or less at 6 months, 15.3 or less at 2 years",
        "minimally invasive lumbar fusion, n=692",
        FUSION_ACCEPTABLE,
    ),
    _cut_off(
        "NRS",
        ACCEPTABLE,
        "2 or less",
        "first disc herniation surgery, 12 months, n=1209",
        PAIN_ACCEPTABLE,
        ACCEPTABLE_PAIN_POINTS,
    ),
)
