"""Templates of projects: made, edited, withdrawn by the office of their city. Every saving is a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.catalogue import (
    CityRecord,
    EvidenceTypeRecord,
    MilestoneTypeRecord,
    PriorityRecord,
    SectorRecord,
    UnitRecord,
)
from pmo.db.models.templates import TemplateRecord, TemplateVersionRecord
from pmo.domain.access import Action
from pmo.domain.errors import Conflict, NotFound, RuleBroken
from pmo.domain.template import Template, TemplateIndicator, TemplateMilestone, as_plan, faults_of_template
from pmo.exchange.template_examples import read_examples
from pmo.queries.names import Name
from pmo.queries.templates import codes_of_templates, template_at, template_of_project
from pmo.services.acts import Act, project_for
from pmo.services.administration import demand_in_city, note


@dataclass(frozen=True, slots=True)
class TemplateHead:
    """What a template is as a whole; ``duration_days`` are calendar days."""

    name_ru: str
    name_kk: str
    name_en: str
    duration_days: int
    sector_id: str | None = None
    priority_id: str | None = None


HEAD = TemplateHead.__slots__
"""The fields of a template that are not its items."""


def create_template(session: Session, act: Act, code: str, template: Template) -> TemplateRecord:
    """A new template of the actor's city. Raises NotAllowed; RuleBroken ``code_taken``, and as ``edit_template``."""
    demand_in_city(act.actor, Action.CREATE_PROJECT, act.actor.city)
    record = _add(session, act, code, template, is_example=False)
    note(session, act, "template_created", f"templates/{code}", after=_parts(template))
    return record


def template_from_project(session: Session, act: Act, project_id: int, code: str, name: Name) -> TemplateRecord:
    """The plan of a project becomes a template under another name.

    Raises NotFound, NotAllowed; RuleBroken as ``create_template``.
    """
    demand_in_city(act.actor, Action.CREATE_PROJECT, act.actor.city)
    project = project_for(session, act.actor, Action.EDIT, project_id)
    plan = template_of_project(session, project.id, act.at)
    template = replace(plan, name_ru=name.name_ru, name_kk=name.name_kk, name_en=name.name_en)
    record = _add(session, act, code, template, is_example=False)
    after = {"project": project.code, **_parts(template)}
    note(session, act, "template_created", f"templates/{code}", after=after)
    return record


def edit_template(session: Session, act: Act, template_id: int, head: TemplateHead, version: int) -> None:
    """Names, duration, sector and priority. ``version`` is the one that the form was opened with.

    Somebody else's saving of another part meanwhile is no conflict. Raises NotFound, NotAllowed, Conflict; RuleBroken
    ``template_withdrawn``, ``offset_out_of_range``, ``unknown_choice``.
    """
    record, now = _own(session, act, template_id)
    _refuse_overtaken(session, record, now, version, _head)
    _save(session, act, record, now, replace(now, **asdict(head)))


def put_milestone(
    session: Session, act: Act, template_id: int, new: TemplateMilestone, version: int, replacing: str | None = None
) -> None:
    """One more milestone, or another in the place of the one with a code.

    Raises as ``edit_template``; NotFound where that code is gone; RuleBroken ``template_code``, ``code_taken``,
    ``weight_not_positive``, ``unknown_predecessor``, ``dependency_cycle``.
    """
    record, now = _own(session, act, template_id)
    if replacing is not None:
        _refuse_overtaken(session, record, now, version, lambda one: one.milestone(replacing))
        if now.milestone(replacing) is None:
            raise NotFound
    _save(session, act, record, now, now.with_milestone(new, replacing))


def remove_milestone(session: Session, act: Act, template_id: int, code: str, version: int) -> None:
    """One milestone fewer; what waited for it now waits for what it waited for. Raises as ``put_milestone``."""
    record, now = _own(session, act, template_id)
    if now.milestone(code) is None:
        raise NotFound
    _refuse_overtaken(session, record, now, version, lambda one: one.milestone(code))
    _save(session, act, record, now, now.without_milestones({code}))


def put_indicator(
    session: Session, act: Act, template_id: int, new: TemplateIndicator, version: int, replacing: str | None = None
) -> None:
    """One more indicator, or another in the place of the one with a code. Raises as ``put_milestone``."""
    record, now = _own(session, act, template_id)
    if replacing is not None:
        _refuse_overtaken(session, record, now, version, lambda one: one.indicator(replacing))
        if now.indicator(replacing) is None:
            raise NotFound
    _save(session, act, record, now, now.with_indicator(new, replacing))


def remove_indicator(session: Session, act: Act, template_id: int, code: str, version: int) -> None:
    """One indicator fewer. Raises as ``put_milestone``."""
    record, now = _own(session, act, template_id)
    if now.indicator(code) is None:
        raise NotFound
    _refuse_overtaken(session, record, now, version, lambda one: one.indicator(code))
    _save(session, act, record, now, now.without_indicator(code))


def withdraw_template(session: Session, act: Act, template_id: int) -> None:
    """The template is kept, and offered no longer. Raises NotFound, NotAllowed; RuleBroken ``template_withdrawn``."""
    record, _now = _own(session, act, template_id)
    record.withdrawn_at = act.at
    note(session, act, "template_withdrawn", f"templates/{record.code}", after={"version": record.version})
    session.flush()


def offer_template_again(session: Session, act: Act, template_id: int) -> None:
    """A withdrawn template is offered again. Raises NotFound, NotAllowed; RuleBroken ``template_offered``."""
    record = locked_template(session, act, template_id)
    if record.withdrawn_at is None:
        raise RuleBroken("template_offered", None, template=record.code)
    record.withdrawn_at = None
    note(session, act, "template_offered_again", f"templates/{record.code}", after={"version": record.version})
    session.flush()


