"""A small town to test in: two cities, a handful of posts, three projects. Fixtures ``cast_url`` and ``town``.

``town`` stands at 31 January 2020, 19:00 in Almaty. DP-10 is the manager's: M1 (critical) was due on 31.12.2019, M2
follows it, M3 has no date yet; I1 is a running total, I2 a level. DP-11 belongs to another department and area, AST-01
to the other city.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from pmo.clock import start_of_day
from pmo.db.models.audit import AuditEventRecord, AuditHeadRecord
from pmo.db.models.catalogue import (
    CityRecord,
    DistrictRecord,
    EvidenceTypeRecord,
    MilestoneTypeRecord,
    PriorityRecord,
    ReasonCodeRecord,
    SectorRecord,
    UnitRecord,
)
from pmo.db.models.entries import EntryRecord
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.session import Session
from pmo.domain.access import Actor
from pmo.domain.errors import Refusal
from pmo.domain.indicator import Direction, Frequency, Indicator, Kind
from pmo.domain.milestone import Dependency
from pmo.exchange.audit_check import Finding, StoredHead, check_log
from pmo.queries.people import actor_for
from pmo.runtime import Runtime, zone
from pmo.services import indicators, projects
from pmo.services.acts import Act
from pmo.services.calendar import load_calendar
from pmo.services.indicators import IndicatorPlan
from pmo.services.milestone_plans import MilestonePlan, create_milestone
from pmo.services.projects import ProjectPlan
from tests.conftest import NOW, Databases

ALMATY = zone("Asia/Almaty")
TODAY = date(2020, 1, 31)
TRACKED = date(2019, 9, 16)

POSTS = {
    "akim": ("almaty", "akim", None),
    "curator": ("almaty", "deputy_akim", None),
    "curator-b": ("almaty", "deputy_akim", None),
    "owner": ("almaty", "department_head", "dept-a"),
    "owner-b": ("almaty", "department_head", "dept-b"),
    "manager": ("almaty", "project_manager", "dept-a"),
    "colleague": ("almaty", "project_manager", "dept-a"),
    "manager-b": ("almaty", "project_manager", "dept-b"),
    "pmo-head": ("almaty", "pmo_head", None),
    "analyst": ("almaty", "pmo_analyst", None),
    "observer": ("almaty", "observer", None),
    "admin": ("almaty", "administrator", None),
    "outsider": ("astana", "pmo_analyst", None),
    "manager-ast": ("astana", "project_manager", "dept-ast"),
    "curator-ast": ("astana", "deputy_akim", None),
}
"""Post to city, role and department."""


@dataclass
class Town:
    """The installation, and short ways to act in it."""

    runtime: Runtime

    def at(self, day: str) -> Town:
        """The same town at noon of another day."""
        return Town(self.runtime.at(datetime.fromisoformat(f"{day}T07:00:00+00:00").astimezone(UTC)))

    def act(self, person: str) -> Act:
        """An act of a post, now."""
        now = self.runtime.now()
        with self.runtime.reading() as session:
            actor = actor_for(session, person, self.today)
        assert actor is not None
        return Act(actor=actor, at=now, on=self.today, recorded_at=now)

    @property
    def today(self) -> date:
        return self.runtime.today("Asia/Almaty")

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.runtime.writing() as session:
            yield session

    def project(self, code: str = "DP-10") -> int:
        return self._id(select(ProjectRecord.id).where(ProjectRecord.code == code))

    def milestone(self, code: str = "DP-10-M1") -> int:
        return self._id(select(MilestoneRecord.id).where(MilestoneRecord.code == code))

    def indicator(self, code: str = "DP-10-I1") -> int:
        return self._id(select(IndicatorRecord.id).where(IndicatorRecord.code == code))

    def entries(self) -> list[str]:
        """Kinds of all entries since the cast was set up, in order."""
        with self.runtime.reading() as session:
            since = start_of_day(TRACKED, ALMATY)
            return list(
                session.scalars(select(EntryRecord.kind).where(EntryRecord.entered_at > since).order_by(EntryRecord.id))
            )

    def audit_findings(self) -> list[Finding]:
        """What the check of the audit log finds: nothing, if it is sound."""
        with self.runtime.reading() as session:
            rows = session.execute(
                select(AuditEventRecord.seq, AuditEventRecord.body, AuditEventRecord.leaf).order_by(
                    AuditEventRecord.seq
                )
            )
            head = session.scalar(select(AuditHeadRecord))
            assert head is not None
            return check_log([tuple(row) for row in rows], StoredHead(head.size, head.frontier), [], [], [])

    def audit_actions(self) -> list[str]:
        """Bodies of the audit log, in order."""
        with self.runtime.reading() as session:
            return list(session.scalars(select(AuditEventRecord.body).order_by(AuditEventRecord.seq)))

    def _id(self, statement: object) -> int:
        with self.runtime.reading() as session:
            found = session.scalar(statement)  # type: ignore[call-overload]
        assert found is not None
        return int(found)


def refusal(raised: pytest.ExceptionInfo[Refusal]) -> tuple[str, str | None]:
    """Code and field of a RuleBroken."""
    return raised.value.code, raised.value.field  # type: ignore[attr-defined]


def named(text: str) -> dict[str, str]:
    """A name in three languages."""
    return {"name_ru": f"{text} (рус)", "name_kk": f"{text} (қаз)", "name_en": text}


def project_plan(**changes: object) -> ProjectPlan:
    """DP-10 as it was entered."""
    fields: dict[str, object] = {
        "code": "DP-10",
        **named("Safe city"),
        "sector_id": "safety",
        "priority_id": "rights",
        "department_id": "dept-a",
        "area_id": "area-a",
        "owner_id": "owner",
        "manager_id": "manager",
        "curator_id": "curator",
        "start_on": date(2019, 9, 1),
        "end_on": date(2020, 12, 31),
        "budget_mln": 1200.0,
        "districts": ("medeu",),
        "tracked_since": TRACKED,
    }
    return ProjectPlan(**{**fields, **changes})  # type: ignore[arg-type]


def milestone_plan(code: str, **changes: object) -> MilestonePlan:
    """A milestone of a code."""
    fields: dict[str, object] = {"code": code, **named(f"Milestone {code[-2:]}"), "type_id": "launch"}
    return MilestonePlan(**{**fields, "evidence_type_id": "act", **changes})  # type: ignore[arg-type]


def indicator_plan(code: str, **changes: object) -> IndicatorPlan:
    """An indicator of a code, 0 to 100 over 2019-09-30 to 2020-12-31, told monthly."""
    fields: dict[str, object] = {
        "id": 0,
        "code": code,
        "direction": Direction.UP,
        "kind": Kind.CUMULATIVE,
        "baseline": 0.0,
        "baseline_on": date(2019, 9, 30),
        "target": 100.0,
        "target_on": date(2020, 12, 31),
        "frequency": Frequency.MONTHLY,
    }
    rule = Indicator(**{**fields, **changes})  # type: ignore[arg-type]
    return IndicatorPlan(**named(f"Indicator {code[-2:]}"), unit_id="pieces", rule=rule, source="city statistics")


@pytest.fixture(scope="session")
def cast_url(databases: Databases, migrated_url: str) -> str:
    """A database with the cast; copied, never written."""
    return databases.filled("cast", migrated_url, _fill)


@pytest.fixture
def town(databases: Databases, cast_url: str) -> Iterator[Town]:
    """A town of one's own."""
    with databases.lent(cast_url) as installation:
        yield Town(installation)


