"""Every working morning at 08:25, after the alerts: the digests of a city (DOMAIN 3.2, PRODUCT 3).

Daily for managers and owners with something due; weekly, on the first working day of the ISO week, for those who steer.
One transaction for the whole city, as with the alerts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from pmo.clock import local_moment
from pmo.domain.alerts import Cast, Morning, PastAlert
from pmo.domain.decisions import (
    OpenRequest,
    long_pause,
    open_changes,
    returned_evidence,
    stocktake,
    waiting_evidence,
)
from pmo.domain.digests import DigestKind, Line, What, digest_kind
from pmo.domain.ladder import Rung
from pmo.domain.mail_choices import NOTHING_CHOSEN, MailChoices
from pmo.domain.nudges import Nudge, missing_update, silent_project
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, known_until
from pmo.domain.recipients import Channel, Role, addressees
from pmo.domain.remarks import Remark, remark_lines
from pmo.domain.status_weeks import Colour, colour_of, colours_on, counted, weekly_days
from pmo.domain.verdict import judge_project
from pmo.domain.voices import Heard
from pmo.domain.week import Week, lines_of, movement_of, project_line, summed, weekly_day_before
from pmo.jobs.alerts import morning_of
from pmo.jobs.context import Counts, JobContext
from pmo.queries.alerts import WaitingLine, last_reminders, last_run_before, past_alerts, waiting_lines
from pmo.queries.comments import remarks_since
from pmo.queries.digests import open_requests, reason_names
from pmo.queries.directory import Directory, directory
from pmo.queries.mail_choices import choices_in_city
from pmo.queries.outbox import city_mail
from pmo.queries.places import city_zone
from pmo.queries.status_weeks import status_changes
from pmo.queries.voices import heard_of
from pmo.services.alerts import Occasion, by_recipient
from pmo.services.digests import Reading, send_digest
from pmo.services.mail_lines import MailLines

TOLD_DAILY = (Role.MANAGER, Role.OWNER)
"""Who reads of returned evidence and of new comments."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one project this morning; ``week`` is None where no digest of today could speak of it.

    ``colours`` are those on the days of the last weekly digests, today's last; ``nudge`` asks the manager for a word;
    ``remarks`` are comments since the last digests.
    """

    project: int
    week: Week | None
    cast: Cast
    past: Sequence[PastAlert]
    lines: Sequence[Line]
    colours: Mapping[date, Colour]
    nudge: Nudge | None
    remarks: Sequence[Remark]


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything the digests of one morning are made of."""

    morning: Morning
    people: Directory
    projects: Sequence[Told]
    weekly_days: Sequence[date]
    requests: Sequence[OpenRequest]
    waiting: Mapping[str, Sequence[WaitingLine]]
    reminders: Mapping[str, Sequence[WaitingLine]]
    returned_since: datetime
    week_since: date
    choices: Mapping[str, MailChoices]

    def choices_of(self, person: str) -> MailChoices:
        """What somebody chose about regular mail."""
        return self.choices.get(person, NOTHING_CHOSEN)


def run(job: JobContext) -> Counts:
    """Makes the digests; counts ``digests``, ``daily``, ``weekly``, readers with ``nothing_to_say``; and ``lists``.

    On a day off it does nothing, whoever calls it.
    """
    on = date.fromisoformat(job.period)
    morning = morning_of(job, on)
    if not morning.calendar.is_working(on):
        return {}
    sources = _sources(job, morning)
    occasion = Occasion(job.city, on, job.at, job.runtime.settings, city_mail(job.session, job.city), morning.policy)
    lines = MailLines(sources.people, reason_names(job.session))
    made = dict.fromkeys(DigestKind, 0)
    nothing = 0
    for reading in _readings(sources):
        if send_digest(job.session, reading, lines, occasion):
            made[reading.kind] += 1
        else:
            nothing += 1
    daily, weekly = made[DigestKind.DAILY], made[DigestKind.WEEKLY]
    counts = {"digests": daily + weekly, "daily": daily, "weekly": weekly, "nothing_to_say": nothing}
    return {**counts, "lists": made[DigestKind.LIST]} if made[DigestKind.LIST] else counts


