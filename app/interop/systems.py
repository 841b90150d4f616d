"""The code systems of our own, by which FHIR names what the case, the rules and the log call by one word."""

from __future__ import annotations

OURS = "urn:decompass"
"""The system of what the service is about."""
BEGINNING = f"{OURS}:"
"""The names of all others begin with it."""

CASE_SYSTEM = f"{BEGINNING}case"
"""Its codes are the paths."""
ANSWER_SYSTEM = f"{BEGINNING}answer"
"""Yes, no and unknown."""


def options_system(path: str) -> str:
    """The system whose codes are the options of the member at a path."""
    return f"{CASE_SYSTEM}:{path}"


PROCEDURE_SYSTEM = options_system("surgery.procedure")
REGION_SYSTEM = options_system("surgery.region")
SIDE_SYSTEM = options_system("surgery.side")
LEVEL_SYSTEM = options_system("surgery.levels")
INDICATION_SYSTEM = options_system("surgery.indication")
CONDITION_SYSTEM = f"{BEGINNING}condition"
NO_OPERATION_SYSTEM = f"{BEGINNING}no-operation"
"""What a procedure was that was no operation: nothing is opened, and no course begins with it."""

RULE, ACTION = f"{BEGINNING}rule", f"{BEGINNING}action"
PROBLEM, LOG_KIND = f"{BEGINNING}problem", f"{BEGINNING}log"
SUBJECT, CREDENTIAL = f"{BEGINNING}subject", f"{BEGINNING}credential"
