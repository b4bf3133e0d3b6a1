"""All milestones of the portfolio on one timeline: each mark leads to its page, and the list says the same."""

from urllib.parse import urlsplit

import brotli
import pytest
from sqlalchemy import select

from pmo.db.models.assessments import MilestoneAssessmentRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.queries.people import actor_for
from pmo.queries.visibility import visible_to
from pmo.runtime import Runtime
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors


@pytest.fixture
def enter(replayed: Runtime) -> Enter:
    return doors(replayed)


def marks_of(page: Page) -> list[str]:
    return [
        urlsplit(link["href"]).path
        for link in page.tree.all("a", class_="chart-link")
        if urlsplit(link["href"]).path.startswith("/milestones/")
    ]


def listed(page: Page) -> list[str]:
    return [
        urlsplit(line.one("a")["href"]).path
        for month in page.tree.all("ul", class_="month-list")
        for line in month.all("li")
    ]


@pytest.mark.parametrize("post", ["akim.alm", "deputy-da5.alm", "head-police.alm", "akim.ast"])
def test_every_milestone_in_sight_has_a_mark_and_a_line(enter: Enter, replayed: Runtime, post: str) -> None:
    page = enter(post).get("/portfolio/timeline")
    with replayed.reading() as session:
        actor = actor_for(session, post, replayed.today("Asia/Almaty"))
        assert actor is not None
        statement = (
            select(MilestoneRecord.id)
            .join(ProjectRecord, ProjectRecord.id == MilestoneRecord.project_id)
            .join(MilestoneAssessmentRecord, MilestoneAssessmentRecord.milestone_id == MilestoneRecord.id)
            .where(visible_to(actor), ProjectRecord.city_id == actor.city)
            .where(MilestoneAssessmentRecord.status.not_in(["cancelled", "paused"]))
        )
        expected = sorted(f"/milestones/{number}" for number in session.scalars(statement))
    assert sorted(marks_of(page)) == sorted(listed(page)) == expected
    assert int(page.tree.one("h2", id="list").text.split()[0]) == len(expected)


def test_the_filters_of_the_overview_hold_here_too(enter: Enter) -> None:
    pages = enter("akim.alm")
    everything = set(marks_of(pages.get("/portfolio/timeline")))
    red = set(marks_of(pages.get("/portfolio/timeline?status=off_track")))
    none = pages.get("/portfolio/timeline?q=такого проекта нет")
    assert set() < red < everything
    assert marks_of(none) == []
    assert "/portfolio" in none.links.values()


def test_in_the_past_the_marks_stand_where_they_stood(enter: Enter) -> None:
    pages = enter("akim.alm")
    now, then = pages.get("/portfolio/timeline"), pages.get("/portfolio/timeline?as_of=2019-10-01")
    assert "1 октября 2019" in then.tree.one("p", class_="past-note").text
    assert all("as_of=2019-10-01" in link["href"] for link in then.tree.all("a", class_="chart-link"))
    days = [[item.one("time").text for item in page.tree.all("li") if item.all("time")] for page in (now, then)]
    assert days[0] != days[1]


def test_a_mark_says_in_words_what_it_is(enter: Enter) -> None:
    page = enter("akim.alm").get("/portfolio/timeline?q=DP-10")
    words = [link.drawn_name for link in page.tree.all("a", class_="chart-link")]
    assert any("DP-10-M3" in text and "Просрочено" in text for text in words)


def test_the_timeline_of_the_whole_city_stays_light(enter: Enter) -> None:
    assert len(brotli.compress(enter("akim.alm").get("/portfolio/timeline").response.data, quality=5)) < 25_000
