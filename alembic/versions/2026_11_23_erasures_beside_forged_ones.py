"""An erasure is marked under the leaf that says so: a forged row of the same key does not take its place.

Revision ID: 2026112307
Revises: 2026112306
Create Date: 2026-11-23
"""

import sqlalchemy as sa

from alembic import op

revision = "2026112307"
down_revision = "2026112306"
branch_labels = None
depends_on = None

COLUMNS = "tenant, key_id, idx"


def upgrade() -> None:
    """One key may have several rows, each of another leaf; every row stays."""
    _name_by("tenant", "key_id", "idx")


def downgrade() -> None:
    """The database refuses it where a key has two rows: which of them is true, only the log can tell."""
    _name_by("tenant", "key_id")


def _name_by(*columns: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_anew(*columns)
        return
    op.drop_constraint("pk_erased", "erased", type_="primary")
    op.create_primary_key(op.f("pk_erased"), "erased", list(columns))


def _make_anew(*columns: str) -> None:
    """SQLite changes no primary key. The triggers go with the old table, and are made for the new one."""
    op.rename_table("erased", "erased_before")
    op.create_table(
        "erased",
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("key_id", sa.Uuid, nullable=False),
        sa.Column("idx", sa.BigInteger, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["log_head.tenant"], name=op.f("fk_erased_tenant_log_head")),
        sa.PrimaryKeyConstraint(*columns, name=op.f("pk_erased")),
    )
    op.execute(f"INSERT INTO erased ({COLUMNS}) SELECT {COLUMNS} FROM erased_before")  # noqa: S608 -- our own words
    op.drop_table("erased_before")
    for act in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER erased_refuses_{act} BEFORE {act.upper()} ON erased "
            "BEGIN SELECT RAISE(ABORT, 'refused: a log is only appended to'); END"
        )
