"""mail choices and returned mail

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

from pmo.db.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=60), nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "choice in ('weekly_digest', 'daily_digest', 'all_in_order')", name=op.f("ck_mail_choices_choice")
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_mail_choices_entered_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mail_choices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choices")),
    )
    with op.batch_alter_table("mail_choices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_choices_person_id"), ["person_id"], unique=False)

    op.create_table(
        "returned_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("returned_at", UtcDateTime(), nullable=False),
        sa.Column("allowed_at", UtcDateTime(), nullable=True),
        sa.Column("allowed_by", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["allowed_by"], ["people.id"], name=op.f("fk_returned_addresses_allowed_by")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mails.id"], name=op.f("fk_returned_addresses_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_addresses")),
    )
    with op.batch_alter_table("returned_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returned_addresses_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_returned_addresses_mail_id"), ["mail_id"], unique=False)


def downgrade() -> None:
    op.drop_table("returned_addresses")
    op.drop_table("mail_choices")
