"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""

import sqlalchemy as sa
${imports if imports else ""}
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """TODO: say what a database has afterwards."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """TODO: say what is lost."""
    ${downgrades if downgrades else "pass"}
