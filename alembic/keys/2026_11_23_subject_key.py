"""The keys of subjects.

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
    """A database with nothing in it can keep the key of each subject."""
    op.create_table(
        "subject_key",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("key_id", sa.Uuid, nullable=False),
        sa.Column("subject_tag", sa.LargeBinary, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("wrapped_by", sa.String(16), nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key_id", name=op.f("pk_subject_key")),
        sa.UniqueConstraint("tenant", "subject_tag", name=op.f("uq_subject_key_tenant_subject_tag")),
    )


def downgrade() -> None:
    """Every key is lost, and with the keys the content of every record."""
    op.drop_table("subject_key")
