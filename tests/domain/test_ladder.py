"""The rungs and their dates, one step a day (DOMAIN 3.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo.domain.ladder import (
    ESCALATIONS,
    NOTHING,
    REMINDERS,
    Climb,
    Delivery,
    PastRung,
    Rung,
    Standing,
    Step,
    counting_from,
    escalation_dates,
    next_rung,
    reminder_dates,
    step,
    weekly_period,
)
from tests.domain.ladder_cast import CALENDAR, as_day

E = date(2019, 12, 31)


def climb(due: str = "2019-12-31", counts_from: str | None = None, version: int = 0, run: int = 0) -> Climb:
    return Climb(version, run, as_day(due), as_day(counts_from or due), Standing.CLIMBING)


def past(rung: Rung, day: str, delivery: Delivery = Delivery.SENT, version: int = 0, run: int = 0) -> PastRung:
    return PastRung(rung, version, run, as_day(day), delivery)


REMINDED = [past(Rung.R_14, "2019-12-13"), past(Rung.R_7, "2019-12-24"), past(Rung.R_1, "2019-12-30")]


def take(climb: Climb, history: list[PastRung], day: str) -> Step:
    return step(climb, history, as_day(day), weekly_period(CALENDAR, as_day(day), None), CALENDAR)


@pytest.mark.parametrize(
    ("due", "dates"),
    [
        (
            "2019-12-31",
            {
                "R-14": "2019-12-13",
                "R-7": "2019-12-24",
                "R-1": "2019-12-30",
                "O+1": "2020-01-05",
                "O+3": "2020-01-08",
                "O+7": "2020-01-14",
                "O+14": "2020-01-23",
            },
        ),
        (
            "2020-03-20",
            {
                "R-14": "2020-03-06",
                "R-7": "2020-03-13",
                "R-1": "2020-03-19",
                "O+1": "2020-03-26",
                "O+3": "2020-03-30",
                "O+7": "2020-04-03",
                "O+14": "2020-04-14",
            },
        ),
    ],
)
def test_rungs_fall_on_the_days_of_the_rule_book(due: str, dates: dict[str, str]) -> None:
    found = reminder_dates(as_day(due), CALENDAR) | escalation_dates(as_day(due), CALENDAR)

    assert {rung.value: day.isoformat() for rung, day in found.items()} == dates


def test_overdue_days_count_from_the_latest_of_date_tracking_approval_and_resume() -> None:
    due, tracked = date(2019, 9, 2), date(2019, 9, 16)

    assert counting_from(due, tracked) == tracked
    assert counting_from(date(2019, 10, 1), tracked) == date(2019, 10, 1)
    assert counting_from(due, tracked, approved_on=date(2019, 10, 4)) == date(2019, 10, 4)
    assert counting_from(due, tracked, date(2019, 10, 4), date(2019, 11, 5)) == date(2019, 11, 5)


@pytest.mark.parametrize(
    ("day", "rung"),
    [
        ("2019-12-12", None),
        ("2019-12-13", Rung.R_14),
        ("2019-12-14", None),  # Saturday
        ("2019-12-18", Rung.R_14),  # nobody ran on the 13th: still useful, no later rung is due
    ],
)
def test_a_reminder_is_raised_on_its_day_or_as_soon_as_possible(day: str, rung: Rung | None) -> None:
    assert take(climb(), [], day).rung is rung


def test_a_reminder_lapses_when_a_later_one_is_due() -> None:
    assert take(climb(), [], "2019-12-24") == Step(Rung.R_7, None, (Rung.R_14,))
    assert take(climb(), [], "2019-12-30") == Step(Rung.R_1, None, (Rung.R_14, Rung.R_7))


def test_all_missed_reminders_lapse_once_the_date_has_passed() -> None:
    assert take(climb(), [], "2020-01-05") == Step(Rung.O_1, None, REMINDERS)


def test_the_rungs_after_the_date_follow_each_other() -> None:
    history = list(REMINDED)
    raised = {}
    for day, rung in (
        ("2020-01-05", Rung.O_1),
        ("2020-01-06", None),
        ("2020-01-08", Rung.O_3),
        ("2020-01-14", Rung.O_7),
        ("2020-01-23", Rung.O_14),
        ("2020-01-24", None),
        ("2020-01-27", Rung.WEEKLY),
        ("2020-01-28", None),
        ("2020-02-03", Rung.WEEKLY),
    ):
        raised[day] = take(climb(), history, day).rung
        assert raised[day] is rung, day
        if rung:
            period = weekly_period(CALENDAR, as_day(day), None) or "" if rung is Rung.WEEKLY else ""
            history.append(PastRung(rung, 0, 0, as_day(day), Delivery.SENT, period))


def test_piled_up_rungs_are_climbed_one_a_working_day_and_none_is_skipped() -> None:
    history = list(REMINDED)
    climbed = []
    for day in ("2020-02-06", "2020-02-07", "2020-02-08", "2020-02-10", "2020-02-11", "2020-02-12"):
        today = take(climb(), history, day)
        if today.rung:
            climbed.append((day, today.rung))
            history.append(past(today.rung, day))

    assert climbed == [
        ("2020-02-06", Rung.O_1),
        ("2020-02-07", Rung.O_3),
        ("2020-02-10", Rung.O_7),
        ("2020-02-11", Rung.O_14),
    ]


def test_a_day_run_twice_raises_nothing_the_second_time() -> None:
    assert take(climb(), [*REMINDED, past(Rung.O_1, "2020-02-06", Delivery.QUEUED)], "2020-02-06") == NOTHING


def test_the_next_rung_waits_until_the_one_before_was_sent() -> None:
    waiting = [*REMINDED, past(Rung.O_1, "2020-01-05", Delivery.QUEUED)]
    arrived = [*REMINDED, past(Rung.O_1, "2020-01-05")]

    assert take(climb(), waiting, "2020-01-08") == NOTHING
    assert take(climb(), arrived, "2020-01-08").rung is Rung.O_3


def test_a_rung_that_failed_for_good_passes_to_the_next_level_with_a_note() -> None:
    failed = [*REMINDED, past(Rung.O_1, "2020-01-05", Delivery.FAILED)]

    assert take(climb(), failed, "2020-01-08") == Step(Rung.O_3, "not_delivered")


def test_weekly_waits_for_the_last_rung_to_be_sent() -> None:
    history = [*REMINDED, *(past(rung, "2020-01-08") for rung in ESCALATIONS[:3])]
    waiting = [*history, past(Rung.O_14, "2020-01-23", Delivery.QUEUED)]

    assert take(climb(), waiting, "2020-01-27") == NOTHING


def test_the_weekly_repeat_says_that_the_last_rung_was_not_delivered() -> None:
    history = [*REMINDED, *(past(rung, "2020-01-08") for rung in ESCALATIONS[:3])]
    failed = [*history, past(Rung.O_14, "2020-01-23", Delivery.FAILED)]

    assert take(climb(), failed, "2020-01-27") == Step(Rung.WEEKLY, "not_delivered")


@pytest.mark.parametrize("standing", [Standing.HELD, Standing.RESTING])
def test_a_held_or_resting_milestone_raises_nothing(standing: Standing) -> None:
    held = Climb(0, 0, E, E, standing)

    assert step(held, [], date(2020, 2, 6), None, CALENDAR) == NOTHING


def test_a_new_baseline_version_starts_a_ladder_of_its_own() -> None:
    history = [*REMINDED, past(Rung.O_1, "2020-01-05"), past(Rung.O_3, "2020-01-08")]
    moved = climb("2020-03-31", version=1)

    assert take(moved, history, "2020-03-17").rung is Rung.R_14
    assert take(moved, [*history, *(past(rung, "2020-03-17", version=1) for rung in REMINDERS)], "2020-04-01").rung is (
        Rung.O_1
    )


def test_a_resume_restarts_the_rungs_after_the_date_but_not_the_reminders() -> None:
    history = [*REMINDED, past(Rung.O_1, "2020-01-05"), past(Rung.O_3, "2020-01-08")]
    resumed = climb(counts_from="2020-06-30", run=1)

    assert take(resumed, history, "2020-07-01") == Step(Rung.O_1)
    before_the_date = climb("2020-12-31", run=1)
    told = [past(Rung.R_14, "2020-12-15")]
    assert take(before_the_date, told, "2020-12-15") == NOTHING


def test_the_next_rung_is_announced_with_its_day() -> None:
    assert next_rung(climb(), [], as_day("2019-12-13"), CALENDAR) == (Rung.R_7, as_day("2019-12-24"))
    assert next_rung(climb(), REMINDED, as_day("2019-12-30"), CALENDAR) == (Rung.O_1, as_day("2020-01-05"))
    late = [*REMINDED, past(Rung.O_1, "2020-02-06")]
    assert next_rung(climb(), late, as_day("2020-02-06"), CALENDAR) == (Rung.O_3, as_day("2020-02-07"))
    assert next_rung(climb(), [*late, *(past(r, "2020-02-07") for r in ESCALATIONS)], E, CALENDAR) is None


@pytest.mark.parametrize(
    ("day", "last_run", "week"),
    [
        ("2020-01-27", None, "2020-W05"),
        ("2020-01-28", "2020-01-27", None),
        ("2020-01-28", "2020-01-24", "2020-W05"),  # down on Monday
        ("2020-01-28", None, None),  # never ran before: the week has begun
        ("2019-12-16", None, None),  # Independence Day
        ("2019-12-18", "2019-12-13", "2019-W51"),  # the first working day of that week
        ("2020-01-05", "2019-12-31", None),  # a working Sunday belongs to the week that had its digest
    ],
)
def test_weekly_mails_are_due_on_the_first_working_day_of_the_week(
    day: str, last_run: str | None, week: str | None
) -> None:
    assert weekly_period(CALENDAR, as_day(day), as_day(last_run) if last_run else None) == week


@settings(max_examples=200, deadline=None)
@given(
    due=st.dates(date(2019, 10, 1), date(2020, 3, 1)),
    deliveries=st.lists(st.sampled_from(["sent", "failed", "slow"]), min_size=60, max_size=60),
    down=st.sets(st.integers(0, 59), max_size=40),
)
def test_whatever_happens_to_mails_and_machines_no_rung_is_skipped_or_doubled(
    due: date, deliveries: list[str], down: set[int]
) -> None:
    """``slow`` mails arrive after two days; on ``down`` days nothing runs."""
    E = CALENDAR.roll(due)
    ladder = Climb(0, 0, E, E, Standing.CLIMBING)
    history: list[PastRung] = []
    for offset in range(60):
        day = E - timedelta(days=15) + timedelta(days=offset)
        history = [_settled(rung, day, deliveries) for rung in history]
        if offset in down:
            continue
        today = step(ladder, history, day, weekly_period(CALENDAR, day, None), CALENDAR)
        assert step(ladder, [*history, *_raised(today, day)], day, None, CALENDAR) in (NOTHING, Step())
        if today.rung:
            assert CALENDAR.is_working(day)
        if today.rung in ESCALATIONS:
            earlier = ESCALATIONS[: ESCALATIONS.index(today.rung)]
            settled = {rung.rung for rung in history if rung.delivery in (Delivery.SENT, Delivery.FAILED)}
            assert set(earlier) <= settled
            assert not any(rung.raised_on == day and rung.rung in ESCALATIONS for rung in history)
        history += _raised(today, day)
    raised = [rung.rung for rung in history if rung.delivery is not Delivery.LAPSED and rung.rung is not Rung.WEEKLY]
    assert len(raised) == len(set(raised))


def _raised(today: Step, day: date) -> list[PastRung]:
    lapsed = [PastRung(rung, 0, 0, day, Delivery.LAPSED) for rung in today.lapsed]
    return [*lapsed, *([PastRung(today.rung, 0, 0, day, Delivery.QUEUED)] if today.rung else [])]


def _settled(rung: PastRung, day: date, deliveries: list[str]) -> PastRung:
    if rung.delivery is not Delivery.QUEUED:
        return rung
    outcome = deliveries[rung.raised_on.toordinal() % len(deliveries)]
    if outcome == "slow" and (day - rung.raised_on).days < 2:
        return rung
    delivery = Delivery.FAILED if outcome == "failed" else Delivery.SENT
    return PastRung(rung.rung, rung.version, rung.run, rung.raised_on, delivery, rung.period)
