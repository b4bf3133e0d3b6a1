"""Answers to alerts: for the ladder as values, for the page with names, and where a milestone's ladder stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pmo.db.models.answers import AnswerRecord, ForecastConfirmationRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.milestones import ForecastRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Actor
from pmo.domain.alerts import Morning, PastAlert, climb_of, past_rungs
from pmo.domain.answers import (
    NOBODY_ANSWERED,
    Answer,
    Answered,
    AnswerKind,
    Confirmation,
    NextLevel,
    last_snooze_day,
    last_told,
    next_level,
    snooze_is_used,
    waiting,
)
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.ladder import Climb, PastRung, Rung, Standing
from pmo.domain.milestone import NOT_STATED, Milestone, MilestoneAssessment
from pmo.domain.project import Project
from pmo.domain.recipients import Posts
from pmo.queries.alerts import past_alerts
from pmo.queries.calendar import working_calendar
from pmo.queries.directory import directory
from pmo.queries.names import Name, names_of_people
from pmo.queries.replies import replies_by_project
from pmo.queries.rules import CityRules

CONFIRMED = "forecast_confirmed"
"""Kind of the entry with which the next level accepts a forecast."""


@dataclass(frozen=True, slots=True)
class AnswerTold:
    """An answer as the ladder's history tells it. ``until`` is None for what was muted to the end of the climb."""

    kind: str
    on: date
    at: datetime
    person: Name | None
    stands_for: Name | None
    role: str
    until: date | None
    text: str | None


@dataclass(frozen=True, slots=True)
class LadderPlace:
    """Where the ladder of a milestone stands on a day, with everything that was told and answered."""

    item: str
    critical: bool
    climb: Climb
    past: tuple[PastAlert, ...]
    rungs: tuple[PastRung, ...]
    answered: Answered
    posts: Posts
    calendar: WorkingCalendar
    on: date

    def told(self, people: Iterable[str]) -> PastAlert | None:
        """The last rung told to the first of these people who was told any."""
        found = (last_told(self.past, self.item, person, self.climb) for person in people)
        return next((alert for alert in found if alert is not None), None)

    def answers_of(self, person: str) -> list[Answer]:
        """What somebody answered to this climb, in the order of entry."""
        return [answer for answer in self.answered.about(self.item, self.climb) if answer.person == person]

    @property
    def is_confirmed(self) -> bool:
        """Whether the one wait of this baseline version was already given."""
        return any((one.item, one.version) == (self.item, self.climb.version) for one in self.answered.confirmations)


@dataclass(frozen=True, slots=True)
class LatestForecast:
    """The newest forecast of a milestone with its author."""

    id: int
    expected_on: date
    reason: str
    author: str | None
    entered_on: date


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """What one reader may answer to a milestone's alerts now.

    ``alert`` is the last one told to them, or None; ``snooze_to`` the last day for a snooze, ``can_mute`` that they may
    mute instead; ``confirms`` is set where it is for them to confirm the newest forecast, ``forecast``.
    """

    alert: PastAlert | None = None
    snooze_to: date | None = None
    can_mute: bool = False
    forecast: LatestForecast | None = None
    confirms: NextLevel | None = None


NOTHING_TO_ANSWER = OwnAnswers()


def answered_by_project(session: Session, city: str, at: datetime) -> dict[int, Answered]:
    """Everything answered in a city by a moment, by project id."""
    answers: dict[int, list[Answer]] = defaultdict(list)
    confirmations: dict[int, list[Confirmation]] = defaultdict(list)
    for record, entry in _answers(session, at, ProjectRecord.city_id == city):
        answers[entry.project_id].append(_answer(record, entry))
    for confirmed, entry in _confirmations(session, at, ProjectRecord.city_id == city):
        confirmations[entry.project_id].append(_confirmation(confirmed, entry))
    replies = replies_by_project(session, city, at)
    return {
        number: Answered(tuple(answers[number]), tuple(confirmations[number]), tuple(replies.get(number, ())))
        for number in {**answers, **confirmations, **replies}
    }


def answers_told(session: Session, milestone_id: int, at: datetime) -> list[AnswerTold]:
    """The answers about a milestone up to an instant, newest first."""
    answers = _answers(session, at, AnswerRecord.milestone_id == milestone_id)
    confirmed = _confirmations(session, at, ForecastConfirmationRecord.milestone_id == milestone_id)
    authors = {entry.entered_by for _, entry in (*answers, *confirmed)}
    people = names_of_people(session, authors | {record.person_id for record, _ in answers})
    told = [
        (
            entry.id,
            AnswerTold(
                kind=record.kind,
                on=entry.event_on,
                at=entry.entered_at,
                person=people.get(entry.entered_by),
                stands_for=people.get(record.person_id) if record.person_id != entry.entered_by else None,
                role=record.role,
                until=record.until,
                text=record.text,
            ),
        )
        for record, entry in answers
    ]
    told += [
        (
            entry.id,
            AnswerTold(
                kind=CONFIRMED,
                on=entry.event_on,
                at=entry.entered_at,
                person=people.get(entry.entered_by),
                stands_for=None,
                role=record.role,
                until=record.until,
                text=record.text,
            ),
        )
        for record, entry in confirmed
    ]
    return [answer for _, answer in sorted(told, key=lambda pair: pair[0], reverse=True)]


