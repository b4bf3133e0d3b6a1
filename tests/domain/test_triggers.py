"""What is told of a project on a morning, day after day (DOMAIN 3.2)."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo.domain.alerts import Cast
from pmo.domain.ladder import ESCALATIONS, Delivery, Rung
from pmo.domain.milestone import BaselineDate, Cancellation, Claim, Decision, Forecast, Milestone, Pause
from pmo.domain.project import Rebaseline
from pmo.domain.recipients import Absence
from tests.domain.ladder_cast import (
    CALENDAR,
    POSTS,
    Office,
    as_day,
    at,
    claim,
    milestone,
    project,
    told,
)


def rungs(raised: dict[date, list[str]], *, ladder_only: bool = True) -> dict[str, list[str]]:
    ladder = {"R-14", "R-7", "R-1", "O+1", "O+3", "O+7", "O+14", "weekly"}
    kept = {day.isoformat(): [r for r in found if r in ladder or not ladder_only] for day, found in raised.items()}
    return {day: found for day, found in kept.items() if found}


def test_a_forgotten_critical_milestone_climbs_to_the_akim() -> None:
    office = Office(project(milestone("2019-12-31", critical=True)))

    raised = office.until("2020-02-03", first="2019-12-01")

    assert rungs(raised) == {
        "2019-12-13": ["R-14"],
        "2019-12-24": ["R-7"],
        "2019-12-30": ["R-1"],
        "2020-01-05": ["O+1"],
        "2020-01-08": ["O+3"],
        "2020-01-14": ["O+7"],
        "2020-01-23": ["O+14"],
        "2020-01-27": ["weekly"],
        "2020-02-03": ["weekly"],
    }
    last = {alert.recipient for alert in office.past if alert.rung is Rung.O_14}
    assert last == {"manager", "owner", "curator", "akim"}


def test_a_milestone_late_before_tracking_starts_at_the_first_rung() -> None:
    office = Office(project(milestone("2019-08-01")))

    assert rungs(office.until("2019-10-10")) == {
        "2019-09-17": ["O+1"],
        "2019-09-19": ["O+3"],
        "2019-09-25": ["O+7"],
        "2019-10-04": ["O+14"],
        "2019-10-07": ["weekly"],
    }
    assert {alert.rung.value for alert in office.past if alert.delivery is Delivery.LAPSED} == {"R-14", "R-7", "R-1"}


def test_every_step_says_who_was_told_before_what_is_wanted_and_what_comes_next() -> None:
    office = Office(project(milestone("2019-12-31", critical=True)))
    office.until("2020-01-07", first="2019-12-01")

    third = next(alert for alert in office.morning("2020-01-08") if alert.rung is Rung.O_3).facts

    assert third["days_overdue"] == 3
    assert third["due_on"] == as_day("2019-12-31")
    assert (third["action"], third["act_by"]) == ("claim_or_forecast", as_day("2020-01-14"))
    assert (third["next_rung"], third["next_on"]) == ("O+7", as_day("2020-01-14"))
    before = [(step["rung"], step["on"], step["people"]) for step in third["told"]]  # type: ignore[attr-defined]
    assert before[-1] == ("O+1", as_day("2020-01-05"), ["manager", "owner"])
    assert [rung for rung, _, _ in before] == ["R-14", "R-7", "R-1", "O+1"]


def test_a_claim_in_time_holds_the_ladder_and_a_returned_one_lets_it_catch_up_one_rung_a_day() -> None:
    returned = claim("2020-03-19", decided="2020-04-08", accepted=False)
    office = Office(project(milestone("2020-03-20", claims=(returned,))))

    assert rungs(office.until("2020-04-20", first="2020-03-01")) == {
        "2020-03-06": ["R-14"],
        "2020-03-13": ["R-7"],
        "2020-04-08": ["O+1"],
        "2020-04-09": ["O+3"],
        "2020-04-10": ["O+7"],
        "2020-04-14": ["O+14"],
        "2020-04-20": ["weekly"],
    }


def test_a_late_claim_holds_the_next_rung_for_five_working_days() -> None:
    late = claim("2020-03-27", completed="2020-03-27")
    office = Office(project(milestone("2020-03-20", claims=(late,))))

    raised = rungs(office.until("2020-04-10", first="2020-03-01"))

    assert raised["2020-03-26"] == ["O+1"]
    after = {day: found for day, found in raised.items() if day > "2020-03-26"}
    assert after == {"2020-04-06": ["O+3"], "2020-04-07": ["O+7"]}


def test_accepted_evidence_stops_the_ladder_and_resolves_its_alerts() -> None:
    done = claim("2020-03-27", decided="2020-03-31")
    office = Office(project(milestone("2020-03-20", claims=(done,))))

    office.until("2020-03-30", first="2020-03-26")
    assert office.endings_on("2020-03-31") == {"O+1": "resolved"}
    assert rungs(office.until("2020-05-30", first="2020-03-31")) == {}


def test_a_pause_suspends_and_a_resume_restarts_from_the_first_rung() -> None:
    stopped = Pause(as_day("2020-01-09"), at("2020-01-09"), as_day("2020-02-10"), at("2020-02-10"))
    office = Office(project(milestone("2019-12-31"), pauses=(stopped,)))

    before = rungs(office.until("2020-01-08", first="2020-01-04"))
    assert before == {"2020-01-05": ["O+1"], "2020-01-08": ["O+3"]}
    assert office.endings_on("2020-01-09") == {"O+1": "suspended", "O+3": "suspended"}
    assert rungs(office.until("2020-02-13", first="2020-01-09")) == {"2020-02-11": ["O+1"], "2020-02-13": ["O+3"]}
    assert {alert.run for alert in office.past if alert.raised_on > as_day("2020-02-01")} == {1}


def test_an_approved_rebaseline_supersedes_the_climb_and_starts_anew() -> None:
    moved = (
        BaselineDate(0, as_day("2019-12-31"), at("2019-09-16"), as_day("2019-09-16")),
        BaselineDate(1, as_day("2020-03-20"), at("2020-01-09"), as_day("2020-01-09"), 7),
    )
    change = Rebaseline(7, as_day("2020-01-09"), at("2020-01-09"))
    office = Office(project(milestone("2019-12-31", baselines=moved), rebaselines=(change,)))

    office.until("2020-01-08", first="2020-01-04")
    assert office.endings_on("2020-01-09") == {"O+1": "superseded", "O+3": "superseded"}
    assert rungs(office.until("2020-03-26", first="2020-01-09")) == {
        "2020-03-06": ["R-14"],
        "2020-03-13": ["R-7"],
        "2020-03-19": ["R-1"],
        "2020-03-26": ["O+1"],
    }


def test_a_rebaseline_to_a_date_already_past_counts_from_its_approval() -> None:
    moved = (
        BaselineDate(0, as_day("2019-12-31"), at("2019-09-16"), as_day("2019-09-16")),
        BaselineDate(1, as_day("2020-01-06"), at("2020-02-03"), as_day("2020-02-03"), 7),
    )
    office = Office(project(milestone("2019-12-31", baselines=moved)))

    assert rungs(office.until("2020-02-06", first="2020-02-03")) == {"2020-02-04": ["O+1"], "2020-02-06": ["O+3"]}


def test_a_cancelled_milestone_closes_its_alerts() -> None:
    gone = Cancellation(as_day("2020-01-09"), at("2020-01-09"), "task_moved_to_another_programme")
    office = Office(project(milestone("2019-12-31", cancellation=gone)))

    office.until("2020-01-08", first="2020-01-04")
    assert office.endings_on("2020-01-09") == {"O+1": "closed", "O+3": "closed"}
    assert rungs(office.until("2020-02-09", first="2020-01-09")) == {}


def test_nothing_is_raised_before_a_project_starts_or_after_it_is_cancelled() -> None:
    future = project(milestone("2020-01-31"), start_on=as_day("2020-06-01"))
    assert Office(future).until("2020-05-30") == {}
    gone = Cancellation(as_day("2019-10-01"), at("2019-10-01"), "task_moved_to_another_programme")
    assert Office(project(milestone("2019-10-31"), cancellation=gone)).until("2020-01-30", first="2019-10-01") == {}


def test_a_substitute_is_told_while_the_manager_is_away() -> None:
    away = Absence("manager", "colleague", as_day("2020-01-08"), as_day("2020-01-08"))
    office = Office(project(milestone("2019-12-31")), Cast(POSTS, absences=(away,)))
    office.until("2020-01-07", first="2020-01-04")

    assert told(office.morning("2020-01-08"), Rung.O_3) == {
        "colleague": "direct",
        "manager": "digest",
        "owner": "direct",
    }


def test_a_milestones_own_performer_is_told_in_the_managers_place() -> None:
    office = Office(project(milestone("2019-12-31")), Cast(POSTS, performers={"P-M1": "contractor"}))

    assert told(office.morning("2020-01-05"), Rung.O_1) == {"contractor": "direct"}


DUE = date(2019, 11, 15)
DAYS = st.integers(min_value=0, max_value=110).map(lambda offset: date(2019, 10, 1) + timedelta(days=offset))


@st.composite
def histories(draw: st.DrawFn) -> Milestone:
    """A milestone to which claims, returns, forecasts, pauses and new dates happened at random, none contradictory."""
    claims = []
    for number, submitted in enumerate(sorted(draw(st.lists(DAYS, max_size=3, unique=True)))):
        wait = draw(st.integers(0, 15))
        decided = submitted + timedelta(days=wait)
        accepted = draw(st.booleans())
        decision = Decision(accepted, at(decided), decided) if draw(st.booleans()) else None
        claims.append(Claim(number, submitted, submitted, at(submitted), decision))
        if decision is None or accepted:
            break
    pauses = []
    for start in sorted(draw(st.lists(DAYS, max_size=2, unique=True))):
        if pauses and (pauses[-1].resumed_on is None or start <= pauses[-1].resumed_on):
            break
        end = start + timedelta(days=draw(st.integers(1, 25)))
        pauses.append(Pause(start, at(start), end, at(end)))
    baselines = [BaselineDate(0, DUE, at("2019-09-16"), date(2019, 9, 16))]
    for approved in sorted(draw(st.lists(DAYS, max_size=2, unique=True))):
        moved = approved + timedelta(days=draw(st.integers(-20, 40)))
        baselines.append(BaselineDate(len(baselines), moved, at(approved), approved, len(baselines)))
    forecasts = tuple(
        Forecast(day + timedelta(days=draw(st.integers(1, 60))), "contractor_delay", at(day))
        for day in sorted(draw(st.lists(DAYS, max_size=2, unique=True)))
    )
    return milestone(
        DUE,
        claims=tuple(claims),
        pauses=tuple(pauses),
        baselines=tuple(baselines),
        forecasts=forecasts,
        critical=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_whatever_happens_to_a_milestone_the_ladder_keeps_its_order(history: Milestone) -> None:
    office = Office(project(history))
    day = date(2019, 10, 1)
    keys: set[tuple[object, ...]] = set()
    while day <= date(2020, 2, 20):
        raised = office.morning(day)
        assert not office.plan(day).raised, "a morning run twice raises nothing"
        live = [alert for alert in raised if alert.delivery is not Delivery.LAPSED]
        assert not live or CALENDAR.is_working(day)
        climbed = {alert.rung for alert in live if alert.rung in ESCALATIONS}
        assert len(climbed) <= 1
        for alert in raised:
            key = (alert.item, alert.version, alert.run, alert.rung, alert.period, alert.addressee.person)
            assert key not in keys
            keys.add(key)
            if alert.rung in ESCALATIONS:
                before = {
                    past.rung
                    for past in office.past
                    if (past.version, past.run) == (alert.version, alert.run) and past.raised_on < day
                }
                assert set(ESCALATIONS[: ESCALATIONS.index(alert.rung)]) <= before
        day += timedelta(days=1)
