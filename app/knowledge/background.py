"""What is known of the patient from before: diseases, habits, and what stands against a test (dossier 4.2, 5, 6.1)."""

from __future__ import annotations

from app.engine.facts import Quantity, YesNo


def _history(name: str, label: str, question: str) -> YesNo:
    return YesNo(name=name, label=label, question=question)


diabetes = _history("diabetes", "Diabetes", "Does the patient have diabetes?")
smoker = _history("smoker", "Smoker", "Does the patient smoke?")
immunosuppressed = _history("immunosuppressed", "Immunosuppression", "Is the immune system suppressed?")
osteoporosis = _history("osteoporosis", "Osteoporosis", "Is osteoporosis known?")
steroids = _history("steroids", "Long-term steroids", "Are steroids taken over a long time?")
anticoagulant = _history("anticoagulant", "Anticoagulation", "Does the patient take an anticoagulant?")
cancer_history = _history("cancer_history", "Past cancer", "Has there ever been a cancer?")
preoperative_slip = _history(
    "preoperative_slip", "Slip of a vertebra before surgery", "Was there a slip of a vertebra before surgery?"
)
wide_facetectomy = _history(
    "wide_facetectomy", "Wide removal of a facet joint", "Was a facet joint removed widely at surgery?"
)
mri_contraindicated = _history(
    "mri_contraindicated", "MRI contraindicated", "Is there a contraindication to MRI?"
)
contrast_allergy = _history(
    "contrast_allergy", "Allergy to MRI contrast", "Is there an allergy to MRI contrast?"
)
pregnant = _history("pregnant", "Pregnancy", "Is the patient pregnant?")
egfr = Quantity(
    name="egfr",
    label="Estimated glomerular filtration rate",
    question="What is the estimated glomerular filtration rate?",
    unit="mL/min/1.73 m²",
    minimum=0,
    maximum=200,
)
annular_defect_mm = Quantity(
    name="annular_defect_mm",
    label="Width of the annular defect at surgery",
    question="How wide was the defect of the annulus at surgery, in mm?",
    unit="mm",
    minimum=0,
    maximum=30,
)
BACKGROUND = (
    diabetes,
    smoker,
    immunosuppressed,
    osteoporosis,
    steroids,
    anticoagulant,
    cancer_history,
    preoperative_slip,
    wide_facetectomy,
    mri_contraindicated,
    contrast_allergy,
    pregnant,
    egfr,
    annular_defect_mm,
)
