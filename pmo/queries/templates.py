"""Templates of a city: the list, one with its versions, and what a project's plan is as a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.models.templates import TemplateRecord, TemplateVersionRecord
from pmo.domain.errors import NotFound
from pmo.domain.indicator import Direction, Frequency, Indicator, Interpolation, Kind
from pmo.domain.milestone import Milestone
from pmo.domain.project import known_until
from pmo.domain.template import Template, TemplateIndicator, TemplateMilestone, from_plan, short_codes
from pmo.queries.history import project_history
from pmo.queries.names import Name, names_of_people


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One template in the list, as its newest version says."""

    id: int
    code: str
    template: Template
    version: int
    is_example: bool
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """When a template was saved, and by which post; None: nobody of the city."""

    version: int
    entered_at: datetime
    by: Name | None


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """One template with its versions, newest first; ``line`` is as the version that was asked for says."""

    line: TemplateLine
    versions: tuple[VersionLine, ...]

    @property
    def is_past(self) -> bool:
        """Whether there is a newer version than the one shown."""
        return self.line.version != self.versions[0].version


def templates_of(session: Session, city: str) -> list[TemplateLine]:
    """The templates of a city by code, those not offered any more last."""
    statement = (
        select(TemplateRecord, TemplateVersionRecord.plan)
        .join(
            TemplateVersionRecord,
            (TemplateVersionRecord.template_id == TemplateRecord.id)
            & (TemplateVersionRecord.version == TemplateRecord.version),
        )
        .where(TemplateRecord.city_id == city)
        .order_by(TemplateRecord.withdrawn_at.is_not(None), TemplateRecord.code)
    )
    return [_line(record, from_plan(plan)) for record, plan in session.execute(statement)]


def template_page(session: Session, city: str, template_id: int, version: int | None = None) -> TemplatePage:
    """One template of a city in a version, or as it is now.

    Raises NotFound for one of another city, for one that is not there, and for a version that it does not have.
    """
    record = session.scalar(
        select(TemplateRecord).where(TemplateRecord.id == template_id, TemplateRecord.city_id == city)
    )
    if record is None:
        raise NotFound
    saved = list(
        session.scalars(
            select(TemplateVersionRecord)
            .where(TemplateVersionRecord.template_id == template_id)
            .order_by(TemplateVersionRecord.version.desc())
        )
    )
    shown = next((one for one in saved if version is None or one.version == version), None)
    if shown is None:
        raise NotFound
    names = names_of_people(session, [one.entered_by for one in saved])
    versions = tuple(VersionLine(one.version, one.entered_at, names.get(one.entered_by)) for one in saved)
    return TemplatePage(replace(_line(record, from_plan(shown.plan)), version=shown.version), versions)


def template_at(session: Session, template_id: int, version: int) -> Template | None:
    """What a template said in a version; None where there is no such version."""
    plan = session.scalar(
        select(TemplateVersionRecord.plan).where(
            TemplateVersionRecord.template_id == template_id, TemplateVersionRecord.version == version
        )
    )
    return from_plan(plan) if plan else None


def codes_of_templates(session: Session, city: str) -> set[str]:
    """The codes that a city's templates have taken, withdrawn ones too."""
    return set(session.scalars(select(TemplateRecord.code).where(TemplateRecord.city_id == city)))


def template_of_project(session: Session, project_id: int, at: datetime) -> Template:
    """The plan of a project that is known to be there, with offsets in the place of dates.

    The dates are those of the baseline that counts at the moment. People, actual dates, readings, baseline and target
    values, points of trajectories and what is special (flagship, budget, districts) stay with the project; a cancelled
    milestone is no part of its plan. Names as they stand: the person who makes the template sees and corrects them.
    """
    record = session.get_one(ProjectRecord, project_id)
    project = known_until(project_history(session, project_id), at)
    if project is None:
        raise NotFound
    milestones = {
        one.id: one for one in session.scalars(select(MilestoneRecord).where(MilestoneRecord.project_id == project_id))
    }
    indicators = {
        one.id: one for one in session.scalars(select(IndicatorRecord).where(IndicatorRecord.project_id == project_id))
    }
    codes = short_codes(project.code, [one.code for one in project.milestones], "M")
    others = short_codes(project.code, [one.code for one in project.indicators], "I")
    made = Template(
        name_ru=record.name_ru,
        name_kk=record.name_kk,
        name_en=record.name_en,
        duration_days=(project.end_on - project.start_on).days,
        sector_id=record.sector_id,
        priority_id=record.priority_id,
        milestones=tuple(_milestone(one, milestones[one.id], record, codes) for one in project.milestones),
        indicators=tuple(_indicator(one, indicators[one.id], others[one.code]) for one in project.indicators),
    )
    return made.without_milestones({codes[one.code] for one in project.milestones if one.cancellation})


def _milestone(
    known: Milestone, record: MilestoneRecord, project: ProjectRecord, codes: Mapping[str, str]
) -> TemplateMilestone:
    baseline = known.baseline
    return TemplateMilestone(
        code=codes[known.code],
        name_ru=record.name_ru,
        name_kk=record.name_kk,
        name_en=record.name_en,
        type_id=record.type_id,
        offset_days=(baseline.due_on - project.start_on).days if baseline else None,
        weight=known.weight,
        critical=known.critical,
        evidence_type_id=record.evidence_type_id,
        min_duration_wd=known.min_duration_wd,
        predecessors=tuple(
            replace(link, predecessor=codes[link.predecessor])
            for link in known.predecessors
            if link.predecessor in codes
        ),
    )


def _indicator(known: Indicator, record: IndicatorRecord, code: str) -> TemplateIndicator:
    return TemplateIndicator(
        code=code,
        name_ru=record.name_ru,
        name_kk=record.name_kk,
        name_en=record.name_en,
        unit_id=record.unit_id,
        direction=Direction(known.direction),
        kind=Kind(known.kind),
        frequency=Frequency(known.frequency),
        interpolation=Interpolation(known.interpolation),
        weight=known.weight,
        critical=known.critical,
        source=record.source,
    )


def _line(record: TemplateRecord, template: Template) -> TemplateLine:
    return TemplateLine(
        record.id, record.code, template, record.version, record.is_example, record.withdrawn_at is not None
    )
