"""The measures of the ladder: what counts as answered, and which goals are met (DOMAIN 3.2)."""

from pmo.domain.ladder import ESCALATIONS, Rung
from pmo.domain.measures import Asked, Climbed, measures
from tests.domain.ladder_cast import CALENDAR, as_day

TODAY = as_day("2020-01-31")


def asked(told: str, answered: str | None) -> Asked:
    return Asked(as_day(told), as_day(answered) if answered else None)


def climbed(item: str, *rungs: Rung, version: int = 0, run: int = 0) -> Climbed:
    return Climbed(item, version, run, frozenset(rungs))


def test_an_answer_counts_within_one_working_day_over_a_holiday() -> None:
    found = measures(
        [
            asked("2020-01-06", "2020-01-08"),  # 7 January is a day off: one working day
            asked("2020-01-14", "2020-01-14"),
            asked("2020-01-20", "2020-01-27"),
            asked("2020-01-21", None),
            asked("2020-01-30", None),  # still has time
        ],
        [],
        4,
        [],
        TODAY,
        CALENDAR,
    )
    assert (found.acknowledged, found.median_wd, found.meets_acknowledged) == (0.5, 1.0, False)


def test_mails_a_curator_and_week_are_judged_by_the_one_who_gets_most() -> None:
    found = measures([], [8, 44, 20], 4, [], TODAY, CALENDAR)
    assert (found.mails_a_week, found.most_mails, found.meets_mails) == (6.0, 11.0, False)


def test_a_seventh_day_without_the_third_misses_the_goal_of_all() -> None:
    whole = climbed("A", *ESCALATIONS)
    gap = climbed("B", Rung.O_1, Rung.O_7)
    assert measures([], [], 4, [whole], TODAY, CALENDAR).meets_complete is True
    found = measures([], [], 4, [whole, gap, climbed("C", Rung.O_1)], TODAY, CALENDAR)
    assert (found.complete, found.meets_complete) == (0.5, False)


def test_overdue_again_after_a_new_date_or_a_resume_is_counted_once_an_item() -> None:
    climbs = [
        climbed("A", Rung.O_1),
        climbed("A", Rung.O_1, version=1),
        climbed("A", Rung.O_1, version=1, run=1),
        climbed("B", Rung.O_1, Rung.O_3),
    ]
    assert measures([], [], 4, climbs, TODAY, CALENDAR).repeated == 0.5


def test_where_nothing_was_told_nothing_is_measured() -> None:
    found = measures([], [], 4, [], TODAY, CALENDAR)
    assert (found.acknowledged, found.median_wd, found.mails_a_week, found.complete, found.repeated) == (None,) * 5
    assert (found.meets_acknowledged, found.meets_mails, found.meets_complete) == (None, None, None)
