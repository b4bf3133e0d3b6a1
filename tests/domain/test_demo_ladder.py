"""The ladder over the demonstration log, for the projects to which most happens."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from pmo.domain.alerts import PastAlert
from pmo.domain.ladder import ESCALATIONS, Delivery, Rung
from tests.domain.demo_portfolio import demo_projects
from tests.domain.ladder_cast import CALENDAR, Office

EVENTFUL = ("DP-10", "DP-11", "DP-23", "DP-24", "DP-26", "DP-29", "DP-45", "AST-08", "SHY-01")
"""Two that slip far, cancelled, re-baselined twice, paused, silent, and the late ones of the other cities."""


@pytest.fixture(scope="module")
def alerts() -> dict[str, list[PastAlert]]:
    """All alerts of 2019 and 2020, by project."""
    found = {}
    for whole in demo_projects():
        if whole.code in EVENTFUL:
            office = Office(whole)
            office.until("2020-12-31")
            found[whole.code] = [alert for alert in office.past if alert.delivery is not Delivery.LAPSED]
    return found


def climbs(alerts: list[PastAlert]) -> dict[tuple[str, int, int], dict[Rung, date]]:
    """Days of the rungs after the date, by item, version and run."""
    found: dict[tuple[str, int, int], dict[Rung, date]] = defaultdict(dict)
    for alert in alerts:
        if alert.rung in ESCALATIONS:
            found[alert.item, alert.version, alert.run][alert.rung] = alert.raised_on
    return found


def test_no_rung_of_the_demonstration_is_skipped_or_told_on_a_day_off(alerts: dict[str, list[PastAlert]]) -> None:
    everything = [alert for found in alerts.values() for alert in found]

    assert all(CALENDAR.is_working(alert.raised_on) for alert in everything)
    for climbed in (climb for found in alerts.values() for climb in climbs(found).values()):
        days = [climbed[rung] for rung in ESCALATIONS if rung in climbed]
        assert list(climbed) == list(ESCALATIONS[: len(climbed)])
        assert days == sorted(set(days))


def test_the_cameras_that_missed_the_end_of_2019_climbed_to_the_akim(alerts: dict[str, list[PastAlert]]) -> None:
    climbed = climbs(alerts["DP-10"])["DP-10-M3", 0, 0]

    assert {rung.value: day.isoformat() for rung, day in climbed.items()} == {
        "O+1": "2020-01-05",
        "O+3": "2020-01-08",
        "O+7": "2020-01-14",
        "O+14": "2020-01-23",
    }


def test_nothing_is_told_of_a_cancelled_or_paused_project(alerts: dict[str, list[PastAlert]]) -> None:
    assert max(alert.raised_on for alert in alerts["DP-23"]) < date(2020, 6, 15)
    assert not [alert for alert in alerts["DP-26"] if date(2020, 2, 3) <= alert.raised_on < date(2020, 6, 30)]
