"""Departments are reformed: everything passes on, nothing is orphaned, the past keeps its names."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.entries import EntryRecord, RevisionRecord
from pmo.db.models.organisation import (
    CuratorAreaRecord,
    DepartmentHeadRecord,
    DepartmentRecord,
    DepartmentSuccessionRecord,
)
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.session import Session
from pmo.domain.access import Actor, Role
from pmo.domain.errors import NotAllowed, RuleBroken
from pmo.domain.reform import NewDepartment, Reform
from pmo.jobs import assess
from pmo.jobs.context import JobContext
from pmo.queries.overview import Moment
from pmo.queries.people import actor_for
from pmo.queries.project_page import project_page
from pmo.services.acts import Act
from pmo.services.planned_changes import carry_out_due, plan_area, withdraw_planned
from pmo.services.projects import create_project
from pmo.services.reforms import appoint_head, plan_reform
from tests.cast import TODAY, Town, named, project_plan, refusal

NEW = NewDepartment("dept-new", "Новое", "Жаңа", "New", "owner-b")
MERGER = Reform(TODAY, {"dept-a": "dept-new", "dept-b": "dept-new"}, (NEW,))


def department_on(town: Town, day: str) -> str:
    """The department that the page of DP-10 shows as of noon of a day."""
    moment = datetime.fromisoformat(f"{day}T07:00:00+00:00")
    with town.runtime.reading() as session:
        akim = actor_for(session, "akim", town.today)
        assert akim is not None
        seen = Moment(moment, date.fromisoformat(day), is_past=True)
        page = project_page(session, akim, town.project(), seen, town.runtime.rules, town.runtime.histories)
        assert page.department is not None
        return page.department.name_en


def run_night(town: Town) -> dict[str, int]:
    """The night job of the town's day."""
    with town.writing() as session:
        job = JobContext(town.runtime, session, "almaty", town.today.isoformat(), town.runtime.now())
        return dict(assess.run(job))


def owner_told(session: Session, town: Town) -> AlertRecord:
    """An open alert that the owner of DP-10 has had."""
    told = datetime(2020, 1, 30, 2, 30, tzinfo=UTC)
    alert = AlertRecord(
        city_id="almaty", project_id=town.project(), item="DP-10-M1", rung="O+14", recipient_id="owner", role="owner",
        channel="direct", state="sent", raised_on=date(2020, 1, 30), raised_at=told, sent_at=told,
        facts={"item": "DP-10-M1"}, rule_set="EP-1",
    )  # fmt: skip
    session.add(alert)
    session.add(DepartmentHeadRecord(department_id="dept-a", person_id="owner", valid_from=date(2018, 1, 1)))
    session.flush()
    return alert


def test_a_merger_of_today_moves_projects_posts_owners_and_open_alerts(town: Town) -> None:
    with town.writing() as session:
        alert = owner_told(session, town).id
        plan_reform(session, town.act("admin"), MERGER, "decision 7")
    with town.runtime.reading() as session:
        moved = {
            (project.department_id, project.owner_id)
            for project in session.scalars(select(ProjectRecord).where(ProjectRecord.city_id == "almaty"))
        }
        assert moved == {("dept-new", "owner-b")}
        assert session.get_one(PersonRecord, "manager").department_id == "dept-new"
        closed = session.get_one(DepartmentRecord, "dept-a")
        assert closed.valid_until == TODAY - timedelta(days=1)
        assert closed.name_en == "dept-a"
        assert session.get_one(DepartmentSuccessionRecord, ("dept-b", "dept-new")).effective_on == TODAY
        assert session.get_one(AlertRecord, alert).state == "closed"
        passed = session.scalars(select(AlertRecord).where(AlertRecord.note == "handed_over")).one()
        assert (passed.recipient_id, passed.rung, passed.state) == ("owner-b", "O+14", "scheduled")
    assert department_on(town, "2020-01-30") == "dept-a"
    assert town.audit_findings() == []


