"""Choosing regular mail: a fact with its author and moment, entered once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pmo.db.models.people import MailChoiceRecord
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.mail_choices import MailChoice, MailChoices
from pmo.queries.mail_choices import choices_in_city, choices_of, latest_choices
from pmo.services.acts import Act
from pmo.services.mail_choices import choose_mails, unsubscribe
from tests.cast import Town, cast_url, town
from tests.conftest import NOW

__all__ = ["cast_url", "town"]

DAY = timedelta(days=1)


def act_of(town: Town, person: str, moment: object = NOW, source: str = "web") -> Act:
    act = town.act(person)
    return Act(act.actor, moment, act.on, act.recorded_at, source=source)  # type: ignore[arg-type]


def rows(town: Town) -> int:
    with town.runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(MailChoiceRecord)) or 0


def test_a_choice_is_entered_once_with_its_history(town: Town) -> None:
    for moment, wanted in ((NOW, False), (NOW + DAY, False), (NOW + 2 * DAY, True)):
        with town.runtime.writing() as session:
            choose_mails(session, act_of(town, "owner", moment), {MailChoice.WEEKLY_DIGEST: wanted})
    assert rows(town) == 2
    with town.runtime.reading() as session:
        seen = [choices_of(session, "owner", NOW + days * DAY).weekly_digest for days in (-1, 0, 1, 2)]
        assert seen == [True, False, False, True]
        assert choices_in_city(session, "almaty", NOW + DAY) == {"owner": MailChoices(weekly_digest=False)}
        assert choices_in_city(session, "astana", NOW + DAY) == {}
        latest = latest_choices(session, "owner")
    assert [(chosen.wanted, chosen.source) for chosen in latest] == [(True, "web"), (False, "web")]


def test_the_record_tells_who_chose_what(town: Town) -> None:
    with town.runtime.writing() as session:
        unsubscribe(session, act_of(town, "curator", source="unsubscribe"), MailChoice.WEEKLY_DIGEST)
    events = [json.loads(body) for body in town.audit_actions()]
    (event,) = [event for event in events if event["action"] == "mail_chosen"]
    assert (event["actor"], event["object"]) == ("curator", "almaty/curator")
    assert event["before"] == {"weekly_digest": True}
    assert event["after"] == {"weekly_digest": False, "source": "unsubscribe"}


@pytest.mark.parametrize(
    ("person", "choice"),
    [
        ("manager", MailChoice.WEEKLY_DIGEST),
        ("curator", MailChoice.DAILY_DIGEST),
        ("observer", MailChoice.ALL_IN_ORDER),
    ],
)
def test_what_a_post_does_not_get_it_cannot_choose(town: Town, person: str, choice: MailChoice) -> None:
    with pytest.raises(RuleBroken, match="choice_not_offered"), town.runtime.writing() as session:
        choose_mails(session, act_of(town, person), {choice: False})
    assert rows(town) == 0


def test_a_link_older_than_its_readers_post_still_ends_the_digest(town: Town) -> None:
    with town.runtime.writing() as session:
        assert unsubscribe(session, act_of(town, "manager"), MailChoice.WEEKLY_DIGEST) == 1
        assert unsubscribe(session, act_of(town, "manager"), MailChoice.WEEKLY_DIGEST) == 0


def test_a_post_that_is_gone_chooses_nothing(town: Town) -> None:
    act = act_of(town, "manager")
    stranger = Act(type(act.actor)("nobody", "almaty", act.actor.role), act.at, act.on, act.recorded_at)
    with pytest.raises(NotFound), town.runtime.writing() as session:
        unsubscribe(session, stranger, MailChoice.DAILY_DIGEST)
