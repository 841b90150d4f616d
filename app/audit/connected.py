"""A connection that reads for one tenant."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.audit.errors import StoreUnavailable

ACT_FOR = text("SELECT set_config('app.tenant', :tenant, true)")
"""Until the end of the transaction, PostgreSQL shows and takes the rows of this tenant alone."""


@contextmanager
def connected(engine: Engine, tenant: str | None = None) -> Iterator[Connection]:
    """A connection that sees the entries of one tenant alone, where the database can see to that."""
    try:
        with engine.connect() as connection:
            if tenant is not None and connection.dialect.name == "postgresql":
                connection.execute(ACT_FOR, {"tenant": tenant})
            yield connection
    except SQLAlchemyError as error:
        raise StoreUnavailable("The store does not answer; try again later.") from error
