"""answers to alerts

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_answers",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("baseline_version", sa.Integer(), nullable=False),
        sa.Column("ladder_run", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind in ('acknowledged', 'snoozed', 'muted', 'help_wanted')", name=op.f("ck_alert_answers_kind")
        ),
        sa.CheckConstraint("until is not null or kind = 'muted'", name=op.f("ck_alert_answers_until")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_alert_answers_entry_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_alert_answers_milestone_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_alert_answers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_answers")),
    )
    with op.batch_alter_table("alert_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_answers_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_answers_milestone_id"), ["milestone_id"], unique=False)

    op.create_table(
        "forecast_confirmations",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("forecast_id", sa.Integer(), nullable=False),
        sa.Column("baseline_version", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_forecast_confirmations_entry_id")),
        sa.ForeignKeyConstraint(["forecast_id"], ["forecasts.id"], name=op.f("fk_forecast_confirmations_forecast_id")),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_forecast_confirmations_milestone_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_confirmations")),
        sa.UniqueConstraint(
            "milestone_id", "baseline_version", name=op.f("uq_forecast_confirmations_milestone_id_baseline_version")
        ),
    )
    with op.batch_alter_table("forecast_confirmations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forecast_confirmations_entry_id"), ["entry_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("forecast_confirmations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_confirmations_entry_id"))

    op.drop_table("forecast_confirmations")
    with op.batch_alter_table("alert_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_answers_milestone_id"))
        batch_op.drop_index(batch_op.f("ix_alert_answers_entry_id"))

    op.drop_table("alert_answers")
