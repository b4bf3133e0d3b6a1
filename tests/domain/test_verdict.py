"""Lifecycle, colour and guards of a project (DOMAIN 1.6)."""

from __future__ import annotations

import pytest

from pmo.domain.project import Project
from tests.domain.builders import (
    Day,
    cancellation,
    claim,
    cost,
    day,
    indicator,
    judged,
    milestone,
    override,
    pause,
    project,
    rebaseline,
)

FAR = milestone("MX", "2020-12-30", weight=9)
DONE = milestone("M1", "2019-12-31", done="2019-12-30")


def state(facts: Project, on: Day) -> tuple[str, int | None, str | None]:
    found = judged(facts, on)
    return str(found.status), found.severity, found.reasons[0].rule if found.reasons else None


def goal(final: float | None, critical: bool = True, code: str = "I1") -> object:
    """An indicator whose final reading, if any, is due on 2019-12-31."""
    readings = [("2019-11-30", 90.0)] + ([("2019-12-31", final)] if final is not None else [])
    return indicator(code, start=("2019-09-30", 0), target=("2019-12-31", 100), readings=readings, critical=critical)


# The worked example of DOMAIN 1.6


def test_the_worked_example_is_off_track_for_its_milestones() -> None:
    last = milestone("M6", "2020-12-31", weight=4, forecast="2021-02-26")
    critical = indicator(
        "I1", target=("2020-12-31", 366), readings=[("2020-04-30", 0.93 * 121)], weight=3, critical=True
    )
    other = indicator("I2", target=("2020-12-31", 366), readings=[("2020-04-30", 0.80 * 121)], weight=1)
    facts = project(
        milestone("M1", "2019-12-20", weight=1, done="2019-12-20"),
        milestone("M2", "2020-02-28", weight=1, done="2020-02-28"),
        milestone("M3", "2020-04-30", weight=2, critical=True),
        milestone("M4", "2020-08-31", weight=3),
        milestone("M5", "2020-10-30", weight=2),
        last,
        critical,
        other,
        start="2019-10-01",
    )
    found = judged(facts, "2020-06-01")
    assert found.components == {"M": 2, "S": 1, "I": 1, "C": None, "R": None}
    assert (found.status, found.severity, found.slip_days) == ("off_track", 2, 57)
    assert [(line.rule, line.item) for line in found.reasons] == [
        ("PM-A", "M3"),
        ("PM-C", "P"),
        ("PM-B", "M6"),
        ("PI-B", "I2"),
        ("PS-1", "P"),
    ]
    delivery, schedule = found.reasons[1], found.reasons[4]
    assert (delivery.values["index"], delivery.values["due"]) == (0.5, 3)
    assert schedule.values["variance"] == pytest.approx(57 / 457, abs=1e-6)
    assert found.reasons[0].values["days_overdue"] == 19


# Lifecycle first


@pytest.mark.parametrize(
    ("facts", "on", "expected"),
    [
        (project(FAR, cancellation=cancellation("2020-01-08")), "2020-01-08", ("cancelled", None, "LC-CANCELLED")),
        (project(FAR, cancellation=cancellation("2020-01-09")), "2020-01-08", ("on_track", 0, None)),
        (
            project(FAR, start="2020-02-03", cancellation=cancellation("2020-01-08")),
            "2020-01-08",
            ("cancelled", None, "LC-CANCELLED"),
        ),
        (project(FAR, start="2020-01-09"), "2020-01-08", ("not_started", None, "LC-NOT-STARTED")),
        (project(FAR, start="2020-01-08"), "2020-01-08", ("on_track", 0, None)),
        (project(FAR, pauses=[pause("2020-01-08")]), "2020-01-08", ("paused", None, "LC-PAUSED")),
        (project(FAR, pauses=[pause("2020-01-06", "2020-01-09")]), "2020-01-08", ("paused", None, "LC-PAUSED")),
        (project(FAR, pauses=[pause("2020-01-06", "2020-01-08")]), "2020-01-08", ("on_track", 0, None)),
        (project(DONE, pauses=[pause("2020-01-06")]), "2020-01-08", ("paused", None, "LC-PAUSED")),
        (project(DONE), "2020-01-08", ("completed", None, "LC-COMPLETED")),
        (project(DONE, milestone("M2", cancelled="2020-01-06")), "2020-01-08", ("completed", None, "LC-COMPLETED")),
        (project(DONE, goal(100)), "2020-01-08", ("completed", None, "LC-COMPLETED")),
        (project(DONE, goal(96)), "2020-01-08", ("completed_with_shortfall", None, "PI-A")),
        (project(DONE, goal(None)), "2020-01-08", ("closing", 0, "LC-CLOSING")),
        (project(DONE, goal(50), goal(None, code="I2")), "2020-01-08", ("closing", 2, "PI-A")),
        (project(DONE, goal(None)), "2020-01-20", ("closing", 1, "PI-A")),
        (project(DONE, goal(None)), "2020-02-15", ("completed_with_shortfall", None, "PI-A")),
        (project(DONE, milestone("M2", "2020-12-30")), "2020-01-08", ("on_track", 0, None)),
    ],
)
def test_the_first_state_that_holds_is_told(
    facts: Project, on: str, expected: tuple[str, int | None, str | None]
) -> None:
    assert state(facts, on) == expected


