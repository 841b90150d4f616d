"""The public keys that sign the logs.

Revision ID: 2026112305
Revises: 2026112304
Create Date: 2026-11-23
"""

import sqlalchemy as sa

from alembic import op

revision = "2026112305"
down_revision = "2026112304"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every process can see which key signs now."""
    op.create_table(
        "log_key",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("verifier_key", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_key")),
        sa.UniqueConstraint("verifier_key", name=op.f("uq_log_key_verifier_key")),
    )


def downgrade() -> None:
    """Nobody can tell any more which key was the newest; the `key` leaves of the logs still say it."""
    op.drop_table("log_key")
