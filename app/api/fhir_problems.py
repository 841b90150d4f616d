"""What can be wrong with what is asked under /fhir; `problems.py` has all other problems."""

from app.api.problems import Problem

NOT_ACCEPTABLE = Problem(
    "not-acceptable",
    406,
    "Not acceptable",
    "Under /fhir everything is answered in application/fhir+json; neither Accept nor _format may exclude it.",
)
UNUSABLE_DATA = Problem(
    "unusable-data",
    422,
    "Unusable data",
    "What was sent has values that may not be left out in silence and cannot be used, such as one of a unit "
    "that cannot be converted; see errors. Nothing was assessed or stored.",
)
DECEASED_PATIENT = Problem(
    "deceased-patient",
    422,
    "Deceased patient",
    "By what was sent the patient had died by the day of the assessment. Nothing was assessed or stored.",
)
NO_FHIR_FORM = Problem(
    "no-fhir-form",
    409,
    "No FHIR form",
    "An earlier release wrote this record, in words that cannot be told in FHIR. Read it under "
    "/v1/assessments.",
)

FHIR_PROBLEMS = (NOT_ACCEPTABLE, UNUSABLE_DATA, DECEASED_PATIENT, NO_FHIR_FORM)
