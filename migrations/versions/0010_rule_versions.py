"""versions of a city's rule set

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

from pmo.db.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STANDING = sa.text("withdrawn_at is null")


def upgrade() -> None:
    op.create_table(
        "rule_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint("number >= 2", name=op.f("ck_rule_versions_number")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_rule_versions_city_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_rule_versions_entered_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["people.id"], name=op.f("fk_rule_versions_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_versions")),
        sa.UniqueConstraint("city_id", "number", name=op.f("uq_rule_versions_city_id_number")),
    )
    with op.batch_alter_table("rule_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_versions_city_id"), ["city_id"], unique=False)
    op.create_index(
        "uq_rule_versions_standing",
        "rule_versions",
        ["city_id", "valid_from"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    op.drop_table("rule_versions")
