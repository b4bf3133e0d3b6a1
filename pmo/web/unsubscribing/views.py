"""The link by which a digest ends (RFC 8058): opening it changes nothing, its button or the mail program's POST does.

The signed token in the address is all the right there is: no cookie is read, and it can end this one digest only.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from pmo.clock import local_day
from pmo.domain.errors import NotFound
from pmo.domain.mail_choices import MailChoice
from pmo.i18n import speak
from pmo.mail.drafts import MailKind
from pmo.mail.unsubscribing import subscription_of
from pmo.queries.mail_choices import choices_of
from pmo.queries.people import Person, actor_for
from pmo.queries.people import person as load_person
from pmo.services.acts import Act
from pmo.services.mail_choices import unsubscribe
from pmo.web.access import public
from pmo.web.context import runtime

CHOICES = {MailKind.DIGEST_WEEKLY: MailChoice.WEEKLY_DIGEST, MailKind.DIGEST_DAILY: MailChoice.DAILY_DIGEST}

unsubscribing = Blueprint("unsubscribing", __name__)


@dataclass(frozen=True, slots=True)
class _Subscribed:
    reader: Person
    choice: MailChoice
    is_on: bool


@unsubscribing.route("/unsubscribe/<token>", methods=["GET", "POST"])
@public
def show(token: str) -> str:
    """Says which digest it is; a POST with the words of the standard ends it. Answers without a redirect."""
    found = _subscribed(token)
    speak(found.reader.language)
    is_on = found.is_on
    if request.method == "POST" and request.form.get("List-Unsubscribe") == "One-Click":
        _end(found)
        is_on = False
    return render_template("unsubscribing/show.html", choice=found.choice, is_on=is_on, token=token)


def _subscribed(token: str) -> _Subscribed:
    named = subscription_of(token, runtime().settings.secret_keys)
    if named is None:
        raise NotFound
    with runtime().reading() as session:
        reader = load_person(session, named.person)
        if reader is None or not reader.is_active:
            raise NotFound
        choice = CHOICES[named.kind]
        return _Subscribed(reader, choice, choices_of(session, reader.id, runtime().now()).wants(choice))


def _end(found: _Subscribed) -> None:
    moment, reader = runtime().now(), found.reader
    today = local_day(moment, reader.city.zone)
    with runtime().writing() as session:
        actor = actor_for(session, reader.id, today)
        if actor is None:
            raise NotFound
        act = Act(actor, moment, today, runtime().clock_on_the_wall.now(), source="unsubscribe")
        unsubscribe(session, act, found.choice)
