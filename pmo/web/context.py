"""Who asks, from where, on which day: everything about a request that views and templates need.

``visitor()`` is None before sign-in and while a second factor is wanted; ``caller()`` is a program with a token
(``pmo.web.bearers``). Never are both there. ``actor()``, ``person()``, ``city()`` and
``today()`` are for guarded views, where somebody is always signed in. The day is taken once for a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app, g, request, session
from werkzeug.exceptions import Unauthorized

from pmo.clock import local_day
from pmo.db.session import DatabaseAway
from pmo.domain.access import Actor
from pmo.domain.access_tokens import AccessToken
from pmo.domain.sign_in import Factor, Method, OpenSession, Standing
from pmo.i18n import DEFAULT_LANGUAGE, LANGUAGES, speak
from pmo.queries import people
from pmo.queries.people import Person
from pmo.queries.places import City
from pmo.queries.user_sessions import session_of_token
from pmo.runtime import Runtime
from pmo.services import user_sessions
from pmo.services.throttle import without_port
from pmo.services.user_sessions import Browser, hash_of, stamp_of

EXTENSION = "pmo"
TOKEN = "token"
"""What the cookie of somebody signed in holds: the token of a row of ``user_sessions``. All else is in the row."""

PROGRAMS = "/api/"
"""What the addresses begin with that are for programs."""

LONGEST_ADDRESS = 45
"""Letters of a network address in the database: IPv6 with an IPv4 address at its end."""

_LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in, with the rights of the day. ``must_enrol``: the post needs a second factor and has none."""

    actor: Actor
    person: Person
    today: date
    now: datetime
    session: OpenSession
    must_enrol: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """Another system, speaking for a post by a token: the rights of the post, as far as the token carries them."""

    actor: Actor
    person: Person
    today: date
    now: datetime
    token: AccessToken


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose password was right and whose second factor is still wanted."""

    person: Person
    session: OpenSession


def runtime() -> Runtime:
    """The installation that serves this application."""
    return cast(Runtime, current_app.extensions[EXTENSION])


def visitor() -> Visitor | None:
    """Who is signed in, or None."""
    return cast("Visitor | None", g.get("visitor"))


def caller() -> Caller | None:
    """Which system calls, or None: for a page nobody ever does, and to a system nobody is signed in."""
    return cast("Caller | None", g.get("caller"))


def actor() -> Actor:
    """Who acts, for ``may`` and for services. Raises Unauthorized (401) when nobody is signed in."""
    return _known().actor


def person() -> Person:
    """The post that is signed in, or that the token speaks for."""
    return _known().person


def city() -> City:
    """The city of that post."""
    return _known().person.city


def open_session() -> OpenSession:
    """The session that the request belongs to."""
    return _signed_in().session


def needs_factor() -> bool:
    """Whether the visitor's post must set up a second factor before anything else."""
    return _signed_in().must_enrol


def zone() -> ZoneInfo:
    """The time zone of the visitor's city."""
    return _known().person.city.zone


def today() -> date:
    """The date in the visitor's city, the same for the whole request."""
    return _known().today


def now() -> datetime:
    """The instant of the request: the demonstration's where there is one."""
    found = visitor() or caller()
    return found.now if found else runtime().now()


def waiting() -> Waiting | None:
    """Who is half signed in, or None."""
    return cast("Waiting | None", g.get("waiting"))


def has_ended() -> bool:
    """Whether the request came with the cookie of a session that is over: ended, out of its time, or forgotten."""
    return bool(g.get("has_ended"))


def browser() -> Browser:
    """What is noted of the place the request comes from."""
    return Browser(request.user_agent.string, without_port(request.remote_addr or "")[:LONGEST_ADDRESS])


def wall_now() -> datetime:
    """The instant by the clock on the wall, by which sessions age whatever day the demonstration has."""
    return runtime().clock_on_the_wall.now()


def recognise() -> None:
    """Before each request: who it is, and in which language to answer. Cookies are nobody's at the programs' door."""
    g.visitor = g.waiting = g.caller = None
    g.has_ended = False
    if is_for_programs():
        speak(request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE)
        return
    if request.endpoint != "static" and TOKEN in session:
        _recognise(session[TOKEN])
    known = visitor() or waiting()
    speak(known.person.language if known else language_before_sign_in())


def is_for_programs() -> bool:
    """Whether the address is one that programs call, which answers in JSON and knows tokens only."""
    return request.path.startswith(PROGRAMS)


def language_before_sign_in() -> str:
    """``?lang``, else what was chosen with the switch, else Accept-Language, else Russian (PRODUCT 5, the demo)."""
    asked = request.args.get("lang") or session.get(_LANGUAGE)
    if asked in LANGUAGES:
        return cast(str, asked)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE


def remember_language(language: str) -> None:
    """Keeps the choice of somebody who is not signed in."""
    session[_LANGUAGE] = language


def begin_session(person_id: str, method: Method, factor: Factor | None = None) -> None:
    """Starts a new session for somebody who has just proved who they are; nothing of the old one is kept.

    The old row ends with it, so an id from before the sign-in is good for nothing afterwards. Raises NotFound.
    """
    before = visitor() or waiting()
    with runtime().writing() as writing:
        if before:
            user_sessions.end_session(writing, before.session.id, wall_now())
        token = user_sessions.open_session(writing, person_id, method, factor, browser(), wall_now())
    session.clear()
    session.permanent = True
    session[TOKEN] = token


def end_session() -> None:
    """Signs out: a copy of the cookie is worth nothing any more."""
    before = visitor() or waiting()
    if before:
        with runtime().writing() as writing:
            user_sessions.end_session(writing, before.session.id, wall_now())
    _forget(before.person if before else None)


def _forget(reader: Person | None) -> None:
    """Empties the cookie but for the reader's language: the page for signing in again speaks it too."""
    session.clear()
    if reader:
        remember_language(reader.language)


def _recognise(token: str) -> None:
    moment, wall = runtime().now(), wall_now()
    with runtime().reading() as reading:
        found = session_of_token(reading, hash_of(token))
        person = people.person(reading, found.person) if found else None
        if not found or not person:
            g.has_ended = True
            _forget(None)
            return
        credentials = people.credentials_of(reading, person.id)
        day = local_day(moment, person.city.zone)
        acting = people.actor_for(reading, person.id, day)
    settings = runtime().settings
    standing = found.standing(person.role.value in settings.second_factor_roles, settings.idle_session, wall)
    if standing is Standing.ENDED or not (acting and credentials) or found.stamp != stamp_of(credentials):
        g.has_ended = True
        _forget(person)
        return
    if standing is Standing.WAITING:
        g.waiting = Waiting(person, found)
        return
    g.visitor = Visitor(acting, person, day, moment, found, must_enrol=standing is Standing.ENROLLING)
    if found.is_due_to_be_noticed(wall):
        _notice(found.id, wall)


def _notice(session_id: int, wall: datetime) -> None:
    try:
        with runtime().writing() as writing:
            user_sessions.notice_session(writing, session_id, wall)
    except DatabaseAway:  # a page is not refused because its reading could not be written down
        current_app.logger.warning("the use of a session was not written down")


def _known() -> Visitor | Caller:
    found = visitor() or caller()
    if found is None:
        raise Unauthorized
    return found


def _signed_in() -> Visitor:
    found = visitor()
    if found is None:
        raise Unauthorized
    return found
