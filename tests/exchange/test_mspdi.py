"""Plans of MS Project, from the XML to the answer of `pmo schedule`."""

from __future__ import annotations

import json

import pytest

from pmo.exchange.mspdi import plan_network, read_plan, schedule_report
from tests.exchange.mspdi_plans import (
    ELAPSED_DAYS,
    ELAPSED_HOURS,
    ELAPSED_PERCENT,
    FF,
    FS,
    PERCENT,
    PLANS,
    SF,
    SS,
    after,
    early,
    floats,
    late,
    plan,
    report,
    row,
)

# --- whole plans -----------------------------------------------------------------------------------------------------


def test_the_report_is_the_contract_of_the_command_line() -> None:
    def activity(uid: int, *offsets: float) -> dict[str, object]:
        names = ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float")
        values = dict(zip(names, offsets, strict=True))
        return {"id": uid, **values, "critical": values["total_float"] <= 0}

    answer = schedule_report(read_plan(PLANS / "street_repair.xml"))
    assert answer == {
        "duration": 16,
        "activities": [
            activity(1, 0, 3, 0, 3, 0, 0),
            activity(2, 3, 8, 3, 8, 0, 0),
            activity(3, 1, 3, 5, 7, 4, 4),
            activity(4, 7, 15, 7, 15, 0, 0),
            activity(5, 13, 16, 13, 16, 0, 0),
            activity(6, 4.5, 7, 13.5, 16, 9, 9),
            activity(7, 16, 16, 16, 16, 0, 0),
        ],
    }
    assert '"early_start": 4.5' in json.dumps(answer)
    assert '"duration": 16,' in json.dumps(answer)


def test_phases_holidays_deadline_and_another_plan_work_together() -> None:
    content = (PLANS / "school.xml").read_bytes()
    # 21 to 25 March are off: 26 March is the sixth working day, 1 April the tenth.
    assert early(content) == {2: (0, 4), 3: (4, 6), 4: (0, 3), 7: (6, 9), 8: (9, 10), 11: (10, 10)}
    # The deadline of the walls, the end of 27 March, is day 7: two days too early.
    assert floats(content) == {2: (-2, 0), 3: (-2, 0), 4: (1, 3), 7: (-2, 1), 8: (0, 0), 11: (0, 0)}


def test_a_bare_plan_without_namespace_calendar_and_dates_is_enough() -> None:
    assert early((PLANS / "bare.xml").read_bytes()) == {1: (0, 3), 2: (3, 5), 3: (5, 5)}


def test_a_plan_is_read_from_a_path_or_from_its_bytes() -> None:
    path = PLANS / "street_repair.xml"
    assert schedule_report(read_plan(str(path))) == schedule_report(read_plan(path.read_bytes()))


def test_the_network_tells_the_longest_path_and_the_plan_its_names() -> None:
    read = read_plan(PLANS / "street_repair.xml")
    assert [read.names[uid] for uid in plan_network(read).longest_path] == [
        "Survey",
        "Design",
        "Works",
        "Supervision",
        "Street is open",
    ]


def test_a_plan_without_tasks_has_no_length() -> None:
    assert report(plan()) == {"duration": 0, "activities": []}


def test_the_float_of_a_start_driving_predecessor_is_that_of_the_formulas() -> None:
    """DOMAIN 2.1: 80 h and 72 h; MS Project 2016 and 2019 print 88 h and 88 h."""
    content = plan(row(1, 96), row(2), row(3, 8, after(2, SF, 9600)), row(4), row(5, 8, after(4, SS, 9600)))
    assert [floats(content)[uid][0] * 8 for uid in (2, 4)] == [80, 72]


def test_three_hundred_tasks_in_a_chain_are_read_and_scheduled() -> None:
    rows = [row(1), *(row(uid, 8, after(uid - 1)) for uid in range(2, 301))]
    assert report(plan(*rows))["duration"] == 300


# --- durations, lags -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [("PT8H0M0S", 1), ("PT0H0M0S", 0), ("PT4H30M0S", 0.5625), ("PT480M", 1), ("PT28800S", 1), ("P2DT4H", 2.5)],
)
def test_a_duration_is_counted_in_working_days(text: str, days: float) -> None:
    assert report(plan(row(1, Duration=text)))["duration"] == days


