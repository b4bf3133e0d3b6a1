"""Who hears of a rung: the table of DOMAIN 3.2, two roles in one person, absence and vacancy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pmo.domain.ladder import Rung
from pmo.domain.recipients import Absence, Posts, Role, addressees, levels
from tests.domain.ladder_cast import POSTS

DAY = date(2020, 1, 8)


def told(rung: Rung, critical: bool = False, posts: Posts = POSTS, absences: tuple[Absence, ...] = ()) -> list[str]:
    return [
        f"{one.person} as {one.role.value} by {one.channel.value}"
        + (f" for {one.stands_for}" if one.stands_for else "")
        + (f" ({one.note})" if one.note else "")
        for one in addressees(levels(rung, critical), rung, posts, absences, DAY)
    ]


MANAGER, OWNER = "manager as manager by", "owner as owner by"
CURATOR, AKIM = "curator as curator by list", "akim as akim by list"


@pytest.mark.parametrize(
    ("rung", "critical", "expected"),
    [
        (Rung.R_14, False, [f"{MANAGER} digest"]),
        (Rung.R_14, True, [f"{MANAGER} digest"]),
        (Rung.R_7, False, [f"{MANAGER} digest"]),
        (Rung.R_7, True, [f"{MANAGER} digest", f"{OWNER} digest"]),
        (Rung.R_1, False, [f"{MANAGER} direct", f"{OWNER} direct"]),
        (Rung.R_1, True, [f"{MANAGER} direct", f"{OWNER} direct"]),
        (Rung.O_1, False, [f"{MANAGER} direct"]),
        (Rung.O_1, True, [f"{MANAGER} direct", f"{OWNER} direct"]),
        (Rung.O_3, False, [f"{MANAGER} direct", f"{OWNER} direct"]),
        (Rung.O_3, True, [f"{MANAGER} direct", f"{OWNER} direct", CURATOR]),
        (Rung.O_7, False, [f"{MANAGER} direct", f"{OWNER} direct", CURATOR]),
        (Rung.O_7, True, [f"{MANAGER} direct", f"{OWNER} direct", CURATOR, AKIM]),
        (Rung.O_14, False, [f"{MANAGER} direct", f"{OWNER} direct", CURATOR, AKIM]),
        (Rung.O_14, True, [f"{MANAGER} direct", f"{OWNER} direct", CURATOR, AKIM]),
        (
            Rung.WEEKLY,
            False,
            [f"{MANAGER} digest", f"{OWNER} digest", "curator as curator by digest", "akim as akim by digest"],
        ),
    ],
)
def test_each_rung_reaches_the_levels_of_the_table(rung: Rung, critical: bool, expected: list[str]) -> None:
    assert told(rung, critical) == expected


def test_who_holds_two_roles_is_told_once_in_the_higher() -> None:
    both = replace(POSTS, manager="owner")

    assert told(Rung.O_3, posts=both) == ["owner as owner by direct"]


def test_a_vacant_role_passes_to_the_next_level_with_a_note() -> None:
    assert told(Rung.O_1, posts=replace(POSTS, manager=None)) == ["owner as owner by direct (role_vacant)"]
    both_vacant = replace(POSTS, manager=None, owner=None)
    assert told(Rung.O_1, posts=both_vacant) == ["curator as curator by list (role_vacant)"]


def test_a_vacant_curator_is_replaced_by_the_akim() -> None:
    assert told(Rung.O_7, posts=replace(POSTS, curator=None))[-1] == "akim as akim by list (role_vacant)"


def test_where_nobody_holds_any_role_the_pmo_hears_it() -> None:
    empty = Posts(pmo_analyst="analyst", pmo_head="head")

    assert told(Rung.O_7, posts=empty) == ["analyst as pmo_analyst by list (role_vacant)"]


def test_a_substitute_gets_the_message_and_the_absent_person_a_copy_in_the_digest() -> None:
    away = Absence("manager", "colleague", date(2020, 1, 6), DAY)

    assert told(Rung.O_1, absences=(away,)) == [
        "colleague as manager by direct for manager",
        "manager as manager by digest (absent_copy)",
    ]


def test_an_absence_counts_on_its_days_only() -> None:
    over = Absence("manager", "colleague", date(2020, 1, 1), date(2020, 1, 7))

    assert told(Rung.O_1, absences=(over,)) == ["manager as manager by direct"]


def test_a_substitute_who_is_away_too_is_replaced_by_the_next() -> None:
    chain = (
        Absence("manager", "colleague", DAY, DAY),
        Absence("colleague", "third", DAY, DAY),
    )

    assert told(Rung.O_1, absences=chain)[0] == "third as manager by direct for manager"


def test_two_who_stand_in_for_each_other_and_are_both_away_leave_the_role_to_the_next_level() -> None:
    circle = (Absence("manager", "colleague", DAY, DAY), Absence("colleague", "manager", DAY, DAY))

    assert told(Rung.O_1, absences=circle) == ["owner as owner by direct (role_vacant)"]


def test_an_owner_who_stands_in_for_the_manager_gets_one_message_as_owner() -> None:
    away = Absence("manager", "owner", DAY, DAY)

    assert told(Rung.O_3, absences=(away,)) == [
        "manager as manager by digest (absent_copy)",
        "owner as owner by direct",
    ]


def test_a_senior_gets_a_list_even_when_standing_in_for_a_manager() -> None:
    away = Absence("manager", "curator", DAY, DAY)

    assert told(Rung.O_1, absences=(away,))[0] == "curator as manager by list for manager"


def test_the_performer_of_a_milestone_takes_the_managers_place() -> None:
    posts = replace(POSTS, manager="performer")

    assert [one.person for one in addressees([Role.MANAGER], Rung.O_1, posts, (), DAY)] == ["performer"]
