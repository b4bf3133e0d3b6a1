"""What the log says of a request: its number, its route, who and from which place, and every refusal (ASVS 16.2, 16.3).

No path, query, form, password or address is written, for they name people and carry links. A place and an account that
somebody tried are told apart by a keyed hash; the number of the request stands in the answer's ``X-Request-Id`` too, so
that the proxy's own log can say which network address it was.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

import structlog
from flask import Flask, g, request
from werkzeug.wrappers import Response

from pmo.domain.errors import NotAllowed, Refusal, RuleBroken
from pmo.services.throttle import network_of
from pmo.web.context import browser, runtime, visitor, waiting

HEADER = "X-Request-Id"
FIRST_REFUSAL = 400
FIRST_FAULT = 500
log = structlog.get_logger(__name__)


def number_request() -> None:
    """Before anything else of a request: every line of the log that comes of it carries the same number."""
    g.request_number = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(
        request=g.request_number,
        method=request.method,
        route=request.endpoint or "none",
        place=masked(network_of(browser().network)),
    )


def name_visitor() -> None:
    """After the visitor was recognised: whose request it is."""
    known = visitor() or waiting()
    if known:
        structlog.contextvars.bind_contextvars(person=known.person.id)


def note_refusal(refusal: Refusal) -> None:
    """Keeps why a request is refused, for the line that is written when it is answered."""
    if isinstance(refusal, RuleBroken):
        g.refusal = refusal.code
    elif isinstance(refusal, NotAllowed):
        g.refusal = f"right {refusal.action}"


def tell_refusal(response: Response) -> Response:
    """One line for each request that is refused: by its guard, its form, a rule, or because there is no such thing."""
    if "request_number" not in g:
        number_request()
    response.headers[HEADER] = g.request_number
    if FIRST_REFUSAL <= response.status_code < FIRST_FAULT:
        log.warning("request refused", status=response.status_code, reason=g.get("refusal"))
    return response


def masked(text: str) -> str:
    """The same for the same text, and worth nothing to whoever reads the log without ``PMO_SECRET_KEY``."""
    present = next(iter(runtime().settings.secret_keys), "")
    return hmac.new(present.encode(), text.strip().lower().encode(), hashlib.sha256).hexdigest()[:12]


def forget_request(_error: BaseException | None = None) -> None:
    """The thread serves somebody else next."""
    structlog.contextvars.clear_contextvars()


def register(app: Flask) -> None:
    """Numbers requests; to be called before anything else is asked to run before a request."""
    app.before_request(number_request)
    app.teardown_request(forget_request)
