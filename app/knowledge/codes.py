"""Codes of public terminologies, once: what each stands for here, its grade, and where it was verified.

A: seen in an export of the terminology, or pinned to a lookup on a terminology server. B: system, code and display agree
in several independent public sources. What would be C is not listed, so that it can be neither read nor written
(dossier 7). The first code of an entry is the one to write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_11 = "http://id.who.int/icd/release/11/mms"
UCUM = "http://unitsofmeasure.org"
YES_NO = "http://terminology.hl7.org/CodeSystem/v2-0136"


class Code(NamedTuple):
    """One code of a public system; ``verified`` says in one sentence where."""

    system: str
    code: str
    display: str
    grade: str
    verified: str


EXPORT = "In an export of the terminology, or pinned to a tx.fhir.org lookup of 2026-06-13 (dossier 7)."
AGREED = "Code and display agree in several independent public files (dossier 7)."
VITAL_SIGNS = "Listed with this display in the vital signs profile of FHIR R4."
SEEN = "Code and display agree in several independent public repositories, read on 2026-11-23."


def _snomed(code: str, display: str, grade: str, verified: str) -> Code:
    return Code(SNOMED, code, display, grade, verified)


def _loinc(code: str, display: str, grade: str, verified: str) -> Code:
    return Code(LOINC, code, display, grade, verified)


def _icd(code: str, display: str, grade: str) -> Code:
    return Code(ICD_10_CM, code, display, grade, EXPORT if grade == "A" else AGREED)


PAIN = _loinc("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported", "A", EXPORT)
"""Says not which pain: the body site does."""
LUMBAR_SPINE = _snomed("122496007", "Lumbar spine structure", "B", SEEN)

FACTS: Mapping[str, tuple[Code, ...]] = {
    "observations.leg_pain_nrs": (PAIN,),
    "observations.back_pain_nrs": (PAIN,),
    "observations.odi_percent": (_loinc("97909-6", "Oswestry disability index score [ODI]", "A", EXPORT),),
    "vitals.temperature_c": (_loinc("8310-5", "Body temperature", "B", VITAL_SIGNS),),
    "vitals.heart_rate_bpm": (_loinc("8867-4", "Heart rate", "B", VITAL_SIGNS),),
    "vitals.respiratory_rate_bpm": (_loinc("9279-1", "Respiratory rate", "B", VITAL_SIGNS),),
    "vitals.systolic_bp_mmhg": (_loinc("8480-6", "Systolic blood pressure", "B", VITAL_SIGNS),),
    "vitals.spo2_percent": (
        _loinc("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "B", VITAL_SIGNS),
        _loinc("2708-6", "Oxygen saturation in Arterial blood", "B", VITAL_SIGNS),
    ),
    "labs.crp_mg_l": (_loinc("1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", "B", AGREED),),
    "labs.esr_mm_h": (_loinc("4537-7", "Erythrocyte sedimentation rate by Westergren method", "B", AGREED),),
    "labs.white_cells_10e9_l": (
        _loinc("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "B", SEEN),
    ),
    "scores.phq9": (
        _loinc("44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]", "B", AGREED),
    ),
    "scores.phq9_item9": (
        _loinc(
            "44260-8",
            "Thoughts that you would be better off dead, or of hurting yourself in some way in last 2 weeks [Reported.PHQ-9]",
            "B",
            SEEN,
        ),
    ),
    "history.egfr": (
        _loinc(
            "33914-3",
            "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum or Plasma by Creatinine-based formula (MDRD)",
            "B",
            SEEN,
        ),
    ),
}
"""What an observation is of, by the path of the member that it gives."""

PAIN_SITES: Mapping[str, tuple[Code, ...]] = {
    "observations.leg_pain_nrs": (_snomed("61685007", "Lower limb structure", "B", SEEN),),
    "observations.back_pain_nrs": (_snomed("77568009", "Back structure", "B", SEEN), LUMBAR_SPINE),
}
"""The body site that tells which pain was rated."""

REGIONS: Mapping[str, tuple[Code, ...]] = {"lumbar": (LUMBAR_SPINE,)}
SIDES: Mapping[str, tuple[Code, ...]] = {
    "left": (_snomed("7771000", "Left", "B", SEEN),),
    "right": (_snomed("24028007", "Right", "B", SEEN),),
    "both": (_snomed("51440002", "Bilateral", "B", SEEN),),
}

PROCEDURES: Mapping[str, tuple[Code, ...]] = {
    "microdiscectomy": (_snomed("178625001", "Primary lumbar microdiscectomy", "A", EXPORT),),
    "laminectomy": (_snomed("387731002", "Laminectomy", "A", EXPORT),),
}
LUMBAR_BY_THEMSELVES = frozenset({(SNOMED, "178625001")})
"""Codes of procedures that say that the spine was operated on at the lumbar level; the others need a body site."""

NO_OPERATIONS: Mapping[str, tuple[Code, ...]] = {
    "imaging": (
        _snomed("363679005", "Imaging", "B", SEEN),
        _snomed("113091000", "Magnetic resonance imaging", "B", SEEN),
        _snomed("77477000", "Computed tomography", "B", SEEN),
    ),
    "puncture": (_snomed("277762005", "Lumbar puncture", "B", SEEN),),
    "injection": (),
}
"""Procedures that are no operation, though they may be of the spine. A site adds its codes by its code map."""

INDICATIONS: Mapping[str, tuple[Code, ...]] = {
    "disc_herniation": (
        _snomed("20021007", "Displacement of lumbar intervertebral disc without myelopathy", "A", EXPORT),
        _icd("M51.16", "Intervertebral disc disorders with radiculopathy, lumbar region", "A"),
        _icd("M51.17", "Intervertebral disc disorders with radiculopathy, lumbosacral region", "B"),
        _icd("M51.26", "Other intervertebral disc displacement, lumbar region", "A"),
        _icd("M51.27", "Other intervertebral disc displacement, lumbosacral region", "A"),
    ),
    "spinal_stenosis": (
        _snomed("18347007", "Spinal stenosis of lumbar region", "A", EXPORT),
        _icd("M48.061", "Spinal stenosis, lumbar region without neurogenic claudication", "A"),
        _icd("M48.062", "Spinal stenosis, lumbar region with neurogenic claudication", "A"),
    ),
    "foraminal_stenosis": (_snomed("371000119109", "Stenosis of intervertebral foramina", "A", EXPORT),),
    "back_pain": (_snomed("279039007", "Low back pain", "B", AGREED),),
}
"""Why the operation was done. Radiculopathy is not listed: it is the leg pain of more than one of these."""

RED_FLAG_CONDITIONS: Mapping[str, tuple[Code, ...]] = {
    "red_flags.urinary_retention": (_snomed("267064002", "Retention of urine", "B", SEEN),),
    "red_flags.urinary_incontinence": (_snomed("165232002", "Urinary incontinence", "B", SEEN),),
    "red_flags.faecal_incontinence": (_snomed("72042002", "Incontinence of feces", "B", SEEN),),
    "red_flags.fever": (_snomed("386661006", "Fever", "B", SEEN),),
}
"""Conditions that answer a red flag with "yes", where they began after the operation; none answers "no"."""

HISTORY_CONDITIONS: Mapping[str, tuple[Code, ...]] = {
    "history.diabetes": (_snomed("73211009", "Diabetes mellitus", "B", SEEN),),
    "history.osteoporosis": (_snomed("64859006", "Osteoporosis", "B", SEEN),),
}

CONDITIONS: Mapping[str, tuple[Code, ...]] = {
    "cauda_equina_syndrome": (
        _snomed("192970008", "Cauda equina syndrome", "B", AGREED),
        _icd("G83.4", "Cauda equina syndrome", "B"),
    ),
    "discitis": (
        _snomed("202752002", "Lumbar discitis", "A", EXPORT),
        _snomed("2304001", "Discitis", "A", EXPORT),
        _snomed("302935008", "Infective discitis", "A", EXPORT),
        _icd("M46.46", "Discitis, unspecified, lumbar region", "A"),
        _icd("M46.47", "Discitis, unspecified, lumbosacral region", "A"),
    ),
    "deep_vein_thrombosis": (_snomed("128053003", "Deep venous thrombosis", "B", SEEN),),
    "pulmonary_embolism": (_snomed("59282003", "Pulmonary embolism", "B", SEEN),),
}
"""Complications and causes under the words of the rules. A rule suspects them; it does not diagnose them."""

LABELS: Mapping[str, tuple[Code, ...]] = {
    "icd_11_mg30_21": (Code(ICD_11, "MG30.21", "Chronic postsurgical pain", "A", EXPORT),),
}

ANSWERS: Mapping[str, tuple[Code, ...]] = {
    "yes": (
        Code(YES_NO, "Y", "Yes", "B", "In the terminology of HL7, as FHIR R4 lists it."),
        _snomed("373066001", "Yes", "B", SEEN),
        _loinc("LA33-6", "Yes", "B", SEEN),
    ),
    "no": (
        Code(YES_NO, "N", "No", "B", "In the terminology of HL7, as FHIR R4 lists it."),
        _snomed("373067005", "No", "B", SEEN),
        _loinc("LA32-8", "No", "B", SEEN),
    ),
}

PHQ_ANSWERS: Mapping[int, tuple[Code, ...]] = {
    0: (_loinc("LA6568-5", "Not at all", "B", SEEN),),
    1: (_loinc("LA6569-3", "Several days", "B", SEEN),),
    2: (_loinc("LA6570-1", "More than half the days", "B", SEEN),),
    3: (_loinc("LA6571-9", "Nearly every day", "B", SEEN),),
}
"""The answers of an item of the PHQ-9, by their points."""

EVERY_TABLE: tuple[Mapping[str, tuple[Code, ...]] | Mapping[int, tuple[Code, ...]], ...] = (
    *(FACTS, PAIN_SITES, REGIONS, SIDES, PROCEDURES, NO_OPERATIONS, INDICATIONS, RED_FLAG_CONDITIONS),
    *(HISTORY_CONDITIONS, CONDITIONS, LABELS, ANSWERS, PHQ_ANSWERS),
)
GRADED_BY_THE_DOSSIER = frozenset(
    {
        *((SNOMED, each) for each in ("192970008", "279039007", "267064002", "165232002", "72042002")),
        *((SNOMED, each) for each in ("128053003", "59282003")),
        *((LOINC, each) for each in ("44261-6", "1988-5", "4537-7", "8310-5", "8867-4", "9279-1")),
        *((LOINC, each) for each in ("8480-6", "59408-5")),
        *((ICD_10_CM, each) for each in ("M51.17", "G83.4")),
    }
)
"""The codes of grade B that section 7 of the dossier lists itself, with that grade."""


def every_code() -> list[Code]:
    """Each code that is read or written, once, in the order of the tables."""
    return list(dict.fromkeys(code for table in EVERY_TABLE for known in table.values() for code in known))


def to_be_confirmed() -> list[Code]:
    """The codes of grade B that the dossier does not list: nobody but this table has graded them."""
    return [
        each
        for each in every_code()
        if each.grade == "B" and (each.system, each.code) not in GRADED_BY_THE_DOSSIER
    ]
