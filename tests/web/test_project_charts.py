"""The project page: the plan along time, how dates moved, the slip ledger, documents and people."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from pmo.db.models.projects import ProjectRecord
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.milestones import Evidence, claim_completion
from tests.web.markup import Element
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors, milestone_path, project_path

DAY = re.compile(r"\d\d\.\d\d\.\d{4}")


@pytest.fixture
def enter(replayed: Runtime) -> Enter:
    return doors(replayed)


def part(page: Page, heading: str) -> Element:
    return page.tree.one("section", aria_labelledby=heading)


def rows_of(part: Element) -> list[Element]:
    return part.one("table").one("tbody").all("tr")


def drawing(part: Element, width: str) -> Element:
    return part.one("div", class_=width).one("svg")


@pytest.mark.parametrize("code", ["DP-10", "DP-11", "DP-02", "DP-07"])
@pytest.mark.parametrize("width", ["chart-wide", "chart-narrow"])
def test_each_row_of_the_plan_leads_to_its_milestone_and_says_the_dates_of_the_table(
    enter: Enter, replayed: Runtime, code: str, width: str
) -> None:
    plan = part(enter("akim.alm").get(project_path(replayed, code)), "plan")
    links, rows = drawing(plan, width).all("a"), rows_of(plan)
    assert [link["href"] for link in links] == [row.one("th").one("a")["href"] for row in rows]
    for link, row in zip(links, rows, strict=True):
        cells = [cell.text for cell in row.all("td")]
        current, expected, slip = cells[2:5]
        assert link.drawn_name.startswith(row.one("th").one("span", class_="code").text)
        assert DAY.findall(link.drawn_name.partition("»")[2]) == [current, expected]
        assert (f"{slip} раб." in link.drawn_name) == (slip != "0")


def test_the_critical_path_is_named_marked_and_explained(enter: Enter, replayed: Runtime) -> None:
    plan = part(enter("akim.alm").get(project_path(replayed, "DP-11")), "plan")
    note = plan.one("p", class_="chart-note").text
    assert "Ожидаемое окончание 31.12.2020." in note
    assert re.sub(r"[^M0-9]", "", note.partition("определяет:")[2].partition("Ближ")[0]) == "M2M3M4M5M6"
    assert "M2, может сдвинуться на 23 рабочих дня" in note
    marked = [row.one("span", class_="code").text for row in rows_of(plan) if row["class"] == "on-path"]
    assert marked == [f"DP-11-M{number}" for number in range(2, 7)]
    floats = [row.all("td")[5].text for row in rows_of(plan)]
    assert floats == ["—", "23", "23", "12", "8", "0"]


def test_a_line_of_the_trend_is_the_column_of_the_table(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(project_path(replayed, "DP-10"))
    trend = part(page, "trend")
    heads = [head.text for head in trend.one("table").one("thead").all("th")][1:]
    rows = [[cell.text for cell in row.children if isinstance(cell, Element)] for row in rows_of(trend)]
    assert rows[0][0] == "31.01.2020"
    assert rows[-1][0] == "22.09.2019"
    links = {link.drawn_name.partition(" ")[0]: link.drawn_name for link in drawing(trend, "chart-wide").all("a")}
    assert list(links) == heads or set(links) == set(heads)
    for place, code in enumerate(heads, 1):
        first, last = DAY.findall(links[code])[1:]
        assert first == rows[-1][place]
        assert last in {row[place] for row in rows}
    third = heads.index("DP-10-M3") + 1
    assert rows[0][third] == "03.02.2020"
    moved = [row for row in rows_of(trend) if row.all("strong")]
    assert len(moved) >= len(rows) - 2


def test_the_dates_of_a_reporting_day_are_those_of_the_page_of_that_day(enter: Enter, replayed: Runtime) -> None:
    pages = enter("akim.alm")
    trend = part(pages.get(project_path(replayed, "DP-10")), "trend")
    for row in rows_of(trend)[1::3]:
        then = pages.get(row.one("th").one("a")["href"])
        expected = [one.all("td")[3].text for one in rows_of(part(then, "plan"))]
        assert [cell.text for cell in row.all("td")] == expected, row.text


def test_the_ledger_tells_each_move_with_reason_and_author(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(project_path(replayed, "DP-10"))
    (table,) = [one for one in page.tree.all("table") if "Последние переносы дат" in one.text]
    moves = [[cell.text for cell in row.children if isinstance(cell, Element)] for row in table.one("tbody").all("tr")]
    third = next(move for move in moves if "DP-10-M3" in move[0])
    assert third[1:5] == ["13.12.2019", "31.12.2019", "27.01.2020", "+16"]
    assert "Не указана" in third[6]
    assert "Менеджер проектов 1: Департамент полиции" in third[6]


def test_an_approved_date_stands_in_the_ledger_with_who_asked_and_who_approved(
    replayed: Runtime,
) -> None:
    later = replayed.at(replayed.now().replace(year=2020, month=7, day=31))
    page = doors(later)("akim.alm").get(project_path(replayed, "DP-24"))
    rows = [row for table in page.tree.all("table") if "Сдвиг, раб. дней" in table.text for row in table.all("tr")]
    approved = [row.text for row in rows if "утверждён новый срок" in row.text]
    assert len(approved) == 5
    assert any("DP-24-M6" in text and "15.02.2022" in text and "утвердил(а):" in text for text in approved)


def test_people_are_posts_with_their_capacity_and_address(enter: Enter, replayed: Runtime) -> None:
    people = part(enter("akim.alm").get(project_path(replayed, "DP-10")), "people").text
    assert "Куратор Заместитель акима по цифровизации" in people
    assert "Менеджер проекта Менеджер проектов 1: Департамент полиции" in people
    assert "manager-police-1.alm@almaty.example" in people


def test_a_document_is_listed_with_what_became_of_it(replayed: Runtime) -> None:
    enter = doors(replayed)
    empty = part(enter("akim.alm").get(project_path(replayed, "DP-07")), "papers").text
    assert "Документов пока нет" in empty
    number = int(milestone_path(replayed, "DP-07-M5").rpartition("/")[2])
    with replayed.writing() as session:
        manager = session.scalar(select(ProjectRecord.manager_id).where(ProjectRecord.code == "DP-07"))
        actor = actor_for(session, str(manager), date(2020, 1, 31))
        assert actor is not None
        act = Act(actor=actor, at=replayed.now(), on=date(2020, 1, 31), recorded_at=replayed.now())
        document = Evidence(document_number="17-1", document_date=date(2020, 1, 30), link="https://city.example/17-1")
        claim_completion(session, act, number, date(2020, 1, 30), document)
    papers = part(enter("akim.alm").get(project_path(replayed, "DP-07")), "papers")
    assert "31.01.2020 · DP-07-M5" in papers.text
    assert "№ 17-1" in papers.text
    assert "ждёт решения" in papers.text
    assert "https://city.example/17-1" in [link["href"] for link in papers.all("a")]
    assert (
        "Документов пока нет"
        in part(enter("akim.alm").get(f"{project_path(replayed, 'DP-07')}?as_of=2020-01-30"), "papers").text
    )


def test_reasons_and_remedies_lead_to_what_they_name(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(project_path(replayed, "DP-10"))
    third = milestone_path(replayed, "DP-10-M3")
    assert third in [link["href"] for link in page.tree.one("div", class_="receipt").all("a")]
    assert third in [link["href"] for link in page.tree.one("div", class_="remedy").all("a")]


def test_every_part_named_at_the_top_is_on_the_page(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(project_path(replayed, "DP-10"))
    ids = {element["id"] for element in page.tree.walk()}
    targets = [link["href"].removeprefix("#") for link in page.tree.one("nav", class_="jump").all("a")]
    assert {"plan", "trend", "ledger", "people", "papers"} <= set(targets) <= ids


def test_the_small_multiples_share_their_time_axis(enter: Enter, replayed: Runtime) -> None:
    page = enter("akim.alm").get(project_path(replayed, "DP-10"))
    curves = page.tree.one("div", class_="small-multiples").all("svg", class_="chart")
    months = [[text.text for text in curve.all("text") if "20" in text.text and " " in text.text] for curve in curves]
    assert len(months) == 2
    assert months[0] == months[1] != []


@pytest.mark.parametrize("day", ["2019-09-16", "2019-09-20", "2019-12-31"])
def test_a_past_page_draws_nothing_of_what_came_later(enter: Enter, replayed: Runtime, day: str) -> None:
    page = enter("akim.alm").get(f"{project_path(replayed, 'DP-10')}?as_of={day}")
    days = [date.fromisoformat("-".join(reversed(one.split(".")))) for one in DAY.findall(part(page, "plan").text)]
    assert date.fromisoformat(day) in days
    assert all("as_of=" + day in link["href"] for link in drawing(part(page, "plan"), "chart-wide").all("a"))
    for trend in page.tree.all("section", aria_labelledby="trend"):
        assert max(DAY.findall(row.one("th").text)[0][-4:] for row in rows_of(trend)) == "2019"


@pytest.mark.parametrize(
    ("code", "month", "status"),
    [("DP-26", 5, "Приостановлен"), ("DP-26", 8, None), ("DP-23", 7, "Отменён"), ("DP-03", 7, None)],
    ids=["paused", "resumed", "cancelled", "everything done"],
)
def test_a_project_in_any_state_is_drawn(replayed: Runtime, code: str, month: int, status: str | None) -> None:
    later = replayed.at(replayed.now().replace(month=month))
    page = doors(later)("akim.alm").get(project_path(replayed, code))
    plan = part(page, "plan")
    assert len(drawing(plan, "chart-wide").all("a")) == len(rows_of(plan))
    if status:
        assert status in page.tree.one("p", class_="standing-status").text
    if code == "DP-26":
        assert "приостановка проекта" in plan.text
    if code in ("DP-23", "DP-03"):
        assert [row for row in rows_of(plan) if row["class"] == "on-path"] == []