def test_the_plan_says_how_many_minutes_a_working_day_has() -> None:
    content = plan(row(1, 14), row(2, 7, after(1, FS, 4200)), head="<MinutesPerDay>420</MinutesPerDay>")
    assert early(content) == {1: (0, 2), 2: (3, 4)}


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [(FS, 4800, 3), (FS, -4800, 1), (SS, 4800, 1), (FF, 4800, 2), (FF, -4800, 0), (SF, 14400, 2), (SF, -4800, 0)],
)
def test_link_types_and_lags_in_tenths_of_a_minute(kind: int, lag: int, start: float) -> None:
    assert early(plan(row(1, 16), row(2, 8, after(1, kind, lag))))[2][0] == start


def test_a_link_without_type_and_lag_is_finish_to_start() -> None:
    link = "<PredecessorLink><PredecessorUID>1</PredecessorUID></PredecessorLink>"
    assert early(plan(row(1, 16), row(2, 8, link)))[2] == (2, 3)


@pytest.mark.parametrize(("percent", "start"), [(50, 6), (-25, 3), (100, 8)])
def test_a_lag_in_percent_is_a_share_of_the_predecessors_duration(percent: int, start: float) -> None:
    assert early(plan(row(1, 32), row(2, 8, after(1, FS, percent, PERCENT))))[2][0] == start


@pytest.mark.parametrize(
    ("lag", "unit", "start"),
    [
        (2 * 14400, ELAPSED_DAYS, 5),  # Friday evening, Sunday evening: Monday morning
        (3 * 14400, ELAPSED_DAYS, 6),
        (7 * 14400, 10, 10),  # one elapsed week
        (12 * 600, ELAPSED_HOURS, 5),
        (66 * 600, ELAPSED_HOURS, 5.375),  # to Monday 11 o'clock
        (50, ELAPSED_PERCENT, 5),  # half of 40 hours by the clock: Saturday 13 o'clock
        (3 * 14400, 40, 6),  # an estimate counts like the rest
    ],
)
def test_an_elapsed_lag_goes_by_the_clock(lag: int, unit: int, start: float) -> None:
    assert early(plan(row(1, 40), row(2, 8, after(1, FS, lag, unit))))[2][0] == start


def test_an_elapsed_lag_leaves_its_nights_and_weekends_to_the_predecessor() -> None:
    content = plan(row(1, 24), row(3, 40), row(2, 8, after(1, FS, 28800, ELAPSED_DAYS), after(3)))
    assert late(content)[1] == (2, 5)


def test_an_elapsed_lag_reaches_back_before_the_plan_when_the_float_is_negative() -> None:
    content = plan(
        row(1), row(2, 8, after(1, FS, 28800, ELAPSED_DAYS), ConstraintType=7, ConstraintDate="2020-02-03T17:00:00")
    )
    # Two days by the clock before Monday morning: Saturday, so the end of Friday.
    assert late(content) == {1: (-1, 0), 2: (0, 1)}
    tighter = content.replace(b"2020-02-03T17:00:00", b"2020-01-31T17:00:00")
    # Two days before Friday morning: Wednesday morning, that is Tuesday evening.
    assert late(tighter) == {1: (-4, -3), 2: (-1, 0)}
    by_start = content.replace(b"<Type>1</Type>", b"<Type>3</Type>").replace(b"2020-02-03T17", b"2020-01-31T17")
    assert late(by_start)[1] == (-3, -2)


def test_an_elapsed_duration_goes_by_the_clock() -> None:
    content = plan(row(1, 32), row(2, 96, after(1), DurationFormat=8), row(3, 8, after(2)))
    # Concrete dries four times 24 hours, from Thursday 17:00 to Monday 17:00.
    assert early(content) == {1: (0, 4), 2: (4, 6), 3: (6, 7)}
    assert floats(content)[2] == (0, 0)


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "moment", "starts", "ends"),
    [
        (0, "", (0, 1), (9, 10)),
        (1, "", (0, 1), (9, 10)),
        (2, "2020-02-06T08:00:00", (3, 4), (3, 4)),
        (3, "2020-02-06T17:00:00", (3, 4), (3, 4)),
        (4, "2020-02-06T08:00:00", (3, 4), (9, 10)),
        (5, "2020-02-06T08:00:00", (0, 1), (3, 4)),
        (6, "2020-02-06T17:00:00", (3, 4), (9, 10)),
        (7, "2020-02-06T17:00:00", (0, 1), (3, 4)),
        (7, "2020-02-06", (0, 1), (3, 4)),
        (4, "2020-02-06", (3, 4), (9, 10)),
        (4, "2020-02-08T08:00:00", (5, 6), (9, 10)),  # a Saturday: Monday
        (4, "2020-01-06T08:00:00", (0, 1), (9, 10)),  # before the plan starts
        (2, "NA", (0, 1), (9, 10)),
    ],
)
def test_constraints(kind: int, moment: str, starts: tuple[int, int], ends: tuple[int, int]) -> None:
    date_of = {"ConstraintDate": moment} if moment else {}
    content = plan(row(1, 80), row(2, 8, ConstraintType=kind, **date_of))
    assert (early(content)[2], late(content)[2]) == (starts, ends)


