"""Open alerts about milestones, indicators and projects: told to whom, answered how, and what comes next."""

from __future__ import annotations

from collections import Counter
from datetime import time

import pytest
from sqlalchemy import select

from pmo.clock import end_of_day, local_moment
from pmo.db.models.indicators import IndicatorRecord
from pmo.db.models.milestones import ClaimRecord
from pmo.domain.alerts import thread_of
from pmo.domain.ladder import Rung
from pmo.queries.open_alerts import AlertPage, OpenAlert, WantedAlerts, open_alerts
from pmo.queries.overview import Moment
from pmo.queries.people import actor_for
from pmo.runtime import Runtime
from pmo.services.answers import acknowledge
from pmo.services.changes import request_change
from pmo.services.replies import acknowledge_indicator, acknowledge_project, give_recovery_plan
from tests.domain.ladder_cast import as_day
from tests.jobs.answering import REASON, act
from tests.jobs.small_city import ZONE, SmallCity

TODAY = "2020-01-09"
Found = tuple[str, str]


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    """A critical milestone of 31 December turned the project red on 8 January; nobody reports on the indicator;
    evidence of another milestone waits for the office since 26 December."""
    found = SmallCity(runtime)
    project = found.project()
    found.milestone(project, "P-01-M1", "2019-12-31", critical=True)
    waiting = found.milestone(project, "P-01-M2", "2019-12-31")
    found.indicator(project, "P-01-I1")
    found.claim(project, waiting, "P-01-M2", "2019-12-26")
    found.mornings("2019-12-27", TODAY)
    return found


def page(city: SmallCity, person: str = "head", day: str = TODAY, *, past: bool = False, **wanted: str) -> AlertPage:
    """What a post reads in the evening of a day."""
    at = end_of_day(as_day(day), ZONE) if past else local_moment(as_day(day), time(18), ZONE)
    with city.runtime.reading() as session:
        actor = actor_for(session, person, as_day(day))
        assert actor is not None
        rules, histories = city.runtime.rules, city.runtime.histories
        critical = wanted.pop("critical", "") == "1"
        return open_alerts(
            session,
            actor,
            "almaty",
            WantedAlerts(critical=critical, **wanted),
            None,
            Moment(at, as_day(day), past),
            rules,
            histories,
        )


def found(alerts: AlertPage) -> list[Found]:
    return [(alert.code, alert.reached) for alert in alerts.alerts]


def one(alerts: AlertPage, code: str, reached: str) -> OpenAlert:
    (alert,) = [alert for alert in alerts.alerts if (alert.code, alert.reached) == (code, reached)]
    return alert


def told(alert: OpenAlert) -> list[tuple[str, str, str]]:
    return [(row.recipient_id, row.state, row.raised_on.isoformat()) for row in alert.told]


def following(alert: OpenAlert) -> tuple[str, str, list[str]] | None:
    ahead = alert.following
    return (ahead.rung, ahead.on.isoformat(), [name.name_en for name in ahead.to]) if ahead else None


def answers(alert: OpenAlert) -> list[tuple[str, str, str]]:
    return [(line.kind, line.person.name_en if line.person else "", line.on.isoformat()) for line in alert.answers]


def from_the_table(city: SmallCity) -> Counter[tuple[str, str]]:
    """Items and threads of the rows that are open, from the table itself."""
    rows = [row for row in city.alerts() if row.ended_at is None and row.state != "lapsed"]
    return Counter({(row.item, thread_of(Rung(row.rung), row.period)): 1 for row in rows})


def test_every_open_row_belongs_to_one_alert_of_the_list(city: SmallCity) -> None:
    assert Counter(code for code, _ in found(page(city))) == Counter(code for code, _ in from_the_table(city))
    assert found(page(city)) == [
        ("P-01-M1", "O+3"),
        ("P-01-I1", "report_missing"),
        ("P-01-M2", "evidence_waiting"),
        ("P-01", "off_track"),
    ]


def test_counts_are_those_of_the_rows_and_each_filter_shows_its_count(city: SmallCity) -> None:
    whole = page(city)
    assert whole.counts == Counter(reached for _, reached in found(whole))
    for rung, number in whole.counts.items():
        assert len(found(page(city, rung=rung))) == number
        assert page(city, rung=rung).counts == whole.counts


def test_each_alert_says_who_was_told_since_when_and_who_is_next(city: SmallCity) -> None:
    whole = page(city)
    project = one(whole, "P-01", "off_track")
    assert told(project) == [(post, "sent", "2020-01-08") for post in ("manager", "owner", "curator")]
    # five working days for the plan, to 15 January; the city has no chief of staff: the akim
    assert following(project) == ("plan_missing", "2020-01-16", ["akim"])

    report = one(whole, "P-01-I1", "report_missing")
    assert told(report) == [("owner", "sent", "2019-12-30"), ("manager", "sent", "2019-12-27")]
    assert (report.since.isoformat(), report.told_on.isoformat()) == ("2019-12-27", "2019-12-30")
    assert following(report) == ("report_missing", "2020-01-13", ["curator"])

    evidence = one(whole, "P-01-M2", "evidence_waiting")
    assert told(evidence) == [("analyst", "sent", "2020-01-08")]
    assert following(evidence) == ("evidence_waiting", "2020-01-14", ["head"])

    ladder = one(whole, "P-01-M1", "O+3")
    assert following(ladder) == ("O+7", "2020-01-14", ["manager", "owner", "curator", "akim"])
    assert ladder.since.isoformat() == "2019-12-27"


