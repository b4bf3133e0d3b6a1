"""What people chose about regular mail, as of a moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pmo.db.models.people import MailChoiceRecord, PersonRecord
from pmo.domain.mail_choices import MailChoice, MailChoices

LATEST = 10


@dataclass(frozen=True, slots=True)
class Chosen:
    """One choice that was made; ``source`` is ``web`` or ``unsubscribe``."""

    choice: MailChoice
    wanted: bool
    entered_at: datetime
    source: str


_ROWS = (
    select(MailChoiceRecord.person_id, MailChoiceRecord.choice, MailChoiceRecord.wanted)
    .join(PersonRecord, PersonRecord.id == MailChoiceRecord.person_id)
    .where(MailChoiceRecord.entered_at <= bindparam("moment"))
    .order_by(MailChoiceRecord.entered_at, MailChoiceRecord.id)
)
_OF_CITY = _ROWS.where(PersonRecord.city_id == bindparam("city"))
_OF_PERSON = _ROWS.where(MailChoiceRecord.person_id == bindparam("person"))


def choices_in_city(session: Session, city: str, moment: datetime) -> Mapping[str, MailChoices]:
    """What was chosen by ``moment``, by person; whoever never chose is left out."""
    chosen: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in session.execute(_OF_CITY, {"city": city, "moment": moment}):
        chosen[row.person_id][row.choice] = row.wanted
    return {person: MailChoices.of(mine) for person, mine in chosen.items()}


def choices_of(session: Session, person: str, moment: datetime) -> MailChoices:
    """What one person wants at ``moment``."""
    rows = session.execute(_OF_PERSON, {"person": person, "moment": moment})
    return MailChoices.of({row.choice: row.wanted for row in rows})


def latest_choices(session: Session, person: str) -> list[Chosen]:
    """The last choices of a person, the newest first."""
    record = MailChoiceRecord
    statement = (
        select(record.choice, record.wanted, record.entered_at, record.source)
        .where(record.person_id == person)
        .order_by(record.entered_at.desc(), record.id.desc())
        .limit(LATEST)
    )
    return [
        Chosen(MailChoice(row.choice), row.wanted, row.entered_at, row.source) for row in session.execute(statement)
    ]