def test_a_must_start_on_that_the_predecessor_overruns_makes_the_float_negative() -> None:
    content = plan(row(1, 40), row(2, 8, after(1), ConstraintType=2, ConstraintDate="2020-02-06T08:00:00"))
    assert early(content)[2] == (5, 6)
    assert floats(content) == {1: (-2, 0), 2: (-2, 0)}


def test_a_deadline_bounds_the_late_finish() -> None:
    assert floats(plan(row(1, 40), row(2, 8, Deadline="2020-02-04T17:00:00")))[2] == (1, 4)


def test_a_manual_task_starts_no_earlier_than_its_date_and_obeys_its_links() -> None:
    given = {"Manual": 1, "Start": "2020-02-05T08:00:00"}
    assert early(plan(row(1, **given)))[1] == (2, 3)
    assert early(plan(row(1, 40), row(2, 8, after(1), **given)))[2] == (5, 6)


def test_a_plan_that_starts_on_a_day_off_begins_on_the_next_working_day() -> None:
    content = plan(row(1), row(2, ConstraintType=4, ConstraintDate="2020-02-04T08:00:00"), start="2020-02-01T08:00:00")
    assert early(content) == {1: (0, 1), 2: (1, 2)}


def test_actual_dates_remaining_work_and_the_status_date() -> None:
    content = plan(
        row(1, 16, ActualStart="2020-02-03T08:00:00", ActualFinish="2020-02-06T17:00:00", PercentComplete=100),
        row(2, 32, after(1), ActualStart="2020-02-07T08:00:00", RemainingDuration="PT24H0M0S", PercentComplete=25),
        row(3, 8, after(2)),
        row(4, 8),
        head="<StatusDate>2020-02-10T17:00:00</StatusDate>",
    )
    assert early(content) == {1: (0, 4), 2: (4, 9), 3: (9, 10), 4: (6, 7)}


def test_percent_complete_alone_says_what_remains() -> None:
    content = plan(row(1, 80, PercentComplete=30, Start="2020-02-04T08:00:00"))
    assert early(content)[1] == (1, 11)


def test_finished_work_without_an_actual_finish_ends_on_its_finish() -> None:
    dates = {"Start": "2020-02-04T08:00:00", "Finish": "2020-02-06T17:00:00"}
    content = plan(row(1, 80, PercentComplete=100, **dates), row(2, 8, after(1)))
    assert early(content) == {1: (1, 4), 2: (4, 5)}


def test_a_task_without_duration_lasts_from_its_start_to_its_finish() -> None:
    content = plan(row(1, Duration="", Start="2020-02-04T08:00:00", Finish="2020-02-10T17:00:00"))
    assert early(content) == {1: (0, 5)}


def test_dates_that_the_schedule_does_not_need_are_not_read() -> None:
    assert early(plan(row(1, Finish="2020-02-04T17:00:00"), start="")) == {1: (0, 1)}


def test_work_that_began_before_the_plan_moves_the_zero_and_not_the_rest() -> None:
    content = plan(row(1, 24, ActualStart="2020-01-30T08:00:00", RemainingDuration="PT8H0M0S"), row(2))
    assert early(content) == {1: (0, 3), 2: (2, 3)}


# --- summaries, rows that are no work --------------------------------------------------------------------------------


