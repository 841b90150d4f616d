"""The record and the rulesets it refers to.

Revision ID: 2026112301
Revises:
Create Date: 2026-11-23
"""

import sqlalchemy as sa

from alembic import op

revision = "2026112301"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A database with nothing in it can keep records."""
    op.create_table(
        "ruleset",
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("json", sa.LargeBinary, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_ruleset")),
    )
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


def downgrade() -> None:
    """Every record and every ruleset is lost."""
    op.drop_table("record")
    op.drop_table("ruleset")
