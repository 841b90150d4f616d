"""What a failed batch means: try again now, later, never, or without one of its records."""

from enum import Enum

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.audit.errors import StoreUnavailable


class Failure(Enum):
    """What to do about a batch that was not committed."""

    PASSING = "the same batch can succeed at once"
    UNAVAILABLE = "the store is full, locked or away: stay up, and refuse for now"
    BROKEN = "the disk or the file is damaged: stop, and never repeat the write"
    REFUSED = "something in the batch is refused: find it, and store the rest"
    OURS = "something in the batch cannot be worked on: find it, refuse it for now, and store the rest"


# https://www.sqlite.org/rescode.html, primary codes
SQLITE: dict[int, Failure] = {
    1: Failure.UNAVAILABLE,  # ERROR: no such table, the schema was not migrated
    3: Failure.UNAVAILABLE,  # PERM
    5: Failure.PASSING,  # BUSY
    6: Failure.PASSING,  # LOCKED
    7: Failure.UNAVAILABLE,  # NOMEM
    8: Failure.UNAVAILABLE,  # READONLY
    10: Failure.BROKEN,  # IOERR
    11: Failure.BROKEN,  # CORRUPT
    13: Failure.UNAVAILABLE,  # FULL
    14: Failure.UNAVAILABLE,  # CANTOPEN
    15: Failure.PASSING,  # PROTOCOL
    26: Failure.BROKEN,  # NOTADB
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html, codes and classes, the longest wins
POSTGRESQL: dict[str, Failure] = {
    "08": Failure.PASSING,  # connection exception
    "22": Failure.REFUSED,  # data exception
    "23": Failure.REFUSED,  # integrity constraint violation
    "40": Failure.PASSING,  # serialization failure, deadlock
    "55P03": Failure.PASSING,  # lock not available
    "57014": Failure.PASSING,  # statement timeout
    "57P01": Failure.PASSING,  # shut down by the administrator
    "57P02": Failure.PASSING,  # crash of another session
    "57P03": Failure.PASSING,  # starting up
    "58": Failure.BROKEN,  # input or output error
    "XX001": Failure.BROKEN,  # data corrupted
    "XX002": Failure.BROKEN,  # index corrupted
}


def failure_of(error: Exception) -> Failure:
    """Read the code of the database, not its words; a statement it never saw is the fault of the data."""
    if isinstance(error, PoolTimeout):
        return Failure.UNAVAILABLE
    if not isinstance(error, StatementError | UnicodeError | OverflowError):
        # A row or a key that was altered, or a fault of this service: nobody's record is to blame.
        return Failure.UNAVAILABLE if isinstance(error, SQLAlchemyError | StoreUnavailable) else Failure.OURS
    if not isinstance(error, DBAPIError):
        return Failure.REFUSED
    if (code := getattr(error.orig, "sqlite_errorcode", None)) is not None:
        return SQLITE.get(code & 0xFF, Failure.REFUSED)
    if (state := getattr(error.orig, "sqlstate", None)) is not None:
        return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2], Failure.UNAVAILABLE)
    return Failure.PASSING if _connection_is_gone(error) else Failure.REFUSED


def code_of(error: Exception) -> str:
    """A name for the log that holds no data: texts of database errors quote values."""
    original = error.orig if isinstance(error, StatementError) else error
    code = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None)
    return f"{type(original).__name__} {code or ''}".strip()


def _connection_is_gone(error: DBAPIError) -> bool:
    return error.connection_invalidated or type(error).__name__ in {"OperationalError", "InterfaceError"}
