"""A city's own days of the calendar: statuses, due dates and alerts follow, the past does not."""

from datetime import date

import pytest
from sqlalchemy import select

from pmo.clock import end_of_day
from pmo.db.models.assessments import MilestoneAssessmentRecord, ProjectAssessmentRecord
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.domain.ladder import Rung
from pmo.domain.project import ProjectAssessment
from pmo.queries.assessments import assessments_as_of
from pmo.queries.calendar import working_calendar
from pmo.queries.calendar_days import calendar_year, changes_of_day
from pmo.queries.places import city_zone
from pmo.queries.status import assessment_on, projects_out_of_date
from pmo.services.assessments import refresh_due
from pmo.services.calendar_days import DayPlan, enter_day, withdraw_day
from tests.cast import TODAY, Town, refusal

FRIDAY = DayPlan(TODAY, "day_off", "storm, decree 12")
SATURDAY = DayPlan(date(2020, 2, 1), "working", "decree 13")


def overdue(town: Town) -> int:
    """Stored working days overdue of DP-10-M1."""
    with town.runtime.reading() as session:
        statement = select(MilestoneAssessmentRecord.days_overdue).where(
            MilestoneAssessmentRecord.milestone_id == town.milestone()
        )
        found = session.scalar(statement)
    assert found is not None
    return found


def judge(town: Town) -> dict[str, int]:
    """What the night job does about statuses."""
    with town.writing() as session:
        return refresh_due(session, "almaty", town.runtime.now(), town.runtime.rules)


def test_a_day_off_makes_stored_statuses_stale_and_the_next_job_counts_anew(town: Town) -> None:
    judge(town)
    before = overdue(town)
    with town.writing() as session:
        enter_day(session, town.act("admin"), FRIDAY)
        stale = projects_out_of_date(session, "almaty", town.runtime.now(), TODAY)
    assert town.project() in stale
    assert judge(town)["assessed"] == len(stale)
    assert overdue(town) == before - 1
    with town.runtime.reading() as session:
        stored = session.scalar(
            select(ProjectAssessmentRecord.calendar).where(ProjectAssessmentRecord.project_id == town.project())
        )
        assert stored == working_calendar(session, "almaty").version
        assert projects_out_of_date(session, "almaty", town.runtime.now(), TODAY) == []
    assert town.audit_findings() == []


def test_another_city_keeps_its_calendar(town: Town) -> None:
    with town.writing() as session:
        enter_day(session, town.act("admin"), FRIDAY)
        assert not working_calendar(session, "almaty").is_working(TODAY)
        assert working_calendar(session, "astana").is_working(TODAY)


def test_a_page_of_a_day_before_the_decree_counts_as_it_was_known_then(town: Town) -> None:
    on = date(2020, 1, 30)

    def seen() -> int:
        with town.runtime.reading() as session:
            rules, histories = town.runtime.rules, town.runtime.histories
            evening = end_of_day(on, city_zone(session, "almaty"))
            judged = assessment_on(session, town.project(), evening, on, rules, histories)
        assert judged is not None
        return next(item.days_overdue for item in judged.milestones if item.code == "DP-10-M1")

    before = seen()
    with town.writing() as session:
        enter_day(session, town.act("admin"), DayPlan(date(2020, 1, 15), "day_off", "entered late"))
    assert seen() == before


def test_the_list_of_a_past_day_counts_as_its_pages_do(town: Town) -> None:
    on = date(2020, 1, 30)

    def listed() -> ProjectAssessment:
        with town.runtime.reading() as session:
            return assessments_as_of(session, None, on, town.runtime.rules, town.runtime.histories)[town.project()]

    before = listed()
    with town.writing() as session:
        enter_day(session, town.act("admin"), DayPlan(date(2020, 1, 15), "day_off", "entered late"))
    assert listed() == before


def test_a_day_taken_back_is_as_the_country_has_it_and_can_be_entered_again(town: Town) -> None:
    with town.writing() as session:
        plain = working_calendar(session, "almaty").version
        first = enter_day(session, town.act("admin"), SATURDAY).id
    with town.writing() as session:
        assert working_calendar(session, "almaty").is_working(SATURDAY.day)
        withdraw_day(session, town.act("admin"), first)
        withdraw_day(session, town.act("admin"), first)
        assert working_calendar(session, "almaty").version == plain
    with town.writing() as session:
        second = enter_day(session, town.act("admin"), SATURDAY).id
        assert second != first
        assert working_calendar(session, "almaty").is_working(SATURDAY.day)
    assert sum('"calendar_day_withdrawn"' in body for body in town.audit_actions()) == 1


