"""A connection whose failures are told in the words of the record, for one tenant or for all."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.audit.errors import StoreUnavailable

ACT_FOR = text("SELECT set_config('app.tenant', :tenant, true)")
"""Until the end of the transaction, PostgreSQL shows and takes the rows of this tenant alone."""
ALL_HEADS = "*"
"""In the place of a tenant, which cannot have this name: shows the heads of all logs, and takes nothing.

For what must know every log: anchors, rotation, recovery and the look through a whole database.
"""


def act_for(connection: Connection, tenant: str) -> None:
    """See the rows of one tenant alone from here to the end of the transaction, where there is PostgreSQL."""
    if connection.dialect.name == "postgresql":
        connection.execute(ACT_FOR, {"tenant": tenant})


@contextmanager
def connected(engine: Engine, tenant: str | None = None, *, store: str = "The store") -> Iterator[Connection]:
    """A connection that sees the entries of one tenant alone, where the database can see to that.

    Raises StoreUnavailable when the *store*, as it is called here, does not answer.
    """
    try:
        with engine.connect() as connection:
            if tenant is not None:
                act_for(connection, tenant)
            yield connection
    except SQLAlchemyError as error:
        raise StoreUnavailable(f"{store} does not answer; try again later.") from error
