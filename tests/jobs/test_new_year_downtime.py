"""Nobody runs for ten working days across the New Year holidays: what goes out then, morning by morning (DOMAIN 3.2).

Down from 23 December 2019 to 8 January 2020: 23-27, 30, 31 December, 5, 6 and 8 January are working days. The first
morning is Thursday 9 January. "One rung per working day. If the system was down or holidays piled rungs up, send only
the lowest unsent O-rung, the next on the next working day. Never skip a level, never send two levels at once."
The same table stands in docs/reliability.md.
"""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from config import ROOT
from pmo.clock import local_moment
from pmo.domain.ladder import ESCALATIONS, LADDER
from pmo.jobs.deliver import deliver_due
from pmo.jobs.runner import tick
from pmo.jobs.timetable import TIMETABLE
from pmo.runtime import Runtime
from tests.domain.ladder_cast import CALENDAR, as_day
from tests.jobs.small_city import ZONE, SmallCity, local

LAST_BEFORE, FIRST_AFTER, LAST_LOOKED_AT = "2019-12-20", "2020-01-09", "2020-01-24"

# Due date: what is told from 9 January on, by day of January; and the reminders that lapse unsent.
TABLE: dict[str, tuple[dict[int, str], set[str]]] = {
    # every day of the ladder lies in the downtime: four mornings in a row would be too quick only for O+14 (14 January)
    "2019-12-20": ({9: "O+1", 10: "O+3", 13: "O+7", 14: "O+14", 20: "weekly"}, set()),
    "2019-12-24": ({9: "O+1", 10: "O+3", 13: "O+7", 16: "O+14", 20: "weekly"}, {"R-1"}),
    # O+1 and O+3 were due on 5 and 8 January; O+7 comes on its own day
    "2019-12-31": ({9: "O+1", 10: "O+3", 14: "O+7", 23: "O+14"}, {"R-7", "R-1"}),
    # due on the last day of the downtime: nothing piled up
    "2020-01-08": ({9: "O+1", 13: "O+3", 17: "O+7"}, {"R-14", "R-7", "R-1"}),
    # due on the first morning: the last reminder is still of use, those before it are not
    "2020-01-09": ({9: "R-1", 10: "O+1", 14: "O+3", 20: "O+7"}, {"R-14", "R-7"}),
    "2020-01-10": ({9: "R-1", 13: "O+1", 15: "O+3", 21: "O+7"}, {"R-14", "R-7"}),
    # R-14 was due on 31 December and gives way to R-7, which was due on 6 January
    "2020-01-14": ({9: "R-7", 13: "R-1", 15: "O+1", 17: "O+3", 23: "O+7"}, {"R-14"}),
    # R-14 was due on 6 January; no later reminder is due, so it is told late
    "2020-01-20": ({9: "R-14", 13: "R-7", 17: "R-1", 21: "O+1", 23: "O+3"}, set()),
    "2020-01-23": ({9: "R-14", 16: "R-7", 22: "R-1", 24: "O+1"}, set()),
}
"""The policy, worked out by hand from EP-1 and the calendar of January 2020."""


def code_of(due: str) -> str:
    return f"P-01-{due[5:7]}{due[8:]}"


@pytest.fixture
def after(runtime: Runtime) -> SmallCity:
    """The city after the downtime: its scheduler ticks again from 9 January on, as a process would."""
    city = SmallCity(runtime)
    project = city.project()
    for due in TABLE:
        city.milestone(project, code_of(due), due)
    city.milestone(project, "P-01-CRIT", "2019-12-20", critical=True)
    city.mornings("2019-12-02", LAST_BEFORE)
    day = as_day(FIRST_AFTER)
    while day <= as_day(LAST_LOOKED_AT):
        there = runtime.at(local_moment(day, time(8, 30), ZONE))
        tick(there, TIMETABLE)
        deliver_due(there)
        day += timedelta(days=1)
    return city


def told_of(city: SmallCity, item: str) -> dict[int, str]:
    """Rungs of an item from the first morning on, by day of January. Two on one day would not fit and fail."""
    found: dict[int, str] = {}
    for alert in city.alerts():
        if alert.item != item or alert.raised_on < as_day(FIRST_AFTER) or alert.state == "lapsed":
            continue
        if alert.rung not in [rung.value for rung in LADDER]:
            continue
        assert found.setdefault(alert.raised_on.day, alert.rung) == alert.rung, (alert.raised_on, item)
    return found


def test_each_morning_after_the_downtime_tells_what_the_policy_says(after: SmallCity) -> None:
    assert {due: told_of(after, code_of(due)) for due in TABLE} == {due: told for due, (told, _) in TABLE.items()}


def test_reminders_whose_use_has_passed_are_recorded_as_lapsed_and_never_sent(after: SmallCity) -> None:
    lapsed: dict[str, set[str]] = {due: set() for due in TABLE}
    for alert in after.alerts():
        if alert.state == "lapsed" and alert.raised_on >= as_day(FIRST_AFTER):
            for due in TABLE:
                if alert.item == code_of(due):
                    lapsed[due].add(alert.rung)
            assert alert.mail_id is None
    assert lapsed == {due: gone for due, (_, gone) in TABLE.items()}


def test_the_levels_join_one_after_the_other_and_nobody_hears_of_a_step_before_the_level_below(
    after: SmallCity,
) -> None:
    first_heard: dict[str, date] = {}
    for alert in after.alerts():
        if alert.item == "P-01-CRIT" and alert.rung.startswith("O+"):
            first_heard.setdefault(alert.recipient_id, alert.raised_on)
    assert first_heard == {
        "manager": date(2020, 1, 9),
        "owner": date(2020, 1, 9),
        "curator": date(2020, 1, 10),
        "akim": date(2020, 1, 13),
    }


def test_nothing_is_sent_on_days_off_and_a_senior_gets_one_mail_a_day(after: SmallCity) -> None:
    mails = [mail for mail in after.mails() if local(mail.created_at) >= as_day(FIRST_AFTER)]
    assert {mail.state for mail in mails} == {"sent"}
    assert all(mail.sent_at and CALENDAR.is_working(local(mail.sent_at)) for mail in mails)
    seniors = [(local(m.created_at), m.recipient_id) for m in mails if m.recipient_id in ("curator", "akim")]
    assert len(seniors) == len(set(seniors)) > 4
    assert len({mail.dedupe_key for mail in after.mails()}) == len(after.mails())


def test_the_missed_weekly_digest_comes_on_the_first_morning_and_the_next_in_its_week(after: SmallCity) -> None:
    weekly = sorted({local(m.created_at) for m in after.mails() if m.kind == "digest_weekly" and m.period >= "2020"})
    assert weekly == [date(2020, 1, 9), date(2020, 1, 13), date(2020, 1, 20)]


def test_every_step_sent_had_all_earlier_steps_sent(after: SmallCity) -> None:
    order = [rung.value for rung in ESCALATIONS]
    for due in TABLE:
        climbed = [rung for _, rung in sorted(told_of(after, code_of(due)).items()) if rung in order]
        assert climbed == order[: len(climbed)]


def test_the_document_shows_the_same_table() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    for due, (told, _) in TABLE.items():
        told_in_words = ", ".join(f"{day} {rung}" for day, rung in told.items())
        assert f"| {due} | {told_in_words} |" in text
