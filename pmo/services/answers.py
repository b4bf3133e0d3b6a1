"""What people answer to an alert: acknowledged, later, not to me, help; and the next level's word on a new forecast.

An answer belongs to whoever was told, or to who stands in for them. It is a fact of its own and changes no colour
(DOMAIN 3.2, acknowledge and snooze).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.answers import AnswerRecord, ForecastConfirmationRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.alerts import AlertState, PastAlert
from pmo.domain.answers import STATE_BY_ANSWER, AnswerKind, last_snooze_day, quiet_until, snooze_is_used
from pmo.domain.errors import NotAllowed, RuleBroken
from pmo.domain.ladder import EP_1, Standing
from pmo.domain.project import known_until
from pmo.domain.recipients import LINE
from pmo.domain.verdict import judge_project
from pmo.queries.answers import LadderPlace, confirming_level, ladder_place, latest_forecast, people_of
from pmo.queries.calendar import working_calendar
from pmo.queries.history import project_history
from pmo.queries.rules import CITY_RULES
from pmo.services.acts import Act, enter, milestone_for

ANSWER = "answer"
"""What is refused to somebody who has no part in the ladder."""


@dataclass(frozen=True, slots=True)
class _Told:
    """Who answers what: the milestone, where its ladder stands, and the last rung that they were told."""

    milestone: MilestoneRecord
    project: ProjectRecord
    place: LadderPlace
    alert: PastAlert


def acknowledge(session: Session, act: Act, milestone_id: int, text: str | None) -> None:
    """Somebody who was told says so, in words: no repeats to them for three working days; the ladder goes on.

    Saying the same twice on one day is saying it once. Raises NotFound, NotAllowed; RuleBroken ``text_missing``,
    ``not_told``, ``nothing_to_answer``.
    """
    told = _told(session, act, milestone_id)
    if not text:
        raise RuleBroken("text_missing", "text")
    _answer(session, act, told, AnswerKind.ACKNOWLEDGED, quiet_until(act.on, told.place.calendar), text)


def acknowledge_by_forecast(session: Session, act: Act, milestone: MilestoneRecord, project: ProjectRecord) -> None:
    """A new forecast is an answer too, where its author was told of the milestone; else this does nothing."""
    place = _place(session, act, milestone, project)
    alert = place.told(people_of(act.actor)) if place else None
    if place is None or alert is None or place.climb.standing is Standing.RESTING:
        return
    told = _Told(milestone, project, place, alert)
    _answer(session, act, told, AnswerKind.ACKNOWLEDGED, quiet_until(act.on, place.calendar), None)


def ask_for_help(session: Session, act: Act, milestone_id: int, text: str | None) -> None:
    """Somebody who was told asks the level above for help; it counts as acknowledged. Raises as ``acknowledge``."""
    told = _told(session, act, milestone_id)
    if not text:
        raise RuleBroken("text_missing", "text")
    _answer(session, act, told, AnswerKind.HELP_WANTED, quiet_until(act.on, told.place.calendar), text)


def snooze(session: Session, act: Act, milestone_id: int, until: date, text: str | None = None) -> None:
    """No repeats to oneself until a day: a manager up to three working days once a rung, an owner up to five once.

    The ladder and the colour do not notice. Raises NotFound, NotAllowed; RuleBroken ``snooze_not_for_role``,
    ``snooze_out_of_range``, ``snooze_used``, ``not_told``, ``nothing_to_answer``.
    """
    told = _told(session, act, milestone_id)
    last = last_snooze_day(told.alert.role, act.on, told.place.calendar)
    if last is None:
        raise RuleBroken("snooze_not_for_role")
    if _was_just_said(session, act, told, AnswerKind.SNOOZED, until, text):
        return
    if not act.on < until <= last:
        raise RuleBroken("snooze_out_of_range", "until", today=act.on, last=last)
    _refuse_second_snooze(told)
    _answer(session, act, told, AnswerKind.SNOOZED, until, text)


def mute(session: Session, act: Act, milestone_id: int, text: str | None = None) -> None:
    """A curator or the akim wants no more repeats of this climb; the ladder goes on for everybody else.

    Raises NotFound, NotAllowed; RuleBroken ``mute_not_for_role``, ``not_told``, ``nothing_to_answer``.
    """
    told = _told(session, act, milestone_id)
    if not told.alert.role.mutes:
        raise RuleBroken("mute_not_for_role")
    if snooze_is_used(told.alert, told.place.answers_of(told.alert.recipient)):
        return
    _answer(session, act, told, AnswerKind.MUTED, None, text)


def confirm_forecast(session: Session, act: Act, milestone_id: int, forecast_id: int, text: str | None = None) -> None:
    """The level that would be told next accepts a new forecast: the next rung waits up to five working days.

    Once for each item and baseline version. ``forecast_id`` is the forecast that was looked at. Raises NotFound,
    NotAllowed; RuleBroken ``forecast_changed``, ``already_confirmed``, ``no_forecast_to_confirm``,
    ``nothing_to_answer``.
    """
    milestone, project = milestone_for(session, act.actor, Action.VIEW, milestone_id)
    place = _climbing(session, act, milestone, project)
    given = session.scalar(
        select(ForecastConfirmationRecord).where(
            ForecastConfirmationRecord.milestone_id == milestone_id,
            ForecastConfirmationRecord.baseline_version == place.climb.version,
        )
    )
    forecast = latest_forecast(session, milestone_id, act.at)
    if given is not None:
        author = session.scalar(select(EntryRecord.entered_by).where(EntryRecord.id == given.entry_id))
        if given.forecast_id == forecast_id and author == act.actor.person:
            return
        _refuse_stranger_to_the_ladder(act, place)
        raise RuleBroken("already_confirmed", None, until=given.until)
    level = confirming_level(place, forecast)
    if forecast is None or level is None:
        _refuse_stranger_to_the_ladder(act, place)
        raise RuleBroken("no_forecast_to_confirm")
    if level.person not in people_of(act.actor) or forecast.author == act.actor.person:
        raise NotAllowed(ANSWER)
    if forecast.id != forecast_id:
        raise RuleBroken("forecast_changed", None, expected_on=forecast.expected_on)
    entry = enter(
        session,
        act,
        project,
        "forecast_confirmed",
        milestone.code,
        expected_on=forecast.expected_on,
        rung=level.rung.value,
        until=level.until,
        rule_set=EP_1.version,
    )
    session.add(
        ForecastConfirmationRecord(
            entry_id=entry.id,
            milestone_id=milestone_id,
            forecast_id=forecast.id,
            baseline_version=place.climb.version,
            rung=level.rung.value,
            role=level.role.value,
            until=level.until,
            text=text,
        )
    )
    session.flush()


def _told(session: Session, act: Act, milestone_id: int) -> _Told:
    milestone, project = milestone_for(session, act.actor, Action.VIEW, milestone_id)
    place = _climbing(session, act, milestone, project)
    alert = place.told(people_of(act.actor))
    if alert is None:
        _refuse_stranger_to_the_ladder(act, place)
        raise RuleBroken("not_told", None, milestone=milestone.code)
    return _Told(milestone, project, place, alert)


def _climbing(session: Session, act: Act, milestone: MilestoneRecord, project: ProjectRecord) -> LadderPlace:
    place = _place(session, act, milestone, project)
    if place is None or place.climb.standing is Standing.RESTING:
        raise RuleBroken("nothing_to_answer", None, milestone=milestone.code)
    return place


def _place(session: Session, act: Act, milestone: MilestoneRecord, project: ProjectRecord) -> LadderPlace | None:
    known = known_until(project_history(session, project.id), act.at)
    if known is None:
        return None
    rules = CITY_RULES.on(session, project.city_id, act.on, act.at)
    assessment = judge_project(known, act.on, working_calendar(session, project.city_id), rules)
    facts = next(item for item in known.milestones if item.id == milestone.id)
    judged = next(item for item in assessment.milestones if item.id == milestone.id)
    return ladder_place(session, project, known, facts, judged, act.on, act.at, CITY_RULES)


def _refuse_stranger_to_the_ladder(act: Act, place: LadderPlace) -> None:
    """Whoever only looks on is not permitted; who stands on the ladder learns why it is not possible."""
    if not {place.posts.holder(role) for role in LINE} & set(people_of(act.actor)):
        raise NotAllowed(ANSWER)


def _refuse_second_snooze(told: _Told) -> None:
    if snooze_is_used(told.alert, told.place.answers_of(told.alert.recipient)):
        raise RuleBroken("snooze_used", None, milestone=told.milestone.code)


def _answer(session: Session, act: Act, told: _Told, kind: AnswerKind, until: date | None, text: str | None) -> None:
    if _was_just_said(session, act, told, kind, until, text):
        return
    climb, alert = told.place.climb, told.alert
    alerts = _answered_alerts(told)
    entry = enter(
        session,
        act,
        told.project,
        kind.value,
        told.milestone.code,
        rung=alert.rung.value,
        role=alert.role.value,
        told=alert.recipient,
        until=until,
        alerts=alerts,
        rule_set=EP_1.version,
    )
    session.add(
        AnswerRecord(
            entry_id=entry.id,
            milestone_id=told.milestone.id,
            person_id=alert.recipient,
            role=alert.role.value,
            kind=kind.value,
            baseline_version=climb.version,
            ladder_run=climb.run,
            rung=alert.rung.value,
            until=until,
            text=text,
        )
    )
    # What is still on its way keeps its state: the mail decides whether the rung counts as sent.
    arrived = (AlertState.SENT.value, AlertState.ACKNOWLEDGED.value, AlertState.SNOOZED.value)
    session.execute(
        update(AlertRecord)
        .where(AlertRecord.id.in_(alerts), AlertRecord.state.in_(arrived), AlertRecord.ended_at.is_(None))
        .values(state=STATE_BY_ANSWER[kind].value)
    )
    session.flush()


def _answered_alerts(told: _Told) -> list[int]:
    """The open alerts of the ladder that the person was told; all are answered at once."""
    climb = told.place.climb
    return [
        alert.id
        for alert in told.place.past
        if (alert.recipient, alert.version) == (told.alert.recipient, climb.version)
        and alert.is_open
        and alert.raised_on <= told.alert.raised_on
    ]


def _was_just_said(
    session: Session, act: Act, told: _Told, kind: AnswerKind, until: date | None, text: str | None
) -> bool:
    """Whether the person's last answer says the same of the same rung, on the same day: a button pressed twice."""
    row = session.execute(
        select(AnswerRecord, EntryRecord)
        .join(EntryRecord, EntryRecord.id == AnswerRecord.entry_id)
        .where(AnswerRecord.milestone_id == told.milestone.id, AnswerRecord.person_id == told.alert.recipient)
        .order_by(AnswerRecord.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return False
    last, entry = row
    said = last.kind, last.baseline_version, last.ladder_run, last.rung, last.until, last.text
    climb = told.place.climb
    return entry.event_on == act.on and said == (
        kind.value,
        climb.version,
        climb.run,
        told.alert.rung.value,
        until,
        text,
    )
