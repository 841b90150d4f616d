"""What can be wrong with a call of CDS Hooks; `problems.py` has all other problems."""

from app.api.problems import Problem

WRONG_HOOK = Problem(
    "wrong-hook",
    400,
    "Wrong hook",
    "This service answers another hook than the one that was called; /cds-services says which.",
)
NOT_A_HOOK_CALL = Problem(
    "not-a-hook-call",
    400,
    "Not a hook call",
    "The body is not a call of CDS Hooks 2.0.1: parts of it are missing or of another type; see errors.",
)
FHIR_SERVER_NOT_ALLOWED = Problem(
    "fhir-server-not-allowed",
    400,
    "FHIR server not allowed",
    "The call names a fhirServer that is not on the list of this service. Nothing was asked of it, nothing "
    "was stored. The setting DECOMPASS_FHIR_SERVERS names the servers that may be called back.",
)
TWO_PATIENTS = Problem(
    "two-patients",
    422,
    "Two patients",
    "What was sent is of more than one patient, or of another one than the request is about; the same id on "
    "another server is another patient. Nothing was assessed or stored.",
)

HOOK_PROBLEMS = (WRONG_HOOK, NOT_A_HOOK_CALL, FHIR_SERVER_NOT_ALLOWED, TWO_PATIENTS)
