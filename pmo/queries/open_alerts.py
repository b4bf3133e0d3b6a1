"""Every open alert of a city: of what, told to whom, since when, what was answered, and what comes next.

An alert is open while any of its rows has not ended. All steps of a milestone's ladder are one alert, and so are all
rows of one kind about one item; each change request is one of its own. The number of statements does not depend on how
many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Integer, Select, case, func, literal, or_, select
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Actor
from pmo.domain.alerts import LADDER_THREAD, AlertState, ItemKind, Morning, PastAlert, climb_of, thread_of
from pmo.domain.answers import ANSWERED_AS_LADDER, NOBODY_ANSWERED, Answer, Answered, Reply, said_below, waiting
from pmo.domain.coming import Coming, next_beside, next_step, rungs_of
from pmo.domain.indicator import IndicatorAssessment
from pmo.domain.ladder import LADDER, Rung, Standing
from pmo.domain.milestone import MilestoneAssessment
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.queries.alerts import past_alerts
from pmo.queries.answers import answered_by_project
from pmo.queries.calendar import working_calendar
from pmo.queries.directory import Directory, directory
from pmo.queries.histories import Histories
from pmo.queries.milestone_page import NextRung, Told, told_of_items
from pmo.queries.names import Name, Names, names_of_people
from pmo.queries.overview import Moment
from pmo.queries.revisions import Edited, records_then
from pmo.queries.row_numbers import row_number
from pmo.queries.rules import CityRules
from pmo.queries.status import computed_at
from pmo.queries.visibility import visible_to

PAGE = 25
KINDS = tuple(Rung)
_PLACE = case({rung.value: place for place, rung in enumerate(KINDS)}, value=AlertRecord.rung)
_THREAD = case(
    (AlertRecord.rung.in_([rung.value for rung in LADDER]), literal(LADDER_THREAD)),
    (AlertRecord.rung == Rung.CHANGE_WAITING.value, AlertRecord.rung + ":" + AlertRecord.period),
    else_=AlertRecord.rung,
)
"""``thread_of`` as a condition of SQL."""


@dataclass(frozen=True, slots=True)
class WantedAlerts:
    """A filter as the address says it; empty means all. ``rung`` is the kind, of a ladder the rung reached; ``area`` a
    curator's; ``critical`` leaves critical milestones and indicators."""

    rung: str = ""
    area: str = ""
    critical: bool = False


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page begins: after this alert, in the order of the first telling."""

    first_told_on: date
    alert_id: int

    def __str__(self) -> str:
        return f"{self.first_told_on.isoformat()}.{self.alert_id}"

    @classmethod
    def read(cls, text: str) -> PageKey | None:
        """The key an address gives; None where it gives none, or nonsense."""
        day, _, number = text.partition(".")
        try:
            return cls(date.fromisoformat(day), row_number(number))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """The last answer of one person; ``until`` is the last day of quiet, None where it ends with the alert."""

    kind: str
    on: date
    until: date | None
    person: Name | None


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """One open alert. ``judged`` is how its item stands; ``told`` is who was told of the rung reached, or of the kind.

    ``kind`` says whether ``item_id`` is a milestone, an indicator or the project itself; ``since`` is the day on which
    the first of them was told, ``told_on`` the last.
    """

    kind: ItemKind
    item_id: int
    code: str
    name: Name
    project_id: int
    project_code: str
    project_name: Name
    judged: MilestoneAssessment | IndicatorAssessment | ProjectAssessment | None
    reached: str
    since: date
    told_on: date
    told: tuple[Told, ...]
    is_held: bool = False
    following: NextRung | None = None
    answers: tuple[AnswerLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One page, longest open first; ``counts`` by the kind or the rung reached, whichever the filter wants."""

    alerts: tuple[OpenAlert, ...]
    counts: dict[str, int]
    further: PageKey | None


@dataclass(frozen=True, slots=True)
class Thread:
    """The rows that are one open alert: which item, which kind, the rung reached, and since when."""

    project_id: int
    item: str
    thread: str
    reached: Rung
    since: date


def open_alerts(
    session: Session,
    actor: Actor,
    city_id: str,
    wanted: WantedAlerts,
    after: PageKey | None,
    moment: Moment,
    rules: CityRules,
    histories: Histories,
) -> AlertPage:
    """The open alerts of a city about the projects that the actor sees, and about what is in them."""
    found = _open(actor, city_id, wanted, moment).subquery()
    counted = session.execute(select(found.c.reached, func.count()).group_by(found.c.reached))
    counts = {KINDS[place].value: number for place, number in sorted((row[0], row[1]) for row in counted)}
    chosen = select(found).order_by(found.c.since, found.c.first_id).limit(PAGE + 1)
    if wanted.rung in {rung.value for rung in KINDS}:
        chosen = chosen.where(found.c.reached == KINDS.index(Rung(wanted.rung)))
    if after:
        is_later = (found.c.since == after.first_told_on) & (found.c.first_id > after.alert_id)
        chosen = chosen.where(or_(found.c.since > after.first_told_on, is_later))
    rows = session.execute(chosen).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    threads = [Thread(row.project_id, row.item, row.thread, KINDS[row.reached], row.since) for row in rows[:PAGE]]
    return AlertPage(
        alerts=described(session, city_id, threads, moment, rules, histories),
        counts=counts,
        further=PageKey(last.since, last.first_id) if last else None,
    )


