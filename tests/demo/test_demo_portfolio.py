"""The demonstration's clock: it enters the log around what visitors did, and lists what it had to skip."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from pmo.clock import local_day
from pmo.db import migrate
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.demo import portfolio as demonstration
from pmo.queries.people import actor_for
from pmo.queries.skipped_events import skipped_events
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.demo_clock import set_demo_clock
from pmo.services.milestones import Evidence, claim_completion


@pytest.fixture
def demo(portfolio: Runtime) -> Runtime:
    """The portfolio with a demonstration clock that stands at the evening before the log begins."""
    start = demonstration.FIRST_DAY - timedelta(days=1)
    with portfolio.writing() as session:
        set_demo_clock(session, demonstration._evening(start), start)
    return Runtime(portfolio.settings, portfolio.engines, transport=portfolio.transport)


def claim_by_a_visitor(demo: Runtime, code: str, on: date) -> None:
    with demo.writing() as session:
        milestone = session.scalars(select(MilestoneRecord).where(MilestoneRecord.code == code)).one()
        manager = session.get_one(ProjectRecord, milestone.project_id).manager_id
        actor = actor_for(session, str(manager), on)
        assert actor is not None
        act = Act(actor=actor, at=demo.now(), on=on, recorded_at=demo.now())
        claim_completion(session, act, milestone.id, on, Evidence(document_number="1", document_date=on))


def test_the_clock_stands_still_and_moves_by_the_day(demo: Runtime) -> None:
    before = demo.now()
    assert demo.now() == before
    moved = demonstration.move_clock(demo, 2)
    assert demo.now() - before == timedelta(days=2)
    assert moved.events_entered == 2
    assert moved.mails > 0


def test_an_event_that_contradicts_a_visitor_is_skipped_and_listed(demo: Runtime) -> None:
    today = local_day(demo.now(), demonstration.ZONE)
    claim_by_a_visitor(demo, "DP-15-M2", today)
    moved = demonstration.move_clock(demo, 2)
    assert len(moved.refused) == 1
    with demo.reading() as session:
        [skipped] = skipped_events(session, "almaty")
        assert skipped_events(session, "astana") == []
    assert (skipped.project, skipped.item, skipped.kind) == ("DP-15", "DP-15-M2", "completion_claimed")


def test_a_demonstration_of_an_older_program_goes_on_with_its_data(demo: Runtime) -> None:
    migrate.downgrade(demo.engines, "0002")
    assert demonstration.started_as_of(demo) == demonstration.FIRST_DAY - timedelta(days=1)
    assert migrate.current_revision(demo.engines) == migrate.newest_revision()


def test_a_database_that_this_program_cannot_read_is_no_demonstration(demo: Runtime, runtime: Runtime) -> None:
    with demo.engines.writing.begin() as connection:
        connection.execute(text("update alembic_version set version_num = 'draft'"))
    assert demonstration.started_as_of(demo) is None
    assert demonstration.started_as_of(runtime) is None, "nothing was ever built in it"


def test_outside_the_log_there_is_no_demonstration(demo: Runtime) -> None:
    with pytest.raises(demonstration.OutsideTheLog):
        demonstration.check_day(date(2019, 9, 15))
    with pytest.raises(demonstration.OutsideTheLog):
        demonstration.check_day(date(2021, 1, 7))
    demonstration.check_day(date(2021, 1, 6))