def test_the_city_outweighs_a_day_off_of_the_country(town: Town) -> None:
    nauryz = date(2020, 3, 23)
    with town.writing() as session:
        assert not working_calendar(session, "almaty").is_working(nauryz)
        enter_day(session, town.act("admin"), DayPlan(nauryz, "working", "decree 14"))
        assert working_calendar(session, "almaty").is_working(nauryz)
        lines = [line for line in calendar_year(session, "almaty", 2020).lines if line.day == nauryz]
        assert [(line.kind, line.is_outweighed) for line in lines] == [("day_off", True), ("working", False)]


def test_the_preview_is_what_then_happens(town: Town) -> None:
    day = DayPlan(date(2020, 2, 3), "day_off", "decree 15")
    now, rules, histories = town.runtime.now(), town.runtime.rules, town.runtime.histories
    with town.runtime.reading() as session:
        found = changes_of_day(session, "almaty", day.day, day.kind, now, TODAY, rules, histories)
        assert changes_of_day(session, "almaty", date(2030, 5, 6), "day_off", now, TODAY, rules, histories) == []
    item = next(item for change in found for item in change.milestones if item.before.code == "DP-10-M1")
    assert item.before.expected_on == date(2020, 2, 3)
    assert item.after.expected_on == date(2020, 2, 4)
    with town.writing() as session:
        enter_day(session, town.act("admin"), day)
    judge(town)
    with town.runtime.reading() as session:
        stored = session.scalar(
            select(MilestoneAssessmentRecord.expected_on).where(
                MilestoneAssessmentRecord.milestone_id == town.milestone()
            )
        )
    assert stored == item.after.expected_on


def test_the_preview_tells_which_rungs_fall_on_another_day(town: Town) -> None:
    now, rules, histories = town.runtime.now(), town.runtime.rules, town.runtime.histories
    with town.runtime.reading() as session:
        found = changes_of_day(session, "almaty", date(2020, 4, 30), "day_off", now, TODAY, rules, histories)
    item = next(item for change in found for item in change.milestones if item.before.code == "DP-10-M2")
    assert (item.before.effective_due_on, item.after.effective_due_on) == (date(2020, 4, 30), date(2020, 5, 4))
    moved = {move.rung: (move.before, move.after) for move in item.rungs}
    assert moved[Rung.O_1] == (date(2020, 5, 4), date(2020, 5, 5))


@pytest.mark.parametrize(
    ("plan", "wrong"),
    [
        (DayPlan(date(2020, 2, 1), "day_off", "x"), ("day_already_off", "kind")),
        (DayPlan(date(2020, 2, 3), "working", "x"), ("day_already_working", "kind")),
        (DayPlan(date(2020, 2, 3), "half", "x"), ("unknown_choice", "kind")),
        (DayPlan(date(1999, 2, 3), "day_off", "x"), ("date_out_of_range", "day")),
        (DayPlan(date(2020, 2, 3), "day_off", " "), ("reason_missing", "reason")),
    ],
)
def test_a_bad_day_is_refused_at_its_field(town: Town, plan: DayPlan, wrong: tuple[str, str]) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        enter_day(session, town.act("admin"), plan)
    assert refusal(raised) == wrong


def test_a_day_is_entered_once(town: Town) -> None:
    with town.writing() as session:
        enter_day(session, town.act("admin"), FRIDAY)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        enter_day(session, town.act("admin"), DayPlan(TODAY, "working", "y"))
    assert refusal(raised) == ("day_entered", "day")


def test_the_calendar_of_a_city_is_its_administrators(town: Town) -> None:
    with town.writing() as session:
        number = enter_day(session, town.act("admin"), FRIDAY).id
    for person in ("pmo-head", "akim", "manager"):
        with pytest.raises(NotAllowed), town.writing() as session:
            enter_day(session, town.act(person), SATURDAY)
        with pytest.raises(NotAllowed), town.writing() as session:
            withdraw_day(session, town.act(person), number)
    with pytest.raises(NotFound), town.writing() as session:
        withdraw_day(session, town.act("admin"), 1)
