"""The overview as people of every role see it: counts open what they count, nothing of others, nothing written."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event, select, update

from pmo.db.models.assessments import ProjectAssessmentRecord
from pmo.db.models.people import CityAccessRecord, PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.queries.people import actor_for
from pmo.queries.status import stored_assessments
from pmo.queries.visibility import visible_to
from pmo.runtime import Runtime
from tests.web.markup import Element
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors

POSTS = [
    "akim.alm",
    "deputy-da5.alm",
    "chief-of-staff.alm",
    "head-police.alm",
    "manager-police-1.alm",
    "pmo-head.alm",
    "analyst.alm",
    "observer.alm",
    "admin.alm",
    "akim.ast",
]


@pytest.fixture
def enter(replayed: Runtime) -> Enter:
    return doors(replayed)


def rows_of(page: Page) -> list[Element]:
    return [row for table in page.tree.all("table", class_="overview-table") for row in table.one("tbody").all("tr")]


def codes_of(page: Page) -> list[str]:
    return [row.all("span", class_="code")[0].text for row in rows_of(page)]


def counts_of(page: Page) -> Iterator[tuple[int, str]]:
    for tally in page.tree.all("ul", class_="tally"):
        for link in tally.all("a"):
            yield int(link.one("b").text.replace("\u00a0", "")), link["href"]


@pytest.mark.parametrize("post", ["akim.alm", "head-police.alm", "akim.ast"])
def test_every_count_opens_a_list_of_exactly_that_length(enter: Enter, post: str) -> None:
    pages = enter(post)
    counts = list(counts_of(pages.get("/portfolio")))
    assert counts
    for number, address in counts:
        page = pages.get(address)
        assert len(rows_of(page)) == number, address
        assert page.tree.one("h2", id="list").text.split()[0] == str(number)


@pytest.mark.parametrize("post", POSTS)
def test_a_post_sees_exactly_the_projects_of_its_scope_and_city(enter: Enter, replayed: Runtime, post: str) -> None:
    with replayed.reading() as session:
        actor = actor_for(session, post, replayed.today("Asia/Almaty"))
        assert actor is not None
        statement = select(ProjectRecord.code).where(visible_to(actor), ProjectRecord.city_id == actor.city)
        allowed = set(session.scalars(statement))
    assert set(codes_of(enter(post).get("/portfolio"))) == allowed


def test_the_counts_hold_under_a_filter_of_place_too(enter: Enter) -> None:
    pages = enter("akim.alm")
    for address in ("/portfolio?sector=social", "/portfolio?q=аким", "/portfolio?area=ALA-DA5"):
        for number, link in counts_of(pages.get(address)):
            assert len(rows_of(pages.get(link))) == number, link
            assert parse_qs(urlsplit(address).query).items() <= parse_qs(urlsplit(link).query).items()


def test_what_needs_attention_stands_first_with_reason_and_who_must_answer(enter: Enter) -> None:
    page = enter("akim.alm").get("/portfolio")
    lines = page.tree.one("ul", class_="attention-list").all("li")
    assert len(lines) == 10
    assert "DP-10" in lines[0].text
    assert "просрочен" in lines[0].text
    assert "20 рабочих дней" in lines[0].text
    assert "Менеджер проектов 1: Департамент полиции" in lines[0].text
    assert all("Отставание" in line.text for line in lines[:5])


def test_numbers_on_the_page_are_those_that_are_stored(enter: Enter, replayed: Runtime) -> None:
    with replayed.reading() as session:
        projects = {row.code: row.id for row in session.execute(select(ProjectRecord.code, ProjectRecord.id))}
        judged = stored_assessments(session, list(projects.values()))
    for row in rows_of(enter("observer.alm").get("/portfolio")):
        assessment = judged[projects[row.all("span", class_="code")[0].text]]
        done = sum(item.status.is_done for item in assessment.milestones)
        assert row.one("progress")["value"] == str(done)
        overdue = max((item.days_overdue for item in assessment.milestones), default=0)
        assert bool(row.all("span", class_="late")) == bool(overdue)


def test_a_stored_status_that_is_behind_the_facts_is_never_shown(enter: Enter, replayed: Runtime) -> None:
    with replayed.writing() as session:
        yesterday = replayed.today("Asia/Almaty") - timedelta(days=1)
        session.execute(update(ProjectAssessmentRecord).values(status="on_track", severity=0, fresh_until=yesterday))
    page = enter("akim.alm").get("/portfolio?status=off_track")
    assert "DP-10" in codes_of(page)


def test_reading_the_pages_writes_nothing(enter: Enter, replayed: Runtime) -> None:
    pages, said = enter("pmo-head.alm"), []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement.lstrip().split()[0].upper())

    engines = {replayed.engines.reading, replayed.engines.writing}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    for path in (
        "/portfolio", "/portfolio?as_of=2019-12-31", "/tasks", "/projects/10", "/milestones/53", "/indicators/19",
        "/jobs", "/outbox", "/alerts", "/alerts?as_of=2019-12-31", "/tasks?as_of=2019-12-31", "/changes", "/meeting",
    ):  # fmt: skip
        pages.get(path)
    for engine in engines:  # they serve other tests again
        event.remove(engine, "before_cursor_execute", note)
    assert set(said) <= {"SELECT", "BEGIN"}


def test_the_past_is_labelled_and_links_stay_in_it(enter: Enter) -> None:
    page = enter("akim.alm").get("/portfolio?as_of=2019-12-31")
    assert "31 декабря 2019" in page.tree.one("p", class_="past-note").text
    links = [link["href"] for row in rows_of(page) for link in row.all("a")]
    assert links
    assert all("as_of=2019-12-31" in link for link in links)
    project = enter("akim.alm").get(links[0])
    assert "31 декабря 2019" in project.tree.one("p", class_="past-note").text
    assert not [link for link in project.links.values() if "/pause" in link]


def test_a_filter_that_fits_nothing_says_so_and_shows_the_way_out(enter: Enter) -> None:
    page = enter("akim.alm").get("/portfolio?q=такого проекта нет")
    assert not rows_of(page)
    assert "Под этот фильтр не подходит ни один проект." in page.tree.one("div", class_="empty").text
    assert "/portfolio" in page.links.values()


def test_other_cities_are_offered_only_to_those_who_were_given_them(enter: Enter, replayed: Runtime) -> None:
    assert not enter("observer.alm").get("/portfolio").tree.all("select", id="filter-city")
    with replayed.writing() as session:
        session.add(CityAccessRecord(person_id="observer.alm", city_id="astana"))
    page = enter("observer.alm").get("/portfolio?city=all")
    assert page.tree.one("select", id="filter-city")
    assert len(rows_of(page)) == 58
    assert enter("observer.alm").get("/portfolio?city=shymkent").text
    assert not rows_of(enter("observer.alm").get("/portfolio?city=shymkent"))


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_it_speaks_three_languages(enter: Enter, replayed: Runtime, language: str) -> None:
    with replayed.writing() as session:
        session.execute(update(PersonRecord).where(PersonRecord.id == "akim.alm").values(language=language))
    page = enter("akim.alm").get("/portfolio")
    assert page.language == language
    assert len(rows_of(page)) == 50


def test_the_page_stays_light(enter: Enter) -> None:
    assert len(gzip.compress(enter("akim.alm").get("/portfolio").response.data)) < 25_000


def test_a_handful_of_projects_gets_counts_and_no_index(enter: Enter) -> None:
    assert not enter("manager-police-1.alm").get("/portfolio").tree.all("p", class_="verdict")
    assert "81 %" in enter("akim.alm").get("/portfolio").tree.one("p", class_="verdict").text


def test_a_column_that_says_the_same_in_every_row_is_left_out(enter: Enter) -> None:
    def columns(post: str) -> set[str]:
        return {cell.text for cell in enter(post).get("/portfolio").tree.one("table").one("thead").all("th")}

    assert "Куратор" in columns("akim.alm")
    assert "Куратор" not in columns("deputy-da5.alm")


@pytest.mark.parametrize("by", ["area", "department", "priority", "sector", "district"])
def test_headings_group_the_list_and_open_their_own_part(enter: Enter, by: str) -> None:
    pages = enter("akim.alm")
    page = pages.get(f"/portfolio?group={by}")
    heads = page.tree.all("tr", class_="group-head")
    assert len(heads) > 1
    named = 0
    for head in heads:
        number = int(head.all("span", class_="group-counts")[0].text.split()[0])
        link = head.all("a")[0]["href"]
        if f"{by}=" in link:
            named += 1
            assert len(rows_of(pages.get(link))) == number, link
    assert named >= len(heads) - 1, "only what belongs to no place has no filter of its own"


@pytest.mark.parametrize("key", ["manager", "next", "done", "indicator", "entry", "code", "curator"])
def test_every_column_sorts_both_ways_and_keeps_all_rows(enter: Enter, key: str) -> None:
    pages = enter("akim.alm")
    up, down = codes_of(pages.get(f"/portfolio?sort={key}")), codes_of(pages.get(f"/portfolio?sort=-{key}"))
    assert sorted(up) == sorted(down) == sorted(codes_of(pages.get("/portfolio")))
    assert up != down


def test_counts_say_how_they_changed_in_a_week_and_a_month_with_a_way_to_those_days(enter: Enter) -> None:
    pages = enter("akim.alm")
    page = pages.get("/portfolio")
    note = page.tree.one("p", class_="trend-note")
    days = [link["href"] for link in note.all("a")]
    assert ["as_of=2020-01-24" in days[0], "as_of=2019-12-31" in days[1]] == [True, True]
    now, week_ago = (
        {urlsplit(link).query.replace("as_of=2020-01-24", "").strip("&"): number for number, link in counts_of(one)}
        for one in (page, pages.get("/portfolio?as_of=2020-01-24"))
    )
    for link in page.tree.all("ul", class_="tally")[0].all("a"):
        status = urlsplit(link["href"]).query
        said = [span.text for span in link.all("span", class_="change") if "за неделю" in span.text]
        change = int(said[0].split()[1].replace("\u2212", "-")) if said else 0
        assert change == now[status] - week_ago.get(status, 0), status


def test_a_view_is_saved_opened_and_removed(enter: Enter) -> None:
    pages = enter("akim.alm")
    assert not pages.get("/portfolio").tree.all("details", class_="save-view"), "the plain page needs no name"
    page = pages.get("/portfolio?sector=social&status=on_track&as_of=2019-12-31&after=3")
    saved = pages.submit(page, "/portfolio", name="Спокойные")
    assert saved.links["Спокойные"] == "/portfolio?sector=social&status=on_track"
    assert "Спокойные" in pages.get("/portfolio").links
    assert "Спокойные" not in enter("observer.alm").get("/portfolio").links
    [removal] = [form["action"] for form in saved.tree.all("form") if form["action"].endswith("/removal")]
    assert enter("observer.alm").post(removal).status_code == 404
    assert "Спокойные" not in pages.submit(saved, removal).links


def test_a_view_without_a_name_is_asked_for_one_on_the_same_page(enter: Enter) -> None:
    pages = enter("akim.alm")
    page = pages.submit(pages.get("/portfolio?mine=1"), "/portfolio", status=422, name=" ")
    assert page.errors == ["Укажите название представления."]
    assert all("/portfolio/views" not in link for link in page.links.values())
