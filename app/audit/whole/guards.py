"""What PostgreSQL refuses by itself: whether the triggers and policies of the migrations are still there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

GUARDS = frozenset(
    {
        *(f"trigger {table}_is_kept" for table in ("entry", "subtree", "erased", "ruleset", "log_head")),
        "trigger log_head_only_grows",
        *(f"row-level security of {table}" for table in ("entry", "subtree", "erased", "log_head")),
        *(f"policy {table}_select" for table in ("entry", "subtree", "erased", "log_head")),
        *(f"policy {table}_insert" for table in ("entry", "subtree", "erased", "log_head")),
        "policy log_head_update",
    }
)
FOUND = text(
    "SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE relname = ANY(:tables) AND NOT tgisinternal"
    " AND (tgenabled = 'A' OR 'trigger ' || tgname <> ALL(:guards))"
    " UNION ALL SELECT 'row-level security of ' || relname FROM pg_class"
    " WHERE relname = ANY(:tables) AND relrowsecurity AND relforcerowsecurity"
    # Of a policy that was put in the place of another one, its condition tells; not how it is spelled, which
    # differs between releases of PostgreSQL.
    " UNION ALL SELECT CASE WHEN strpos(coalesce(qual, '') || coalesce(with_check, ''), 'app.tenant') > 0"
    " THEN '' ELSE 'altered ' END || 'policy ' || policyname FROM pg_policies WHERE tablename = ANY(:tables)"
)
TABLES = ("entry", "subtree", "erased", "ruleset", "log_head")


def flaws_of_guards(connection: Connection) -> Iterator[str]:
    """A line for each that is missing, turned off, or was not made by the migrations; on SQLite, none."""
    if connection.dialect.name == "sqlite":
        return  # its triggers are a part of the schema that is compared word for word
    found = set(connection.scalars(FOUND, {"tables": list(TABLES), "guards": sorted(GUARDS)}))
    for name in sorted(GUARDS - found):
        yield f"the {name} is missing or turned off"
    for name in sorted(found - GUARDS):
        yield f"the {name} was not made by the migrations"
