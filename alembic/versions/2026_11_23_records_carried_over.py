"""The table of the records of before, once they are in a log.

Revision ID: 2026112304
Revises: 2026112303
Create Date: 2026-11-23
"""

import sqlalchemy as sa

from alembic import op

revision = "2026112304"
down_revision = "2026112303"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only an empty table goes: `decompass migrate` carries its rows over first."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM record LIMIT 1")).first() is not None:
        raise RuntimeError("There are records that are in no log yet: run `decompass migrate`.")
    op.drop_table("record")


def downgrade() -> None:
    """An empty table; the records stay in the logs."""
    op.create_table(
        "record",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("assessed_on", sa.Date, nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False),
        sa.Column("tier", sa.String(32), nullable=False),
        sa.Column("worst_not_excluded", sa.String(32), nullable=False),
        sa.Column("ruleset_digest", sa.String(80), nullable=False),
        sa.Column("engine_version", sa.String(32), nullable=False),
        sa.Column("case_json", sa.LargeBinary, nullable=False),
        sa.Column("facts_json", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("truths", sa.LargeBinary, nullable=False),
        sa.Column("idempotency_key", sa.String(128), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["ruleset_digest"], ["ruleset.digest"], name=op.f("fk_record_ruleset_digest_ruleset")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_record_idempotency_key")),
    )
    op.create_index(op.f("ix_record_subject_created_at_id"), "record", ["subject", "created_at", "id"])
    op.create_index(op.f("ix_record_created_at_id"), "record", ["created_at", "id"])
