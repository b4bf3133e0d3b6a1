"""first tables

Revision: 0001
Follows:
"""

import sqlalchemy as sa
from alembic import op

from pmo.db.base import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_checkpoints",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoints")),
    )
    op.create_table(
        "audit_events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_events")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "calendar_years",
        sa.Column("calendar", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("calendar", "year", name=op.f("pk_calendar_years")),
    )
    op.create_table(
        "cities",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("calendar", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("has_demonstration_data", sa.Boolean(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cities")),
    )
    op.create_table(
        "demo_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("now_at", UtcDateTime(), nullable=False),
        sa.Column("started_as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_clock")),
    )
    op.create_table(
        "evidence_types",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_types")),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(length=30), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint("state in ('running', 'done', 'failed')", name=op.f("ck_job_runs_state")),
        sa.PrimaryKeyConstraint("job", "city_id", "period", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "milestone_types",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_types")),
    )
    op.create_table(
        "priorities",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priorities")),
    )
    op.create_table(
        "reason_codes",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_codes")),
    )
    op.create_table(
        "sectors",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sectors")),
    )
    op.create_table(
        "skipped_events",
        sa.Column("log_key", sa.String(length=200), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("log_key", name=op.f("pk_skipped_events")),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(length=20), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind in ('day_off', 'working')", name=op.f("ck_calendar_days_kind")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_calendar_days_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("calendar", "city_id", "day", name=op.f("uq_calendar_days_calendar_city_id_day")),
    )
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_days_day"), ["day"], unique=False)

    op.create_table(
        "departments",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name=op.f("ck_departments_order")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_departments_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
    )
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_departments_city_id"), ["city_id"], unique=False)

    op.create_table(
        "districts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_districts_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_districts")),
    )
    with op.batch_alter_table("districts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_districts_city_id"), ["city_id"], unique=False)

    op.create_table(
        "department_successions",
        sa.Column("predecessor_id", sa.String(length=40), nullable=False),
        sa.Column("successor_id", sa.String(length=40), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["departments.id"], name=op.f("fk_department_successions_predecessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["departments.id"], name=op.f("fk_department_successions_successor_id")
        ),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", name=op.f("pk_department_successions")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("title_ru", sa.String(length=300), nullable=False),
        sa.Column("title_kk", sa.String(length=300), nullable=False),
        sa.Column("title_en", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("department_id", sa.String(length=40), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("language in ('ru', 'kk', 'en')", name=op.f("ck_people_language")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_people_city_id")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_people_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_city_id"), ["city_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_people_department_id"), ["department_id"], unique=False)

    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=60), nullable=False),
        sa.Column("substitute_id", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_absences_order")),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_absences_entered_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["people.id"], name=op.f("fk_absences_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absences_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_absences_substitute_id"), ["substitute_id"], unique=False)

    op.create_table(
        "city_access",
        sa.Column("person_id", sa.String(length=60), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_city_access_city_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_city_access_person_id")),
        sa.PrimaryKeyConstraint("person_id", "city_id", name=op.f("pk_city_access")),
    )
    op.create_table(
        "curator_areas",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("holder_id", sa.String(length=60), nullable=True),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_curator_areas_city_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["people.id"], name=op.f("fk_curator_areas_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curator_areas")),
    )
    with op.batch_alter_table("curator_areas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_curator_areas_city_id"), ["city_id"], unique=False)

    op.create_table(
        "department_heads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_department_heads_department_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_department_heads_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_heads")),
    )
    with op.batch_alter_table("department_heads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_department_heads_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_department_heads_person_id"), ["person_id"], unique=False)

    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("sector_id", sa.String(length=60), nullable=False),
        sa.Column("priority_id", sa.String(length=60), nullable=False),
        sa.Column("department_id", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.String(length=60), nullable=True),
        sa.Column("manager_id", sa.String(length=60), nullable=True),
        sa.Column("curator_id", sa.String(length=60), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("budget_mln", sa.Float(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("flagship", sa.Boolean(), nullable=False),
        sa.Column("tracked_since", sa.Date(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.CheckConstraint("end_on >= start_on", name=op.f("ck_projects_order")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_projects_weight")),
        sa.ForeignKeyConstraint(["area_id"], ["curator_areas.id"], name=op.f("fk_projects_area_id")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_projects_city_id")),
        sa.ForeignKeyConstraint(["curator_id"], ["people.id"], name=op.f("fk_projects_curator_id")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_projects_department_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["people.id"], name=op.f("fk_projects_manager_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_projects_owner_id")),
        sa.ForeignKeyConstraint(["priority_id"], ["priorities.id"], name=op.f("fk_projects_priority_id")),
        sa.ForeignKeyConstraint(["sector_id"], ["sectors.id"], name=op.f("fk_projects_sector_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("city_id", "code", name=op.f("uq_projects_city_id_code")),
    )
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_projects_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projects_curator_id"), ["curator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projects_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projects_manager_id"), ["manager_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_projects_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(length=60), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("log_key", sa.String(length=200), nullable=True),
        sa.Column("log_digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name=op.f("fk_entries_entered_by")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_entries_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("log_key", name=op.f("uq_entries_log_key")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entries_entered_at"), ["entered_at"], unique=False)
        batch_op.create_index("ix_entries_project_id_entered_at", ["project_id", "entered_at"], unique=False)

    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("uploaded_by", sa.String(length=60), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_files_project_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.id"], name=op.f("fk_files_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_files_project_id"), ["project_id"], unique=False)

    op.create_table(
        "indicators",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=60), nullable=False),
        sa.Column("direction", sa.String(length=5), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("baseline", sa.Float(), nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=False),
        sa.Column("target", sa.Float(), nullable=True),
        sa.Column("target_on", sa.Date(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("interpolation", sa.String(length=6), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=True),
        sa.Column("zero_scale", sa.Float(), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.CheckConstraint("direction in ('up', 'down', 'range')", name=op.f("ck_indicators_direction")),
        sa.CheckConstraint("kind in ('point', 'cumulative', 'period')", name=op.f("ck_indicators_kind")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_indicators_weight")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_indicators_project_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_indicators_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_indicators_project_id_code")),
    )
    with op.batch_alter_table("indicators", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indicators_code"), ["code"], unique=False)

    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("type_id", sa.String(length=60), nullable=False),
        sa.Column("evidence_type_id", sa.String(length=60), nullable=True),
        sa.Column("performer_id", sa.String(length=60), nullable=True),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("min_duration_wd", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_ru", sa.String(length=500), nullable=False),
        sa.Column("name_kk", sa.String(length=500), nullable=False),
        sa.Column("name_en", sa.String(length=500), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_milestones_weight")),
        sa.ForeignKeyConstraint(
            ["evidence_type_id"], ["evidence_types.id"], name=op.f("fk_milestones_evidence_type_id")
        ),
        sa.ForeignKeyConstraint(["performer_id"], ["people.id"], name=op.f("fk_milestones_performer_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_milestones_project_id")),
        sa.ForeignKeyConstraint(["type_id"], ["milestone_types.id"], name=op.f("fk_milestones_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("project_id", "code", name=op.f("uq_milestones_project_id_code")),
    )
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestones_code"), ["code"], unique=False)

    op.create_table(
        "outgoing_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=300), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.String(length=60), nullable=True),
        sa.Column("rung", sa.String(length=20), nullable=True),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("recipient_id", sa.String(length=60), nullable=False),
        sa.Column("recipient_role", sa.String(length=30), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=True),
        sa.Column("body_html", sa.Text(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("data_started", sa.Integer(), nullable=False),
        sa.Column("last_code", sa.Integer(), nullable=True),
        sa.Column("last_text", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'failed', 'suppressed', 'expired')",
            name=op.f("ck_outgoing_mails_state"),
        ),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_outgoing_mails_city_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_outgoing_mails_project_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["people.id"], name=op.f("fk_outgoing_mails_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mails")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outgoing_mails_dedupe_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outgoing_mails_message_id")),
    )
    with op.batch_alter_table("outgoing_mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_mails_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_mails_recipient_id"), ["recipient_id"], unique=False)
        batch_op.create_index("ix_outgoing_mails_state_not_before", ["state", "not_before"], unique=False)

    op.create_table(
        "project_assessments",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("known_until", UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("components", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("slip_days", sa.Integer(), nullable=True),
        sa.Column("original_slip_days", sa.Integer(), nullable=True),
        sa.Column("moved_times", sa.Integer(), nullable=False),
        sa.Column("moved_days", sa.Integer(), nullable=False),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.Column("fresh_until", sa.Date(), nullable=True),
        sa.Column("rule_set", sa.String(length=20), nullable=False),
        sa.Column("calendar", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_project_assessments_project_id")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_assessments")),
    )
    with op.batch_alter_table("project_assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_assessments_fresh_until"), ["fresh_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_assessments_status"), ["status"], unique=False)

    op.create_table(
        "project_districts",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["districts.id"], name=op.f("fk_project_districts_district_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_project_districts_project_id")),
        sa.PrimaryKeyConstraint("project_id", "district_id", name=op.f("pk_project_districts")),
    )
    op.create_table(
        "status_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("item_kind", sa.String(length=10), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("old_status", sa.String(length=30), nullable=True),
        sa.Column("new_status", sa.String(length=30), nullable=False),
        sa.Column("old_severity", sa.Integer(), nullable=True),
        sa.Column("new_severity", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("noticed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_status_changes_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
    )
    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_status_changes_changed_on"), ["changed_on"], unique=False)
        batch_op.create_index("ix_status_changes_project_id_changed_on", ["project_id", "changed_on"], unique=False)

    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("baseline_version", sa.Integer(), nullable=False),
        sa.Column("ladder_run", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("recipient_id", sa.String(length=60), nullable=False),
        sa.Column("stands_for_id", sa.String(length=60), nullable=True),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("rule_set", sa.String(length=20), nullable=False),
        sa.CheckConstraint("channel in ('direct', 'list', 'digest')", name=op.f("ck_alerts_channel")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_alerts_city_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outgoing_mails.id"], name=op.f("fk_alerts_mail_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_alerts_project_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["people.id"], name=op.f("fk_alerts_recipient_id")),
        sa.ForeignKeyConstraint(["stands_for_id"], ["people.id"], name=op.f("fk_alerts_stands_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint(
            "city_id",
            "item",
            "baseline_version",
            "ladder_run",
            "rung",
            "period",
            "recipient_id",
            name=op.f("uq_alerts_city_id_item_baseline_version_ladder_run_rung_period_recipient_id"),
        ),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index("ix_alerts_item", ["city_id", "item"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_mail_id"), ["mail_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_alerts_raised_on", ["city_id", "raised_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_recipient_id"), ["recipient_id"], unique=False)

    op.create_table(
        "cancellations",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason_id", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_cancellations_entry_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_cancellations_milestone_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_cancellations_project_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason_codes.id"], name=op.f("fk_cancellations_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellations")),
        sa.UniqueConstraint("milestone_id", name=op.f("uq_cancellations_milestone_id")),
    )
    with op.batch_alter_table("cancellations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cancellations_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cancellations_project_id"), ["project_id"], unique=False)

    op.create_table(
        "change_requests",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("reason_id", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("dates", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_change_requests_entry_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_change_requests_project_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason_codes.id"], name=op.f("fk_change_requests_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_requests")),
    )
    with op.batch_alter_table("change_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_requests_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_requests_project_id"), ["project_id"], unique=False)

    op.create_table(
        "claims",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("evidence_type_id", sa.String(length=60), nullable=True),
        sa.Column("document_number", sa.String(length=100), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("link", sa.String(length=1000), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_claims_entry_id")),
        sa.ForeignKeyConstraint(["evidence_type_id"], ["evidence_types.id"], name=op.f("fk_claims_evidence_type_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_claims_file_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_claims_milestone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_milestone_id"), ["milestone_id"], unique=False)

    op.create_table(
        "cost_reports",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("budget", sa.Float(), nullable=False),
        sa.Column("estimate", sa.Float(), nullable=True),
        sa.Column("planned", sa.Float(), nullable=True),
        sa.Column("spent", sa.Float(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_cost_reports_entry_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_cost_reports_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_reports")),
    )
    with op.batch_alter_table("cost_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cost_reports_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cost_reports_project_id"), ["project_id"], unique=False)

    op.create_table(
        "dependencies",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=2), nullable=False),
        sa.Column("lag_wd", sa.Integer(), nullable=False),
        sa.CheckConstraint("type in ('FS', 'SS', 'FF', 'SF')", name=op.f("ck_dependencies_type")),
        sa.CheckConstraint("milestone_id <> predecessor_id", name=op.f("ck_dependencies_not_itself")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_dependencies_milestone_id")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["milestones.id"], name=op.f("fk_dependencies_predecessor_id")),
        sa.PrimaryKeyConstraint("milestone_id", "predecessor_id", name=op.f("pk_dependencies")),
    )
    with op.batch_alter_table("dependencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dependencies_predecessor_id"), ["predecessor_id"], unique=False)

    op.create_table(
        "forecasts",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("reason_id", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_forecasts_entry_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_forecasts_milestone_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason_codes.id"], name=op.f("fk_forecasts_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecasts")),
    )
    with op.batch_alter_table("forecasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forecasts_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_forecasts_milestone_id"), ["milestone_id"], unique=False)

    op.create_table(
        "indicator_assessments",
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(length=10), nullable=False),
        sa.Column("actual", sa.Float(), nullable=True),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("ratio", sa.Float(), nullable=True),
        sa.Column("progress", sa.Float(), nullable=True),
        sa.Column("deviation", sa.Float(), nullable=True),
        sa.Column("observed_on", sa.Date(), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("missed_reports", sa.Integer(), nullable=False),
        sa.Column("missed_after_target", sa.Integer(), nullable=False),
        sa.Column("next_report_due_on", sa.Date(), nullable=True),
        sa.Column("baseline_assumed", sa.Boolean(), nullable=False),
        sa.Column("projected", sa.Float(), nullable=True),
        sa.Column("trend_below_target", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_indicator_assessments_indicator_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_indicator_assessments_project_id")),
        sa.PrimaryKeyConstraint("indicator_id", name=op.f("pk_indicator_assessments")),
    )
    with op.batch_alter_table("indicator_assessments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_indicator_assessments_next_report_due_on"), ["next_report_due_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_indicator_assessments_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_indicator_assessments_status"), ["status"], unique=False)

    op.create_table(
        "issues",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("critical", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_issues_entry_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_issues_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
    )
    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issues_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issues_project_id"), ["project_id"], unique=False)

    op.create_table(
        "milestone_assessments",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("effective_due_on", sa.Date(), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("driver", sa.String(length=80), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("lateness_wd", sa.Integer(), nullable=False),
        sa.Column("overdue_from", sa.Date(), nullable=True),
        sa.Column("days_overdue", sa.Integer(), nullable=False),
        sa.Column("slip_wd", sa.Integer(), nullable=True),
        sa.Column("claim_submitted_on", sa.Date(), nullable=True),
        sa.Column("out_of_sequence", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name=op.f("fk_milestone_assessments_milestone_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_milestone_assessments_project_id")),
        sa.PrimaryKeyConstraint("milestone_id", name=op.f("pk_milestone_assessments")),
    )
    with op.batch_alter_table("milestone_assessments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_milestone_assessments_effective_due_on"), ["effective_due_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_milestone_assessments_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_milestone_assessments_status"), ["status"], unique=False)

    op.create_table(
        "overrides",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_overrides_order")),
        sa.CheckConstraint("severity in (1, 2)", name=op.f("ck_overrides_severity")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_overrides_entry_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_overrides_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    with op.batch_alter_table("overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_overrides_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_overrides_project_id"), ["project_id"], unique=False)

    op.create_table(
        "pauses",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("reason_id", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_pauses_entry_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_pauses_milestone_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_pauses_project_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason_codes.id"], name=op.f("fk_pauses_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pauses_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pauses_project_id"), ["project_id"], unique=False)

    op.create_table(
        "readings",
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("is_correction", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_readings_entry_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicators.id"], name=op.f("fk_readings_indicator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
    )
    with op.batch_alter_table("readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_readings_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index("ix_readings_indicator_id_period_end", ["indicator_id", "period_end"], unique=False)

    op.create_table(
        "revisions",
        sa.Column("item_kind", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_revisions_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revisions_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_revisions_item_id"), ["item_id"], unique=False)

    op.create_table(
        "trajectory_points",
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("is_share", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicators.id"], name=op.f("fk_trajectory_points_indicator_id")),
        sa.PrimaryKeyConstraint("indicator_id", "on_day", name=op.f("pk_trajectory_points")),
    )
    op.create_table(
        "baseline_dates",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change_requests.id"], name=op.f("fk_baseline_dates_change_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_baseline_dates_entry_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_baseline_dates_milestone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline_dates")),
        sa.UniqueConstraint("milestone_id", "version", name=op.f("uq_baseline_dates_milestone_id_version")),
    )
    with op.batch_alter_table("baseline_dates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_baseline_dates_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "change_rulings",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('checked', 'returned', 'approved', 'refused')", name=op.f("ck_change_rulings_outcome")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_change_rulings_entry_id")),
        sa.ForeignKeyConstraint(["request_id"], ["change_requests.id"], name=op.f("fk_change_rulings_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_rulings")),
    )
    with op.batch_alter_table("change_rulings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_rulings_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_rulings_request_id"), ["request_id"], unique=False)

    op.create_table(
        "evidence_decisions",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason_id", sa.String(length=60), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_evidence_decisions_claim_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_evidence_decisions_entry_id")),
        sa.ForeignKeyConstraint(["reason_id"], ["reason_codes.id"], name=op.f("fk_evidence_decisions_reason_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_decisions")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_evidence_decisions_claim_id")),
    )
    with op.batch_alter_table("evidence_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_decisions_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "issue_closings",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_issue_closings_entry_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issues.id"], name=op.f("fk_issue_closings_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_closings")),
        sa.UniqueConstraint("issue_id", name=op.f("uq_issue_closings_issue_id")),
    )
    with op.batch_alter_table("issue_closings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_closings_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "resumes",
        sa.Column("pause_id", sa.Integer(), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_resumes_entry_id")),
        sa.ForeignKeyConstraint(["pause_id"], ["pauses.id"], name=op.f("fk_resumes_pause_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resumes")),
        sa.UniqueConstraint("pause_id", name=op.f("uq_resumes_pause_id")),
    )
    with op.batch_alter_table("resumes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resumes_entry_id"), ["entry_id"], unique=False)
    # The row that every append to the audit log locks.
    op.execute("insert into audit_head (id, size, frontier) values (1, 0, '[]')")


def downgrade() -> None:
    with op.batch_alter_table("resumes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resumes_entry_id"))

    op.drop_table("resumes")
    with op.batch_alter_table("issue_closings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issue_closings_entry_id"))

    op.drop_table("issue_closings")
    with op.batch_alter_table("evidence_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_decisions_entry_id"))

    op.drop_table("evidence_decisions")
    with op.batch_alter_table("change_rulings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_rulings_request_id"))
        batch_op.drop_index(batch_op.f("ix_change_rulings_entry_id"))

    op.drop_table("change_rulings")
    with op.batch_alter_table("baseline_dates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_baseline_dates_entry_id"))

    op.drop_table("baseline_dates")
    op.drop_table("trajectory_points")
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revisions_item_id"))
        batch_op.drop_index(batch_op.f("ix_revisions_entry_id"))

    op.drop_table("revisions")
    with op.batch_alter_table("readings", schema=None) as batch_op:
        batch_op.drop_index("ix_readings_indicator_id_period_end")
        batch_op.drop_index(batch_op.f("ix_readings_entry_id"))

    op.drop_table("readings")
    with op.batch_alter_table("pauses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pauses_project_id"))
        batch_op.drop_index(batch_op.f("ix_pauses_entry_id"))

    op.drop_table("pauses")
    with op.batch_alter_table("overrides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_overrides_project_id"))
        batch_op.drop_index(batch_op.f("ix_overrides_entry_id"))

    op.drop_table("overrides")
    with op.batch_alter_table("milestone_assessments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_assessments_status"))
        batch_op.drop_index(batch_op.f("ix_milestone_assessments_project_id"))
        batch_op.drop_index(batch_op.f("ix_milestone_assessments_effective_due_on"))

    op.drop_table("milestone_assessments")
    with op.batch_alter_table("issues", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issues_project_id"))
        batch_op.drop_index(batch_op.f("ix_issues_entry_id"))

    op.drop_table("issues")
    with op.batch_alter_table("indicator_assessments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_indicator_assessments_status"))
        batch_op.drop_index(batch_op.f("ix_indicator_assessments_project_id"))
        batch_op.drop_index(batch_op.f("ix_indicator_assessments_next_report_due_on"))

    op.drop_table("indicator_assessments")
    with op.batch_alter_table("forecasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecasts_milestone_id"))
        batch_op.drop_index(batch_op.f("ix_forecasts_entry_id"))

    op.drop_table("forecasts")
    with op.batch_alter_table("dependencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dependencies_predecessor_id"))

    op.drop_table("dependencies")
    with op.batch_alter_table("cost_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cost_reports_project_id"))
        batch_op.drop_index(batch_op.f("ix_cost_reports_entry_id"))

    op.drop_table("cost_reports")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claims_milestone_id"))
        batch_op.drop_index(batch_op.f("ix_claims_entry_id"))

    op.drop_table("claims")
    with op.batch_alter_table("change_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_requests_project_id"))
        batch_op.drop_index(batch_op.f("ix_change_requests_entry_id"))

    op.drop_table("change_requests")
    with op.batch_alter_table("cancellations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cancellations_project_id"))
        batch_op.drop_index(batch_op.f("ix_cancellations_entry_id"))

    op.drop_table("cancellations")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alerts_recipient_id"))
        batch_op.drop_index("ix_alerts_raised_on")
        batch_op.drop_index(batch_op.f("ix_alerts_project_id"))
        batch_op.drop_index(batch_op.f("ix_alerts_mail_id"))
        batch_op.drop_index("ix_alerts_item")

    op.drop_table("alerts")
    with op.batch_alter_table("status_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_status_changes_project_id_changed_on")
        batch_op.drop_index(batch_op.f("ix_status_changes_changed_on"))

    op.drop_table("status_changes")
    op.drop_table("project_districts")
    with op.batch_alter_table("project_assessments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_assessments_status"))
        batch_op.drop_index(batch_op.f("ix_project_assessments_fresh_until"))

    op.drop_table("project_assessments")
    with op.batch_alter_table("outgoing_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_outgoing_mails_state_not_before")
        batch_op.drop_index(batch_op.f("ix_outgoing_mails_recipient_id"))
        batch_op.drop_index(batch_op.f("ix_outgoing_mails_kind"))

    op.drop_table("outgoing_mails")
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestones_code"))

    op.drop_table("milestones")
    with op.batch_alter_table("indicators", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_indicators_code"))

    op.drop_table("indicators")
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_files_project_id"))

    op.drop_table("files")
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_index("ix_entries_project_id_entered_at")
        batch_op.drop_index(batch_op.f("ix_entries_entered_at"))

    op.drop_table("entries")
    with op.batch_alter_table("projects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_projects_owner_id"))
        batch_op.drop_index(batch_op.f("ix_projects_manager_id"))
        batch_op.drop_index(batch_op.f("ix_projects_department_id"))
        batch_op.drop_index(batch_op.f("ix_projects_curator_id"))
        batch_op.drop_index(batch_op.f("ix_projects_area_id"))

    op.drop_table("projects")
    with op.batch_alter_table("department_heads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_department_heads_person_id"))
        batch_op.drop_index(batch_op.f("ix_department_heads_department_id"))

    op.drop_table("department_heads")
    with op.batch_alter_table("curator_areas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_curator_areas_city_id"))

    op.drop_table("curator_areas")
    op.drop_table("city_access")
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absences_substitute_id"))
        batch_op.drop_index(batch_op.f("ix_absences_person_id"))

    op.drop_table("absences")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_department_id"))
        batch_op.drop_index(batch_op.f("ix_people_city_id"))

    op.drop_table("people")
    op.drop_table("department_successions")
    with op.batch_alter_table("districts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_districts_city_id"))

    op.drop_table("districts")
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_departments_city_id"))

    op.drop_table("departments")
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_days_day"))

    op.drop_table("calendar_days")
    op.drop_table("units")
    op.drop_table("skipped_events")
    op.drop_table("sectors")
    op.drop_table("reason_codes")
    op.drop_table("priorities")
    op.drop_table("milestone_types")
    op.drop_table("job_runs")
    op.drop_table("evidence_types")
    op.drop_table("demo_clock")
    op.drop_table("cities")
    op.drop_table("calendar_years")
    op.drop_table("audit_head")
    op.drop_table("audit_events")
    op.drop_table("audit_checkpoints")
