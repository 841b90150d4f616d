"""Leave no trace of a deleted row in the files of the database.

SQLite overwrites what is deleted (``secure_delete``), but its write-ahead log still holds the page as it was.
PostgreSQL only marks a row as deleted, and an ordinary VACUUM leaves its bytes in the free space of the page:
the table must be written anew. The server's own write-ahead log, its archive, replicas and backups keep the
row until they are recycled: their retention is the time after which a subject is erased for good.
"""

from sqlalchemy import Engine, Table, text

from app.audit.errors import StoreUnavailable

MAY_VACUUM = text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(:name)")


def forget_deleted(engine: Engine, table: Table) -> None:
    """Remove the traces of deleted rows.

    Raises StoreUnavailable where they are known to be there still, and the errors of SQLAlchemy.
    """
    if engine.dialect.name == "sqlite":
        _empty_log(engine)
    else:
        _write_anew(engine, table)


def _empty_log(engine: Engine) -> None:
    # Not through `connect`, which begins a transaction: within one there is no checkpoint.
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        told = cursor.fetchone()
    finally:
        connection.close()
    if told is None or told[0] != 0:  # busy
        raise StoreUnavailable("Somebody reads the database, and its log still holds the key: try again.")


def _write_anew(engine: Engine, table: Table) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # A role that may not gets a warning, and nothing is done.
        if not connection.scalar(MAY_VACUUM, {"name": table.name}):
            raise StoreUnavailable(f"This role may not run VACUUM FULL {table.name}: its owner must.")
        connection.execute(text("SET statement_timeout = 0"))
        try:
            connection.execute(text(f"VACUUM FULL {table.name}"))
        finally:
            connection.execute(text("RESET statement_timeout"))
