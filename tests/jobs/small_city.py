"""A small city in a real database: an akim, a curator, an owner, a manager, the PMO, and one project."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.clock import local_moment, start_of_day
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.calendar import CalendarDayRecord
from pmo.db.models.catalogue import (
    CityRecord,
    MilestoneTypeRecord,
    PriorityRecord,
    ReasonCodeRecord,
    SectorRecord,
    UnitRecord,
)
from pmo.db.models.comments import CommentRecord, CommentWithdrawalRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.lifecycle import PauseRecord, ResumeRecord
from pmo.db.models.milestones import BaselineDateRecord, ClaimRecord, EvidenceDecisionRecord, MilestoneRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import AbsenceRecord, PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.models.updates import UpdateRecord
from pmo.jobs.deliver import deliver_due
from pmo.jobs.outcome import RunOutcome
from pmo.jobs.runner import run_once
from pmo.jobs.timetable import TIMETABLE
from pmo.runtime import Runtime
from tests.domain.ladder_cast import CALENDAR, TRACKED, as_day

ZONE = ZoneInfo("Asia/Almaty")
JOBS = {job.name: job for job in TIMETABLE}
POSTS = {
    "akim": "akim",
    "curator": "deputy_akim",
    "owner": "department_head",
    "manager": "project_manager",
    "colleague": "project_manager",
    "analyst": "pmo_analyst",
    "head": "pmo_head",
}


def named(text: str) -> dict[str, str]:
    """A name in three languages."""
    return {"name_ru": f"{text} ru", "name_kk": f"{text} kk", "name_en": text}


class SmallCity:
    """Writes facts as of their days and runs the mornings of the city."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        with runtime.writing() as session:
            self._found(session)

    def project(self, code: str = "P-01", start: str = "2019-01-01", curator: str | None = "curator") -> int:
        """A project of the one department; returns its id."""
        with self.runtime.writing() as session:
            record = ProjectRecord(
                city_id="almaty",
                code=code,
                sector_id="transport",
                priority_id="P1",
                department_id="MOB",
                area_id="DA1",
                owner_id="owner",
                manager_id="manager",
                curator_id=curator,
                start_on=as_day(start),
                end_on=date(2020, 12, 31),
                tracked_since=TRACKED,
                entered_at=start_of_day(TRACKED, ZONE),
                provenance={},
                **named(f"Project {code}"),
            )
            session.add(record)
            session.flush()
            number = record.id
        # A far and heavy milestone keeps one slip from turning the project red.
        self.milestone(number, f"{code}-M9", "2020-12-25", weight=9.0)
        return number

    def milestone(
        self, project: int, code: str, due: str, *, critical: bool = False, weight: float = 1.0, by: str | None = None
    ) -> int:
        """A milestone with its first date; returns its id."""
        with self.runtime.writing() as session:
            record = MilestoneRecord(
                project_id=project,
                code=code,
                type_id="launch",
                critical=critical,
                weight=weight,
                performer_id=by,
                entered_at=start_of_day(TRACKED, ZONE),
                provenance={},
                **named(f"Milestone {code}"),
            )
            session.add(record)
            session.flush()
            number = record.id
            entry = self._entry(session, project, "milestone_created", code, TRACKED)
            session.add(
                BaselineDateRecord(
                    entry_id=entry, milestone_id=number, version=0, due_on=as_day(due), approved_on=TRACKED
                )
            )
        return number

    def indicator(self, project: int, code: str) -> None:
        """A monthly indicator nobody reports on."""
        with self.runtime.writing() as session:
            session.add(
                IndicatorRecord(
                    project_id=project,
                    code=code,
                    unit_id="percent",
                    direction="up",
                    kind="point",
                    baseline=0.0,
                    baseline_on=date(2019, 9, 1),
                    target=160.0,
                    target_on=date(2020, 12, 31),
                    frequency="monthly",
                    entered_at=start_of_day(TRACKED, ZONE),
                    provenance={},
                    **named(f"Indicator {code}"),
                )
            )
            session.flush()
            self._entry(session, project, "indicator_created", code, TRACKED)

    def claim(self, project: int, milestone: int, code: str, day: str, completed: str | None = None) -> int:
        """A claim of completion; returns its id."""
        on = as_day(day)
        with self.runtime.writing() as session:
            entry = self._entry(session, project, "completion_claimed", code, on)
            record = ClaimRecord(
                entry_id=entry, milestone_id=milestone, completed_on=as_day(completed or day), submitted_on=on
            )
            session.add(record)
            session.flush()
            return record.id

    def decide(self, project: int, claim: int, code: str, day: str, *, accepted: bool) -> None:
        """The PMO's decision on a claim."""
        with self.runtime.writing() as session:
            entry = self._entry(session, project, "evidence_decided", code, as_day(day))
            reason = None if accepted else "evidence_incomplete"
            session.add(EvidenceDecisionRecord(entry_id=entry, claim_id=claim, accepted=accepted, reason_id=reason))

    def word(self, project: int, day: str) -> None:
        """The manager says of a project that it stands as it stands."""
        with self.runtime.writing() as session:
            entry = self._entry(session, project, "update", "P-01", as_day(day))
            session.add(UpdateRecord(entry_id=entry, project_id=project))

    def comment(self, project: int, item: str, author: str, day: str, text: str) -> int:
        """A comment; returns its id."""
        with self.runtime.writing() as session:
            entry = self._entry(session, project, "comment", item, as_day(day), author)
            record = CommentRecord(entry_id=entry, project_id=project, text=text)
            session.add(record)
            session.flush()
            return record.id

    def withdraw(self, project: int, item: str, comment: int, day: str) -> None:
        """A comment is taken back."""
        with self.runtime.writing() as session:
            entry = self._entry(session, project, "comment_withdrawn", item, as_day(day))
            session.add(CommentWithdrawalRecord(entry_id=entry, comment_id=comment))

    def pause(self, project: int, code: str, start: str, resumed: str) -> None:
        """A pause of the whole project, and its end."""
        with self.runtime.writing() as session:
            entry = self._entry(session, project, "paused", code, as_day(start))
            record = PauseRecord(
                entry_id=entry, project_id=project, starts_on=as_day(start), reason_id="evidence_incomplete"
            )
            session.add(record)
            session.flush()
            entry = self._entry(session, project, "resumed", code, as_day(resumed))
            session.add(ResumeRecord(entry_id=entry, pause_id=record.id, resumed_on=as_day(resumed)))

    def absence(self, person: str, substitute: str, start: str, end: str) -> None:
        """Somebody is away, somebody else acts."""
        with self.runtime.writing() as session:
            session.add(
                AbsenceRecord(
                    person_id=person,
                    substitute_id=substitute,
                    starts_on=as_day(start),
                    ends_on=as_day(end),
                    entered_at=start_of_day(TRACKED, ZONE),
                )
            )

    def run(self, name: str, day: str | date) -> RunOutcome:
        """One job of a day at its hour."""
        on, job = as_day(day), JOBS[name]
        moment = job.moment_of(on, ZONE)
        return run_once(self.runtime.at(moment), job, "almaty", on.isoformat(), moment)

    def deliver(self, day: str | date) -> None:
        """Everything that is due at 08:30 leaves."""
        deliver_due(self.runtime.at(local_moment(as_day(day), time(8, 30), ZONE)))

    def morning(self, day: str | date) -> None:
        """Alerts, digests and delivery of a day, if it is worked."""
        if CALENDAR.is_working(as_day(day)):
            self.run("alerts", day)
            self.run("digests", day)
            self.deliver(day)

    def mornings(self, first: str, last: str) -> None:
        """All mornings from the first day to the last."""
        day = as_day(first)
        while day <= as_day(last):
            self.morning(day)
            day += timedelta(days=1)

    def mails(self, day: str | None = None) -> list[OutgoingMailRecord]:
        """Mails in the order in which they were made; those of one day where a day is given."""
        with self.runtime.reading() as session:
            records = list(session.scalars(select(OutgoingMailRecord).order_by(OutgoingMailRecord.id)))
        return [record for record in records if day is None or local(record.created_at) == as_day(day)]

    def told(self, day: str) -> list[str]:
        """Mails of a day: kind, reader, and what they tell."""
        return sorted(
            f"{mail.kind} to {mail.recipient_id}: "
            + ", ".join(sorted(f"{told['item']} {told['rung']}" for told in mail.items))
            for mail in self.mails(day)
        )

    def alerts(self) -> list[AlertRecord]:
        """All alerts in the order in which they were raised."""
        with self.runtime.reading() as session:
            return list(session.scalars(select(AlertRecord).order_by(AlertRecord.id)))

    def _found(self, session: Session) -> None:
        session.add(CityRecord(id="almaty", timezone="Asia/Almaty", currency="KZT", calendar="KZ", **named("Almaty")))
        session.add_all(
            CalendarDayRecord(calendar="KZ", day=day, kind="day_off", source="test") for day in CALENDAR.days_off
        )
        session.add_all(
            CalendarDayRecord(calendar="KZ", day=day, kind="working", source="test")
            for day in CALENDAR.working_weekends
        )
        session.flush()
        session.add_all(
            [
                DepartmentRecord(id="MOB", city_id="almaty", valid_from=date(2019, 1, 1), **named("Mobility")),
                SectorRecord(id="transport", **named("Transport")),
                PriorityRecord(id="P1", **named("Priority")),
                UnitRecord(id="percent", **named("percent")),
                MilestoneTypeRecord(id="launch", **named("launch")),
                ReasonCodeRecord(id="evidence_incomplete", **named("evidence incomplete")),
            ]
        )
        session.flush()
        session.add_all(
            PersonRecord(
                id=person,
                city_id="almaty",
                role=role,
                title_ru=f"{person} ru",
                title_kk=f"{person} kk",
                title_en=person,
                email=f"{person}@almaty.example",
                language="en",
                department_id="MOB" if person in ("owner", "manager", "colleague") else None,
                is_active=True,
                created_at=start_of_day(TRACKED, ZONE),
            )
            for person, role in POSTS.items()
        )
        session.flush()
        session.add(CuratorAreaRecord(id="DA1", city_id="almaty", holder_id="curator", **named("Transport")))

    def _entry(self, session: Session, project: int, kind: str, item: str, day: date, by: str | None = None) -> int:
        entry = EntryRecord(
            project_id=project,
            kind=kind,
            item=item,
            event_on=day,
            entered_at=start_of_day(day, ZONE),
            recorded_at=start_of_day(day, ZONE),
            entered_by=by,
            source="test",
        )
        session.add(entry)
        session.flush()
        return entry.id


def local(moment: datetime) -> date:
    """The city's date at an instant."""
    return moment.astimezone(ZONE).date()