def threads_of_project(session: Session, actor: Actor, city_id: str, project_id: int, moment: Moment) -> list[Thread]:
    """The open alerts about one project and what is in it, the longest open first. One statement."""
    found = _open(actor, city_id, WantedAlerts(), moment).subquery()
    rows = select(found).where(found.c.project_id == project_id).order_by(found.c.since, found.c.first_id)
    return [
        Thread(row.project_id, row.item, row.thread, KINDS[row.reached], row.since) for row in session.execute(rows)
    ]


def described(
    session: Session, city_id: str, threads: Sequence[Thread], moment: Moment, rules: CityRules, histories: Histories
) -> tuple[OpenAlert, ...]:
    """Open alerts of a city with everything that a line of them says, in the order given."""
    if not threads:
        return ()
    city = _City(session, city_id, threads, moment, rules, histories)
    return tuple(city.described(thread) for thread in threads)


def _open(actor: Actor, city_id: str, wanted: WantedAlerts, moment: Moment) -> Select[int, str, str, int, date, int]:
    """Open alerts: project, item, thread, the rung reached, the day of the first telling, the first row."""
    alert, milestone, indicator, project = AlertRecord, MilestoneRecord, IndicatorRecord, ProjectRecord
    rows = (
        select(
            alert.id,
            alert.project_id,
            alert.item,
            alert.raised_on,
            _THREAD.label("thread"),
            _PLACE.label("place"),
        )
        .join(project, project.id == alert.project_id)
        .where(
            alert.city_id == city_id,
            visible_to(actor),
            alert.raised_at <= moment.at,
            or_(alert.ended_at.is_(None), alert.ended_at > moment.at),
            alert.state != AlertState.LAPSED.value,
        )
    )
    if wanted.area:
        rows = rows.where(project.area_id == wanted.area)
    if wanted.critical:
        for item in (milestone, indicator):
            rows = rows.outerjoin(item, (item.project_id == alert.project_id) & (item.code == alert.item))
        rows = rows.where(or_(milestone.critical, indicator.critical))
    row = rows.subquery()
    return select(
        row.c.project_id,
        row.c.item,
        row.c.thread,
        func.max(row.c.place, type_=Integer).label("reached"),
        func.min(row.c.raised_on).label("since"),
        func.min(row.c.id).label("first_id"),
    ).group_by(row.c.project_id, row.c.item, row.c.thread)


