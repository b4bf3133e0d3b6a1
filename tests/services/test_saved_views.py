"""A person names filters of the overview; nobody else sees them."""

import pytest

from pmo.domain.access import Actor, Role
from pmo.domain.errors import NotFound, RuleBroken
from pmo.queries.saved_views import saved_views
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.saved_views import LONGEST_QUERY, MOST, forget_view, save_view


def act_of(runtime: Runtime, person: str, role: Role = Role.AKIM) -> Act:
    now = runtime.now()
    return Act(Actor(person, "almaty", role), at=now, on=now.date(), recorded_at=now)


def test_a_view_is_kept_under_its_name_and_replaced_by_the_same_name(portfolio: Runtime) -> None:
    with portfolio.writing() as session:
        save_view(session, act_of(portfolio, "akim.alm"), "Красные", "status=off_track")
        save_view(session, act_of(portfolio, "akim.alm"), "Мои", "mine=1")
        save_view(session, act_of(portfolio, "akim.alm"), "Красные", "status=attention")
    with portfolio.reading() as session:
        assert [(view.name, view.query) for view in saved_views(session, "akim.alm")] == [
            ("Красные", "status=attention"),
            ("Мои", "mine=1"),
        ]
        assert saved_views(session, "observer.alm") == []


def test_only_its_owner_takes_a_view_away(portfolio: Runtime) -> None:
    with portfolio.writing() as session:
        number = save_view(session, act_of(portfolio, "akim.alm"), "Красные", "status=off_track").id
    with pytest.raises(NotFound), portfolio.writing() as session:
        forget_view(session, act_of(portfolio, "observer.alm"), number)
    with portfolio.writing() as session:
        forget_view(session, act_of(portfolio, "akim.alm"), number)
    with portfolio.reading() as session:
        assert saved_views(session, "akim.alm") == []


def test_there_is_an_end_to_views_and_to_their_length(portfolio: Runtime) -> None:
    with portfolio.writing() as session:
        act = act_of(portfolio, "akim.alm")
        for number in range(MOST):
            save_view(session, act, f"Вид {number}", "mine=1")
        with pytest.raises(RuleBroken, match="views_full"):
            save_view(session, act, "Ещё один", "mine=1")
        with pytest.raises(RuleBroken, match="view_long"):
            save_view(session, act, "Вид 1", "q=" + "x" * LONGEST_QUERY)
