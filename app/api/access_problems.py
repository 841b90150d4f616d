"""Why somebody is not let in, in the words of an answer; `problems.py` has all other problems.

What is told apart helps the owner of a credential and nobody else: that one has expired is told only to
somebody who has proved to hold it; unknown, revoked, malformed and altered are one.
"""

from app.api.fhir_problems import FHIR_PROBLEMS
from app.api.hook_problems import HOOK_PROBLEMS
from app.api.problems import PROBLEMS, Problem
from app.api.record_problems import RECORD_PROBLEMS

CREDENTIAL_MISSING = Problem(
    "credential-missing",
    401,
    "Credential missing",
    "Send an API key or a token of the configured issuer as `Authorization: Bearer ...`.",
)
CREDENTIAL_INVALID = Problem(
    "credential-invalid", 401, "Credential invalid", "The credential that was sent opens nothing here."
)
CREDENTIAL_EXPIRED = Problem(
    "credential-expired", 401, "Credential expired", "The credential has expired; use a new one."
)
INSUFFICIENT_SCOPE = Problem(
    "insufficient-scope",
    403,
    "Insufficient scope",
    "The credential does not open this; WWW-Authenticate names the scope that is needed.",
)
NOT_LOCAL = Problem(
    "not-local",
    403,
    "Not local",
    "Without credentials the service answers this machine only. See the setting DECOMPASS_CREDENTIALS.",
)
TOO_MANY_ATTEMPTS = Problem(
    "too-many-attempts",
    429,
    "Too many attempts",
    "Too many credentials from this address opened nothing. Try again later.",
)

ACCESS_PROBLEMS = (
    CREDENTIAL_MISSING,
    CREDENTIAL_INVALID,
    CREDENTIAL_EXPIRED,
    INSUFFICIENT_SCOPE,
    NOT_LOCAL,
    TOO_MANY_ATTEMPTS,
)
EVERY_PROBLEM = (*PROBLEMS, *RECORD_PROBLEMS, *ACCESS_PROBLEMS, *HOOK_PROBLEMS, *FHIR_PROBLEMS)
