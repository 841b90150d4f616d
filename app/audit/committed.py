"""Do something in a transaction of its own, and again where somebody else was in the way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.audit.errors import StoreUnavailable
from app.audit.failures import Failure, code_of, failure_of

log = logging.getLogger(__name__)

Result = TypeVar("Result")

ATTEMPTS = 10
"""A service that is busy lets a command wait for a few seconds at each."""


def committed(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """The result of *work*, once it is committed.

    Whoever passes *work* in sees to it that a second time changes nothing: nobody knows of a COMMIT whose
    answer was lost whether it was done. Raises StoreUnavailable, and what *work* raises besides the errors of
    SQLAlchemy.
    """
    for _ in range(ATTEMPTS):
        try:
            with engine.begin() as connection:
                return work(connection)
        except SQLAlchemyError as error:
            if failure_of(error) is not Failure.PASSING:
                raise StoreUnavailable(f"The store did not confirm it: {code_of(error)}.") from error
            log.info("trying again: %s", code_of(error))
    raise StoreUnavailable("The store is busy; try again later.")
