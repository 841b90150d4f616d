"""Logs are only appended to, and PostgreSQL shows a transaction the rows of one tenant alone.

Revision ID: 2026112306
Revises: 2026112305
Create Date: 2026-11-23
"""

from alembic import op

revision = "2026112306"
down_revision = "2026112305"
branch_labels = None
depends_on = None

KEPT = ("entry", "subtree", "erased", "ruleset")
OF_A_TENANT = ("entry", "subtree", "erased")
SHRINKS = "NEW.tenant <> OLD.tenant OR NEW.size < OLD.size"
HIS = "tenant = current_setting('app.tenant', true) AND current_setting('app.tenant', true) <> ''"
# After a transaction the setting is empty and not unset. `*` names no tenant: see app.audit.connected.
HIS_OR_ALL_ARE_LISTED = f"{HIS} OR current_setting('app.tenant', true) = '*'"
REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        MESSAGE = TG_OP || ' of ' || TG_TABLE_NAME || ' is refused: a log is only appended to',
        ERRCODE = 'insufficient_privilege';
END $$
"""


def upgrade() -> None:
    """What was appended stays as it is, whoever writes."""
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()
        _separate_tenants()


def _guard_sqlite() -> None:
    for table in KEPT:
        _refuse_in_sqlite(f"{table}_refuses_update", f"BEFORE UPDATE ON {table}")
    for table in (*KEPT, "log_head"):
        _refuse_in_sqlite(f"{table}_refuses_delete", f"BEFORE DELETE ON {table}")
    _refuse_in_sqlite("log_head_only_grows", f"BEFORE UPDATE ON log_head WHEN {SHRINKS}")


def _refuse_in_sqlite(name: str, when: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'refused: a log is only appended to'); END"
    )


def _guard_postgresql() -> None:
    op.execute(REFUSE_CHANGE)
    for table in KEPT:
        _refuse_in_postgresql(table, f"{table}_is_kept", "UPDATE OR DELETE OR TRUNCATE", "STATEMENT")
    _refuse_in_postgresql("log_head", "log_head_is_kept", "DELETE OR TRUNCATE", "STATEMENT")
    _refuse_in_postgresql("log_head", "log_head_only_grows", "UPDATE", f"ROW WHEN ({SHRINKS})")


def _refuse_in_postgresql(table: str, name: str, what: str, each: str) -> None:
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {what} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_change()"
    )
    # Also for a session that calls itself a replica, which skips the other triggers.
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _separate_tenants() -> None:
    for table in OF_A_TENANT:
        _separate(table, SELECT=f"USING ({HIS})", INSERT=f"WITH CHECK ({HIS})")
    _separate(
        "log_head",
        SELECT=f"USING ({HIS_OR_ALL_ARE_LISTED})",
        INSERT=f"WITH CHECK ({HIS})",
        UPDATE=f"USING ({HIS}) WITH CHECK ({HIS})",
    )


def _separate(table: str, **rows: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")  # for the owner too
    for act, which in rows.items():
        op.execute(f"CREATE POLICY {table}_{act.lower()} ON {table} FOR {act} {which}")


def downgrade() -> None:
    """Whoever may write can change what was written, and sees every tenant."""
    if op.get_bind().dialect.name == "sqlite":
        for table in (*KEPT, "log_head"):
            op.execute(f"DROP TRIGGER {table}_refuses_delete")
        for table in KEPT:
            op.execute(f"DROP TRIGGER {table}_refuses_update")
        op.execute("DROP TRIGGER log_head_only_grows")
        return
    for table in (*OF_A_TENANT, "log_head"):
        for act in ("select", "insert", *(["update"] if table == "log_head" else [])):
            op.execute(f"DROP POLICY {table}_{act} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION refuse_change() CASCADE")
