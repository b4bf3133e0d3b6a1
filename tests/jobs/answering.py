"""Acts of people of the small city, and a milestone that is late in it."""

from __future__ import annotations

from datetime import time

from sqlalchemy import select

from pmo.clock import local_moment
from pmo.db.models.answers import AnswerRecord, ForecastConfirmationRecord
from pmo.db.models.milestones import ForecastRecord
from pmo.queries.people import actor_for
from pmo.services.acts import Act
from pmo.services.milestones import move_forecast
from tests.domain.ladder_cast import as_day
from tests.jobs.small_city import ZONE, SmallCity

REASON = "evidence_incomplete"


def late_milestone(city: SmallCity, until: str, *, critical: bool = False) -> int:
    """Due on 31 December 2019, with all mornings from the last reminder up to a day."""
    number = city.milestone(city.project(), "P-01-M1", "2019-12-31", critical=critical)
    city.mornings("2019-12-30", until)
    return number


def act(city: SmallCity, person: str, day: str) -> Act:
    """What a post does at ten o'clock of a day."""
    at = local_moment(as_day(day), time(10), ZONE)
    with city.runtime.reading() as session:
        actor = actor_for(session, person, as_day(day))
    assert actor is not None
    return Act(actor=actor, at=at, on=as_day(day), recorded_at=at)


def forecast(city: SmallCity, milestone: int, day: str, expected: str, person: str = "manager") -> int:
    """A new forecast; returns its id."""
    with city.runtime.writing() as session:
        move_forecast(session, act(city, person, day), milestone, as_day(expected), REASON)
        found = session.scalars(select(ForecastRecord.id).order_by(ForecastRecord.id.desc())).first()
    assert found is not None
    return found


def answers(city: SmallCity) -> list[tuple[str, str, str]]:
    """Who answered what to which rung, in order."""
    with city.runtime.reading() as session:
        records = session.scalars(select(AnswerRecord).order_by(AnswerRecord.id))
        return [(record.person_id, record.kind, record.rung) for record in records]


def confirmations(city: SmallCity) -> list[tuple[str, str, str]]:
    """Which level let which rung wait until when."""
    with city.runtime.reading() as session:
        records = session.scalars(select(ForecastConfirmationRecord))
        return [(record.role, record.rung, record.until.isoformat()) for record in records]
