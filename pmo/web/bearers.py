"""Programs at the door: the token of the Authorization header, and nothing else, says for whom one speaks (RFC 6750).

A wrong token is counted for itself and for its network; a right one is let in whatever others of the network do, as
often in a minute as the settings say.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from flask import current_app, g, request
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from pmo.clock import local_day
from pmo.db.session import DatabaseAway
from pmo.domain.access_tokens import AccessToken, TokenScope
from pmo.domain.errors import RuleBroken
from pmo.domain.sign_in import Door
from pmo.i18n import LANGUAGES, speak
from pmo.queries import people
from pmo.queries.access_tokens import token_of_hash
from pmo.services.access_tokens import notice_token
from pmo.services.throttle import Attempt, count_attempt
from pmo.services.user_sessions import hash_of
from pmo.web.context import Caller, browser, runtime, wall_now
from pmo.web.rates import count_call


class TokenMissing(Unauthorized):
    """Nothing was shown that could be a token."""

    challenge = 'Bearer realm="pmo"'


class TokenWrong(Unauthorized):
    """What was shown is no token, or a dead one."""

    challenge = 'Bearer realm="pmo", error="invalid_token"'


class ScopeMissing(Forbidden):
    """The token is good, but not for this."""

    challenge = 'Bearer realm="pmo", error="insufficient_scope"'


def admit_caller(scope: TokenScope) -> None:
    """Recognises the program; its language is Accept-Language, else the post's own.

    Raises TokenMissing, TokenWrong, TooManyRequests after too many wrong ones, TooFast after too many calls, and
    ScopeMissing.
    """
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        raise TokenMissing
    now = wall_now()
    found = _caller(shown.token, now)
    if found is None:
        _count(shown.token, now)
        raise TokenWrong
    structlog.contextvars.bind_contextvars(person=found.person.id, token_id=found.token.id)
    count_call(found.token.id)
    if not request.accept_languages.best_match(LANGUAGES):
        speak(found.person.language)
    if not found.token.scope.covers(scope):
        raise ScopeMissing
    g.caller = found
    if found.token.is_due_to_be_noticed(now):
        _notice(found.token, now)


def _caller(token: str, now: datetime) -> Caller | None:
    moment = runtime().now()
    with runtime().reading() as session:
        found = token_of_hash(session, hash_of(token))
        person = people.person(session, found.person) if found and found.is_alive(now) else None
        if not found or not person:
            return None
        day = local_day(moment, person.city.zone)
        acting = people.actor_for(session, person.id, day)
    return Caller(acting, person, day, moment, found) if acting else None


def _count(token: str, now: datetime) -> None:
    tried = Attempt(Door.TOKEN, hash_of(token), browser().network)
    try:
        with runtime().writing() as session:
            count_attempt(session, tried, now)
    except RuleBroken as refusal:
        raise TooManyRequests(retry_after=60 * int(str(refusal.values["minutes"]))) from None


def _notice(token: AccessToken, now: datetime) -> None:
    try:
        with runtime().writing() as session:
            notice_token(session, token.id, browser().network, now)
    except DatabaseAway:  # an answer is not refused because its reading could not be written down
        current_app.logger.warning("the use of a token was not written down")
