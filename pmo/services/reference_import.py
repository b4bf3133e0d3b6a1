"""Brings cities, lists, departments, areas and people of a checked file into the database."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.clock import local_day
from pmo.db.models.catalogue import CityRecord, DistrictRecord
from pmo.db.models.organisation import (
    CuratorAreaRecord,
    DepartmentHeadRecord,
    DepartmentRecord,
    DepartmentSuccessionRecord,
)
from pmo.db.models.people import PersonRecord
from pmo.domain.calendar import ONE_DAY
from pmo.exchange.fields import Names
from pmo.exchange.portfolio_rows import DepartmentRow, Portfolio
from pmo.queries.import_state import TERMS
from pmo.queries.places import city_zone
from pmo.services import audit
from pmo.services.addresses import is_changed_here


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A row as the file wants it: ``fields`` whenever it differs, ``at_first`` only when it is new."""

    noun: str
    record: type[Any]
    id: str
    fields: Mapping[str, Any]
    at_first: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def compare_references(session: Session, portfolio: Portfolio) -> Counter[tuple[str, str]]:
    """How many rows an import would create, change or leave, by (outcome, noun)."""
    outcomes: Counter[tuple[str, str]] = Counter()
    heads = _heads(session)
    moved = {row.id for row in portfolio.departments if _is_moved(session, heads, row)}
    for wanted in _wanted_rows(portfolio):
        record = session.get(wanted.record, wanted.id)
        differs = record is not None and (_differences(session, record, wanted) or wanted.id in moved)
        outcomes["created" if record is None else "changed" if differs else "unchanged", wanted.noun] += 1
    return outcomes


def import_references(session: Session, portfolio: Portfolio, recorded_at: datetime) -> None:
    """Writes what is new or differs, and tells the audit log."""
    written: type[Any] | None = None
    for wanted in _wanted_rows(portfolio):
        if written is not wanted.record:
            session.flush()  # rows of one table may refer to those of the table before
            written = wanted.record
        _store(session, wanted, recorded_at)
    session.flush()
    heads = _heads(session)
    for row in portfolio.departments:
        _appoint_head(session, heads, row, recorded_at)
        _succeed(session, row)
    session.flush()


def _wanted_rows(portfolio: Portfolio) -> Iterator[_Wanted]:
    """In an order in which each row only refers to earlier ones."""
    demonstration = {"has_demonstration_data": True} if portfolio.is_demonstration else {}
    for place, city in enumerate(portfolio.cities):
        fields = {"timezone": city.timezone, "currency": city.currency, "calendar": city.calendar, **demonstration}
        yield _Wanted("cities", CityRecord, city.id, {**_named(city.names), **fields}, {"position": place})
    for name, terms in portfolio.terms.items():
        for place, term in enumerate(terms):
            yield _Wanted("lists", TERMS[name], term.id, _named(term.names), {"position": place})
    for district in portfolio.districts:
        yield _Wanted("districts", DistrictRecord, district.id, _named(district.names), {"city_id": district.city})
    for department in portfolio.departments:
        life = {"valid_from": department.valid_from, "valid_until": department.valid_until}
        fields = {**_named(department.names), **life}
        yield _Wanted("departments", DepartmentRecord, department.id, fields, {"city_id": department.city})
    for person in portfolio.people:
        title = {f"title_{language}": words for language, words in _words(person.title).items()}
        post = {"role": person.role.value, "email": person.email, "department_id": person.department}
        # Afterwards the language is the person's own choice.
        yield _Wanted(
            "people", PersonRecord, person.id, {**title, **post}, {"city_id": person.city, "language": person.language}
        )
    for area in portfolio.areas:
        fields = {**_named(area.names), "holder_id": area.holder}
        yield _Wanted("areas", CuratorAreaRecord, area.id, fields, {"city_id": area.city})


def _store(session: Session, wanted: _Wanted, recorded_at: datetime) -> None:
    record = session.get(wanted.record, wanted.id)
    item = f"{wanted.record.__tablename__}/{wanted.id}"
    if record is None:
        fields = {**wanted.fields, **wanted.at_first}
        if wanted.record is PersonRecord:
            fields["created_at"] = recorded_at
        session.add(wanted.record(id=wanted.id, **fields))
        audit.note(session, at=recorded_at, actor=None, action="imported", item=item, after=fields)
        return
    differences = _differences(session, record, wanted)
    if differences:
        before = {name: getattr(record, name) for name in differences}
        audit.note(
            session, at=recorded_at, actor=None, action="changed_by_import", item=item, before=before, after=differences
        )
        for name, value in differences.items():
            setattr(record, name, value)


def _differences(session: Session, record: Any, wanted: _Wanted) -> dict[str, Any]:
    """What the file would change. An address that was changed in the tracker is the post's own since then."""
    found = {name: value for name, value in wanted.fields.items() if getattr(record, name) != value}
    if isinstance(record, PersonRecord) and "email" in found and is_changed_here(session, record.id):
        del found["email"]
    return found


def _heads(session: Session) -> dict[str, DepartmentHeadRecord]:
    """The present head of each department."""
    statement = select(DepartmentHeadRecord).where(DepartmentHeadRecord.valid_until.is_(None))
    return {head.department_id: head for head in session.scalars(statement.order_by(DepartmentHeadRecord.id))}


def _is_moved(session: Session, heads: Mapping[str, DepartmentHeadRecord], row: DepartmentRow) -> bool:
    """Whether the file names another head or other successors than the database."""
    head = heads.get(row.id)
    if (head.person_id if head else None) != row.head:
        return True
    return any(session.get(DepartmentSuccessionRecord, (row.id, other)) is None for other in row.succeeded_by)


def _appoint_head(
    session: Session, heads: Mapping[str, DepartmentHeadRecord], row: DepartmentRow, recorded_at: datetime
) -> None:
    """The head named first has led the department from its first day; another one leads it from the import on."""
    head = heads.get(row.id)
    if (head.person_id if head else None) == row.head:
        return
    since: date = row.valid_from
    if head is not None:
        since = max(local_day(recorded_at, city_zone(session, row.city)), head.valid_from)
        head.valid_until = max(since - ONE_DAY, head.valid_from)
    if row.head:
        session.add(DepartmentHeadRecord(department_id=row.id, person_id=row.head, valid_from=since))
    audit.note(
        session, at=recorded_at, actor=None, action="head_appointed", item=f"departments/{row.id}",
        before={"head": head.person_id if head else None}, after={"head": row.head, "since": since},
    )  # fmt: skip


def _succeed(session: Session, row: DepartmentRow) -> None:
    for successor in row.succeeded_by:
        assert row.valid_until is not None
        if session.get(DepartmentSuccessionRecord, (row.id, successor)) is None:
            session.add(
                DepartmentSuccessionRecord(
                    predecessor_id=row.id, successor_id=successor, effective_on=row.valid_until + ONE_DAY
                )
            )


def _named(names: Names) -> dict[str, str]:
    return {f"name_{language}": words for language, words in _words(names).items()}


def _words(names: Names) -> dict[str, str]:
    return {"ru": names.ru, "kk": names.kk, "en": names.en}