def ladder_place(
    session: Session,
    project: ProjectRecord,
    known: Project,
    facts: Milestone,
    judged: MilestoneAssessment,
    on: date,
    at: datetime,
    rules: CityRules,
) -> LadderPlace | None:
    """Where a milestone's ladder stands, from what was known at a moment; None for a milestone without a date."""
    calendar = working_calendar(session, project.city_id, at)
    climb = climb_of(known, facts, judged, Morning(on, None, calendar, rules.on(session, project.city_id, on, at)))
    if climb is None:
        return None
    told = past_alerts(session, project.city_id, on, at).get(project.id, ())
    mine = tuple(alert for alert in told if alert.item == facts.code)
    answered = answered_by_project(session, project.city_id, at).get(project.id, NOBODY_ANSWERED)
    return LadderPlace(
        item=facts.code,
        critical=facts.critical,
        climb=waiting(facts.code, climb, answered),
        past=mine,
        rungs=tuple(past_rungs(mine)),
        answered=answered,
        posts=directory(session, project.city_id, on, at).cast(project.id).of_milestone(facts.code),
        calendar=calendar,
        on=on,
    )


def latest_forecast(session: Session, milestone_id: int, at: datetime) -> LatestForecast | None:
    """The newest forecast entered by a moment."""
    statement = (
        select(ForecastRecord, EntryRecord)
        .join(EntryRecord, EntryRecord.id == ForecastRecord.entry_id)
        .where(ForecastRecord.milestone_id == milestone_id, EntryRecord.entered_at <= at)
        .order_by(EntryRecord.entered_at.desc(), ForecastRecord.id.desc())
        .limit(1)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    forecast, entry = row
    return LatestForecast(forecast.id, forecast.expected_on, forecast.reason_id, entry.entered_by, entry.event_on)


def confirming_level(place: LadderPlace, forecast: LatestForecast | None) -> NextLevel | None:
    """Who may confirm the newest forecast; None for one given before the date passed, or without a reason."""
    if forecast is None or forecast.entered_on <= place.climb.due_on or forecast.reason == NOT_STATED:
        return None
    author = forecast.expected_on, forecast.author
    return next_level(place.climb, place.rungs, place.critical, place.posts, author, place.on, place.calendar)


def people_of(actor: Actor) -> tuple[str, ...]:
    """The actor and the posts they stand in for today."""
    return (actor.person, *(post.person for post in actor.acts_for))


def own_answers(place: LadderPlace, actor: Actor, forecast: LatestForecast | None) -> OwnAnswers:
    """What the actor may answer on the day of the place."""
    people = people_of(actor)
    if place.climb.standing is Standing.RESTING:
        return NOTHING_TO_ANSWER
    alert = place.told(people)
    snooze_to, can_mute = None, False
    if alert is not None and not snooze_is_used(alert, place.answers_of(alert.recipient)):
        snooze_to = last_snooze_day(alert.role, place.on, place.calendar)
        can_mute = snooze_to is None and alert.role.mutes
    level = None if place.is_confirmed else confirming_level(place, forecast)
    is_theirs = level is not None and level.person in people and forecast and forecast.author != actor.person
    return OwnAnswers(alert, snooze_to, can_mute, forecast if is_theirs else None, level if is_theirs else None)


def _answers(session: Session, at: datetime, *where: ColumnElement[bool]) -> list[tuple[AnswerRecord, EntryRecord]]:
    statement = (
        select(AnswerRecord, EntryRecord)
        .join(EntryRecord, EntryRecord.id == AnswerRecord.entry_id)
        .join(ProjectRecord, ProjectRecord.id == EntryRecord.project_id)
        .where(EntryRecord.entered_at <= at, *where)
        .order_by(AnswerRecord.id)
    )
    return [(record, entry) for record, entry in session.execute(statement)]


def _confirmations(
    session: Session, at: datetime, *where: ColumnElement[bool]
) -> list[tuple[ForecastConfirmationRecord, EntryRecord]]:
    statement = (
        select(ForecastConfirmationRecord, EntryRecord)
        .join(EntryRecord, EntryRecord.id == ForecastConfirmationRecord.entry_id)
        .join(ProjectRecord, ProjectRecord.id == EntryRecord.project_id)
        .where(EntryRecord.entered_at <= at, *where)
        .order_by(ForecastConfirmationRecord.id)
    )
    return [(record, entry) for record, entry in session.execute(statement)]


def _answer(record: AnswerRecord, entry: EntryRecord) -> Answer:
    return Answer(
        item=entry.item,
        person=record.person_id,
        kind=AnswerKind(record.kind),
        version=record.baseline_version,
        run=record.ladder_run,
        rung=Rung(record.rung),
        on=entry.event_on,
        until=record.until,
        text=record.text,
    )


def _confirmation(record: ForecastConfirmationRecord, entry: EntryRecord) -> Confirmation:
    return Confirmation(entry.item, record.baseline_version, entry.event_on, record.until)
