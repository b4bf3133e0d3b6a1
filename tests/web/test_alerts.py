"""Open alerts: of what, how far, who was told, what comes next; cut to what somebody sees."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from pmo.clock import FixedClock
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.alerts import thread_of
from pmo.domain.ladder import Rung
from pmo.queries import open_alerts
from pmo.runtime import Runtime
from tests.web.pages import Page, Pages
from tests.web.portfolio_pages import Enter, doors

AFTER_FOUR_WEEKS = datetime(2019, 10, 11, 13, 0, tzinfo=UTC)


@pytest.fixture
def climbing(simulated: Runtime) -> Runtime:
    """The demonstration after four weeks, at the evening of the last day."""
    return Runtime(simulated.settings, simulated.engines, FixedClock(AFTER_FOUR_WEEKS), simulated.transport)


@pytest.fixture
def enter(climbing: Runtime) -> Enter:
    return doors(climbing)


def rows(page: Page) -> list[str]:
    tables = page.tree.all("table", aria_labelledby="open")
    return [row.text for table in tables for row in table.one("tbody").all("tr")]


def codes(page: Page) -> list[str]:
    tables = page.tree.all("table", aria_labelledby="open")
    return [row.one("span", class_="code").text for table in tables for row in table.one("tbody").all("tr")]


def every_page(pages: Pages, path: str) -> list[str]:
    found: list[str] = []
    page = pages.get(path)
    while True:
        found.extend(codes(page))
        further = [link["href"] for link in page.tree.all("a", rel="next")]
        if not further:
            return found
        page = pages.get(further[0])


def open_threads(runtime: Runtime, city: str = "almaty") -> Counter[str]:
    """How many alerts are open about each item, from the table itself, without the query under test."""
    alert = AlertRecord
    statement = select(alert.item, alert.rung, alert.period).where(
        alert.city_id == city, alert.ended_at.is_(None), alert.state != "lapsed"
    )
    with runtime.reading() as session:
        threads = {(item, thread_of(Rung(rung), period)) for item, rung, period in session.execute(statement)}
    return Counter(item for item, _ in threads)


@pytest.mark.parametrize("person", ["pmo-head.alm", "akim.alm"])
def test_pmo_and_akim_see_every_open_alert_of_the_city_once(enter: Enter, climbing: Runtime, person: str) -> None:
    found = every_page(enter(person), "/alerts")
    assert Counter(found) == open_threads(climbing)
    kinds = {"milestone" if "-M" in code else "indicator" if "-I" in code else "project" for code in found}
    assert kinds >= {"milestone", "project"}


def test_a_curator_sees_the_area_and_another_city_sees_nothing_of_it(enter: Enter, climbing: Runtime) -> None:
    with climbing.reading() as session:
        curator, area = session.execute(
            select(ProjectRecord.curator_id, ProjectRecord.area_id)
            .join(AlertRecord, AlertRecord.project_id == ProjectRecord.id)
            .where(ProjectRecord.city_id == "almaty", AlertRecord.item == min(open_threads(climbing)))
            .limit(1)
        ).one()
        in_area = set(session.scalars(select(ProjectRecord.code).where(ProjectRecord.area_id == area)))
    mine = Counter(every_page(enter(curator), "/alerts"))
    whole = open_threads(climbing)
    assert mine == Counter({code: number for code, number in whole.items() if "-".join(code.split("-")[:2]) in in_area})
    assert mine < whole
    assert Counter(every_page(enter("pmo-head.alm"), f"/alerts?area={area}")) == mine
    assert not whole & Counter(every_page(enter("akim.ast"), "/alerts"))


def test_each_line_says_how_far_who_and_what_comes_next(enter: Enter) -> None:
    (line,) = [row for row in rows(enter("akim.alm").get("/alerts")) if "DP-01-M2" in row]
    before, reached, after = line.partition("Напоминание за 7 дней")
    assert "критично срок 15.10.2019" in before
    assert reached
    assert after.strip().startswith("08.10.2019")
    assert after.count("Менеджер проектов 1") == 2  # told, and told next
    assert "Напоминание в последний рабочий день, 14.10.2019" in after


def test_an_overdue_milestone_says_by_how_much(enter: Enter, climbing: Runtime) -> None:
    later = datetime(2019, 10, 23, 13, 0, tzinfo=UTC)  # nobody ran a job since: the ladder stands, the days go on
    moved = Runtime(climbing.settings, climbing.engines, FixedClock(later), climbing.transport)
    (line,) = [row for row in rows(doors(moved)("akim.alm").get("/alerts")) if "DP-01-M2" in row]
    assert "6 рабочих дней" in line
    assert "Просрочка, 1-й рабочий день, 24.10.2019" in line


def test_counts_open_their_lists(enter: Enter) -> None:
    pages = enter("pmo-head.alm")
    links = pages.get("/alerts").tree.one("ul", class_="tally").all("a")
    whole, *parts = [(int(link.one("b").text), link["href"]) for link in links]
    assert whole[0] == sum(number for number, _ in parts)
    for number, address in parts:
        assert len(every_page(pages, address)) == number


def test_a_ladder_that_ended_is_not_open(enter: Enter, climbing: Runtime) -> None:
    item = min(open_threads(climbing))
    with climbing.writing() as session:
        ended = {"ended_at": climbing.now(), "state": "resolved"}
        session.execute(update(AlertRecord).where(AlertRecord.item == item).values(**ended))
    assert item not in every_page(enter("pmo-head.alm"), "/alerts")


def test_a_long_list_is_read_page_by_page_in_one_order(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = enter("pmo-head.alm")
    whole = every_page(pages, "/alerts")
    monkeypatch.setattr(open_alerts, "PAGE", 2)
    assert every_page(pages, "/alerts") == whole
    assert len(codes(pages.get("/alerts"))) == 2


@pytest.mark.parametrize("nonsense", ["after=x", "after=2020-01-01.y", "rung=O%2B2", "area=nowhere", "critical=yes"])
def test_nonsense_in_the_address_breaks_nothing(enter: Enter, nonsense: str) -> None:
    enter("pmo-head.alm").get(f"/alerts?{nonsense}")
