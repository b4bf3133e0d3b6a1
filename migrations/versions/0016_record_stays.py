"""record stays: the database itself refuses to change or remove an event or a checkpoint of the record

Revision: 0016
Follows: 0015
"""

from alembic import op

from pmo.db import append_only

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    append_only.close(op.get_bind())


def downgrade() -> None:
    append_only.reopen(op.get_bind())