def test_a_summary_finishes_with_the_last_of_its_tasks() -> None:
    content = plan(
        row(1, 40, Summary=1, OutlineLevel=1),
        row(2, 16, OutlineLevel=2),
        row(3, 40, OutlineLevel=2),
        row(4, 8, after(1), OutlineLevel=1),
    )
    assert early(content) == {2: (0, 2), 3: (0, 5), 4: (5, 6)}
    assert floats(content)[2] == (3, 3)


def test_a_summary_starts_with_the_first_of_its_tasks() -> None:
    content = plan(
        row(9, 16),
        row(1, 40, Summary=1, OutlineLevel=1),
        row(2, 16, after(9), OutlineLevel=2),
        row(3, 40, after(9, FS, 4800), OutlineLevel=2),
        row(4, 8, after(1, SS, 4800), OutlineLevel=1),
    )
    assert early(content)[4] == (3, 4)


def test_a_summary_that_waits_makes_all_its_tasks_wait() -> None:
    content = plan(
        row(1, 16),
        row(2, 40, after(1), Summary=1, OutlineLevel=1),
        row(3, 40, Summary=1, OutlineLevel=2),
        row(4, 8, OutlineLevel=3),
        row(5, 8, OutlineLevel=2),
    )
    assert early(content) == {1: (0, 2), 4: (2, 3), 5: (2, 3)}


def test_the_outline_may_be_told_by_numbers() -> None:
    content = plan(
        row(1, 40, OutlineNumber="1"), row(2, 16, OutlineNumber="1.1"), row(3, 8, after(1), OutlineNumber="2")
    )
    assert early(content) == {2: (0, 2), 3: (2, 3)}


def test_the_dates_of_a_summary_hold_for_its_tasks() -> None:
    content = plan(
        row(1, 8, OutlineLevel=1, ConstraintType=4, ConstraintDate="2020-02-05T08:00:00"),
        row(2, 8, OutlineLevel=2),
        row(3, 8, OutlineLevel=1, Deadline="2020-02-05T17:00:00"),
        row(4, 8, OutlineLevel=2),
        row(5, 80, OutlineLevel=1),
    )
    assert early(content)[2] == (2, 3)
    assert late(content)[4] == (2, 3)


def test_an_inserted_project_is_one_activity() -> None:
    content = plan(row(1, 24, Summary=1, IsSubproject=1), row(2, 8, after(1)))
    assert early(content) == {1: (0, 3), 2: (3, 4)}


def test_an_empty_summary_is_no_work_unless_something_hangs_on_it() -> None:
    assert early(plan(row(1, 24, Summary=1), row(2))) == {2: (0, 1)}
    assert early(plan(row(1, 24, Summary=1), row(2, 8, after(1)))) == {1: (0, 3), 2: (3, 4)}


def test_the_row_of_the_plan_itself_is_no_activity() -> None:
    assert early(plan(row(0, 800), row(1))) == {1: (0, 1)}


def test_inactive_and_blank_rows_hold_nobody() -> None:
    content = plan(row(1, 80, Active=0), row(2, 8, after(1), after(3)), "<Task><UID>3</UID><IsNull>1</IsNull></Task>")
    assert report(content) == report(plan(row(2, 8)))


def test_a_task_of_another_plan_is_a_date_for_its_successors() -> None:
    other = {"ExternalTask": 1, "Start": "2020-02-04T08:00:00", "Finish": "2020-02-05T17:00:00"}
    content = plan(
        row(1, 80, **other), row(2, 8, after(1, FS, 4800)), row(3, 40, after(1, FF)), row(4, 8, after(1, SS))
    )
    assert early(content) == {2: (4, 5), 3: (0, 5), 4: (1, 2)}


def test_a_task_of_another_plan_may_be_followed_by_elapsed_days_or_have_no_date() -> None:
    other = {"ExternalTask": 1, "Finish": "2020-02-06T17:00:00"}
    content = plan(row(1, **other), row(2, 8, after(1, FS, 3 * 14400, ELAPSED_DAYS)))
    assert early(content) == {2: (5, 6)}
    assert early(plan(row(1, ExternalTask=1), row(2, 8, after(1)))) == {2: (0, 1)}


def test_a_link_into_another_plan_that_is_not_in_the_file_is_left_out() -> None:
    link = after(77).replace("</Type>", "</Type><CrossProject>1</CrossProject>")
    assert early(plan(row(1, 8, link))) == {1: (0, 1)}
