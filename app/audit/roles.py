"""The two roles of PostgreSQL: the owner migrates and rotates, the role of the service appends and reads.

On SQLite there are none: whoever has the file has all of it.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from app.audit.connected import connected
from app.audit.database import Database
from app.audit.errors import DatabaseRefused
from app.audit.tables import api_key, entry, erased, log_head, log_key, ruleset, subtree, used_token

TABLES = (*(log_head, entry, subtree, erased, ruleset), *(log_key, api_key, used_token))
GRANTS = (
    "SELECT, INSERT ON log_head, entry, subtree, erased, ruleset, api_key, used_token",
    "UPDATE (size, frontier, note) ON log_head",
    "UPDATE (revoked_at, seal) ON api_key",
    "DELETE ON used_token",
    "SELECT ON log_key, alembic_version",
)
"""All that the service does. Only the owner registers a key that signs, and changes the schema."""

CURRENT = text("SELECT current_user")
POWERFUL = text(
    "SELECT EXISTS (SELECT FROM pg_roles WHERE pg_has_role(oid, 'MEMBER') AND (rolsuper OR rolbypassrls OR"
    " rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')))"
)
OWNING = text(
    "SELECT EXISTS (SELECT FROM pg_class WHERE oid = ANY(CAST(CAST(:tables AS text[]) AS regclass[]))"
    " AND pg_has_role(relowner, 'MEMBER'))"
)
MAKES_TABLES = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
SEPARATED = text("SELECT row_security_active('entry') AND row_security_active('log_head')")
TWO_ROLES = (
    "Let DECOMPASS_DATABASE_URL name a role of its own, NOSUPERUSER NOBYPASSRLS, and "
    "DECOMPASS_OWNER_DATABASE_URL the owner, and run `decompass migrate`; the README shows how."
)


def role_of(database: Database) -> str:
    """The role that the address of the database leads to; empty on SQLite. Raises StoreUnavailable."""
    if database.reader.dialect.name == "sqlite":
        return ""
    with connected(database.reader) as connection:
        return str(connection.scalar(CURRENT))


def grant(connection: Connection, role: str) -> None:
    """Let the role do what the service does, and nothing else; a role that owns the tables needs nothing."""
    if connection.dialect.name == "sqlite" or role == connection.scalar(CURRENT):
        return
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    tables = ", ".join(each.name for each in TABLES)
    connection.exec_driver_sql(f"REVOKE ALL ON {tables} FROM {quoted}")
    for what in GRANTS:
        connection.exec_driver_sql(f"GRANT {what} TO {quoted}")


def require_maker(connection: Connection) -> None:
    """Refuse a role that may not change the schema. Raises DatabaseRefused."""
    if connection.dialect.name != "sqlite" and not connection.scalar(MAKES_TABLES):
        raise DatabaseRefused(
            "This role of PostgreSQL may not make tables here. Name the owner of the database: for records "
            "in DECOMPASS_OWNER_DATABASE_URL, for keys in DECOMPASS_KEYS_URL."
        )


def require_bound(engine: Engine) -> None:
    """Refuse a role that could see other tenants, or change what was appended. Raises DatabaseRefused."""
    if engine.dialect.name == "sqlite":
        return
    with connected(engine) as connection:
        if connection.scalar(POWERFUL):
            raise DatabaseRefused(f"This role of PostgreSQL may pass over every rule. {TWO_ROLES}")
        if connection.scalar(OWNING, {"tables": [each.name for each in TABLES]}):
            raise DatabaseRefused(f"This role of PostgreSQL owns the tables and their rules. {TWO_ROLES}")
        if not connection.scalar(SEPARATED):
            raise DatabaseRefused("Row-level security is off: find out with `decompass verify` who did it.")