def _sources(job: JobContext, morning: Morning) -> Sources:
    on = morning.on
    people = directory(job.session, job.city, on, job.at)
    zone = city_zone(job.session, job.city)
    wall = job.at.astimezone(zone).time()
    week_since = weekly_day_before(morning.calendar, on)
    since = local_moment(week_since, wall, zone)
    rules_before = job.runtime.rules.on(job.session, job.city, week_since, since)
    last_working_day = morning.calendar.addwd(on, -1)
    last_run = min(last_run_before(job.session, "digests", job.city, on) or last_working_day, last_working_day)
    returned_since = local_moment(last_run, wall, zone)
    past = past_alerts(job.session, job.city, on, job.at) if morning.week else {}
    days = weekly_days(morning.calendar, on) if morning.week else []
    changes = status_changes(job.session, job.city, on) if morning.week else {}
    heard = heard_of(job.session, list(people.projects), job.at)
    waiting = by_recipient(waiting_lines(job.session, job.city, job.at))
    remarks = remarks_since(job.session, job.city, returned_since, job.at)
    histories = job.runtime.histories.load(job.session, people.projects)
    telling = {
        number for number, history in histories.items() if number in remarks or _returned(history, returned_since)
    }
    readers = set(waiting).union(*(_readers(people.cast(number), TOLD_DAILY, on) for number in telling))
    projects = []
    for number, history in histories.items():
        is_stale = heard[number].silence(on) is not None
        rides = is_stale and not readers.isdisjoint(_readers(people.cast(number), (Role.MANAGER,), on))
        speaks = morning.week is not None or number in telling or rides
        department = people.projects[number].department
        week = _week(history, department, job.at, since, week_since, morning, rules_before) if speaks else None
        lines = _weekly_lines(week, heard[number]) if week and morning.week else ()
        nudge = missing_update(week, heard[number], week_since if morning.week else None) if week else None
        colours = colours_on(changes.get(number, ()), days[:-1])
        if week and morning.week:
            colours[on] = colour_of(week.now.status, week.now.severity)
        said = remarks.get(number, ())
        projects.append(Told(number, week, people.cast(number), past.get(number, ()), lines, colours, nudge, said))
    return Sources(
        morning=morning,
        people=people,
        projects=projects,
        weekly_days=days,
        requests=open_requests(job.session, job.city, job.at) if morning.week else (),
        waiting=waiting,
        reminders=by_recipient(last_reminders(job.session, job.city, on, job.at)),
        returned_since=returned_since,
        week_since=week_since,
        choices=choices_in_city(job.session, job.city, job.at),
    )


def _weekly_lines(week: Week, heard: Heard) -> Sequence[Line]:
    """The week of a project for those who steer, its silence last."""
    silent = silent_project(week, heard)
    return [*lines_of(week), *([silent] if silent else [])]


def _readers(cast: Cast, roles: Collection[Role], on: date) -> set[str]:
    """Who reads what is told of a project to the holders of some roles."""
    return {reader.person for reader in addressees(tuple(roles), Rung.R_7, cast.posts, cast.absences, on)}


def _week(
    history: Project,
    department: str,
    at: datetime,
    since: datetime,
    week_since: date,
    morning: Morning,
    rules_before: RuleSet,
) -> Week | None:
    """The project now and at the last weekly digest; None where it is not known yet."""
    known, before = known_until(history, at), known_until(history, since)
    if known is None:
        return None
    return Week(
        project=known,
        now=judge_project(known, morning.on, morning.calendar, morning.rules),
        before=judge_project(before, week_since, morning.calendar, rules_before) if before else None,
        since=since,
        department=department,
        rules=morning.rules,
    )


def _returned(history: Project, since: datetime) -> bool:
    """Whether evidence was returned after an instant; only such projects are judged for a daily digest."""
    decisions = (claim.decision for milestone in history.milestones for claim in milestone.claims)
    return any(decision and not decision.accepted and decision.entered_at > since for decision in decisions)


def _readings(sources: Sources) -> Iterator[Reading]:
    """What each person of the city is to read today, in the order of their ids."""
    shelves = _shelves(sources)
    for person in sorted(shelves):
        shelf = shelves[person]
        waiting = sources.waiting.get(person, ())
        roles = {*shelf.roles, *(line.role for line in waiting)}
        if person in sources.people.seniors:
            roles.add(Role.CURATOR)
        choices = sources.choices_of(person)
        kind = digest_kind(roles, sources.morning.week, choices)
        role = max(roles, key=list(Role).index)
        if kind is DigestKind.DAILY:
            daily = _daily(sources, person, role, shelf, waiting)
            if choices.daily_digest or daily.asks_something:
                yield daily
        elif kind is DigestKind.LIST:
            asked = [*_to_decide(sources, shelf, roles), *shelf.daily]
            yield Reading(person=person, role=role, kind=kind, lines=asked, waiting=waiting)
        elif kind is DigestKind.WEEKLY:
            weekly = _weekly(sources, person, shelf, roles, waiting)
            yield replace(weekly, wants_all_in_order=choices.all_in_order)


@dataclass(slots=True)
class _Shelf:
    """What belongs to one person: roles, projects by role, and the lines of the day.

    ``daily`` lines ask for something, ``news`` inform, ``riding`` ones are worth no digest of their own.
    """

    roles: set[Role] = field(default_factory=set)
    steered: dict[int, Told] = field(default_factory=dict)
    curated: dict[int, Told] = field(default_factory=dict)
    daily: list[Line] = field(default_factory=list)
    news: list[Line] = field(default_factory=list)
    riding: list[Line] = field(default_factory=list)