def test_a_split_sends_each_thing_where_it_is_told(town: Town) -> None:
    with town.writing() as session:
        second = create_project(session, town.act("analyst"), "almaty", project_plan(code="DP-12")).id
    halves = (replace(NEW, id="dept-x", head=None), replace(NEW, id="dept-y", head=None))
    split = Reform(TODAY, {"dept-a": "dept-x"}, halves, {str(second): "dept-y"}, {"colleague": "dept-y"})
    with town.writing() as session:
        plan_reform(session, town.act("admin"), split, "decision 8")
    with town.runtime.reading() as session:
        assert session.get_one(ProjectRecord, town.project()).department_id == "dept-x"
        assert session.get_one(ProjectRecord, second).department_id == "dept-y"
        assert session.get_one(PersonRecord, "colleague").department_id == "dept-y"
        links = session.scalars(
            select(DepartmentSuccessionRecord.successor_id).where(DepartmentSuccessionRecord.predecessor_id == "dept-a")
        )
        assert sorted(links) == ["dept-x", "dept-y"]


def test_a_reform_of_a_later_day_waits_for_its_night_and_takes_what_came_since_along(town: Town) -> None:
    later = replace(MERGER, effective_on=date(2020, 3, 2))
    with town.writing() as session:
        plan_reform(session, town.act("admin"), later, "decision 7")
        added = create_project(session, town.act("analyst"), "almaty", project_plan(code="DP-12")).id
    before = town.at("2020-03-01")
    assert "carried_out" not in run_night(before)
    on_the_day = town.at("2020-03-02")
    assert run_night(on_the_day)["carried_out"] == 1
    assert "carried_out" not in run_night(on_the_day)
    with town.runtime.reading() as session:
        assert session.get_one(ProjectRecord, added).department_id == "dept-new"
        assert session.get_one(DepartmentRecord, "dept-a").valid_until == date(2020, 3, 1)
    assert department_on(on_the_day, "2020-03-01") == "dept-a"
    assert department_on(on_the_day, "2020-03-02") == "New"
    assert on_the_day.audit_findings() == []


