"""What PostgreSQL refuses by itself: whether triggers, what they run, and policies are as migrated."""

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
        "function refuse_change",
    }
)
REFUSES = """BEGIN
    RAISE EXCEPTION USING
        MESSAGE = TG_OP || ' of ' || TG_TABLE_NAME || ' is refused: a log is only appended to',
        ERRCODE = 'insufficient_privilege';
END"""
"""What the triggers run. PostgreSQL keeps it as it was written; only the space around it does not count."""
FOUND = text(
    "SELECT 'trigger ' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE relname = ANY(:tables) AND NOT tgisinternal"
    " AND ('trigger ' || tgname <> ALL(:guards) OR"
    # One of the same name may run something else, at other times, or never.
    " (tgenabled = 'A' AND tgfoid = to_regprocedure('refuse_change()')"
    " AND tgtype = CASE tgname WHEN 'log_head_only_grows' THEN 19 WHEN 'log_head_is_kept' THEN 42 ELSE 58 END"
    " AND (tgqual IS NULL) = (tgname <> 'log_head_only_grows')))"
    " UNION ALL SELECT CASE WHEN btrim(prosrc, E' \\n') = :refuses AND lanname = 'plpgsql'"
    " AND proconfig IS NULL THEN '' ELSE 'altered ' END || 'function ' || proname"
    " FROM pg_proc JOIN pg_language ON pg_language.oid = prolang"
    " WHERE pg_proc.oid = to_regprocedure('refuse_change()')"
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
    asked = {"tables": list(TABLES), "guards": sorted(GUARDS), "refuses": REFUSES}
    found = set(connection.scalars(FOUND, asked))
    for name in sorted(GUARDS - found):
        yield f"the {name} is missing or turned off"
    for name in sorted(found - GUARDS):
        yield f"the {name} was not made by the migrations"
