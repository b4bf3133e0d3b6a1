"""One milestone with its facts and its ladder: who was told what, when, in which state, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from pmo.clock import local_day
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.answers import AnswerRecord, ReplyRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Actor, ProjectScope
from pmo.domain.alerts import AlertState
from pmo.domain.answers import STATE_BY_ANSWER, ReplyKind
from pmo.domain.coming import next_step
from pmo.domain.errors import NotFound, NotTrackedYet
from pmo.domain.ladder import Standing
from pmo.domain.milestone import Milestone, MilestoneAssessment
from pmo.domain.project import Project
from pmo.queries.answers import (
    NOTHING_TO_ANSWER,
    AnswerTold,
    LadderPlace,
    OwnAnswers,
    answers_told,
    ladder_place,
    latest_forecast,
    own_answers,
)
from pmo.queries.chronicle import Entry, chronicle
from pmo.queries.histories import Histories
from pmo.queries.names import Name, evidence_types, milestone_types, names_of_people
from pmo.queries.overview import Moment
from pmo.queries.places import city_zone
from pmo.queries.project_page import known_and_judged, visible_project
from pmo.queries.revisions import as_it_was, as_they_were
from pmo.queries.rules import CityRules
from pmo.queries.visibility import scope_of

MAIL_WAITING = "queued"
STATE_OF_ANSWER = {
    **{kind.value: state.value for kind, state in STATE_BY_ANSWER.items()},
    **dict.fromkeys((kind.value for kind in ReplyKind), AlertState.ACKNOWLEDGED.value),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One person told of one rung. ``mail_id`` is None where there was no mail yet, only a list or digest to come."""

    rung: str
    period: str
    version: int
    run: int
    raised_on: date
    person: Name | None
    stands_for: Name | None
    role: str
    channel: str
    note: str | None
    state: str
    sent_at: datetime | None
    ended_at: datetime | None
    mail_id: int | None
    mail_kind: str | None
    mail_state: str | None
    recipient_id: str


@dataclass(frozen=True, slots=True)
class RungTold:
    """A rung with everybody who was told of it."""

    rung: str
    version: int
    run: int
    raised_on: date
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class NextRung:
    """What comes next if nothing is answered, on which day at the earliest, and who will be told then."""

    rung: str
    on: date
    to: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """``standing`` says whether it climbs, is held while evidence waits, or rests; None without a date.

    ``answers`` are what people answered, newest first; ``own`` is what the reader may answer now. Up to
    ``waits_until`` a confirmed forecast holds the next rung.
    """

    rungs: tuple[RungTold, ...]
    standing: Standing | None
    following: NextRung | None
    answers: tuple[AnswerTold, ...] = ()
    own: OwnAnswers = NOTHING_TO_ANSWER
    waits_until: date | None = None

    @property
    def steps(self) -> list[RungTold | AnswerTold]:
        """Rungs and answers in one line, newest first; on one day the answer comes after what it answers."""
        told: list[tuple[date, int, RungTold | AnswerTold]] = [(answer.on, 1, answer) for answer in self.answers]
        told += [(rung.raised_on, 0, rung) for rung in self.rungs]
        return [step for _, _, step in sorted(told, key=lambda one: one[:2], reverse=True)]


@dataclass(frozen=True, slots=True)
class MilestonePage:
    """Everything on the page of a milestone. ``entries`` are the acts about it, newest first."""

    id: int
    code: str
    name: Name
    type: Name | None
    evidence_type: Name | None
    performer: Name | None
    project_id: int
    project_code: str
    project_name: Name
    city: str
    scope: ProjectScope
    facts: Milestone
    judged: MilestoneAssessment
    predecessors: tuple[tuple[int, str, Name], ...]
    successors: tuple[tuple[int, str, Name], ...]
    entries: tuple[Entry, ...]
    ladder: Ladder