def test_a_planned_reform_can_be_withdrawn_until_it_is_done(town: Town) -> None:
    with town.writing() as session:
        number = plan_reform(
            session, town.act("admin"), replace(MERGER, effective_on=date(2020, 3, 2)), "decision 7"
        ).id
        withdraw_planned(session, town.act("admin"), number)
    assert "carried_out" not in run_night(town.at("2020-03-02"))
    with town.writing() as session:
        done = plan_reform(session, town.act("admin"), MERGER, "decision 7").id
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        withdraw_planned(session, town.act("admin"), done)
    assert refusal(raised) == ("change_carried_out", None)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"effective_on": date(2020, 1, 30)}, ("reform_in_past", "effective_on")),
        ({"closing": {}, "opening": ()}, ("reform_closes_nothing", "closing")),
        ({"closing": {"dept-ast": "dept-b"}}, ("department_not_there", "closing")),
        ({"closing": {"dept-a": "dept-a"}}, ("successor_closed", "all-dept-a")),
        ({"closing": {"dept-a": "dept-ast"}}, ("successor_closed", "all-dept-a")),
        ({"projects": {"1": "nowhere"}}, ("successor_closed", "project-1")),
        ({"people": {"manager": "dept-a"}}, ("successor_closed", "person-manager")),
        ({"opening": (replace(NEW, id="dept-ast"),)}, ("successor_closed", "all-dept-a")),
        ({"opening": (NEW, NEW)}, ("code_taken", "new-2-code")),
        ({"opening": (replace(NEW, head="manager"),)}, ("head_needs_role", "new-1-head")),
        ({"opening": (replace(NEW, head="manager-ast"),)}, ("unknown_choice", "new-1-head")),
    ],
)
def test_a_bad_reform_is_refused_at_its_field_and_nothing_moves(
    town: Town, changes: dict[str, object], wrong: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        plan_reform(session, town.act("admin"), replace(MERGER, **changes), "decision")  # type: ignore[arg-type]
    assert refusal(raised) == wrong
    assert department_on(town, "2020-01-31") == "dept-a"


def test_two_planned_reforms_do_not_touch_one_department(town: Town) -> None:
    first = replace(MERGER, effective_on=date(2020, 3, 2))
    with town.writing() as session:
        plan_reform(session, town.act("admin"), first, "decision 7")
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        plan_reform(session, town.act("admin"), Reform(TODAY, {"dept-a": "dept-b"}), "decision 8")
    assert refusal(raised) == ("reform_overlaps", "closing")


@pytest.mark.parametrize("person", ["pmo-head", "akim", "owner"])
def test_only_an_administrator_reforms(town: Town, person: str) -> None:
    with pytest.raises(NotAllowed), town.writing() as session:
        plan_reform(session, town.act(person), MERGER, "decision")


def test_no_project_is_made_in_an_abolished_department(town: Town) -> None:
    with town.writing() as session:
        plan_reform(session, town.act("admin"), MERGER, "decision 7")
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        create_project(session, town.act("analyst"), "almaty", project_plan(code="DP-13"))
    assert refusal(raised) == ("department_closed", "department_id")


def test_six_departments_are_abolished_at_once(town: Town) -> None:
    six = [f"dept-{number}" for number in range(6)]
    with town.writing() as session:
        for code in six:
            session.add(DepartmentRecord(id=code, city_id="almaty", valid_from=date(2018, 1, 1), **named(code)))
        session.flush()
        for number, code in enumerate(six):
            plan = project_plan(code=f"DP-2{number}", department_id=code, owner_id=None)
            create_project(session, town.act("analyst"), "almaty", plan)
    gone = Reform(TODAY, {code: ("dept-a", "dept-b")[place % 2] for place, code in enumerate(six)})
    with town.writing() as session:
        plan_reform(session, town.act("admin"), gone, "24 departments become 18")
    with town.runtime.reading() as session:
        assert orphans(session, TODAY) == []
        alive = select(DepartmentRecord.id).where(
            DepartmentRecord.city_id == "almaty", DepartmentRecord.valid_until.is_(None)
        )
        assert sorted(session.scalars(alive)) == ["dept-a", "dept-b"]
        heirs = session.scalars(select(DepartmentSuccessionRecord.predecessor_id))
        assert sorted(heirs) == six
    assert town.audit_findings() == []


def orphans(session: Session, day: date) -> list[str]:
    """Projects that hang on a department that does not exist on a day."""
    statement = (
        select(ProjectRecord.code)
        .join(DepartmentRecord, DepartmentRecord.id == ProjectRecord.department_id)
        .where((DepartmentRecord.valid_until < day) | (DepartmentRecord.valid_from > day))
    )
    return list(session.scalars(statement))


def gaps(session: Session, today: date) -> list[str]:
    """Days on which a project's revision names a department that did not exist then."""
    lives = {one.id: one for one in session.scalars(select(DepartmentRecord))}
    found = []
    for project in session.scalars(select(ProjectRecord).order_by(ProjectRecord.id)):
        steps = session.execute(
            select(EntryRecord.event_on, RevisionRecord.fields)
            .join(EntryRecord, EntryRecord.id == RevisionRecord.entry_id)
            .where(RevisionRecord.item_kind == "project", RevisionRecord.item_id == project.id)
            .order_by(EntryRecord.entered_at, RevisionRecord.id)
        ).all()
        ends = [step.event_on - timedelta(days=1) for step in steps[1:]] + [today]
        for step, end in zip(steps, ends, strict=True):
            life = lives[step.fields["department_id"]]
            if step.event_on < life.valid_from or (life.valid_until is not None and life.valid_until < end):
                found.append(f"{project.code}: {life.id} from {step.event_on} to {end}")
        if steps[-1].fields["department_id"] != project.department_id:
            found.append(f"{project.code}: the last step is not where it is")
    return found


@contextmanager
def thrown_away(town: Town) -> Iterator[Session]:
    """A session whose changes are undone at the end: many examples on one database."""
    with town.runtime.reading() as session:
        yield session
        session.info.clear()


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),  # departments that close
        st.integers(0, 2),  # departments that open
        st.integers(1, 40),  # days until the next reform
        st.randoms(use_true_random=False),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_after_any_reforms_no_project_is_orphaned_and_its_departments_follow_without_a_gap(
    town: Town, steps: list[tuple[int, int, int, object]]
) -> None:
    day, admin = TODAY, Actor("admin", "almaty", Role.ADMINISTRATOR)
    with thrown_away(town) as session:
        for number, (closed, opened, wait, random) in enumerate(steps):
            at = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
            alive = session.scalars(
                select(DepartmentRecord.id).where(
                    DepartmentRecord.city_id == "almaty", DepartmentRecord.valid_until.is_(None)
                )
            ).all()
            closing = random.sample(sorted(alive), min(closed, len(alive)))  # type: ignore[attr-defined]
            new = [f"dept-{number}-{place}" for place in range(opened)]
            open_then = sorted(set(alive) - set(closing) | set(new))
            projects = session.scalars(select(ProjectRecord).where(ProjectRecord.city_id == "almaty")).all()
            if closing and open_then:
                choose = random.choice  # type: ignore[attr-defined]
                reform = Reform(
                    day,
                    {code: choose(open_then) for code in closing},
                    tuple(NewDepartment(code, code, code, code) for code in new),
                    {str(one.id): choose(open_then) for one in projects if choose((True, False))},
                )
                plan_reform(session, Act(admin, at, day, at), reform, "any")
            day += timedelta(days=wait)
        assert orphans(session, day) == []
        assert gaps(session, day) == []


