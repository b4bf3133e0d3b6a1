"""A small cast for the tests of the ladder: the calendar of 2019 and 2020, one project, its people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from pmo.domain.alerts import Cast, Morning, NewAlert, PastAlert, Plan
from pmo.domain.answers import NOBODY_ANSWERED, Answered
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.endings import endings
from pmo.domain.ladder import Delivery, Rung, weekly_period
from pmo.domain.milestone import BaselineDate, Claim, Decision, Forecast, Milestone
from pmo.domain.policy import STANDARD
from pmo.domain.project import Project, ProjectAssessment, known_until
from pmo.domain.recipients import Posts
from pmo.domain.triggers import plan_morning
from pmo.domain.verdict import judge_project

DAYS_OFF = (
    "2019-01-01 2019-01-02 2019-01-07 2019-03-08 2019-03-21 2019-03-22 2019-03-23 2019-03-25 2019-05-01 2019-05-07 "
    "2019-05-09 2019-05-10 2019-07-06 2019-07-08 2019-08-11 2019-08-30 2019-12-01 2019-12-02 2019-12-16 2019-12-17 "
    "2020-01-01 2020-01-02 2020-01-03 2020-01-07 2020-03-08 2020-03-09 2020-03-21 2020-03-22 2020-03-23 2020-03-24 "
    "2020-03-25 2020-05-01 2020-05-07 2020-05-08 2020-05-09 2020-07-06 2020-07-31 2020-08-30 2020-08-31 2020-12-01 "
    "2020-12-16 2020-12-17 2020-12-18"
)
CALENDAR = WorkingCalendar(
    days_off=[date.fromisoformat(day) for day in DAYS_OFF.split()],
    working_weekends=[date(2019, 5, 4), date(2020, 1, 5), date(2020, 12, 20)],
    version="KZ 2019-2020",
)
TRACKED = date(2019, 9, 16)
POSTS = Posts(
    manager="manager",
    owner="owner",
    curator="curator",
    akim="akim",
    pmo_analyst="analyst",
    pmo_head="head",
    seniors=frozenset({"curator", "akim"}),
)


def at(day: date | str, hour: int = 0) -> datetime:
    """An instant of a day."""
    return datetime.combine(as_day(day), time(hour), UTC)


def as_day(day: date | str) -> date:
    """A date from its ISO text."""
    return date.fromisoformat(day) if isinstance(day, str) else day


def milestone(due: date | str, code: str = "P-M1", **facts: object) -> Milestone:
    """A milestone with one baseline date, known since tracking began."""
    version_0 = BaselineDate(0, as_day(due), at(TRACKED), TRACKED)
    plain = Milestone(id=1, code=code, entered_at=at(TRACKED), baselines=(version_0,))
    return replace(plain, **facts)  # type: ignore[arg-type]


def claim(submitted: str, completed: str | None = None, decided: str | None = None, accepted: bool = True) -> Claim:
    """A claim of completion with its decision, if any."""
    decision = Decision(accepted, at(decided), as_day(decided)) if decided else None
    return Claim(1, as_day(completed or submitted), as_day(submitted), at(submitted), decision)


def forecast(entered: str, expected: str) -> Forecast:
    """A manager's own expectation."""
    return Forecast(as_day(expected), "contractor_delay", at(entered))


def project(*milestones: Milestone, **facts: object) -> Project:
    """A project that started before it was tracked; a far and heavy milestone keeps one slip from turning it red."""
    far = milestone("2020-12-25", code="P-M9", weight=9.0)
    plain = Project(
        id=1,
        code="P",
        city="almaty",
        start_on=date(2019, 1, 1),
        end_on=date(2020, 12, 31),
        tracked_since=TRACKED,
        entered_at=at(TRACKED),
        milestones=(*milestones, far),
    )
    return replace(plain, **facts)  # type: ignore[arg-type]


class Office:
    """Mornings in a row over one project: what each raises is remembered and, unless told otherwise, arrives."""

    def __init__(self, whole: Project, cast: Cast | None = None) -> None:
        self.project = whole
        self.cast = cast or Cast(POSTS)
        self.past: list[PastAlert] = []
        self.arrives = Delivery.SENT
        self.answered: Answered = NOBODY_ANSWERED
        self.last_run_on: date | None = None

    def morning(self, day: date | str) -> list[NewAlert]:
        """Runs the alerts of a day, as at 08:20, and delivers them."""
        on = as_day(day)
        plan = self.plan(on)
        ended = {ending.alert for ending in plan.ended}
        self.past = [replace(alert, is_open=alert.is_open and alert.id not in ended) for alert in self.past]
        for new in plan.raised:
            self.past.append(self._remembered(new, on))
        if CALENDAR.is_working(on):
            self.last_run_on = on
        return list(plan.raised)

    def plan(self, on: date) -> Plan:
        """What the morning would bring."""
        known = known_until(self.project, at(on, 8))
        if known is None:
            return Plan()
        week = weekly_period(CALENDAR, on, self.last_run_on)
        setting = self._setting(on, week)
        return plan_morning(known, self._judge(known, on), self.past, self.cast, setting, self._earlier, self.answered)

    def until(self, last: date | str, first: date | str = TRACKED) -> dict[date, list[str]]:
        """Rungs raised on each day from ``first`` to ``last``, lapsed ones left out; days without any are left out."""
        raised: dict[date, list[str]] = {}
        day = as_day(first)
        while day <= as_day(last):
            rungs = sorted({alert.rung.value for alert in self.morning(day) if alert.delivery is not Delivery.LAPSED})
            if rungs:
                raised[day] = rungs
            day += timedelta(days=1)
        return raised

    def endings_on(self, day: str) -> dict[str, str]:
        """How the open alerts end on a day: state by rung."""
        on = as_day(day)
        known = known_until(self.project, at(on, 8))
        assert known is not None
        states = endings(known, self._judge(known, on), self.past, self._setting(on, None))
        rungs = {alert.id: alert.rung.value for alert in self.past}
        return {rungs[ending.alert]: ending.state.value for ending in states}

    def _judge(self, known: Project, on: date) -> ProjectAssessment:
        return judge_project(known, on, CALENDAR, STANDARD)

    def _earlier(self, day: date) -> ProjectAssessment | None:
        known = known_until(self.project, at(day, 17))
        return self._judge(known, day) if known else None

    def _setting(self, on: date, week: str | None) -> Morning:
        return Morning(on, week, CALENDAR, STANDARD)

    def _remembered(self, new: NewAlert, on: date) -> PastAlert:
        lapsed = new.delivery is Delivery.LAPSED
        return PastAlert(
            id=len(self.past) + 1,
            item=new.item,
            rung=new.rung,
            version=new.version,
            run=new.run,
            period=new.period,
            recipient=new.addressee.person,
            role=new.addressee.role,
            channel=new.addressee.channel,
            raised_on=on,
            delivery=Delivery.LAPSED if lapsed else self.arrives,
            is_open=not lapsed,
        )


def told(alerts: list[NewAlert], rung: Rung) -> dict[str, str]:
    """Who is told of a rung, and how."""
    return {
        alert.addressee.person: alert.addressee.channel.value
        for alert in alerts
        if alert.rung is rung and alert.delivery is not Delivery.LAPSED
    }