def milestone_page(
    session: Session, actor: Actor, milestone_id: int, moment: Moment, rules: CityRules, histories: Histories
) -> MilestonePage:
    """The page of a milestone whose project the actor may see. Raises NotFound."""
    record = session.get(MilestoneRecord, milestone_id)
    if record is None:
        raise NotFound
    project = as_it_was(session, visible_project(session, actor, record.project_id), moment.at)
    record = as_it_was(session, record, moment.at)
    known, assessment = known_and_judged(session, project, moment, rules, histories)
    facts = next((item for item in known.milestones if item.id == milestone_id), None)
    judged = next((item for item in assessment.milestones if item.id == milestone_id), None)
    if facts is None or judged is None:
        raise NotTrackedYet(local_day(record.entered_at, city_zone(session, project.city_id)))
    names = _names(session, project.id, moment.at)
    performer = record.performer_id or project.manager_id
    return MilestonePage(
        id=record.id,
        code=record.code,
        name=Name.of(record),
        type=milestone_types(session).get(record.type_id),
        evidence_type=evidence_types(session).get(record.evidence_type_id),
        performer=names_of_people(session, [performer]).get(performer),
        project_id=project.id,
        project_code=project.code,
        project_name=Name.of(project),
        city=project.city_id,
        scope=scope_of(session, project.id).of_milestone(record.performer_id),
        facts=facts,
        judged=judged,
        predecessors=tuple(names[link.predecessor] for link in facts.predecessors if link.predecessor in names),
        successors=tuple(
            names[item.code]
            for item in known.milestones
            if any(link.predecessor == record.code for link in item.predecessors)
        ),
        entries=tuple(_entries(session, project.id, record.code, moment.at)),
        ladder=_ladder(session, actor, project, record, known, facts, judged, moment, rules),
    )


def _entries(session: Session, project_id: int, code: str, at: datetime) -> list[Entry]:
    """Acts about the milestone itself, and re-baselines of the project that moved it."""
    return [
        entry
        for entry in chronicle(session, project_id, at)
        if entry.item == code or (entry.dates is not None and code in entry.dates)
    ]


def _names(session: Session, project_id: int, at: datetime) -> dict[str, tuple[int, str, Name]]:
    item = MilestoneRecord
    statement = select(item.id, item.code, item.name_ru, item.name_kk, item.name_en)
    rows = session.execute(statement.where(item.project_id == project_id)).all()
    return {row.code: (row.id, row.code, Name.of(row)) for row in as_they_were(session, "milestone", rows, at)}


def _ladder(
    session: Session,
    actor: Actor,
    project: ProjectRecord,
    record: MilestoneRecord,
    known: Project,
    facts: Milestone,
    judged: MilestoneAssessment,
    moment: Moment,
    rules: CityRules,
) -> Ladder:
    rungs = _by_rung(told_of(session, project.city_id, record.code, moment.at))
    answers = tuple(answers_told(session, record.id, moment.at))
    place = ladder_place(session, project, known, facts, judged, moment.on, moment.at, rules)
    if place is None or place.climb.standing is Standing.RESTING:
        return Ladder(rungs, place.climb.standing if place else None, None, answers)
    return Ladder(
        rungs=rungs,
        standing=place.climb.standing,
        following=_following(session, place),
        answers=answers,
        own=own_answers(place, actor, latest_forecast(session, record.id, moment.at)),
        waits_until=place.climb.waits_until if place.climb.is_waiting(moment.on) else None,
    )


def told_of(session: Session, city_id: str, item: str, at: datetime) -> list[Told]:
    """Everybody who was told anything of an item up to an instant, newest first."""
    return told_of_items(session, city_id, [item], at).get(item, [])


