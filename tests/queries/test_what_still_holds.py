"""A stored assessment that still holds is one of today: what is counted in days is counted to the day of the page."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from pmo.db.models.assessments import ProjectAssessmentRecord
from pmo.domain.agenda import Matter
from pmo.domain.digests import What
from pmo.queries.meeting import meeting
from pmo.queries.overview import Moment
from pmo.queries.overview_filter import Wanted
from pmo.queries.project_page import project_page
from pmo.services.milestones import Evidence, claim_completion
from tests.cast import TODAY, Town, cast_url, town

__all__ = ["cast_url", "town"]

LATER = date(2020, 2, 14)


@pytest.fixture
def waiting(town: Town) -> Town:
    """Two weeks after evidence was handed in long before its date: nothing has moved a number of DP-11 since."""
    with town.writing() as session:
        milestone = town.milestone("DP-11-M1")
        claim_completion(session, town.act("manager-b"), milestone, TODAY, Evidence(link="https://city.example/act"))
    with town.runtime.reading() as session:
        stored = session.scalars(
            select(ProjectAssessmentRecord).where(ProjectAssessmentRecord.project_id == town.project("DP-11"))
        ).one()
    assert stored.assessed_on == TODAY
    assert stored.fresh_until is not None
    assert stored.fresh_until > LATER
    return town.at(LATER.isoformat())


def matters(town: Town) -> list[Matter]:
    now = Moment(town.runtime.now(), town.today)
    with town.runtime.reading() as session:
        actor, rules, histories = town.act("akim").actor, town.runtime.rules, town.runtime.histories
        found = meeting(session, actor, Wanted(city="almaty"), now, rules, histories)
    pages = (page for page in found.pages if page.row.line.code == "DP-11")
    return [one.matter for page in pages for one in page.matters]


def test_evidence_that_waits_too_long_is_called_in_the_meeting(waiting: Town) -> None:
    assert [matter.line.what for matter in matters(waiting)] == [What.EVIDENCE_WAITING]
    assert matters(waiting)[0].line.values["days_waiting"] == 10


def test_the_page_of_a_project_is_about_today(waiting: Town) -> None:
    now = Moment(waiting.runtime.now(), waiting.today)
    with waiting.runtime.reading() as session:
        actor, rules, histories = waiting.act("akim").actor, waiting.runtime.rules, waiting.runtime.histories
        page = project_page(session, actor, waiting.project("DP-11"), now, rules, histories)
    assert page.assessment.on == LATER
