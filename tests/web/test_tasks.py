"""My tasks: for each post what waits for its answer, each with its one button, and nothing of others."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from pmo.db.models.entries import EntryRecord
from pmo.db.models.people import AbsenceRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.queries.overview import Moment
from pmo.queries.people import actor_for
from pmo.queries.tasks import Tasks, tasks_of
from pmo.queries.visibility import permitted_to
from pmo.runtime import Runtime
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors, milestone_path


@pytest.fixture
def enter(replayed: Runtime) -> Enter:
    return doors(replayed)


def section(page: Page, heading: str) -> list[str]:
    found = [part for part in page.tree.all("section") if part["aria-labelledby"] == heading]
    return [item.text for part in found for item in part.one("ul").all("li")]


def at(runtime: Runtime, day: date) -> Runtime:
    """The same portfolio on another day, 19:00 in Almaty."""
    return runtime.at(datetime(day.year, day.month, day.day, 13, tzinfo=UTC))


def tasks_for(runtime: Runtime, post: str) -> Tasks:
    today = runtime.today("Asia/Almaty")
    with runtime.reading() as session:
        actor = actor_for(session, post, today)
        assert actor is not None
        return tasks_of(session, actor, Moment(runtime.now(), today), runtime.rules, runtime.histories)


def test_a_manager_begins_with_the_overdue_milestone_and_its_two_answers(enter: Enter, replayed: Runtime) -> None:
    page = enter("manager-police-1.alm").get("/")
    assert page.path == "/tasks"
    (overdue,) = section(page, "overdue")
    assert "DP-10-M3" in overdue
    assert "мерзімінен 20 жұмыс күні өтті" in overdue
    addresses = page.links.values()
    assert milestone_path(replayed, "DP-10-M3") + "/completion" in addresses
    assert milestone_path(replayed, "DP-10-M3") + "/forecast" in addresses


def test_the_analyst_judges_the_evidence_that_waits(enter: Enter) -> None:
    page = enter("analyst.alm").get("/tasks")
    assert [text.split()[0] for text in section(page, "evidence")] == ["DP-43-M1", "DP-47-M2", "DP-27-M4"]
    assert sum(address.endswith("/evidence-decision") for address in page.links.values()) == 3


def test_a_manager_does_not_judge_and_an_analyst_does_not_claim(enter: Enter) -> None:
    assert not section(enter("manager-police-1.alm").get("/tasks"), "evidence")
    assert not section(enter("analyst.alm").get("/tasks"), "overdue")


def test_a_head_of_department_sees_whose_task_it_is(enter: Enter) -> None:
    (overdue,) = section(enter("head-police.alm").get("/tasks"), "overdue")
    assert "Полиция департаменті жобаларының менеджері 1" in overdue


def test_a_request_for_new_dates_goes_to_the_pmo_and_to_the_curator(replayed: Runtime) -> None:
    asked, code = first_entry(replayed, "change_requested")
    then = at(replayed, asked)
    (task,) = [waiting for waiting in tasks_for(then, "analyst.alm").to_check if waiting.project_code == code]
    assert (task.asked_on, task.waits_wd, task.is_checked) == (asked, 0, False)
    with replayed.reading() as session:
        curator = session.scalar(select(ProjectRecord.curator_id).where(ProjectRecord.code == code))
    assert curator is not None
    for post in ("deputy-da1.alm", "deputy-da2.alm", "deputy-da3.alm", "deputy-da4.alm", "deputy-da5.alm"):
        waits = task.id in [waiting.id for waiting in tasks_for(then, post).to_rule]
        assert waits is (post == curator)


def test_returned_evidence_comes_back_to_the_manager_with_its_reason(replayed: Runtime) -> None:
    day, code = first_entry(replayed, "evidence_rejected")
    then = at(replayed, day)
    returned = {task.subject.code: task for post in managers(replayed) for task in tasks_for(then, post).returned}
    assert returned[code].returned_on == day
    assert returned[code].returned_reason == "evidence_incomplete"
    assert code not in [task.subject.code for post in managers(replayed) for task in tasks_for(then, post).overdue]


def test_reports_are_asked_for_once_their_period_is_over(replayed: Runtime) -> None:
    then = at(replayed, date(2020, 2, 3))
    reports = [task for post in managers(replayed) for task in tasks_for(then, post).reports]
    assert reports
    assert {task.period_end for task in reports} <= {date(2019, 12, 31), date(2020, 1, 31)}
    assert all(task.due_on >= then.today("Asia/Almaty") for task in reports if not task.missed)


def test_nothing_is_asked_of_those_who_only_look(enter: Enter) -> None:
    for post in ("observer.alm", "admin.alm"):
        page = enter(post).get("/tasks")
        assert not page.tree.one("main").all("section")


def test_a_substitute_gets_the_tasks_of_the_absent_manager(replayed: Runtime) -> None:
    add_absence(replayed, "manager-police-1.alm", "manager-app-1.alm")
    codes = [task.subject.code for task in tasks_for(replayed, "manager-app-1.alm").overdue]
    assert "DP-10-M3" in codes


def test_every_task_is_about_a_project_the_post_may_answer_for(replayed: Runtime) -> None:
    for post in managers(replayed):
        tasks = tasks_for(replayed, post)
        with replayed.reading() as session:
            actor = actor_for(session, post, replayed.today("Asia/Almaty"))
            assert actor is not None
            own = set(session.scalars(select(ProjectRecord.id).where(permitted_to(actor, Action.CLAIM))))
        subjects = [*tasks.returned, *tasks.overdue, *tasks.reports, *tasks.upcoming]
        assert {task.subject.project_id for task in subjects} <= own


def managers(runtime: Runtime) -> list[str]:
    with runtime.reading() as session:
        found = session.scalars(select(ProjectRecord.manager_id).where(ProjectRecord.city_id == "almaty").distinct())
        return sorted(post for post in found if post)


def first_entry(runtime: Runtime, kind: str) -> tuple[date, str]:
    """Day and item of the first such act in Almaty."""
    with runtime.reading() as session:
        row = session.execute(
            select(EntryRecord.event_on, EntryRecord.item)
            .join(ProjectRecord, ProjectRecord.id == EntryRecord.project_id)
            .where(EntryRecord.kind == kind, ProjectRecord.city_id == "almaty")
            .order_by(EntryRecord.event_on, EntryRecord.id)
            .limit(1)
        ).one()
    return row.event_on, row.item


def add_absence(runtime: Runtime, person: str, substitute: str) -> None:
    with runtime.writing() as session:
        session.add(
            AbsenceRecord(
                person_id=person,
                substitute_id=substitute,
                starts_on=date(2020, 1, 27),
                ends_on=date(2020, 2, 3),
                entered_at=runtime.now(),
            )
        )