def told_of_items(session: Session, city_id: str, items: Sequence[str], at: datetime) -> dict[str, list[Told]]:
    """The same for several items, by code, each with the state it had at the instant. Four statements."""
    alert, mail = AlertRecord, OutgoingMailRecord
    statement = (
        select(alert, mail.kind.label("mail_kind"), mail.state.label("mail_state"), mail.created_at)
        .outerjoin(mail, mail.id == alert.mail_id)
        .where(alert.city_id == city_id, alert.item.in_(items), alert.raised_at <= at)
        .order_by(alert.raised_on.desc(), alert.id)
    )
    rows: Sequence[Any] = session.execute(statement).all()  # outer joined: a mail may be missing
    answers = _answers_until(session, city_id, items, at)
    people = names_of_people(session, {post for row in rows for post in (row[0].recipient_id, row[0].stands_for_id)})
    found: dict[str, list[Told]] = {}
    for record, mail_kind, mail_state, mailed_at in rows:
        is_mailed = record.mail_id is not None and mailed_at <= at
        told = Told(
            rung=record.rung,
            period=record.period,
            version=record.baseline_version,
            run=record.ladder_run,
            raised_on=record.raised_on,
            person=people.get(record.recipient_id),
            stands_for=people.get(record.stands_for_id),
            role=record.role,
            channel=record.channel,
            note=record.note,
            state=_state_at(record, at, answers),
            sent_at=record.sent_at if record.sent_at and record.sent_at <= at else None,
            ended_at=record.ended_at if record.ended_at and record.ended_at <= at else None,
            mail_id=record.mail_id if is_mailed else None,
            mail_kind=mail_kind if is_mailed else None,
            mail_state=_mail_state_at(record, mail_state, at) if is_mailed else None,
            recipient_id=record.recipient_id,
        )
        found.setdefault(record.item, []).append(told)
    return found


_Answers = list[tuple[str, str, int, datetime, str]]
"""Item, who was told, baseline version, when, and what was answered."""


def _answers_until(session: Session, city_id: str, items: Sequence[str], at: datetime) -> _Answers:
    """Answers and replies to the alerts of some items up to an instant, in the order of entry.

    What is no ladder has no baseline version: alerts about projects and indicators bear the number 0.
    """
    entry = EntryRecord
    found: list[tuple[int, tuple[str, str, int, datetime, str]]] = []
    for said, version in ((AnswerRecord, AnswerRecord.baseline_version), (ReplyRecord, literal(0))):
        statement = (
            select(entry.id, entry.item, said.person_id, version, entry.entered_at, said.kind)
            .join(said, said.entry_id == entry.id)
            .join(ProjectRecord, ProjectRecord.id == entry.project_id)
            .where(ProjectRecord.city_id == city_id, entry.item.in_(items), entry.entered_at <= at)
        )
        found += [(row[0], (row[1], row[2], row[3], row[4], row[5])) for row in session.execute(statement)]
    return [answer for _, answer in sorted(found)]


def _mail_state_at(record: AlertRecord, state: str | None, at: datetime) -> str | None:
    return state if record.sent_at is None or record.sent_at <= at else MAIL_WAITING


def _state_at(record: AlertRecord, at: datetime, answers: _Answers) -> str:
    """The state of an alert at an instant: the row holds the last one, which may have come later."""
    has_ended = record.ended_at is not None and record.ended_at <= at
    is_plain = record.ended_at is None and record.state not in STATE_OF_ANSWER.values()
    if has_ended or (is_plain and (record.sent_at is None or record.sent_at <= at)):
        return record.state
    if record.sent_at is None or record.sent_at > at:
        return AlertState.SCHEDULED.value
    said = [
        kind
        for item, person, version, answered_at, kind in answers
        if (item, person, version) == (record.item, record.recipient_id, record.baseline_version)
        and record.raised_at <= answered_at
    ]
    return STATE_OF_ANSWER[said[-1]] if said else AlertState.SENT.value


def _by_rung(told: Sequence[Told]) -> tuple[RungTold, ...]:
    groups: dict[tuple[date, str, int, int], list[Told]] = {}
    for one in told:
        groups.setdefault((one.raised_on, one.rung, one.version, one.run), []).append(one)
    return tuple(
        RungTold(rung, version, run, raised_on, tuple(group))
        for (raised_on, rung, version, run), group in groups.items()
    )


def _following(session: Session, place: LadderPlace) -> NextRung:
    coming = next_step(place.climb, place.rungs, place.critical, place.posts, place.on, place.calendar)
    names = names_of_people(session, coming.to)
    return NextRung(coming.rung.value, coming.on, tuple(names[one] for one in coming.to if one in names))