def test_evidence_under_review_does_not_complete_a_project() -> None:
    assert state(project(milestone(claims=[claim("2019-12-30")])), "2020-01-08") == ("on_track", 0, None)


def test_cancelling_all_milestones_does_not_complete_a_project() -> None:
    assert state(project(milestone(cancelled="2020-01-06")), "2020-01-08") == ("no_data", 1, "PN-1")


@pytest.mark.parametrize(
    "facts",
    [
        project(milestone(critical=True), cancellation=cancellation("2020-01-06")),
        project(milestone(critical=True), start="2020-12-01"),
        project(milestone(critical=True), pauses=[pause("2020-01-06")]),
    ],
)
def test_cancelled_unstarted_and_paused_projects_have_no_colour_at_all(facts: Project) -> None:
    found = judged(facts, "2020-02-03")
    assert found.severity is None
    assert set(found.components.values()) == {None}
    assert len(found.reasons) == 1


def test_before_the_start_nothing_is_overdue_stale_or_missing() -> None:
    found = judged(project(milestone(critical=True), indicator(critical=True), start="2020-12-01"), "2020-06-01")
    assert (found.milestones[0].severity, found.indicators[0].status) == (0, "not_started")


def test_while_a_pause_lasts_nothing_is_overdue_or_stale() -> None:
    facts = project(milestone(critical=True), indicator(critical=True), pauses=[pause("2020-01-06", "2020-09-01")])
    found = judged(facts, "2020-08-31")
    assert (found.milestones[0].status, found.indicators[0].status) == ("paused", "no_data_yet")
    resumed = judged(facts, "2020-09-01")
    assert (resumed.milestones[0].days_overdue, resumed.indicators[0].missed_reports) == (0, 0)


# Colour second


def test_the_worst_component_is_the_colour() -> None:
    facts = project(FAR, costs=[cost("2020-01-06", estimate=140)])
    assert state(facts, "2020-01-08") == ("off_track", 2, "PC-1")


def test_without_milestones_and_indicators_there_is_no_data_which_counts_as_amber() -> None:
    assert state(project(), "2020-01-08") == ("no_data", 1, "PN-1")
    assert state(project(indicator()), "2020-01-08") == ("no_data", 1, "PN-1")


def test_missing_data_never_hides_a_red() -> None:
    found = judged(project(costs=[cost("2020-01-06", estimate=140)]), "2020-01-08")
    assert (found.status, found.severity) == ("off_track", 2)
    assert [line.rule for line in found.reasons] == ["PC-1", "PN-1"]


def test_reasons_come_by_severity_then_weight_then_rule() -> None:
    facts = project(
        milestone("M1", "2019-12-20", weight=1),
        milestone("M2", "2020-01-06", weight=5, critical=True),
        milestone("M3", "2019-12-20", weight=2),
        milestone("M10", "2019-12-20", weight=1),
        milestone("M4", "2020-12-30", weight=99),
    )
    lines = judged(facts, "2020-01-08").reasons
    assert [(line.rule, line.item) for line in lines] == [
        ("PM-C", "P"),
        ("PM-A", "M2"),
        ("PM-B", "M3"),
        ("PM-B", "M1"),
        ("PM-B", "M10"),
    ]


def test_a_result_names_the_rule_set_and_the_calendar_that_made_it() -> None:
    found = judged(project(FAR), "2020-01-08")
    assert (found.rule_set, found.calendar, found.on) == ("ST-1", "KZ", day("2020-01-08"))


# Guards


