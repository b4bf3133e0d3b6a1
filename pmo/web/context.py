"""Who asks, from where, on which day: everything about a request that views and templates need.

``visitor()`` is None before sign-in. ``actor()``, ``person()``, ``city()`` and ``today()`` are for guarded views, where
somebody is always signed in. The day is taken once for a request.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app, g, request, session
from werkzeug.exceptions import Unauthorized

from pmo.clock import local_day
from pmo.domain.access import Actor
from pmo.i18n import DEFAULT_LANGUAGE, LANGUAGES, speak
from pmo.queries import people
from pmo.queries.people import Credentials, Person
from pmo.queries.places import City
from pmo.runtime import Runtime

EXTENSION = "pmo"
LONGEST_SESSION = timedelta(hours=12)
IDLE_SESSION = timedelta(hours=2)

_PERSON, _BEGAN, _STAMP, _LANGUAGE = "person", "began", "stamp", "language"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in, with the rights of the day."""

    actor: Actor
    person: Person
    today: date
    now: datetime


def runtime() -> Runtime:
    """The installation that serves this application."""
    return cast(Runtime, current_app.extensions[EXTENSION])


def visitor() -> Visitor | None:
    """Who is signed in, or None."""
    return cast("Visitor | None", g.get("visitor"))


def actor() -> Actor:
    """Who acts, for ``may`` and for services. Raises Unauthorized (401) when nobody is signed in."""
    return _signed_in().actor


def person() -> Person:
    """The post that is signed in."""
    return _signed_in().person


def city() -> City:
    """The city of the post that is signed in."""
    return _signed_in().person.city


def zone() -> ZoneInfo:
    """The time zone of the visitor's city."""
    return _signed_in().person.city.zone


def today() -> date:
    """The date in the visitor's city, the same for the whole request."""
    return _signed_in().today


def now() -> datetime:
    """The instant of the request: the demonstration's where there is one."""
    found = visitor()
    return found.now if found else runtime().now()


def recognise() -> None:
    """Before each request: who it is, and in which language to answer."""
    g.visitor = None if request.endpoint == "static" else _recognised()
    found = visitor()
    speak(found.person.language if found else language_before_sign_in())


def language_before_sign_in() -> str:
    """``?lang``, else what was chosen with the switch, else Accept-Language, else Russian (PRODUCT 5, the demo)."""
    asked = request.args.get("lang") or session.get(_LANGUAGE)
    if asked in LANGUAGES:
        return cast(str, asked)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE


def remember_language(language: str) -> None:
    """Keeps the choice of somebody who is not signed in."""
    session[_LANGUAGE] = language


def begin_session(credentials: Credentials) -> None:
    """Starts a new session for somebody who has just proved who they are; nothing of the old one is kept."""
    session.clear()
    session.permanent = True
    session.update(session_of(credentials, runtime().clock_on_the_wall.now()))


def session_of(credentials: Credentials, began: datetime) -> dict[str, object]:
    """What a session holds of somebody signed in."""
    return {_PERSON: credentials.person, _BEGAN: int(began.timestamp()), _STAMP: _stamp(credentials)}


def end_session() -> None:
    """Signs out."""
    session.clear()


def _recognised() -> Visitor | None:
    person_id = session.get(_PERSON)
    if not person_id:
        return None
    # The age of a session is wall-clock time: the demonstration's clock jumps by days.
    age = runtime().clock_on_the_wall.now().timestamp() - session.get(_BEGAN, 0)
    moment = runtime().now()
    with runtime().reading() as reading:
        found = people.person(reading, person_id)
        credentials = people.credentials_of(reading, person_id)
        day = local_day(moment, found.city.zone) if found else moment.date()
        acting = people.actor_for(reading, person_id, day)
    if not (found and acting and credentials) or age > LONGEST_SESSION.total_seconds():
        session.clear()
        return None
    if session.get(_STAMP) != _stamp(credentials):
        session.clear()
        return None
    return Visitor(acting, found, day, moment)


def _stamp(credentials: Credentials) -> str:
    """Ties a session to the password it was opened with: a new password ends every old session."""
    return hashlib.sha256(f"{credentials.person}:{credentials.password_hash}".encode()).hexdigest()[:16]


def _signed_in() -> Visitor:
    found = visitor()
    if found is None:
        raise Unauthorized
    return found
