"""administration: roles for a time, planned changes of the organisation, a city's own days of the calendar

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

from pmo.db.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STANDING = sa.text("withdrawn_at is null")


def upgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "role_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("department_id", sa.String(length=40), nullable=True),
        sa.Column("area_id", sa.String(length=40), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_role_grants_order")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_role_grants_person_id")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_role_grants_department_id")),
        sa.ForeignKeyConstraint(["area_id"], ["curator_areas.id"], name=op.f("fk_role_grants_area_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_role_grants_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grants")),
    )
    with op.batch_alter_table("role_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grants_person_id"), ["person_id"], unique=False)
    op.create_table(
        "planned_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind in ('reform', 'area')", name=op.f("ck_planned_changes_kind")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_planned_changes_city_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_planned_changes_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_changes")),
    )
    with op.batch_alter_table("planned_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planned_changes_city_id"), ["city_id"], unique=False)
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("entered_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("entered_by", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", UtcDateTime(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_calendar_days_entered_by"), "people", ["entered_by"], ["id"])
        batch_op.drop_constraint(batch_op.f("uq_calendar_days_calendar_city_id_day"), type_="unique")
    op.create_index(
        "uq_calendar_days_standing",
        "calendar_days",
        ["calendar", "city_id", "day"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    op.drop_index("uq_calendar_days_standing", table_name="calendar_days")
    op.execute(sa.text("delete from calendar_days where withdrawn_at is not null"))
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f("uq_calendar_days_calendar_city_id_day"), ["calendar", "city_id", "day"]
        )
        batch_op.drop_constraint(batch_op.f("fk_calendar_days_entered_by"), type_="foreignkey")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("entered_by")
        batch_op.drop_column("entered_at")
        batch_op.drop_column("reason")
    op.drop_table("planned_changes")
    op.drop_table("role_grants")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("version")
