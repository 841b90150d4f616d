"""The log of each tenant; the records of before wait in a table of their own until they are carried over.

Revision ID: 2026112303
Revises: 2026112302
Create Date: 2026-11-23
"""

import sqlalchemy as sa

from alembic import op

revision = "2026112303"
down_revision = "2026112302"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A database that keeps a log; see app.audit.carrying_over for the old records."""
    op.create_table(
        "log_head",
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_log_head")),
    )
    _create_entry()
    op.create_table(
        "subtree",
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("level", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("idx", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["log_head.tenant"], name=op.f("fk_subtree_tenant_log_head")),
        sa.PrimaryKeyConstraint("tenant", "level", "idx", name=op.f("pk_subtree")),
    )
    op.create_table(
        "erased",
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("key_id", sa.Uuid, nullable=False),
        sa.Column("idx", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["log_head.tenant"], name=op.f("fk_erased_tenant_log_head")),
        sa.PrimaryKeyConstraint("tenant", "key_id", name=op.f("pk_erased")),
    )


def _create_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("idx", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meta", sa.LargeBinary, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.Column("receipt", sa.LargeBinary, nullable=False),
        sa.Column("idempotency_tag", sa.LargeBinary, nullable=True),
        sa.Column("key_id", sa.Uuid, nullable=True),
        sa.Column("content", sa.LargeBinary, nullable=True),
        sa.Column("assessed_on", sa.Date, nullable=True),
        sa.Column("ruleset_digest", sa.String(80), nullable=True),
        sa.Column("corrects", sa.Uuid, nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["log_head.tenant"], name=op.f("fk_entry_tenant_log_head")),
        sa.ForeignKeyConstraint(
            ["ruleset_digest"], ["ruleset.digest"], name=op.f("fk_entry_ruleset_digest_ruleset")
        ),
        sa.PrimaryKeyConstraint("tenant", "idx", name=op.f("pk_entry")),
        sa.UniqueConstraint("tenant", "id", name=op.f("uq_entry_tenant_id")),
        sa.UniqueConstraint("tenant", "idempotency_tag", name=op.f("uq_entry_tenant_idempotency_tag")),
    )
    content = sa.text("content IS NOT NULL")
    for behind in ((), ("key_id",)):
        columns = ["tenant", *behind, "at", "id"]
        _create_index(columns, content)
    _create_index(["tenant", "corrects"], sa.text("corrects IS NOT NULL"))


def _create_index(columns: list[str], where: sa.TextClause) -> None:
    name = op.f(f"ix_entry_{'_'.join(columns)}")
    op.create_index(name, "entry", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Everything in the logs is lost."""
    for table in ("erased", "subtree", "entry", "log_head"):
        op.drop_table(table)
