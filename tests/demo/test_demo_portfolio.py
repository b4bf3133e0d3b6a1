"""The demonstration's clock: it enters the log around what visitors did, and lists what it had to skip."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from pmo.clock import local_day, start_of_day
from pmo.db import migrate
from pmo.db.models.entries import EntryRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.projects import ProjectRecord
from pmo.demo import portfolio as demonstration
from pmo.demo.words import Word, enter_words, read_words
from pmo.queries.people import actor_for
from pmo.queries.skipped_events import skipped_events
from pmo.queries.templates import templates_of
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.demo_clock import set_demo_clock
from pmo.services.milestones import Evidence, claim_completion

SPOKEN = (
    "update",
    "update_questioned",
    "update_acknowledged",
    "question_answered",
    "confidence",
    "curator_view",
    "comment",
)


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


def test_every_word_of_the_demonstration_is_about_a_project_and_by_a_post_that_may_say_it(demo: Runtime) -> None:
    words = read_words()
    for word in words:
        enter_words(demo.at(start_of_day(word["day"], demonstration.ZONE)), [word], demonstration.ZONE)
    with demo.reading() as session:
        kinds = Counter(session.scalars(select(EntryRecord.kind).where(EntryRecord.kind.in_(SPOKEN))))
    wanted = Counter(kind_of(word) for word in words)
    assert kinds == wanted + Counter(question_answered=sum("answer" in word for word in words))


def kind_of(word: Word) -> str:
    """The kind of entry that a word becomes."""
    if "comment" in word:
        return "comment"
    if word["voice"] in ("office", "manager"):
        return "confidence" if word["voice"] == "office" else "update"
    if "view" in word:
        return "curator_view"
    return "update_questioned" if "question" in word else "update_acknowledged"


def test_what_people_say_enters_on_its_day_as_the_clock_moves(demo: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    word = {"day": date(2019, 9, 17), "project": "DP-10", "voice": "manager", "view": 1, "text": "Begun."}
    monkeypatch.setattr(demonstration, "read_words", lambda: [word])
    demonstration.move_clock(demo, 1)
    assert said(demo) == []
    demonstration.move_clock(demo, 2)
    assert said(demo) == [(date(2019, 9, 17), start_of_day(date(2019, 9, 17), demonstration.ZONE))]


def said(demo: Runtime) -> list[tuple[date, datetime]]:
    """Days and instants of the updates."""
    with demo.reading() as session:
        rows = session.execute(select(EntryRecord.event_on, EntryRecord.entered_at).where(EntryRecord.kind == "update"))
        return [(row.event_on, row.entered_at) for row in rows]


@pytest.mark.surface
def test_a_new_demonstration_offers_the_ready_templates_to_the_city_of_the_fifty(runtime: Runtime) -> None:
    told: list[str] = []
    demonstration.build(runtime, demonstration.FIRST_DAY, told.append)
    with runtime.reading() as session:
        lines = templates_of(session, "almaty")
        assert templates_of(session, "astana") == []
    assert [(line.code, line.is_example, line.version) for line in lines] == [
        (code, True, 1) for code in ("BUS-LINE", "PARK", "POLYCLINIC", "ROAD", "SCHOOL")
    ]
    assert "0 mails" not in told[-1]
