"""What SQL shows is what the table of rights says, for every post and every project of the demonstration."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.session import Session
from pmo.domain.access import Action, Actor, Role, may
from pmo.queries.people import actor_for
from pmo.queries.visibility import permitted_to, scopes_of, visible_to
from pmo.runtime import Runtime

ON_PROJECTS = [action for action in Action if action not in (Action.IMPORT, Action.SEE_JOBS, Action.SEE_OUTBOX)]


@pytest.fixture
def session(portfolio: Runtime) -> Iterator[Session]:
    with portfolio.reading() as opened:
        yield opened


def everybody(session: Session, runtime: Runtime) -> list[Actor]:
    today = runtime.today("Asia/Almaty")
    people = session.scalars(select(PersonRecord.id).order_by(PersonRecord.id))
    return [actor for person in people if (actor := actor_for(session, person, today))]


def test_the_condition_agrees_with_the_table_of_rights_for_every_post_project_and_action(
    portfolio: Runtime, session: Session
) -> None:
    ids = list(session.scalars(select(ProjectRecord.id)))
    scopes = scopes_of(session, ids)
    actors = everybody(session, portfolio)
    assert (len(actors), len(ids)) == (96, 64)
    for actor in actors:
        for action in ON_PROJECTS:
            shown = set(session.scalars(select(ProjectRecord.id).where(permitted_to(actor, action))))
            assert shown == {number for number in ids if may(actor, action, scopes[number])}, (actor.person, action)


def test_a_substitute_sees_what_the_absent_colleague_sees(portfolio: Runtime, session: Session) -> None:
    deputy, other = (actor_for(session, f"deputy-da{n}.alm", portfolio.today("Asia/Almaty")) for n in (1, 2))
    assert deputy is not None
    assert other is not None
    both = seen_by(session, replace(deputy, acts_for=(other,)))
    assert both == seen_by(session, deputy) | seen_by(session, other)


def test_a_role_for_a_time_is_seen_in_lists_as_the_table_of_rights_says(portfolio: Runtime, session: Session) -> None:
    observer = Actor("nobody.alm", "almaty", Role.PROJECT_MANAGER)
    area = session.scalars(select(ProjectRecord.area_id).order_by(ProjectRecord.id)).first()
    assert area is not None
    acting = replace(observer, grants=(Actor("nobody.alm", "almaty", Role.DEPUTY_AKIM, areas=frozenset({area})),))
    ids = list(session.scalars(select(ProjectRecord.id)))
    scopes = scopes_of(session, ids)
    for action in ON_PROJECTS:
        shown = set(session.scalars(select(ProjectRecord.id).where(permitted_to(acting, action))))
        assert shown == {number for number in ids if may(acting, action, scopes[number])}, action
    assert seen_by(session, observer) == set()
    assert seen_by(session, acting) == {number for number in ids if scopes[number].area == area}


def test_a_city_given_to_somebody_is_seen_and_no_other(session: Session) -> None:
    observer = Actor("observer.alm", "almaty", Role.OBSERVER, extra_cities=frozenset({"astana"}))
    cities = set(session.scalars(select(ProjectRecord.city_id).where(visible_to(observer))))
    assert cities == {"almaty", "astana"}


def seen_by(session: Session, actor: Actor) -> set[int]:
    return set(session.scalars(select(ProjectRecord.id).where(visible_to(actor))))