def _fill(runtime: Runtime) -> None:
    with runtime.writing() as session:
        _settle(session)
        _begin(session)


def _settle(session: Session) -> None:
    """Cities, lists, departments, posts."""
    for city, timezone in (("almaty", "Asia/Almaty"), ("astana", "Asia/Almaty")):
        session.add(CityRecord(id=city, timezone=timezone, currency="KZT", calendar="KZ", **named(city.title())))
    session.add_all(
        [
            PriorityRecord(id="rights", **named("Rights")),
            SectorRecord(id="safety", **named("Safety")),
            UnitRecord(id="pieces", **named("pieces")),
            MilestoneTypeRecord(id="launch", **named("Launch")),
            EvidenceTypeRecord(id="act", **named("Acceptance certificate")),
            EvidenceTypeRecord(id="order", **named("Order"), position=1),
            ReasonCodeRecord(id="contractor_delay", **named("Contractor's delay")),
            ReasonCodeRecord(id="evidence_incomplete", **named("Evidence incomplete"), position=1),
            ReasonCodeRecord(id="not_stated", **named("Not stated"), position=2),
        ]
    )
    session.flush()
    for department, city in (("dept-a", "almaty"), ("dept-b", "almaty"), ("dept-ast", "astana")):
        session.add(DepartmentRecord(id=department, city_id=city, valid_from=date(2018, 1, 1), **named(department)))
    session.add(DistrictRecord(id="medeu", city_id="almaty", **named("Medeu")))
    session.add(DistrictRecord(id="esil", city_id="astana", **named("Esil")))
    session.flush()
    for person, (city, role, department) in POSTS.items():
        session.add(
            PersonRecord(
                id=person,
                city_id=city,
                role=role,
                title_ru=f"{person} (рус)",
                title_kk=f"{person} (қаз)",
                title_en=person,
                email=f"{person}@{city}.example",
                language="en",
                department_id=department,
                created_at=NOW,
            )
        )
    session.flush()
    for area, holder, city in (
        ("area-a", "curator", "almaty"),
        ("area-b", "curator-b", "almaty"),
        ("area-ast", "curator-ast", "astana"),
    ):
        session.add(CuratorAreaRecord(id=area, city_id=city, holder_id=holder, **named(area)))
    load_calendar(session, "KZ")
    session.flush()