def _shelves(sources: Sources) -> dict[str, _Shelf]:
    """Every reader of the city. An absent post's substitute reads what the post reads, and so does the post itself."""
    shelves: dict[str, _Shelf] = {person: _Shelf() for person in sources.waiting}
    on = sources.morning.on
    whole_city = _whole_city_readers(sources)
    for told in sources.projects:
        number = told.project
        for line in returned_evidence(told.week, sources.returned_since) if told.week else ():
            posts = told.cast.of_milestone(line.item)
            for reader in addressees(TOLD_DAILY, Rung.R_7, posts, told.cast.absences, on):
                shelf = shelves.setdefault(reader.person, _Shelf())
                shelf.roles.add(reader.role)
                shelf.daily.append(line)
        if told.week and told.remarks:
            for person in _readers(told.cast, TOLD_DAILY, on):
                shelves.setdefault(person, _Shelf()).news.extend(remark_lines(told.week, told.remarks, person))
        for role in (Role.MANAGER, Role.OWNER, Role.CURATOR):
            for reader in addressees((role,), Rung.R_7, told.cast.posts, told.cast.absences, on):
                shelf = shelves.setdefault(reader.person, _Shelf())
                shelf.roles.add(reader.role)
                if reader.role is Role.MANAGER and told.nudge:
                    (shelf.daily if told.nudge.is_a_mail else shelf.riding).append(told.nudge.line)
                if reader.role is not Role.MANAGER:
                    shelf.steered[number] = told
                if reader.role is Role.CURATOR:
                    shelf.curated[number] = told
    for person, role in whole_city:
        shelf = shelves.setdefault(person, _Shelf())
        shelf.roles.add(role)
        shelf.steered = {told.project: told for told in sources.projects}
    return shelves


def _whole_city_readers(sources: Sources) -> list[tuple[str, Role]]:
    """The akim and the PMO, or who stands in for them; vacancies here go to nobody else."""
    found = []
    posts = next((told.cast.posts for told in sources.projects), None)
    if posts is None:
        return []
    for role in (Role.AKIM, Role.PMO_ANALYST, Role.PMO_HEAD):
        if posts.holder(role) is not None:
            readers = addressees((role,), Rung.WEEKLY, posts, sources.people.absences, sources.morning.on)
            found += [(reader.person, role) for reader in readers]
    return found


def _daily(sources: Sources, person: str, role: Role, shelf: _Shelf, waiting: Sequence[WaitingLine]) -> Reading:
    return Reading(
        person=person,
        role=role,
        kind=DigestKind.DAILY,
        lines=shelf.daily,
        news=shelf.news,
        riding=shelf.riding,
        waiting=[line for line in waiting if line.channel is Channel.DIGEST],
        reminders=sources.reminders.get(person, ()),
    )


def _weekly(sources: Sources, person: str, shelf: _Shelf, roles: set[Role], waiting: Sequence[WaitingLine]) -> Reading:
    steered = list(shelf.steered.values())
    news = [line for told in steered for line in told.lines]
    return Reading(
        person=person,
        role=max(roles, key=list(Role).index),
        kind=DigestKind.WEEKLY,
        lines=[*_to_decide(sources, shelf, roles), *shelf.daily, *news],
        news=shelf.news,
        riding=shelf.riding,
        waiting=waiting,
        reminders=sources.reminders.get(person, ()),
        movement=summed(movement_of(told.week) for told in steered if told.week),
        week=sources.morning.week or "",
        since=sources.week_since,
        statuses=counted((told.colours for told in steered), sources.weekly_days),
        projects=[project_line(told.week) for told in shelf.curated.values() if told.week],
    )


def _to_decide(sources: Sources, shelf: _Shelf, roles: set[Role]) -> list[Line]:
    """What waits for a decision in the projects that somebody steers."""
    steered = shelf.steered.values()
    return [line for told in steered if told.week for line in _decisions(told.week, told.past, roles, sources)]


def _decisions(week: Week, past: Sequence[PastAlert], roles: Iterable[Role], sources: Sources) -> Iterator[Line]:
    """What waits for a decision by somebody with these roles."""
    held = set(roles)
    changes = list(open_changes(week, sources.requests))
    if held & {Role.PMO_ANALYST, Role.PMO_HEAD}:
        yield from waiting_evidence(week, sources.morning.calendar)
        yield from (line for line in changes if line.what is What.CHANGE_TO_CHECK)
    if held & {Role.CURATOR, Role.AKIM}:
        yield from long_pause(week)
        yield from stocktake(week, past)
    if Role.CURATOR in held:
        yield from (line for line in changes if line.what is What.CHANGE_TO_RULE)