class _City:
    """Everything that the lines of one page need, loaded at once."""

    def __init__(
        self,
        session: Session,
        city_id: str,
        threads: Sequence[Thread],
        moment: Moment,
        rules: CityRules,
        histories: Histories,
    ) -> None:
        self.moment = moment
        projects = sorted({thread.project_id for thread in threads})
        codes = sorted({thread.item for thread in threads})
        self.projects = _records(session, ProjectRecord, ProjectRecord.id.in_(projects), moment)
        self.milestones = _records(session, MilestoneRecord, MilestoneRecord.project_id.in_(projects), moment)
        self.indicators = _records(session, IndicatorRecord, IndicatorRecord.project_id.in_(projects), moment)
        self.judged = computed_at(session, projects, moment.at, moment.on, rules, histories)
        self.told = told_of_items(session, city_id, codes, moment.at)
        self.past = past_alerts(session, city_id, moment.on, moment.at)
        self.answered = answered_by_project(session, city_id, moment.at)
        self.histories = histories.load(session, projects)
        self.people: Directory = directory(session, city_id, moment.on, moment.at)
        in_force = rules.on(session, city_id, moment.on, moment.at)
        self.morning = Morning(moment.on, None, working_calendar(session, city_id, moment.at), in_force)
        self.names: Names = names_of_people(session, self.people.people)

    def described(self, thread: Thread) -> OpenAlert:
        """One line of the page."""
        project = self.projects[thread.project_id]
        kind, record = self._item(project, thread.item)
        open_now = [one for one in self.told.get(thread.item, ()) if self._is_of(one, thread)]
        told = [one for one in open_now if one.rung == thread.reached.value]
        told_on = max(one.raised_on for one in told)
        coming, said, is_held = self._ahead(thread)
        return OpenAlert(
            kind=kind,
            item_id=record.id,
            code=record.code,
            name=Name.of(record),
            project_id=project.id,
            project_code=project.code,
            project_name=Name.of(project),
            judged=self._judged(kind, project.id, record.id),
            reached=thread.reached.value,
            since=thread.since,
            told_on=told_on,
            told=tuple(one for one in told if one.raised_on == told_on or thread.thread != LADDER_THREAD),
            is_held=is_held,
            following=self._following(coming),
            answers=tuple(self._line(answer) for answer in said),
        )

    def _item(
        self, project: ProjectRecord, code: str
    ) -> tuple[ItemKind, ProjectRecord | MilestoneRecord | IndicatorRecord]:
        for milestone in self.milestones.values():
            if (milestone.project_id, milestone.code) == (project.id, code):
                return ItemKind.MILESTONE, milestone
        for indicator in self.indicators.values():
            if (indicator.project_id, indicator.code) == (project.id, code):
                return ItemKind.INDICATOR, indicator
        return ItemKind.PROJECT, project

    def _judged(
        self, kind: ItemKind, project_id: int, item_id: int
    ) -> MilestoneAssessment | IndicatorAssessment | ProjectAssessment | None:
        assessment = self.judged.get(project_id)
        if assessment is None or kind is ItemKind.PROJECT:
            return assessment
        items: Iterable[MilestoneAssessment | IndicatorAssessment] = (
            assessment.milestones if kind is ItemKind.MILESTONE else assessment.indicators
        )
        return next((item for item in items if item.id == item_id), None)

    def _is_of(self, told: Told, thread: Thread) -> bool:
        is_open = told.state != AlertState.LAPSED.value and (told.ended_at is None or told.ended_at > self.moment.at)
        return is_open and thread_of(Rung(told.rung), told.period) == thread.thread

    def _ahead(self, thread: Thread) -> tuple[Coming | None, Sequence[Answer | Reply], bool]:
        """What comes next, what was answered, and whether the ladder is held meanwhile."""
        known = self._known(thread.project_id)
        answered = self.answered.get(thread.project_id, NOBODY_ANSWERED)
        if known is None:
            return None, (), False
        if thread.reached in ANSWERED_AS_LADDER:
            return self._on_the_ladder(thread, known, answered)
        past = self.past.get(thread.project_id, ())
        mine = [alert for alert in past if _is_in(alert, thread)]
        periods = {alert.period for alert in mine}
        replies = [
            reply
            for reply in answered.replies
            if (reply.item, reply.rung) == (thread.item, thread.reached) and reply.period in periods
        ]
        if not mine:
            return None, replies, False
        posts = self.people.posts(thread.project_id)
        coming = next_beside(past, mine[0], known, posts, answered, self.morning)
        return coming, list({reply.person: reply for reply in replies}.values()), False

    def _on_the_ladder(
        self, thread: Thread, known: Project, answered: Answered
    ) -> tuple[Coming | None, Sequence[Answer | Reply], bool]:
        facts = next((one for one in known.milestones if one.code == thread.item), None)
        judged = self._judged(ItemKind.MILESTONE, thread.project_id, facts.id) if facts else None
        if facts is None or not isinstance(judged, MilestoneAssessment):
            return None, (), False
        climb = climb_of(known, facts, judged, self.morning)
        if climb is None or climb.standing is Standing.RESTING:
            return None, (), False
        climb = waiting(thread.item, climb, answered)
        coming = next_step(
            climb,
            rungs_of(self.past.get(thread.project_id, ()), thread.item),
            facts.critical,
            self.people.cast(thread.project_id).of_milestone(thread.item),
            self.moment.on,
            self.morning.calendar,
        )
        return coming, said_below(thread.item, climb, answered), climb.standing is Standing.HELD

    def _known(self, project_id: int) -> Project | None:
        history = self.histories.get(project_id)
        return known_until(history, self.moment.at) if history else None

    def _following(self, coming: Coming | None) -> NextRung | None:
        if coming is None:
            return None
        return NextRung(coming.rung.value, coming.on, tuple(self.names[one] for one in coming.to if one in self.names))

    def _line(self, answer: Answer | Reply) -> AnswerLine:
        until = answer.until if isinstance(answer, Answer) else None
        return AnswerLine(answer.kind.value, answer.on, until, self.names.get(answer.person))


def _is_in(alert: PastAlert, thread: Thread) -> bool:
    return alert.is_open and alert.item == thread.item and thread_of(alert.rung, alert.period) == thread.thread


def _records(
    session: Session, record: type[Edited], where: ColumnElement[bool], moment: Moment
) -> Mapping[int, Edited]:
    return records_then(session, session.scalars(select(record).where(where)), moment.at)
