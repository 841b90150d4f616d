"""A connection whose failures are told in the words of the record."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from app.audit.errors import StoreUnavailable


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection of this engine. Raises StoreUnavailable when the store does not answer."""
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreUnavailable("The store does not answer; try again later.") from error
