"""What may be chosen about regular mail, and which digest somebody reads then."""

from __future__ import annotations

import pytest

from pmo.domain.access import Actor
from pmo.domain.access import Role as Post
from pmo.domain.digests import DigestKind, digest_kind
from pmo.domain.mail_choices import NOTHING_CHOSEN, MailChoice, MailChoices, changed, offered_to
from pmo.domain.recipients import Role

WEEK = "2020-W05"
NO_WEEKLY = MailChoices(weekly_digest=False)


@pytest.mark.parametrize(
    ("roles", "week", "kind"),
    [
        ({Role.OWNER}, WEEK, DigestKind.DAILY),
        ({Role.CURATOR}, WEEK, DigestKind.LIST),
        ({Role.AKIM}, WEEK, DigestKind.LIST),
        ({Role.PMO_ANALYST}, WEEK, DigestKind.LIST),
        ({Role.OWNER, Role.CURATOR}, WEEK, DigestKind.LIST),
        ({Role.MANAGER}, WEEK, DigestKind.DAILY),
        ({Role.OWNER}, None, DigestKind.DAILY),
        ({Role.CURATOR}, None, None),
        ({Role.PMO_HEAD}, None, None),
    ],
)
def test_without_the_weekly_digest_its_day_is_a_day_like_any_other(
    roles: set[Role], week: str | None, kind: DigestKind | None
) -> None:
    assert digest_kind(roles, week, NO_WEEKLY) is kind


@pytest.mark.parametrize("roles", [{role} for role in Role])
@pytest.mark.parametrize("week", [WEEK, None])
def test_the_other_choices_do_not_move_the_digest(roles: set[Role], week: str | None) -> None:
    chosen = MailChoices(daily_digest=False, all_in_order=True)
    assert digest_kind(roles, week, chosen) is digest_kind(roles, week)


def test_each_post_chooses_among_the_mails_it_gets_and_so_does_its_substitute() -> None:
    weekly = (MailChoice.WEEKLY_DIGEST, MailChoice.ALL_IN_ORDER)
    curator = Actor("curator", "almaty", Post.DEPUTY_AKIM)
    manager = Actor("manager", "almaty", Post.PROJECT_MANAGER)
    assert offered_to(curator) == weekly
    assert offered_to(manager) == (MailChoice.DAILY_DIGEST,)
    assert offered_to(Actor("owner", "almaty", Post.DEPARTMENT_HEAD)) == tuple(MailChoice)
    assert offered_to(Actor("observer", "almaty", Post.OBSERVER)) == ()
    acting = Actor("manager", "almaty", Post.PROJECT_MANAGER, acts_for=(curator,))
    assert offered_to(acting) == tuple(MailChoice)


def test_only_what_differs_is_a_change() -> None:
    everything = dict.fromkeys(MailChoice, True)
    assert list(changed(NOTHING_CHOSEN, everything)) == [(MailChoice.ALL_IN_ORDER, True)]
    assert MailChoices.of({"weekly_digest": False}) == NO_WEEKLY
    assert MailChoices.of({}) == NOTHING_CHOSEN