def test_what_is_said_to_come_next_comes_on_that_day_to_these_people(city: SmallCity) -> None:
    said = {alert.code: following(alert) for alert in page(city).alerts}
    city.mornings("2020-01-10", "2020-01-16")
    for code, ahead in said.items():
        if ahead is not None:
            rung, day, people = ahead
            rows = [row for row in city.alerts() if (row.item, row.rung) == (code, rung)]
            assert [(row.raised_on.isoformat(), row.recipient_id) for row in rows if row.recipient_id in people] == [
                (day, person) for person in people
            ], code


def test_answers_and_replies_stand_beside_what_they_answer(city: SmallCity) -> None:
    ids = {(alert.code, alert.reached): alert.item_id for alert in page(city).alerts}
    with city.runtime.writing() as session:
        give_recovery_plan(session, act(city, "owner", TODAY), ids["P-01", "off_track"], "A second shift from Monday")
        acknowledge_project(session, act(city, "curator", TODAY), ids["P-01", "off_track"], "Seen")
        acknowledge_indicator(session, act(city, "owner", TODAY), ids["P-01-I1", "report_missing"], "The count is late")
        acknowledge(session, act(city, "manager", TODAY), ids["P-01-M1", "O+3"], "At work")

    whole = page(city)
    project = one(whole, "P-01", "off_track")
    assert answers(project) == [("recovery_plan", "owner", TODAY), ("alert_acknowledged", "curator", TODAY)]
    assert {row[0]: row[1] for row in told(project)} == {
        "manager": "sent",
        "owner": "acknowledged",
        "curator": "acknowledged",
    }
    assert following(project) is None
    assert answers(one(whole, "P-01-I1", "report_missing")) == [("alert_acknowledged", "owner", TODAY)]
    assert answers(one(whole, "P-01-M1", "O+3")) == [("acknowledged", "manager", TODAY)]


def test_a_request_that_nobody_rules_on_is_an_alert_of_its_own(city: SmallCity) -> None:
    project = one(page(city), "P-01", "off_track").item_id
    with city.runtime.writing() as session:
        request_change(session, act(city, "manager", TODAY), project, {"P-01-M1": as_day("2020-03-02")}, REASON, "Late")
    city.mornings("2020-01-10", "2020-01-16")
    later = page(city, day="2020-01-16")
    request = one(later, "P-01", "change_waiting")
    assert [row[0] for row in told(request)] == ["curator"]
    assert following(request) is None
    assert {reached for code, reached in found(later) if code == "P-01"} == {
        "off_track",
        "plan_missing",
        "change_waiting",
    }


def test_the_past_knows_what_was_open_and_what_was_answered_then(city: SmallCity) -> None:
    project = one(page(city), "P-01", "off_track").item_id
    with city.runtime.writing() as session:
        acknowledge_project(session, act(city, "curator", "2020-01-10"), project, "Seen")
    city.mornings("2020-01-10", "2020-01-14")

    assert found(page(city, day="2020-01-06", past=True)) == [
        ("P-01-M1", "O+1"),
        ("P-01-I1", "report_missing"),
    ]
    then = one(page(city, day=TODAY, past=True), "P-01", "off_track")
    assert (answers(then), {row[1] for row in told(then)}) == ([], {"sent"})
    since = one(page(city, day="2020-01-10", past=True), "P-01", "off_track")
    assert answers(since) == [("alert_acknowledged", "curator", "2020-01-10")]
    assert {row[0]: row[1] for row in told(since)}["curator"] == "acknowledged"


def test_critical_means_milestones_and_indicators(city: SmallCity) -> None:
    assert found(page(city, critical="1")) == [("P-01-M1", "O+3")]
    with city.runtime.writing() as session:
        session.scalars(select(IndicatorRecord)).one().critical = True
    assert found(page(city, critical="1")) == [("P-01-M1", "O+3"), ("P-01-I1", "report_missing")]


def test_an_area_shows_its_own_and_another_nothing(city: SmallCity) -> None:
    assert found(page(city, area="DA1")) == found(page(city))
    assert page(city, area="elsewhere") == AlertPage((), {}, None)


def test_whoever_sees_no_project_sees_no_alert_about_it(city: SmallCity) -> None:
    for person in ("manager", "owner", "curator", "akim"):
        assert found(page(city, person)) == found(page(city)), person
    project = city.project("P-02", curator=None)
    city.milestone(project, "P-02-M1", "2020-01-08")
    city.mornings("2020-01-10", "2020-01-10")
    assert ("P-02-M1", "O+1") in found(page(city, "akim", "2020-01-10"))


def test_what_ended_is_open_no_more(city: SmallCity) -> None:
    project = one(page(city), "P-01", "off_track").item_id
    with city.runtime.reading() as session:
        claim = session.scalars(select(ClaimRecord.id)).one()
    city.decide(project, claim, "P-01-M2", "2020-01-10", accepted=True)
    city.mornings("2020-01-13", "2020-01-13")
    assert "P-01-M2" not in [code for code, _ in found(page(city, day="2020-01-13"))]
