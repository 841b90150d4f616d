"""API keys, and the tokens that were used up.

Revision ID: 2026112302
Revises: 2026112301
Create Date: 2026-11-23
"""

import sqlalchemy as sa

from alembic import op

revision = "2026112302"
down_revision = "2026112301"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Credentials can be kept."""
    op.create_table(
        "api_key",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "used_token",
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("jti", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "jti", name=op.f("pk_used_token")),
    )
    op.create_index(op.f("ix_used_token_expires_at"), "used_token", ["expires_at"])


def downgrade() -> None:
    """Every API key is lost, and a token that was used can be used again."""
    op.drop_table("used_token")
    op.drop_table("api_key")
