"""A ruleset is stored without its day, which no leaf names: it could be changed without anybody seeing it.

Revision ID: 2026112308
Revises: 2026112307
Create Date: 2026-11-23
"""

import sqlalchemy as sa

from alembic import op

revision = "2026112308"
down_revision = "2026112307"
branch_labels = None
depends_on = None

NO_DAY = "1970-01-01 00:00:00+00:00"


def upgrade() -> None:
    """Rulesets are listed by their version; a record tells when it was made."""
    op.drop_column("ruleset", "stored_at")


def downgrade() -> None:
    """The days are lost: every ruleset gets the same, long ago."""
    op.add_column(
        "ruleset",
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False, server_default=NO_DAY),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("ruleset", "stored_at", server_default=None)
