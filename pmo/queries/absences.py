"""Absences of a city: who is away, who acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from pmo.db.models.people import AbsenceRecord, PersonRecord

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Absence:
    """One absence with the titles of both posts, ``{"ru", "kk", "en"}``; both days are included."""

    id: int
    person_id: str
    person: dict[str, str]
    substitute_id: str
    substitute: dict[str, str]
    starts_on: date
    ends_on: date


_PERSON = aliased(PersonRecord)
_SUBSTITUTE = aliased(PersonRecord)
_STANDING = (
    select(
        AbsenceRecord.id,
        AbsenceRecord.person_id,
        AbsenceRecord.substitute_id,
        AbsenceRecord.starts_on,
        AbsenceRecord.ends_on,
        _PERSON.title_ru,
        _PERSON.title_kk,
        _PERSON.title_en,
        _SUBSTITUTE.title_ru.label("acting_ru"),
        _SUBSTITUTE.title_kk.label("acting_kk"),
        _SUBSTITUTE.title_en.label("acting_en"),
    )
    .join(_PERSON, _PERSON.id == AbsenceRecord.person_id)
    .join(_SUBSTITUTE, _SUBSTITUTE.id == AbsenceRecord.substitute_id)
    .where(
        _PERSON.city_id == bindparam("city"),
        AbsenceRecord.withdrawn_at.is_(None),
        AbsenceRecord.ends_on >= bindparam("day"),
    )
    .order_by(AbsenceRecord.starts_on, AbsenceRecord.id)
    .limit(MOST_SHOWN)
)


def absences_from(session: Session, city: str, day: date, of: str | None = None) -> list[Absence]:
    """Absences of a city that last on the day or are still to come; ``of`` leaves those of one post, on either side."""
    statement = _STANDING
    if of is not None:
        statement = statement.where(or_(AbsenceRecord.person_id == of, AbsenceRecord.substitute_id == of))
    return [
        Absence(
            id=row.id,
            person_id=row.person_id,
            person={"ru": row.title_ru, "kk": row.title_kk, "en": row.title_en},
            substitute_id=row.substitute_id,
            substitute={"ru": row.acting_ru, "kk": row.acting_kk, "en": row.acting_en},
            starts_on=row.starts_on,
            ends_on=row.ends_on,
        )
        for row in session.execute(statement, {"city": city, "day": day})
    ]
