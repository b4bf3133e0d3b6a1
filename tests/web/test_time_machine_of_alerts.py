"""Who was told what, as of a past day: the alerts, ladders and the meeting of that day, whatever came of them since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from pmo.clock import end_of_day, local_moment
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.jobs.simulation import simulate
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.answers import acknowledge
from pmo.services.imports import read_log
from tests.conftest import DATA, FIRST_WEEKS, Databases, runtime_on
from tests.web.pages import Page, Pages
from tests.web.portfolio_pages import doors

ZONE = ZoneInfo("Asia/Almaty")
THEN = date(2019, 10, 4)


@dataclass(frozen=True)
class Told:
    """An installation a week later, what could be read at ``THEN``, and the milestone answered in between."""

    runtime: Runtime
    seen: dict[str, list[str]]
    answered: str


def readings(pages: Pages, paths: list[str], query: str = "") -> dict[str, list[str]]:
    """What the pages say of alerts: ladders, rows of open alerts, pages of the meeting."""
    return {path: _read(pages.get(path + query)) for path in paths}


def _read(page: Page) -> list[str]:
    main = page.tree.one("main")
    steps = [step.text for ladder in main.all("ol", class_="ladder") for step in ladder.all("li")]
    told = [part.text for part in main.all("ul", class_="told")]
    called = [section.text for section in main.all("section") if section["id"].startswith("page-")][1:]
    counts = [link.text for tally in main.all("ul", class_="tally") for link in tally.all("a")]
    return [*steps, *told, *called, *counts]


@pytest.fixture(scope="module")
def told(databases: Databases, portfolio_url: str) -> Iterator[Told]:
    """Simulated up to ``THEN`` and looked at; then a week more, with an answer on its first day."""
    url = databases.copy_of(portfolio_url)
    runtime = runtime_on(url)
    log = read_log(DATA / "demo_log.yaml")
    simulate(runtime, FIRST_WEEKS[0], THEN, log)
    live = doors(runtime.at(end_of_day(THEN, ZONE)))("pmo-head.alm")
    with runtime.reading() as session:
        open_ones = (
            select(MilestoneRecord.id, MilestoneRecord.code, AlertRecord.recipient_id)
            .join(AlertRecord, (AlertRecord.item == MilestoneRecord.code) & AlertRecord.ended_at.is_(None))
            .where(AlertRecord.city_id == "almaty", AlertRecord.role == "manager", AlertRecord.state == "sent")
            .order_by(MilestoneRecord.id)
        )
        rows = session.execute(open_ones).all()
    milestones = list(dict.fromkeys(row.id for row in rows))
    seen = readings(live, ["/alerts", "/meeting", *(f"/milestones/{number}" for number in milestones)])
    simulate(runtime, THEN + timedelta(days=1), THEN + timedelta(days=3), log)
    answer(runtime, rows[0].id, rows[0].recipient_id, THEN + timedelta(days=3))
    simulate(runtime, THEN + timedelta(days=4), FIRST_WEEKS[1], log)
    yield Told(runtime.at(local_moment(FIRST_WEEKS[1], time(18), ZONE)), seen, f"/milestones/{rows[0].id}")
    runtime.engines.dispose()
    databases.drop(url)


def answer(runtime: Runtime, milestone: int, person: str, on: date) -> None:
    """The one who was told acknowledges it on a day."""
    now = local_moment(on, time(17), ZONE)
    with runtime.reading() as session:
        actor = actor_for(session, person, on)
    assert actor is not None
    with runtime.at(now).writing() as session:
        acknowledge(session, Act(actor=actor, at=now, on=on, recorded_at=now), milestone, "Работаем над этим")


def test_the_alerts_as_of_a_day_read_as_they_did_then(told: Told) -> None:
    pages = doors(told.runtime)("pmo-head.alm")
    then = readings(pages, list(told.seen), f"?as_of={THEN}")
    assert len(told.seen) > 3
    for path, texts in told.seen.items():
        assert texts, path
        assert without_next(then[path]) == without_next(texts), path


def without_next(texts: list[str]) -> list[str]:
    """The step that is still ahead is told on the day itself only."""
    return [text for text in texts if "если к этому дню не будет ответа" not in text]


def test_an_answer_given_later_is_not_known_yet(told: Told) -> None:
    pages = doors(told.runtime)("pmo-head.alm")
    assert "Работаем над этим" in pages.get(told.answered).text
    assert "Работаем над этим" not in pages.get(f"{told.answered}?as_of={THEN}").text
    changes = pages.get(f"/changes?since={THEN}&kind=answer")
    assert "Работаем над этим" in changes.tree.one("ul", class_="news-list").text
    assert "Работаем над этим" not in pages.get(f"/changes?since=2019-09-16&until={THEN}").text