def test_an_override_makes_a_colour_worse_from_its_first_to_its_last_day() -> None:
    facts = project(FAR, overrides=[override(2, "2020-01-06", "2020-01-31")])
    found = [state(facts, on) for on in ("2020-01-05", "2020-01-06", "2020-01-31", "2020-02-01")]
    assert found == [
        ("on_track", 0, None),
        ("off_track", 2, "GD-OVERRIDE"),
        ("off_track", 2, "GD-OVERRIDE"),
        ("on_track", 0, None),
    ]


def test_an_override_never_makes_a_colour_better() -> None:
    facts = project(milestone(critical=True), overrides=[override(1, "2020-01-06", "2020-01-31")])
    assert state(facts, "2020-01-08")[:2] == ("off_track", 2)


def test_of_several_overrides_the_worst_holds() -> None:
    both = [override(2, "2020-01-06", "2020-01-31"), override(1, "2020-01-07", "2020-01-31")]
    assert [judged(project(FAR, overrides=both), "2020-01-08").reasons[0].severity] == [2]


def test_of_equal_overrides_of_one_instant_the_one_entered_last_is_told() -> None:
    first, renewed = override(2, "2020-01-06", "2020-01-10"), override(2, "2020-01-06", "2020-01-31")
    assert judged(project(FAR, overrides=[first, renewed]), "2020-01-08").reasons[0].limit == renewed.ends_on


def test_an_override_worsens_a_closing_project_too() -> None:
    facts = project(DONE, goal(None), overrides=[override(2, "2020-01-06", "2020-01-31")])
    assert state(facts, "2020-01-08") == ("closing", 2, "GD-OVERRIDE")


def moved_plan(*approvals: Day, to: Day = "2020-12-30", **first: object) -> Project:
    """Ten months, of which the last milestone was moved at every approval."""
    moves = [(approval, to) for approval in approvals]
    return project(
        milestone("M1", "2020-05-29", **first),  # type: ignore[arg-type]
        milestone("M2", "2020-07-13", moved=moves),
        start="2019-09-16",
        rebaselines=[rebaseline(approval, number) for number, approval in enumerate(approvals, 1)],
    )


def test_a_plan_moved_by_a_third_stays_amber() -> None:
    found = judged(moved_plan("2020-02-03"), "2020-03-02")
    assert (found.status, found.reasons[0].rule, found.reasons[0].limit) == ("at_risk", "GD-REBASELINE", 0.30)
    assert (found.moved_times, found.moved_days) == (1, 170)


@pytest.mark.parametrize(("to", "status"), [("2020-10-09", "on_track"), ("2020-10-12", "at_risk")])
def test_the_memory_begins_at_thirty_percent_of_the_first_duration(to: str, status: str) -> None:
    """Start to 2020-07-13 is 301 days, of which 30% are 90.3: 88 days are under it, 91 over it."""
    assert judged(moved_plan("2020-02-03", to=to), "2020-03-02").status == status


def test_more_than_two_approved_moves_are_remembered_however_small() -> None:
    approvals = ["2020-02-03", "2020-02-04", "2020-02-05"]
    assert state(moved_plan(*approvals[:2], to="2020-07-20"), "2020-03-02") == ("on_track", 0, None)
    found = judged(moved_plan(*approvals, to="2020-07-20"), "2020-03-02")
    assert (found.severity, found.reasons[0].rule, found.reasons[0].limit) == (1, "GD-REBASELINE", 2)


@pytest.mark.parametrize(
    ("finished", "accepted", "status"),
    [
        ("2020-03-02", "2020-03-04", "on_track"),
        ("2020-01-20", "2020-01-22", "at_risk"),  # before the plan was moved
        ("2020-01-20", "2020-03-04", "at_risk"),  # finished before, only accepted after
    ],
)
def test_the_memory_ends_when_the_next_milestone_is_done_on_time(finished: str, accepted: str, status: str) -> None:
    facts = moved_plan("2020-02-03", claims=[claim(finished, accepted=accepted)])
    assert judged(facts, "2020-03-05").status == status


def test_a_milestone_done_late_does_not_end_the_memory() -> None:
    facts = moved_plan("2020-02-03", claims=[claim("2020-06-01", accepted="2020-06-02")])
    assert judged(facts, "2020-06-03").status == "at_risk"


def test_the_original_slip_is_held_against_version_zero() -> None:
    facts = project(milestone("M1", "2020-06-30", moved=[("2020-02-03", "2020-08-31")], forecast="2020-09-30"))
    found = judged(facts, "2020-03-02")
    assert (found.slip_days, found.original_slip_days) == (29, 92)
