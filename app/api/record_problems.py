"""What can be wrong with the record or with what is asked of it; `problems.py` has all other problems."""

from app.api.problems import Problem

INVALID_KEY = Problem(
    "invalid-idempotency-key",
    400,
    "Invalid idempotency key",
    "Send one Idempotency-Key of 8 to 128 visible characters, bare or in double quotes.",
)
KEY_REUSED = Problem(
    "idempotency-key-reused",
    422,
    "Idempotency key reused",
    "The Idempotency-Key was used before for another request: with another case, or of another route. Use a "
    "new key for a new request.",
)
RECORD_REFUSED = Problem(
    "record-refused",
    422,
    "Record refused",
    "The database cannot keep what is in this case; nothing was stored.",
)
RECORD_DAMAGED = Problem(
    "record-damaged",
    409,
    "Record damaged",
    "The record, or the key of its subject, was altered in a database and cannot be used. The request is "
    "not at fault. Verify the record to see what is damaged.",
)
RECORD_ERASED = Problem(
    "record-erased",
    410,
    "Record erased",
    "The content of this record was erased on request. Its place in the log stays, and can be proved.",
)
NOT_IN_THE_LOG = Problem(
    "not-in-the-log",
    404,
    "Not in the log",
    "The log has no such leaf, or has never had that size.",
)
RULESET_NOT_RUNNABLE = Problem(
    "ruleset-not-runnable",
    409,
    "Ruleset not runnable",
    "The ruleset of this record is not one that this version of the service can run.",
)
LOG_ALTERED = Problem(
    "log-altered",
    503,
    "Log altered",
    "The log was altered in the database: its head is not the one that was signed, or there is more in it "
    "than the head counts. Nothing is recorded or shown until it is restored.",
)
STORE_UNAVAILABLE = Problem(
    "store-unavailable",
    503,
    "Store unavailable",
    "The database did not answer. Nothing is answered that is not known to be in the log: try again, and to "
    "record an assessment with the same Idempotency-Key.",
    retry_after_seconds=1,
)
QUEUE_FULL = Problem(
    "queue-full",
    503,
    "Queue full",
    "More is waiting to be written to the log, where reads are too, than the service accepts. Try again.",
    retry_after_seconds=1,
)

WHEN_LOGGING = (QUEUE_FULL, LOG_ALTERED, STORE_UNAVAILABLE)
"""Of whatever waits for its own leaf of the log, as reads do too."""
WHEN_RECORDING = (KEY_REUSED, RECORD_REFUSED, RECORD_DAMAGED, RECORD_ERASED, *WHEN_LOGGING)
"""Of whatever records an assessment, by any way in."""
RECORD_PROBLEMS = (INVALID_KEY, *WHEN_RECORDING, NOT_IN_THE_LOG, RULESET_NOT_RUNNABLE)