def test_a_department_that_is_quite_new_opens_without_closing_another(town: Town) -> None:
    with town.writing() as session:
        plan_reform(session, town.act("admin"), Reform(TODAY, {}, (replace(NEW, head=None),)), "decision 9")
    with town.runtime.reading() as session:
        assert session.get_one(DepartmentRecord, "dept-new").valid_from == TODAY
        assert session.get_one(ProjectRecord, town.project()).department_id == "dept-a"


def test_a_new_head_takes_over_the_projects_and_alerts_of_the_former(town: Town) -> None:
    with town.writing() as session:
        alert = owner_told(session, town).id
        session.get_one(PersonRecord, "colleague").role = Role.DEPARTMENT_HEAD.value
        appoint_head(session, town.act("admin"), "dept-a", "colleague")
    with town.runtime.reading() as session:
        assert session.get_one(ProjectRecord, town.project()).owner_id == "colleague"
        assert session.get_one(AlertRecord, alert).state == "closed"
        heads = session.execute(
            select(DepartmentHeadRecord.person_id, DepartmentHeadRecord.valid_until).order_by(DepartmentHeadRecord.id)
        ).all()
    assert [tuple(row) for row in heads] == [("owner", TODAY - timedelta(days=1)), ("colleague", None)]


@pytest.mark.parametrize(
    ("head", "code"), [("owner", "head_already"), ("manager", "head_needs_role"), ("manager-ast", "unknown_choice")]
)
def test_a_bad_head_is_refused(town: Town, head: str, code: str) -> None:
    with town.writing() as session:
        owner_told(session, town)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        appoint_head(session, town.act("admin"), "dept-a", head)
    assert refusal(raised) == (code, "head")


def test_the_head_of_the_office_heads_a_department_without_belonging_to_it(town: Town) -> None:
    with town.writing() as session:
        appoint_head(session, town.act("admin"), "dept-a", "pmo-head")
        assert session.get_one(PersonRecord, "pmo-head").department_id is None


def test_an_area_passes_from_a_day_on_with_the_alerts_of_its_curator(town: Town) -> None:
    with town.writing() as session:
        alert = owner_told(session, town)
        alert.recipient_id, alert.role, alert.channel = "curator", "curator", "list"
        plan_area(session, town.act("admin"), "area-a", "curator-b", date(2020, 2, 3), "order 3")
    with town.runtime.reading() as session:
        assert session.get_one(CuratorAreaRecord, "area-a").holder_id == "curator"
    day = town.at("2020-02-03")
    assert run_night(day)["carried_out"] == 1
    with day.runtime.reading() as session:
        assert session.get_one(CuratorAreaRecord, "area-a").holder_id == "curator-b"
        assert session.get_one(ProjectRecord, town.project()).curator_id == "curator-b"
        passed = session.scalars(select(AlertRecord).where(AlertRecord.note == "handed_over")).one()
        assert (passed.recipient_id, passed.channel) == ("curator-b", "list")


@pytest.mark.parametrize(
    ("holder", "on", "wrong"),
    [
        ("curator", TODAY, ("area_held", "holder_id")),
        ("owner", TODAY, ("area_needs_curator", "holder_id")),
        ("curator-ast", TODAY, ("unknown_choice", "holder_id")),
        ("curator-b", date(2020, 1, 30), ("area_in_past", "effective_on")),
    ],
)
def test_a_bad_holder_of_an_area_is_refused(town: Town, holder: str, on: date, wrong: tuple[str, str]) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        plan_area(session, town.act("admin"), "area-a", holder, on, "order 3")
    assert refusal(raised) == wrong


def test_a_holder_who_has_gone_by_the_day_leaves_the_area_vacant(town: Town) -> None:
    with town.writing() as session:
        plan_area(session, town.act("admin"), "area-a", "curator-b", date(2020, 2, 3), "order 3")
        session.get_one(PersonRecord, "curator-b").is_active = False
    day = town.at("2020-02-03")
    with day.writing() as session:
        assert carry_out_due(session, "almaty", day.runtime.now()) == 1
        assert session.get_one(CuratorAreaRecord, "area-a").holder_id is None
