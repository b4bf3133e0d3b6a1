"""As of a day equals what was live on that day; nothing that was entered later leaks; whoever is in the past stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from pmo.clock import end_of_day, local_moment
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectDistrictRecord, ProjectRecord
from pmo.domain.access import Actor, Role
from pmo.queries.overview import Moment, Overview, overview
from pmo.queries.overview_filter import Wanted
from pmo.queries.overview_rows import Row, rows_for
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.assessments import refresh_due
from pmo.services.imports import enter_events, read_log
from pmo.services.milestone_plans import MilestonePlan, edit_milestone
from pmo.services.projects import PLAIN, ProjectPlan, edit_project
from tests.conftest import DATA, Databases, runtime_on
from tests.web.pages import Page
from tests.web.portfolio_pages import doors, indicator_path, milestone_path, project_path

ZONE = ZoneInfo("Asia/Almaty")
DAYS = [
    date.fromisoformat(day)
    for day in (
        "2019-09-30",
        "2019-10-31",
        "2019-12-02",
        "2019-12-31",
        "2020-01-31",
        "2020-02-28",
        "2020-04-15",
        "2020-06-30",
        "2020-09-30",
        "2020-12-31",
    )
]
AFTERWARDS = date(2021, 1, 6)
ANALYST = Actor("analyst.alm", "almaty", Role.PMO_ANALYST, extra_cities=frozenset({"astana", "shymkent"}))
EDITED = "DP-10"


@dataclass(frozen=True)
class Seen:
    """What the overview showed on a day: the lists and counts, and the page as it could be read."""

    found: Overview
    rows: list[Row]
    page: Page
    project: Page


@dataclass(frozen=True)
class Lived:
    """A database that was filled day by day, and what was live on the ten days."""

    runtime: Runtime
    seen: dict[date, Seen]


def looked_at(runtime: Runtime, moment: Moment) -> tuple[Overview, list[Row]]:
    with runtime.reading() as session:
        found = overview(session, ANALYST, Wanted(), moment, runtime.rules, runtime.histories)
        return found, rows_for(session, found.chosen, found, moment.at)


def past(day: date) -> Moment:
    return Moment(end_of_day(day, ZONE), day, is_past=True)


@pytest.fixture(scope="module")
def lived(databases: Databases, portfolio_url: str) -> Iterator[Lived]:
    """The log entered up to each of the ten days in turn, each looked at live; then the rest, and then edits."""
    url = databases.copy_of(portfolio_url)
    first = runtime_on(url)
    log, seen, entered = read_log(DATA / "demo_log.yaml"), {}, date.min
    for day in [*DAYS, AFTERWARDS]:
        runtime = first.at(local_moment(day, time(18), ZONE))
        with runtime.writing() as session:
            events = [event for event in log.events if entered < event.day <= day]
            enter_events(session, events, runtime.now())
        with runtime.writing() as session:
            for city in ("almaty", "astana", "shymkent"):
                refresh_due(session, city, runtime.now(), runtime.rules)
        entered = day
        if day != AFTERWARDS:
            found, rows = looked_at(runtime, Moment(runtime.now(), day))
            akim = doors(runtime)("akim.alm")
            seen[day] = Seen(found, rows, akim.get("/portfolio"), akim.get(project_path(runtime, EDITED)))
    last = first.at(local_moment(AFTERWARDS, time(19), ZONE))
    edit_everything(last)
    yield Lived(last, seen)
    first.engines.dispose()
    databases.drop(url)


def edit_everything(runtime: Runtime) -> None:
    """A project gets another name, department, area, manager and district; one of its milestones another name."""
    with runtime.reading() as session:
        actor = actor_for(session, "pmo-head.alm", AFTERWARDS)
    assert actor is not None
    act = Act(actor=actor, at=runtime.now(), on=AFTERWARDS, recorded_at=runtime.now())
    with runtime.writing() as session:
        project = session.scalars(select(ProjectRecord).where(ProjectRecord.code == EDITED)).one()
        other = session.scalars(select(ProjectRecord).where(ProjectRecord.code == "DP-49")).one()
        plan = ProjectPlan(
            code=project.code,
            districts=tuple(session.scalars(select(ProjectDistrictRecord.district_id).limit(1))),
            **{name: getattr(project, name) for name in PLAIN},
        )
        changed = replace(
            plan,
            name_ru="Переименовано потом",
            name_kk="Кейін аталды",
            name_en="Renamed later",
            department_id=other.department_id,
            area_id=other.area_id,
            manager_id=other.manager_id,
            owner_id=other.owner_id,
            curator_id=other.curator_id,
            sector_id=other.sector_id,
            flagship=True,
            weight=7.0,
        )
        edit_project(session, act, project.id, changed, project.version)
        milestone = session.scalars(select(MilestoneRecord).where(MilestoneRecord.code == f"{EDITED}-M3")).one()
        edit_milestone(
            session,
            act,
            milestone.id,
            MilestonePlan(
                code=milestone.code,
                name_ru="Точка переименована потом",
                name_kk="Нүкте кейін аталды",
                name_en="Milestone renamed later",
                type_id=milestone.type_id,
                performer_id=other.manager_id,
            ),
            milestone.version,
        )


def parts_of(page: Page) -> dict[str, list[str]]:
    """The attention block, the counts and the rows of an overview, as they can be read."""
    main = page.tree.one("main")
    return {
        "attention": [item.text for box in main.all("ul", class_="attention-list") for item in box.all("li")],
        "counts": [link.text for box in main.all("ul", class_="tally") for link in box.all("a")],
        "rows": [row.text for table in main.all("table", class_="overview-table") for row in table.all("tr")],
    }


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_overview_as_of_a_day_equals_the_one_that_was_live(lived: Lived, day: date) -> None:
    live = lived.seen[day]
    found, rows = looked_at(lived.runtime, past(day))
    assert [line.code for line in found.chosen] == [line.code for line in live.found.chosen]
    for then, now in zip(live.found.everything, found.everything, strict=True):
        assert then == now, then.code
    for was, is_now in zip(live.rows, rows, strict=True):
        assert was == is_now, was.line.code
    assert found.counts == live.found.counts
    assert [line.code for line in found.attention] == [line.code for line in live.found.attention]
    assert found.figures == live.found.figures


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_page_as_of_a_day_reads_as_the_live_one_did(lived: Lived, day: date) -> None:
    page = doors(lived.runtime)("akim.alm").get(f"/portfolio?as_of={day}")
    live = parts_of(lived.seen[day].page)
    assert parts_of(page) == live
    assert len(live["rows"]) == 51
    assert live["attention"] or day == DAYS[0]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_project_as_of_a_day_tells_what_it_told_then(lived: Lived, day: date) -> None:
    page = doors(lived.runtime)("akim.alm").get(f"{project_path(lived.runtime, EDITED)}?as_of={day}")
    for part, name in (("ol", "history"), ("table", "table")):
        now = [element.text for element in page.tree.all(part, class_=name)]
        then = [element.text for element in lived.seen[day].project.tree.all(part, class_=name)]
        assert now == then, (part, day)
        assert now or (part, day) == ("ol", DAYS[0])
    assert page.heading == lived.seen[day].project.heading
    facts = page.tree.one("div", class_="side-facts")
    assert facts.text == lived.seen[day].project.tree.one("div", class_="side-facts").text


def test_today_shows_the_edits_and_the_past_does_not(lived: Lived) -> None:
    akim = doors(lived.runtime)("akim.alm")
    for path, later in (
        (project_path(lived.runtime, EDITED), "Переименовано потом"),
        (milestone_path(lived.runtime, f"{EDITED}-M3"), "Точка переименована потом"),
        (indicator_path(lived.runtime, f"{EDITED}-I1"), "Переименовано потом"),
        ("/portfolio", "Переименовано потом"),
    ):
        assert later in akim.get(path).tree.text, path
        assert "потом" not in akim.get(f"{path}?as_of=2020-12-31").tree.text, path


@pytest.mark.parametrize("name", ["area", "department", "sector", "district", "mine", "text", "priority"])
def test_filters_of_the_past_go_by_what_projects_were_then(lived: Lived, name: str) -> None:
    with lived.runtime.reading() as session:
        person = session.scalars(select(PersonRecord.id).where(PersonRecord.id == "manager-police-1.alm")).one()
    manager = Actor(person, "almaty", Role.PROJECT_MANAGER, department="ALA-POL")
    actor = manager if name == "mine" else ANALYST

    def codes(value: object, moment: Moment) -> list[str]:
        wanted = replace(Wanted(city="almaty"), **{name: value})
        with lived.runtime.reading() as session:
            found = overview(session, actor, wanted, moment, lived.runtime.rules, lived.runtime.histories)
        return sorted(line.code for line in found.everything)

    now = Moment(lived.runtime.now(), AFTERWARDS)
    the_same_now = replace(now, is_past=True)
    then = next(line for line in lived.seen[DAYS[0]].found.everything if line.code == EDITED)
    values: list[object] = {"mine": [True], "text": ["потом", "видео", "DP-1", ""]}.get(name) or []
    if name == "district":
        with lived.runtime.reading() as session:
            values = list(session.scalars(select(ProjectDistrictRecord.district_id).distinct()))
    elif not values:
        values = sorted({getattr(line, name) for line in lived.seen[DAYS[0]].found.everything})
    for value in values:
        assert codes(value, the_same_now) == codes(value, now), value
    if name in ("area", "department", "sector"):
        assert EDITED in codes(getattr(then, name), past(DAYS[-1]))
        assert EDITED not in codes(getattr(then, name), now)


def test_links_of_the_past_stay_in_it_and_forms_are_gone(lived: Lived) -> None:
    for post, code in (("akim.alm", EDITED), ("pmo-head.alm", EDITED), ("manager-police-1.alm", "DP-13")):
        pages = doors(lived.runtime)(post)
        for path in (
            "/portfolio",
            "/tasks",
            "/alerts",
            project_path(lived.runtime, code),
            milestone_path(lived.runtime, f"{code}-M3"),
            indicator_path(lived.runtime, f"{code}-I1"),
        ):
            page = pages.get(f"{path}?as_of=2020-01-31")
            assert "2020" in page.tree.one("p", class_="past-note").text, path
            main = page.tree.one("main")
            assert [form for form in main.all("form") if form["method"].lower() == "post"] == [], path
            for link in main.all("a"):
                if link["href"].startswith(("/portfolio", "/projects", "/milestones", "/indicators")):
                    is_way_out = link.text in ("Вернуться к сегодняшнему дню", "Бүгінгі күнге оралу", "Back to today")
                    assert ("as_of=20" in link["href"]) != is_way_out, (path, link["href"], link.text)
                assert "/new" not in link["href"], (path, link["href"])
                assert not link["href"].split("?")[0].endswith(("/edit", "/completion", "/forecast", "/pause"))


def test_the_past_is_read_with_the_rights_of_today(lived: Lived) -> None:
    path = project_path(lived.runtime, EDITED)
    doors(lived.runtime)("manager-police-1.alm").get(f"{path}?as_of=2020-01-31", status=404)
    with lived.runtime.reading() as session:
        manager = session.scalars(select(ProjectRecord.manager_id).where(ProjectRecord.code == EDITED)).one()
    page = doors(lived.runtime)(str(manager)).get(f"{path}?as_of=2020-01-31")
    assert page.heading.startswith(EDITED)


def test_the_menu_leads_to_the_same_day(lived: Lived) -> None:
    page = doors(lived.runtime)("akim.alm").get("/portfolio?as_of=2020-01-31")
    menu = [link for menu in page.tree.all("nav", class_="main-menu") for link in menu.all("a")]
    alerts = [link["href"] for link in menu if link["href"].startswith("/alerts")]
    assert alerts == ["/alerts?as_of=2020-01-31"] * 2, "once wide and once folded"


def test_the_day_is_chosen_in_the_head_without_a_script(lived: Lived) -> None:
    pages = doors(lived.runtime)("akim.alm")
    page = pages.get("/portfolio?status=off_track")
    card = page.tree.one("details", class_="day-switch")
    form = card.one("form")
    assert (form["method"], form["action"]) == ("get", "/portfolio")
    assert form.one("input", name="status")["value"] == "off_track"
    assert form.one("input", name="as_of")["max"] == "2021-01-06"
    assert not doors(lived.runtime)("akim.alm").get("/me").tree.all("details", class_="day-switch")


def test_before_tracking_began_every_page_says_so(lived: Lived) -> None:
    pages = doors(lived.runtime)("akim.alm")
    page = pages.get("/portfolio?as_of=2019-09-01")
    assert "16 сентября 2019" in page.tree.one("div", class_="empty").text
    assert parts_of(page)["rows"] == []
    for path in (
        project_path(lived.runtime, EDITED),
        milestone_path(lived.runtime, f"{EDITED}-M3"),
        indicator_path(lived.runtime, f"{EDITED}-I1"),
    ):
        page = pages.get(f"{path}?as_of=2019-09-01", status=404)
        assert "16 сентября 2019" in page.text
        assert f"{path}?as_of=2019-09-16" in page.links.values()
    assert pages.get("/alerts?as_of=2019-09-01").tree.one("div", class_="empty")
    assert pages.get("/tasks?as_of=2019-09-01").tree.one("div", class_="empty")


def test_a_stranger_learns_nothing_of_the_past_either(lived: Lived) -> None:
    for stranger in ("akim.ast", "deputy-da2.alm"):
        pages = doors(lived.runtime)(stranger)
        for day in ("2019-09-01", "2020-01-31"):
            page = pages.get(f"{project_path(lived.runtime, EDITED)}?as_of={day}", status=404)
            assert "16.09.2019" not in page.text
            assert "16 сентября" not in page.text
            assert not [address for address in page.links.values() if "as_of=2019-09-16" in address]


@pytest.mark.parametrize(
    ("asked", "said"), [("yesterday", "«yesterday»"), ("2019-02-30", "«2019-02-30»"), ("2031-01-01", "01.01.2031")]
)
@pytest.mark.parametrize("path", ["/portfolio", "/tasks", "/alerts", "/meeting"])
def test_a_bad_day_or_one_ahead_is_refused_with_words(lived: Lived, path: str, asked: str, said: str) -> None:
    page = doors(lived.runtime)("akim.alm").get(f"{path}?as_of={asked}", status=422)
    assert said in page.text


def test_today_named_as_the_day_is_no_past(lived: Lived) -> None:
    page = doors(lived.runtime)("akim.alm").get(f"/portfolio?as_of={AFTERWARDS}")
    assert not page.tree.all("p", class_="past-note")
    assert len(parts_of(page)["rows"]) == 51


def test_a_milestone_of_which_nobody_was_told_by_then_says_so(lived: Lived) -> None:
    page = doors(lived.runtime)("akim.alm").get(f"{milestone_path(lived.runtime, 'DP-13-M3')}?as_of=2020-01-31")
    assert page.tree.all("ol", class_="ladder") == []
    assert "К этому дню об этой контрольной точке никому не сообщалось." in page.text
