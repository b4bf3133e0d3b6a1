"""updates, replies to them, confirmed dates, confidence of the office

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEXED = {
    "updates": ("project_id",),
    "update_replies": ("update_id",),
    "question_answers": (),
    "date_confirmations": ("milestone_id",),
    "confidences": ("project_id",),
}


def upgrade() -> None:
    _table(
        "updates",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("view", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decision_level", sa.String(length=20), nullable=True),
        sa.CheckConstraint("view in (0, 1, 2)", name=op.f("ck_updates_view")),
        sa.CheckConstraint(
            "decision_level in ('owner', 'curator', 'akim', 'pmo')", name=op.f("ck_updates_decision_level")
        ),
        sa.CheckConstraint("(decision is null) = (decision_level is null)", name=op.f("ck_updates_decision")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_updates_project_id")),
    )
    _table(
        "update_replies",
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('acknowledged', 'asked')", name=op.f("ck_update_replies_kind")),
        sa.CheckConstraint("(kind = 'asked') = (question is not null)", name=op.f("ck_update_replies_question")),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_update_replies_update_id")),
    )
    _table(
        "question_answers",
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("update_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reply_id"], ["update_replies.id"], name=op.f("fk_question_answers_reply_id")),
        sa.ForeignKeyConstraint(["update_id"], ["updates.id"], name=op.f("fk_question_answers_update_id")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_question_answers_reply_id")),
    )
    _table(
        "date_confirmations",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_date_confirmations_milestone_id")),
    )
    _table(
        "confidences",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("level in ('high', 'medium', 'low')", name=op.f("ck_confidences_level")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_confidences_project_id")),
    )


def downgrade() -> None:
    for table, columns in reversed(INDEXED.items()):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in ("entry_id", *columns):
                batch_op.drop_index(batch_op.f(f"ix_{table}_{column}"))
        op.drop_table(table)


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    """A table of facts: its own columns, and the entry that each fact hangs on."""
    op.create_table(
        name,
        *parts,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f(f"fk_{name}_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    with op.batch_alter_table(name, schema=None) as batch_op:
        for column in ("entry_id", *INDEXED[name]):
            batch_op.create_index(batch_op.f(f"ix_{name}_{column}"), [column], unique=False)
