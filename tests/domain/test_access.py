"""The rights of a post that is named as performer of a milestone (DOMAIN 3.0, 3.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pmo.domain.access import PERFORMING, RIGHTS, Action, Actor, ProjectScope, Role, may

PROJECT = ProjectScope(
    city="almaty",
    department="MOB",
    area="DA1",
    owner="owner",
    manager="manager",
    curator="curator",
    performers=frozenset({"performer"}),
)
THEIRS, ANOTHER = PROJECT.of_milestone("performer"), PROJECT.of_milestone(None)
OF_OTHERS = ProjectScope("almaty", "LAW", "DA2", "owner-2", "manager-2", "curator-2")


def post(role: Role, person: str = "performer", city: str = "almaty") -> Actor:
    return Actor(person, city, role)


@pytest.mark.parametrize("role", list(Role))
def test_whatever_the_role_the_performer_claims_and_forecasts_that_milestone(role: Role) -> None:
    for action in PERFORMING:
        assert may(post(role), action, THEIRS)
        assert not may(post(role), action, ANOTHER)
        assert not may(post(role), action, OF_OTHERS)
        assert not may(post(role, "somebody"), action, THEIRS)
        assert not may(post(role, city="astana"), action, THEIRS)


@pytest.mark.parametrize("role", list(Role))
def test_being_named_gives_no_right_beyond_the_milestone(role: Role) -> None:
    named_for_nothing = replace(PROJECT, performers=frozenset()).of_milestone(None)
    for action in set(Action) - {*PERFORMING, Action.VIEW}:
        assert may(post(role), action, ANOTHER) == may(post(role), action, named_for_nothing), action


@pytest.mark.parametrize("role", [Role.PROJECT_MANAGER, Role.DEPARTMENT_HEAD, Role.DEPUTY_AKIM])
def test_the_performer_sees_the_whole_project(role: Role) -> None:
    assert RIGHTS[role][Action.VIEW] is not None
    assert may(post(role), Action.VIEW, ANOTHER)
    assert not may(post(role), Action.VIEW, OF_OTHERS)


def test_the_manager_and_the_owner_answer_for_every_milestone_of_the_project() -> None:
    for action in PERFORMING:
        for scope in (PROJECT, THEIRS, ANOTHER):
            assert may(post(Role.PROJECT_MANAGER, "manager"), action, scope)
            assert may(post(Role.DEPARTMENT_HEAD, "owner"), action, scope)


def test_a_substitute_performs_for_the_absent_performer() -> None:
    substitute = replace(post(Role.PMO_ANALYST, "analyst"), acts_for=(post(Role.PMO_HEAD),))
    assert may(substitute, Action.CLAIM, THEIRS)
    assert not may(substitute, Action.CLAIM, ANOTHER)
