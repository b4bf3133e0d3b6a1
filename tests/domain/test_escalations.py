"""What goes up beside the ladder: a recovery plan that is missing, a change that nobody rules on (DOMAIN 3.2)."""

from __future__ import annotations

from dataclasses import replace

from pmo.domain.alerts import Cast, NewAlert
from pmo.domain.answers import Answered, Reply, ReplyKind, plan_wanted
from pmo.domain.decisions import OpenRequest
from pmo.domain.ladder import Rung, weekly_period
from pmo.domain.project import known_until
from pmo.domain.recipients import Posts, Role
from pmo.domain.triggers import plan_morning
from tests.domain.ladder_cast import CALENDAR, POSTS, Office, as_day, at, milestone, project

STAFFED = replace(POSTS, chief_of_staff="chief", seniors=POSTS.seniors | {"chief"})


def red_office(posts: Posts = STAFFED, until: str = "2020-01-14") -> Office:
    """A critical milestone of 31 December turns the project red on 8 January; all mornings up to a day."""
    office = Office(project(milestone("2019-12-31", critical=True)), Cast(posts))
    office.until(until, first="2020-01-05")
    return office


def raised(office: Office, day: str, rung: Rung) -> dict[str, NewAlert]:
    return {alert.addressee.person: alert for alert in office.morning(day) if alert.rung is rung}


def plan_given(day: str, period: str = "2020-01-08") -> Answered:
    return Answered(replies=(Reply("P", "owner", ReplyKind.RECOVERY_PLAN, Rung.OFF_TRACK, period, as_day(day)),))


def test_the_owner_has_five_working_days_for_the_plan_then_the_chief_of_staff_is_told() -> None:
    office = red_office()
    assert {a.raised_on.isoformat() for a in office.past if a.rung is Rung.OFF_TRACK} == {"2020-01-08"}

    assert raised(office, "2020-01-15", Rung.PLAN_MISSING) == {}
    told = raised(office, "2020-01-16", Rung.PLAN_MISSING)

    assert list(told) == ["chief"]
    alert = told["chief"]
    assert (alert.addressee.role, alert.addressee.channel.value) == (Role.CHIEF_OF_STAFF, "list")
    assert (alert.period, alert.facts["plan_due_on"]) == ("2020-01-08", as_day("2020-01-15"))
    assert raised(office, "2020-01-17", Rung.PLAN_MISSING) == {}


def test_a_plan_in_time_stops_it_and_a_late_one_ends_it() -> None:
    office = red_office()
    office.answered = plan_given("2020-01-15")
    assert raised(office, "2020-01-16", Rung.PLAN_MISSING) == {}

    late = red_office(until="2020-01-16")
    assert late.endings_on("2020-01-17").get("plan_missing") is None
    late.answered = plan_given("2020-01-16")
    late.morning("2020-01-17")
    assert [alert.is_open for alert in late.past if alert.rung is Rung.PLAN_MISSING] == [False]


def test_a_plan_for_an_earlier_red_spell_does_not_count() -> None:
    office = red_office()
    office.answered = plan_given("2020-01-15", period="2019-10-01")

    assert list(raised(office, "2020-01-16", Rung.PLAN_MISSING)) == ["chief"]


def test_where_the_chief_of_staff_is_the_curator_the_akim_is_told() -> None:
    office = red_office(replace(STAFFED, chief_of_staff="curator"))

    told = raised(office, "2020-01-16", Rung.PLAN_MISSING)

    assert [(person, alert.addressee.role) for person, alert in told.items()] == [("akim", Role.AKIM)]


def test_without_a_chief_of_staff_the_akim_is_told_with_the_note() -> None:
    told = raised(red_office(POSTS), "2020-01-16", Rung.PLAN_MISSING)

    assert {person: alert.addressee.note for person, alert in told.items()} == {"akim": "role_vacant"}


def test_the_plan_is_the_owners_to_give_or_the_next_levels_where_that_post_is_vacant() -> None:
    past = red_office().past
    assert plan_wanted(past, "P", ["owner"]) is not None
    assert plan_wanted(past, "P", ["manager"]) is None
    assert plan_wanted(past, "P", ["curator"]) is None

    vacant = red_office(replace(STAFFED, owner=None)).past
    assert plan_wanted(vacant, "P", ["curator"]) is not None


def request(project_id: int = 1, asked_on: str = "2020-01-08") -> OpenRequest:
    return OpenRequest(7, project_id, "design_scope_changed", as_day(asked_on), ("P-M1",), False)


def changes(office: Office, day: str, *requests: OpenRequest) -> dict[str, str]:
    """Who is told of an undecided change on a morning; the office remembers it."""
    on = as_day(day)
    known = known_until(office.project, at(on, 8))
    assert known is not None
    week = weekly_period(CALENDAR, on, office.last_run_on)
    plan = plan_morning(
        known,
        office._judge(known, on),
        office.past,
        office.cast,
        office._setting(on, week),
        office._earlier,
        office.answered,
        requests,
    )
    ended = {ending.alert for ending in plan.ended}
    office.past = [replace(alert, is_open=alert.is_open and alert.id not in ended) for alert in office.past]
    office.past += [office._remembered(new, on) for new in plan.raised]
    return {
        alert.addressee.person: alert.addressee.channel.value
        for alert in plan.raised
        if alert.rung is Rung.CHANGE_WAITING
    }


def test_a_change_undecided_for_five_working_days_is_told_to_its_approver_once() -> None:
    office = Office(project(milestone("2020-06-30")), Cast(STAFFED))

    assert changes(office, "2020-01-14", request()) == {}
    assert changes(office, "2020-01-15", request()) == {"curator": "list"}
    assert changes(office, "2020-01-16", request()) == {}


def test_another_projects_request_is_not_told_here() -> None:
    office = Office(project(milestone("2020-06-30")), Cast(STAFFED))

    assert changes(office, "2020-01-20", request(project_id=2)) == {}


def test_the_approvers_word_ends_the_alert() -> None:
    office = Office(project(milestone("2020-06-30")), Cast(STAFFED))
    changes(office, "2020-01-15", request())
    assert [alert.is_open for alert in office.past if alert.rung is Rung.CHANGE_WAITING] == [True]

    changes(office, "2020-01-16")

    assert [alert.is_open for alert in office.past if alert.rung is Rung.CHANGE_WAITING] == [False]