def _begin(session: Session) -> None:
    """The three projects, entered when tracking began."""
    at = start_of_day(TRACKED, ALMATY)

    def act(person: str) -> Act:
        actor: Actor | None = actor_for(session, person, TRACKED)
        assert actor is not None
        return Act(actor=actor, at=at, on=TRACKED, recorded_at=NOW, source="import")

    analyst = act("analyst")
    first = projects.create_project(session, analyst, "almaty", project_plan())
    for plan in (
        milestone_plan("DP-10-M1", critical=True, due_on=date(2019, 12, 31)),
        milestone_plan("DP-10-M2", weight=2.0, due_on=date(2020, 4, 30), predecessors=(Dependency("DP-10-M1"),)),
        milestone_plan("DP-10-M3"),
    ):
        create_milestone(session, analyst, first.id, plan)
    indicators.create_indicator(session, analyst, first.id, indicator_plan("DP-10-I1"))
    indicators.create_indicator(
        session, analyst, first.id, indicator_plan("DP-10-I2", kind=Kind.POINT, frequency=Frequency.QUARTERLY)
    )
    second = projects.create_project(
        session,
        analyst,
        "almaty",
        project_plan(
            code="DP-11",
            department_id="dept-b",
            area_id="area-b",
            owner_id="owner-b",
            manager_id="manager-b",
            curator_id="curator-b",
            **named("Clean air"),
        ),
    )
    create_milestone(session, analyst, second.id, milestone_plan("DP-11-M1", due_on=date(2020, 6, 30)))
    outsider = act("outsider")
    third = projects.create_project(
        session,
        outsider,
        "astana",
        project_plan(
            code="AST-01",
            department_id="dept-ast",
            area_id="area-ast",
            owner_id=None,
            manager_id="manager-ast",
            curator_id="curator-ast",
            districts=("esil",),
            **named("Left bank"),
        ),
    )
    create_milestone(session, outsider, third.id, milestone_plan("AST-01-M1", due_on=date(2020, 6, 30)))