def add_examples(session: Session, act: Act) -> int:
    """The ready templates whose codes the actor's city has not yet; returns how many that were.

    Raises NotAllowed; RuleBroken ``terms_missing`` where the lists of the installation lack what they name.
    """
    demand_in_city(act.actor, Action.CREATE_PROJECT, act.actor.city)
    _one_at_a_time(session, act.actor.city)
    taken = codes_of_templates(session, act.actor.city)
    new = {code: template for code, template in read_examples().items() if code not in taken}
    missing = sorted({term for template in new.values() for _field, term in unknown_terms(session, template)})
    if missing:
        raise RuleBroken("terms_missing", None, terms=", ".join(missing))
    for code, template in new.items():
        _add(session, act, code, template, is_example=True)
        note(session, act, "template_created", f"templates/{code}", after={"example": True, **_parts(template)})
    return len(new)


def locked_template(session: Session, act: Act, template_id: int) -> TemplateRecord:
    """A template of the actor's city, locked for the transaction. Raises NotAllowed, NotFound."""
    demand_in_city(act.actor, Action.CREATE_PROJECT, act.actor.city)
    record = session.scalar(
        select(TemplateRecord)
        .where(TemplateRecord.id == template_id, TemplateRecord.city_id == act.actor.city)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if record is None:
        raise NotFound
    return record


def offered_template(session: Session, act: Act, template_id: int) -> tuple[TemplateRecord, Template]:
    """A template that is offered, with what it says. Raises NotAllowed, NotFound; RuleBroken ``template_withdrawn``."""
    return _own(session, act, template_id)


def unknown_terms(session: Session, template: Template) -> list[tuple[str, str]]:
    """(field, id) of everything a template names that the lists do not have."""
    named: list[tuple[type, str, str | None]] = [
        (SectorRecord, "sector_id", template.sector_id),
        (PriorityRecord, "priority_id", template.priority_id),
        *((MilestoneTypeRecord, "type_id", one.type_id) for one in template.milestones),
        *((EvidenceTypeRecord, "evidence_type_id", one.evidence_type_id) for one in template.milestones),
        *((UnitRecord, "unit_id", one.unit_id) for one in template.indicators),
    ]
    return [(field, term) for record, field, term in named if term is not None and session.get(record, term) is None]


def _own(session: Session, act: Act, template_id: int) -> tuple[TemplateRecord, Template]:
    record = locked_template(session, act, template_id)
    if record.withdrawn_at is not None:
        raise RuleBroken("template_withdrawn", None, template=record.code)
    now = template_at(session, record.id, record.version)
    assert now is not None  # a template is written with its version
    return record, now


def _head(template: Template) -> TemplateHead:
    return TemplateHead(**{name: getattr(template, name) for name in HEAD})


def _refuse_overtaken(
    session: Session, record: TemplateRecord, now: Template, version: int, part: Callable[[Template], object]
) -> None:
    """Raises Conflict where the part is not what it was in the version that the form was opened with."""
    if record.version == version:
        return
    opened = template_at(session, record.id, version) if 0 < version < record.version else None
    if opened is None or part(opened) != part(now):
        raise Conflict({name: getattr(now, name) for name in HEAD})


def _one_at_a_time(session: Session, city: str) -> None:
    """Two who take one code at the same moment: the second waits, and is told that it is taken."""
    session.execute(select(CityRecord.id).where(CityRecord.id == city).with_for_update(key_share=True))


def _add(session: Session, act: Act, code: str, template: Template, *, is_example: bool) -> TemplateRecord:
    city = act.actor.city
    _one_at_a_time(session, city)
    if code in codes_of_templates(session, city):
        raise RuleBroken("code_taken", "code", code=code)
    _refuse_bad(session, template)
    record = TemplateRecord(city_id=city, code=code, version=1, is_example=is_example)
    session.add(record)
    session.flush()
    _write_version(session, act, record, template)
    return record


def _save(session: Session, act: Act, record: TemplateRecord, before: Template, after: Template) -> None:
    """The next version, unless nothing changed."""
    if after == before:
        return
    _refuse_bad(session, after)
    record.version += 1
    _write_version(session, act, record, after)
    old, new = _parts(before), _parts(after)
    differing = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    note(
        session,
        act,
        "template_edited",
        f"templates/{record.code}",
        before={"version": record.version - 1, **{name: old.get(name) for name in differing}},
        after={"version": record.version, **{name: new.get(name) for name in differing}},
    )


def _write_version(session: Session, act: Act, record: TemplateRecord, template: Template) -> None:
    session.add(
        TemplateVersionRecord(
            template_id=record.id,
            version=record.version,
            plan=as_plan(template),
            entered_at=act.at,
            entered_by=act.actor.person or None,
        )
    )
    session.flush()


def _refuse_bad(session: Session, template: Template) -> None:
    for fault in faults_of_template(template):
        raise fault.as_refusal()
    for field, _term in unknown_terms(session, template):
        raise RuleBroken("unknown_choice", field)


def _parts(template: Template) -> dict[str, Any]:
    """The template for the record: its fields, and each item under its own name."""
    plan = as_plan(template)
    parts = {name: plan[name] for name in HEAD}
    for kind in ("milestones", "indicators"):
        parts |= {f"{kind}/{one['code']}": one for one in plan[kind]}
    return parts
