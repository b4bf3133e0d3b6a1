"""Absences with a substitute (DOMAIN 3.2, absence)."""

from __future__ import annotations

from datetime import date

import pytest

from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.queries.absences import absences_from
from pmo.queries.people import actor_for
from pmo.services.absences import AbsencePlan, set_absence, withdraw_absence
from pmo.services.milestones import move_forecast
from tests.cast import TODAY, Town, refusal
from tests.services.test_milestones import at_once

FROM, UNTIL = date(2020, 2, 3), date(2020, 2, 7)


def away(
    town: Town,
    who: str = "manager",
    acting: str = "colleague",
    first: date = FROM,
    last: date = UNTIL,
    by: str | None = None,
) -> int:
    with town.writing() as session:
        return set_absence(session, town.act(by or who), AbsencePlan(who, acting, first, last)).id


def test_the_substitute_may_what_the_absent_may_on_those_days_only(town: Town) -> None:
    away(town)
    with town.runtime.reading() as session:
        standing_in = {
            day: [post.person for post in actor.acts_for]
            for day in (date(2020, 2, 2), FROM, UNTIL, date(2020, 2, 8))
            if (actor := actor_for(session, "colleague", day)) is not None
        }
    assert list(standing_in.values()) == [[], ["manager"], ["manager"], []]
    during = town.at("2020-02-05")
    with during.writing() as session:
        move_forecast(session, during.act("colleague"), town.milestone(), date(2020, 5, 1), "contractor_delay")
    after = town.at("2020-02-10")
    with pytest.raises(NotAllowed), after.writing() as session:
        move_forecast(session, after.act("colleague"), town.milestone(), date(2020, 6, 1), "contractor_delay")


def test_a_withdrawn_absence_gives_no_rights_and_is_listed_no_more(town: Town) -> None:
    number = away(town)
    with town.runtime.reading() as session:
        listed = absences_from(session, "almaty", TODAY)
        assert [(absence.person["en"], absence.substitute["en"]) for absence in listed] == [("manager", "colleague")]
        assert [absence.id for absence in absences_from(session, "almaty", TODAY, of="colleague")] == [number]
        assert absences_from(session, "almaty", TODAY, of="owner") == []
        assert absences_from(session, "astana", TODAY) == []
        assert absences_from(session, "almaty", date(2020, 2, 8)) == []
        assert (listed[0].starts_on, listed[0].ends_on) == (FROM, UNTIL)
    for _ in range(2):
        with town.writing() as session:
            withdraw_absence(session, town.act("manager"), number)
    with town.runtime.reading() as session:
        assert absences_from(session, "almaty", TODAY) == []
        actor = actor_for(session, "colleague", FROM)
    assert actor is not None
    assert actor.acts_for == ()
    assert [
        word in body for word, body in zip(("absence_set", "absence_withdrawn"), town.audit_actions()[-2:], strict=True)
    ] == [True, True]
    assert town.audit_findings() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"acting": "manager"}, ("substitute_is_oneself", "substitute_id")),
        ({"acting": "manager-ast"}, ("substitute_elsewhere", "substitute_id")),
        ({"acting": "nobody"}, ("substitute_elsewhere", "substitute_id")),
        ({"last": date(2020, 2, 2)}, ("span_upside_down", "ends_on")),
        ({"first": date(2020, 1, 1), "last": date(2020, 1, 30)}, ("span_over", "ends_on")),
        ({"last": date(2021, 3, 1)}, ("span_too_long", "ends_on")),
        ({"first": date(1999, 1, 1)}, ("date_out_of_range", "starts_on")),
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    town: Town, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised:
        away(town, **changes)  # type: ignore[arg-type]
    assert refusal(raised) == expected


def test_absences_do_not_overlap_and_do_not_chain(town: Town) -> None:
    number = away(town)
    assert away(town) == number  # a button pressed twice
    with pytest.raises(RuleBroken) as raised:
        away(town, acting="owner")
    assert refusal(raised) == ("absence_overlaps", "starts_on")
    with pytest.raises(RuleBroken) as raised:
        away(town, who="owner", acting="manager", first=UNTIL, last=date(2020, 2, 20))
    assert refusal(raised) == ("substitute_absent", "substitute_id")
    with pytest.raises(RuleBroken) as raised:
        away(town, who="colleague", acting="owner")
    assert refusal(raised) == ("person_substitutes", "starts_on")
    away(town, first=date(2020, 2, 8), last=date(2020, 2, 9))


def test_two_that_stand_in_for_each_other_at_once_are_one_absence(town: Town) -> None:
    ended = at_once(lambda: away(town), lambda: away(town, who="colleague", acting="manager"))
    assert ended[0] == "done" or ended[1] == "done"
    assert set(ended) & {"substitute_absent", "person_substitutes"}


def test_ones_own_absence_is_ones_own_and_the_offices_to_enter(town: Town) -> None:
    for by in ("colleague", "owner", "curator", "akim", "observer"):
        with pytest.raises(NotAllowed):
            away(town, by=by)
    for by in ("outsider", "manager-ast"):
        with pytest.raises(NotFound):
            away(town, by=by)
    number = away(town, by="admin")
    for by, error in (("colleague", NotAllowed), ("outsider", NotFound)):
        with pytest.raises(error), town.writing() as session:
            withdraw_absence(session, town.act(by), number)
    with pytest.raises(NotFound), town.writing() as session:
        withdraw_absence(session, town.act("admin"), 10_000)
    with town.writing() as session:
        withdraw_absence(session, town.act("analyst"), number)
    with pytest.raises(NotFound):
        away(town, who="nobody", by="admin")
