"""replies to alerts about projects and indicators

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_replies",
        sa.Column("person_id", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('alert_acknowledged', 'recovery_plan')", name=op.f("ck_alert_replies_kind")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_alert_replies_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_alert_replies_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_replies")),
    )
    with op.batch_alter_table("alert_replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_replies_entry_id"), ["entry_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("alert_replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_replies_entry_id"))

    op.drop_table("alert_replies")
