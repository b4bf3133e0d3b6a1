"""Indicator statuses IN-1 to IN-14, the trajectory and the duty to report (DOMAIN 1.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmo.domain.indicator import Indicator, IndicatorAssessment, Reading, judged_reading, next_period_end
from pmo.domain.milestone import Pause
from pmo.domain.policy import STANDARD
from pmo.domain.reporting import report_duties, reporting_starts_on
from pmo.domain.trajectory import expected_value, projected_value
from tests.domain.builders import Day, at, day, indicator, kazakhstan, pause, read_on


def told(item: Indicator, end: Day, value: float, on: Day | None = None) -> IndicatorAssessment:
    """The assessment of one reading, on its own period end unless told otherwise."""
    reading = Reading(day(end), value, at(end))
    return read_on(replace(item, readings=(reading,)), on or end)


def verdict(found: IndicatorAssessment) -> tuple[str, str, int | None]:
    return str(found.status), found.rule, found.severity


# The worked examples of DOMAIN 1.5


def test_example_1_electronic_cases_are_red() -> None:
    found = told(indicator(start=("2019-06-30", 11), target=("2020-12-31", 80)), "2020-03-31", 32)
    assert (found.expected, found.progress) == (pytest.approx(45.5), pytest.approx(21 / 69))
    assert found.ratio == pytest.approx(0.609, abs=5e-4)
    assert verdict(found) == ("off_track", "IN-10", 2)


def test_example_2_lifts_left_are_red() -> None:
    lifts = indicator(start=("2019-09-01", 900), target=("2022-08-31", 0), direction="down")
    found = told(lifts, "2020-12-31", 640)
    assert (found.expected, found.ratio) == (pytest.approx(499.7, abs=0.05), pytest.approx(0.650, abs=5e-4))
    assert verdict(found) == ("off_track", "IN-10", 2)


def test_example_3_a_flow_of_half_a_year_is_amber() -> None:
    flow = indicator(start=("2020-01-01", 0), target=("2020-12-31", 20_000), kind="period", window="2020-01-01")
    found = told(flow, "2020-06-30", 8_900)
    assert (found.expected, found.ratio) == (pytest.approx(9945, abs=0.5), pytest.approx(0.895, abs=5e-4))
    assert verdict(found) == ("at_risk", "IN-9", 1)


def test_example_4_a_level_to_keep_that_fell_by_six_percent_is_amber() -> None:
    found = told(indicator(start=("2019-09-01", 2), target=("2020-12-31", 2)), "2020-03-31", 1.88)
    assert found.deviation == pytest.approx(0.06)
    assert (found.expected, found.ratio) == (2, None)
    assert verdict(found) == ("at_risk", "IN-13", 1)


def test_example_5_a_zero_target_half_way_is_green() -> None:
    half_way = indicator(start=("2020-01-01", 8), target=("2020-12-31", 0), direction="down")
    found = told(half_way, "2020-07-02", 4.3)
    assert found.expected == pytest.approx(4, abs=0.02)
    assert found.ratio == pytest.approx(0.925, abs=5e-3)
    assert verdict(found) == ("on_track", "IN-8", 0)


def test_example_6_a_little_above_the_band_is_amber() -> None:
    band = indicator(start=("2019-11-01", 0), target=("2020-12-31", None), band=(0, 5), direction="range")
    found = told(band, "2020-03-31", 5.3)
    assert (found.deviation, found.expected, found.ratio) == (pytest.approx(0.06), 5, None)
    assert verdict(found) == ("at_risk", "IN-14", 1)


@pytest.mark.parametrize(
    ("interpolation", "result"), [("step", ("on_track", "IN-7", 0)), ("linear", ("at_risk", "IN-9", 1))]
)
def test_example_7_deliveries_in_lots_follow_steps(interpolation: str, result: tuple[str, str, int]) -> None:
    """A straight line gives p = 0.22 through the first lot and no progress: red, were it not for a late step."""
    lots = [("2020-06-30", 1.0), ("2020-09-30", 2.0), ("2020-12-31", 3.0)]
    clinics = indicator(
        start=("2019-10-01", 0),
        target=("2020-12-31", 3),
        kind="cumulative",
        interpolation=interpolation,
        trajectory=lots,
    )
    found = told(clinics, "2020-03-31", 0)
    if interpolation == "step":
        assert (found.expected, found.progress, *verdict(found)) == (0, 0, *result)
    else:
        assert found.expected is not None
        assert found.expected / 3 == pytest.approx(0.22, abs=5e-3)
        assert verdict(found) == ("off_track", "IN-10", 2)


# The table

RISING = indicator(start=("2019-12-31", 0), target=("2020-12-31", 366))  # one a day


@pytest.mark.parametrize(
    ("end", "value", "result"),
    [
        ("2020-12-31", 366, ("achieved", "IN-4", 0)),
        ("2020-12-31", 366 - 1e-8, ("achieved", "IN-4", 0)),
        ("2020-12-31", 365, ("nearly_achieved", "IN-5", 1)),
        ("2020-12-31", 0.95 * 366, ("nearly_achieved", "IN-5", 1)),
        ("2020-12-31", 0.949 * 366, ("missed", "IN-6", 2)),
        ("2021-01-31", 366, ("achieved", "IN-4", 0)),
        ("2020-01-18", 0, ("on_track", "IN-7", 0)),  # p = 18/366, just under 5%
        ("2020-01-18", -0.05 * 366, ("on_track", "IN-7", 0)),
        ("2020-01-18", -19, ("at_risk", "IN-7", 1)),
        ("2020-01-19", 0, ("at_risk", "IN-9", 1)),  # p over 5%: nothing yet is a risk
        ("2020-01-19", -1, ("off_track", "IN-10", 2)),
        ("2020-03-13", 0, ("at_risk", "IN-9", 1)),  # p = 73/366, just under 20%
        ("2020-03-14", 0, ("off_track", "IN-10", 2)),
        ("2020-06-28", 0.90 * 180, ("on_track", "IN-8", 0)),
        ("2020-06-28", 0.899 * 180, ("at_risk", "IN-9", 1)),
        ("2020-06-28", 0.70 * 180, ("at_risk", "IN-9", 1)),
        ("2020-06-28", 0.699 * 180, ("off_track", "IN-10", 2)),
    ],
)
def test_progress_is_held_against_the_trajectory(end: str, value: float, result: tuple[str, str, int]) -> None:
    assert verdict(told(RISING, end, value)) == result


@pytest.mark.parametrize(("end", "value"), [("2020-06-28", 100.0), ("2020-02-10", 20.0), ("2020-12-31", 350.0)])
def test_up_and_down_are_judged_alike(end: str, value: float) -> None:
    falling = indicator(start=("2019-12-31", 366), target=("2020-12-31", 0), direction="down")
    up, down = told(RISING, end, value), told(falling, end, 366 - value)
    assert verdict(up) == verdict(down)
    assert up.ratio == pytest.approx(down.ratio)


def test_before_reporting_starts_nothing_is_judged() -> None:
    item = indicator(readings=[("2020-01-31", 1)])
    assert verdict(read_on(item, "2020-02-02", reporting="2020-02-03")) == ("not_started", "IN-1", None)
    assert read_on(item, "2020-02-03", reporting="2020-02-03").rule == "IN-9"


@pytest.mark.parametrize(
    ("on", "critical", "result"),
    [
        ("2020-01-15", True, ("no_data_yet", "IN-2", None)),
        ("2020-02-14", True, ("no_data_yet", "IN-2", None)),
        ("2020-02-15", True, ("no_data", "IN-3", 1)),
        ("2020-03-17", True, ("no_data", "IN-3", 2)),
        ("2020-03-17", False, ("no_data", "IN-3", 1)),
    ],
)
def test_silence_from_the_start_is_no_data_once_a_report_is_missed(
    on: str, critical: bool, result: tuple[str, str, int | None]
) -> None:
    assert verdict(read_on(indicator(critical=critical), on)) == result


@pytest.mark.parametrize(
    ("on", "critical", "value", "result"),
    [
        ("2020-03-16", False, 31, ("on_track", "IN-8", 0)),
        ("2020-03-17", False, 31, ("stale", "IN-11", 1)),
        ("2020-03-17", True, -9, ("stale", "IN-11", 2)),
        ("2020-04-14", False, 31, ("stale", "IN-11", 1)),
        ("2020-04-15", False, 31, ("no_current_data", "IN-12", 1)),
        ("2020-04-15", True, 31, ("no_current_data", "IN-12", 2)),
        ("2020-04-15", False, -9, ("no_current_data", "IN-12", 2)),
    ],
)
def test_silence_after_a_reading_makes_it_stale_and_then_no_current_data(
    on: str, critical: bool, value: float, result: tuple[str, str, int]
) -> None:
    assert verdict(told(replace(RISING, critical=critical), "2020-01-31", value, on)) == result


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (95, ("on_track", "IN-13", 0)),
        (120, ("on_track", "IN-13", 0)),
        (94.9, ("at_risk", "IN-13", 1)),
        (90, ("at_risk", "IN-13", 1)),
        (89.9, ("off_track", "IN-13", 2)),
    ],
)
def test_a_target_equal_to_the_baseline_is_a_level_to_keep(value: float, result: tuple[str, str, int]) -> None:
    level = indicator(start=("2019-12-31", 100), target=("2020-12-31", 100))
    assert verdict(told(level, "2020-03-31", value)) == result
    words = ("achieved", "nearly_achieved", "missed")
    assert verdict(told(level, "2020-12-31", value)) == (words[result[2]], "IN-13", result[2])


def test_a_level_to_keep_low_is_measured_upwards() -> None:
    level = indicator(start=("2019-12-31", 100), target=("2020-12-31", 100), direction="down")
    assert [told(level, "2020-03-31", value).severity for value in (60, 105, 106, 111)] == [0, 0, 1, 2]


def test_a_level_of_zero_is_measured_on_the_declared_scale() -> None:
    zero = indicator(start=("2019-12-31", 0), target=("2020-12-31", 0), direction="down")
    assert [told(zero, "2020-03-31", value).severity for value in (0, 0.05, 0.1, 0.11)] == [0, 0, 1, 2]
    declared = replace(zero, zero_scale=100.0)
    assert [told(declared, "2020-03-31", value).severity for value in (5, 10, 11)] == [0, 1, 2]


BAND = indicator(start=("2019-12-31", 22), target=("2020-12-31", None), band=(20, 30), direction="range")


@pytest.mark.parametrize(
    ("value", "expected", "severity"),
    [(20, 20, 0), (30, 30, 0), (31, 30, 1), (31.1, 30, 2), (19, 20, 1), (18.9, 20, 2)],
)
def test_a_range_is_judged_by_the_distance_to_its_band(value: float, expected: float, severity: int) -> None:
    found = told(BAND, "2020-03-31", value)
    words = ("on_track", "at_risk", "off_track")
    assert verdict(found) == (words[severity], "IN-14", severity)
    assert found.expected == expected
    final = ("achieved", "nearly_achieved", "missed")
    assert verdict(told(BAND, "2020-12-31", value)) == (final[severity], "IN-14", severity)


def test_a_narrow_band_is_measured_on_a_tenth_of_its_larger_bound() -> None:
    point = indicator(start=("2019-12-31", 100), target=("2020-12-31", None), band=(100, 100), direction="range")
    assert [told(point, "2020-03-31", value).severity for value in (100, 101, 101.1)] == [0, 1, 2]


def test_a_band_around_nothing_has_no_tolerance() -> None:
    nothing = indicator(start=("2019-12-31", 0), target=("2020-12-31", None), band=(0, 0), direction="range")
    assert [told(nothing, "2020-03-31", value).severity for value in (0, 0.01)] == [0, 2]


def test_a_range_without_a_known_baseline_is_judged_by_its_band() -> None:
    assert told(replace(BAND, baseline=None), "2020-03-31", 25).rule == "IN-14"


@pytest.mark.parametrize(("baseline", "sign"), [(80.0, 1), (-30.0, -1)])
def test_a_range_that_starts_outside_comes_down_to_its_band(baseline: float, sign: int) -> None:
    outside = replace(BAND, baseline=baseline)
    near = 30 if sign > 0 else 20
    found = told(outside, "2020-06-30", near + sign * 20)
    assert found.expected == pytest.approx(near + sign * 50 * (1 - 182 / 366))
    assert (found.actual, found.ratio) == (near + sign * 20, pytest.approx(0.6 / (182 / 366)))
    assert verdict(found) == ("on_track", "IN-8", 0)
    assert verdict(told(outside, "2020-06-30", near + sign * 40)) == ("off_track", "IN-10", 2)
    assert verdict(told(outside, "2020-06-30", 25)) == ("on_track", "IN-8", 0)
    assert verdict(told(outside, "2020-12-31", near + sign)) == ("nearly_achieved", "IN-14", 1)


# Edge cases of DOMAIN 1.5


@pytest.mark.parametrize(("value", "status"), [(0, "achieved"), (-1, "achieved"), (0.1, "nearly_achieved")])
def test_a_target_of_zero_is_achieved_only_at_zero(value: float, status: str) -> None:
    falling = indicator(start=("2019-12-31", 8), target=("2020-12-31", 0), direction="down")
    assert told(falling, "2020-12-31", value).status == status


def test_an_unknown_baseline_of_a_rising_total_counts_as_zero_and_is_flagged() -> None:
    unknown = indicator(start=("2019-12-31", None), target=("2020-12-31", 366), kind="cumulative")
    found = told(unknown, "2020-06-28", 180)
    assert (found.ratio, found.baseline_assumed) == (pytest.approx(1), True)
    assert not told(RISING, "2020-06-28", 180).baseline_assumed


@pytest.mark.parametrize(("on", "severity"), [("2020-02-29", 0), ("2020-03-01", 1)])
def test_an_unknown_baseline_is_amber_after_sixty_days(on: str, severity: int) -> None:
    unknown = indicator(start=("2019-12-31", None), target=("2020-12-31", 366))
    found = told(unknown, "2020-01-31", 5, on)
    assert (found.status, found.severity, found.ratio) == ("no_baseline", severity, None)


@pytest.mark.parametrize(
    ("direction", "value", "result"),
    [
        ("up", 100, ("achieved", "IN-4", 0)),
        ("up", 95, ("nearly_achieved", "IN-5", 1)),
        ("up", 94, ("missed", "IN-6", 2)),
        ("down", 100, ("achieved", "IN-4", 0)),
        ("down", 106, ("missed", "IN-6", 2)),
    ],
)
def test_an_unknown_baseline_is_judged_only_at_the_target_date(
    direction: str, value: float, result: tuple[str, str, int]
) -> None:
    unknown = indicator(start=("2019-12-31", None), target=("2020-12-31", 100), direction=direction)
    assert verdict(told(unknown, "2020-12-31", value)) == result


def test_over_achievement_is_kept_uncapped() -> None:
    assert told(RISING, "2020-06-28", 900).ratio == pytest.approx(5)


def test_after_the_target_date_without_a_final_reading_the_last_status_ages() -> None:
    found = [told(RISING, "2020-11-30", 335, on) for on in ("2021-01-19", "2021-01-20", "2021-02-12", "2021-02-13")]
    assert [item.status for item in found] == ["on_track", "stale", "stale", "no_current_data"]
    assert [item.missed_after_target for item in found] == [0, 1, 1, 2]


def test_a_later_entry_for_the_same_period_supersedes() -> None:
    corrected = indicator(
        target=("2020-12-31", 366), readings=[("2020-01-31", 31), ("2020-02-29", 60), ("2020-02-29", 10)]
    )
    found = read_on(corrected, "2020-03-02")
    assert (found.actual, found.severity) == (10, 1)


def test_a_correction_of_an_older_period_leaves_the_latest_judged() -> None:
    corrected = indicator(
        target=("2020-12-31", 366), readings=[("2020-01-31", 31), ("2020-02-29", 60), ("2020-01-31", 1)]
    )
    assert read_on(corrected, "2020-03-02").actual == 60


def test_the_final_reading_is_the_first_at_or_after_the_target_date_and_later_ones_are_not_judged() -> None:
    item = indicator(target=("2020-12-15", 366), readings=[("2020-12-31", 300), ("2021-01-31", 400)])
    found = read_on(item, "2021-06-30")
    assert (found.actual, found.is_final, found.status) == (300, True, "missed")
    assert (found.missed_reports, found.next_report_due_on) == (0, None)


def test_a_final_reading_does_not_age() -> None:
    assert told(RISING, "2020-12-31", 366, "2022-06-30").status == "achieved"


FLOW = indicator(start=("2019-12-31", 999), target=("2020-12-31", 366), kind="period", window="2020-01-01")


def test_a_flow_starts_from_zero_whatever_last_year_gave() -> None:
    found = told(FLOW, "2020-06-28", 171)
    assert (found.expected, found.ratio) == (pytest.approx(180), pytest.approx(0.95))


def test_a_reading_of_a_flow_outside_its_window_belongs_to_another() -> None:
    item = replace(FLOW, readings=indicator(readings=[("2019-12-31", 900), ("2021-01-31", 30)]).readings)
    assert judged_reading(item) is None
    found = read_on(item, "2021-02-16")
    assert (found.status, found.is_final) == ("no_data", False)


def test_a_seasonal_table_shapes_the_expected_flow() -> None:
    seasonal = indicator(target=("2020-12-31", 1000), kind="period", window="2020-01-01", shares=[("2020-06-30", 0.8)])
    assert expected_value(seasonal, day("2020-06-30")) == pytest.approx(800)
    assert expected_value(seasonal, day("2020-03-31")) == pytest.approx(800 * 91 / 182)
    assert expected_value(seasonal, day("2020-12-31")) == 1000
    assert expected_value(seasonal, day("2019-12-01")) == 0


@pytest.mark.parametrize(
    ("end", "value", "status"),
    [
        ("2020-06-28", 150, "on_track"),
        ("2020-06-28", 198, "on_track"),
        ("2020-06-28", 200, "at_risk"),
        ("2020-06-28", 235, "off_track"),
        ("2020-12-31", 300, "achieved"),
        ("2020-12-31", 384, "nearly_achieved"),
        ("2020-12-31", 385, "missed"),
    ],
)
def test_a_flow_to_be_kept_low_is_bad_when_it_runs_ahead(end: str, value: float, status: str) -> None:
    assert told(replace(FLOW, direction=indicator(direction="down").direction), end, value).status == status


def test_a_flow_whose_target_is_nothing_is_a_level_to_keep() -> None:
    accidents = indicator(target=("2020-12-31", 0), kind="period", window="2020-01-01", direction="down")
    assert verdict(told(accidents, "2020-03-31", 0)) == ("on_track", "IN-13", 0)
    assert verdict(told(accidents, "2020-03-31", 3)) == ("off_track", "IN-13", 2)


def test_the_trajectory_runs_through_its_points() -> None:
    points = [("2020-03-31", 85.0), ("2020-08-31", 92.0)]
    line = indicator(start=("2019-09-01", 80), target=("2020-12-31", 100), trajectory=points)
    step = replace(line, interpolation=indicator(interpolation="step").interpolation)
    for on, straight, stepped in [
        ("2019-08-01", 80, 80),
        ("2020-03-31", 85, 85),
        ("2020-06-15", 85 + 7 * 76 / 153, 85),
        ("2020-08-31", 92, 92),
        ("2020-12-30", 92 + 8 * 121 / 122, 92),
        ("2020-12-31", 100, 100),
        ("2021-12-31", 100, 100),
    ]:
        assert expected_value(line, day(on)) == pytest.approx(straight)
        assert expected_value(step, day(on)) == stepped


def test_nothing_is_expected_without_a_baseline_or_inside_a_band() -> None:
    assert expected_value(indicator(start=("2019-12-31", None)), day("2020-06-30")) is None
    assert expected_value(BAND, day("2020-06-30")) is None


# Early warning


def test_a_flattening_curve_warns_while_the_colour_stays_green() -> None:
    slow = indicator(
        target=("2020-12-31", 366), readings=[("2020-04-30", 160.0), ("2020-05-31", 165.0), ("2020-06-30", 170.0)]
    )
    found = read_on(slow, "2020-06-30")
    assert found.status == "on_track"
    assert found.trend_below_target
    assert found.projected == pytest.approx(170 + 184 * 10 / 61, rel=1e-2)


def test_the_projection_takes_the_last_six_readings_one_line_or_the_way_from_the_baseline() -> None:
    six = [
        ("2020-02-29", 60.0),
        ("2020-03-31", 91.0),
        ("2020-04-30", 121.0),
        ("2020-05-31", 152.0),
        ("2020-06-30", 182.0),
    ]
    wild = indicator(readings=[("2020-01-31", 5000.0), *six, ("2020-07-31", 213.0)], target=("2020-12-31", 366))
    assert projected_value(wild, Reading(day("2020-07-31"), 213.0, at("2020-07-31"))) == pytest.approx(366)
    single = told(RISING, "2020-06-30", 91)
    assert (single.projected, single.trend_below_target) == (pytest.approx(91 + 184 * 91 / 182), True)
    steady = told(RISING, "2020-06-30", 182)
    assert (steady.projected, steady.trend_below_target) == (pytest.approx(366), False)


# The duty to report


def dues(
    item: Indicator, on: Day, pauses: tuple[Pause, ...] = (), reporting: Day = "2019-12-31"
) -> list[tuple[str, str]]:
    duties = report_duties(item, day(reporting), day(on), kazakhstan(), STANDARD, pauses)
    return [(duty.period_end.isoformat(), duty.due_on.isoformat()) for duty in duties]


JANUARY, FEBRUARY = ("2020-01-31", "2020-02-14"), ("2020-02-29", "2020-03-16")
MARCH, APRIL = ("2020-03-31", "2020-04-14"), ("2020-04-30", "2020-05-19")


def test_a_report_is_due_ten_working_days_after_each_period() -> None:
    assert dues(indicator(), "2020-03-10") == [JANUARY, FEBRUARY]
    assert dues(indicator(), "2020-03-16") == [JANUARY, FEBRUARY]
    assert dues(indicator(), "2020-03-17") == [JANUARY, FEBRUARY, MARCH]
    assert dues(indicator(frequency="quarterly"), "2020-03-17") == [MARCH]


def test_an_early_reading_moves_the_duty_to_the_next_period() -> None:
    early = indicator(readings=[("2020-01-31", 1)])
    assert dues(early, "2020-01-31") == [JANUARY, FEBRUARY]
    assert read_on(early, "2020-01-31").next_report_due_on == day("2020-03-16")


def test_the_first_period_ends_strictly_after_the_start() -> None:
    assert dues(indicator(), "2020-01-01", reporting="2020-01-31") == [FEBRUARY]
    assert next_period_end(day("2020-01-30"), indicator().frequency) == day("2020-01-31")
    assert next_period_end(day("2020-12-31"), indicator(frequency="quarterly").frequency) == day("2021-03-31")


def test_nothing_is_owed_after_the_final_reading() -> None:
    final = indicator(target=("2020-02-29", 100), readings=[("2020-02-29", 100)])
    assert dues(final, "2020-12-31") == [JANUARY, FEBRUARY]


def test_duties_that_fall_due_in_a_pause_are_waived_but_for_the_last_which_falls_after_the_resume() -> None:
    held = (pause("2020-02-10", "2020-04-15"),)
    assert dues(indicator(), "2020-05-04", held) == [("2020-03-31", "2020-04-29"), APRIL]
    found = read_on(indicator(readings=[("2019-12-31", 0)]), "2020-04-29", pauses=held)
    assert (found.status, found.missed_reports) == ("on_track", 0)
    assert read_on(indicator(readings=[("2019-12-31", 0)]), "2020-04-30", pauses=held).status == "stale"


def test_a_duty_on_the_day_of_the_resume_stands() -> None:
    assert dues(indicator(), "2020-02-14", (pause("2020-02-10", "2020-02-14"),)) == [JANUARY]


def test_while_a_pause_is_open_nothing_is_owed() -> None:
    assert dues(indicator(), "2020-09-01", (pause("2020-03-02"),)) == [JANUARY]


def test_while_a_pause_lasts_nothing_is_stale_and_afterwards_the_old_silence_counts_again() -> None:
    silent = indicator(readings=[("2020-01-31", 31)], target=("2020-12-31", 366))
    held = (pause("2020-04-20", "2020-05-04"),)
    on = ("2020-04-19", "2020-04-20", "2020-05-03", "2020-05-04")
    assert [read_on(silent, moment, pauses=held).missed_reports for moment in on] == [2, 0, 0, 2]


def test_a_waived_duty_that_falls_into_a_second_pause_waits_for_its_end() -> None:
    held = (pause("2020-02-10", "2020-02-17"), pause("2020-02-24", "2020-03-10"))
    assert dues(indicator(), "2020-03-16", held) == [("2020-01-31", "2020-03-27"), FEBRUARY]


@pytest.mark.parametrize(
    ("kind", "window", "start"),
    [("point", None, "2019-11-01"), ("period", "2020-01-01", "2019-12-31"), ("period", "2019-01-01", "2019-11-01")],
)
def test_reporting_starts_with_the_latest_of_its_beginnings(kind: str, window: str | None, start: str) -> None:
    item = indicator(start=("2019-06-30", 0), kind=kind, window=window)
    assert reporting_starts_on(item, day("2019-10-01"), day("2019-11-01")) == day(start)
    assert reporting_starts_on(item, day("2020-02-01"), day("2019-11-01")) == day("2020-02-01")
