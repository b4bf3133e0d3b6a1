"""comments and their withdrawals, views of those who steer

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXED = {"comments": ("project_id", "reply_to_id"), "comment_withdrawals": (), "curator_views": ("project_id",)}


def upgrade() -> None:
    _table(
        "comments",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("reply_to_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_comments_project_id")),
        sa.ForeignKeyConstraint(["reply_to_id"], ["comments.id"], name=op.f("fk_comments_reply_to_id")),
    )
    _table(
        "comment_withdrawals",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"], name=op.f("fk_comment_withdrawals_comment_id")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_comment_withdrawals_comment_id")),
    )
    _table(
        "curator_views",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("view", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("view in (0, 1, 2)", name=op.f("ck_curator_views_view")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_curator_views_project_id")),
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
