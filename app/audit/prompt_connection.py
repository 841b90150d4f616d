"""A connection to PostgreSQL on which nobody waits for ever.

The server keeps `statement_timeout`, its system answers for `tcp_user_timeout`. A server that is frozen
while its system goes on acknowledging, or a proxy with nothing behind it, keeps neither: without a deadline
of our own the one writer, and with it the service, would hang for as long as the connection stands. What is
left of the patience of a request (`app.audit.patience`) cuts a wait short.
"""

from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

from app.audit.patience import left

ANSWER_SECONDS = 6.0
"""Longer than `statement_timeout`, so that a server that lives speaks first."""
INTERRUPT_SECONDS = 0.1
LEAST_SECONDS = 0.1
"""For an answer when no patience is left: to end a transaction on a server that lives takes less."""
LEAST_CONNECT_SECONDS = 2
"""The driver waits at least so long for a connection."""

Result = TypeVar("Result")


class PromptConnection(Connection[Any]):
    """Closes itself when an answer does not come in time. Raises OperationalError, as any lost connection."""

    def wait(
        self, gen: PQGen[Result], interval: float = INTERRUPT_SECONDS, timeout: float | None = None
    ) -> Result:
        try:
            longest = ANSWER_SECONDS if timeout is None else timeout
            return super().wait(gen, interval, min(longest, max(left(), LEAST_SECONDS)))
        except OperationalError:
            # Still unanswered: what comes later would be taken for the answer to something else.
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


def connect(
    _dialect: object, _record: object, arguments: list[Any], named: dict[str, Any]
) -> PromptConnection:
    """SQLAlchemy's event `do_connect`. Raises OperationalError where no patience is left to connect."""
    if (seconds := min(named["connect_timeout"], left())) < LEAST_CONNECT_SECONDS:
        raise OperationalError("no patience is left to connect")
    return PromptConnection.connect(*arguments, **{**named, "connect_timeout": int(seconds)})
