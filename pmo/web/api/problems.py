"""What a program is told when it does not get what it asked for: ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from pmo.domain.errors import Conflict, NotTrackedYet, Refusal, RuleBroken
from pmo.i18n import formats, gettext
from pmo.i18n import lazy_gettext as _
from pmo.i18n.refusals import sentence
from pmo.web.api.json_text import json_text
from pmo.web.bearers import ScopeMissing, TokenMissing, TokenWrong

MEDIA_TYPE = "application/problem+json"
FIELDS = {"reason_id": "reason", "text": "note", "as_of": "on"}
"""Names of services and pages to those of the interface."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, or with the whole where ``field`` is None."""

    field: str | None
    code: str
    values: Mapping[str, object]


class Faulty(Exception):
    """The request can be read, and says what cannot be; everything that is wrong at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("faulty")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its name, which is an anchor on the page for people, and its words."""

    name: str
    title: str
    detail: str


KINDS: dict[int, Kind] = {
    400: Kind(
        "unreadable",
        _("The request was not understood"),
        _("The body must be one JSON object in UTF-8, without a name twice. Nothing was changed."),
    ),
    401: Kind("no-token", _("A token is needed"), _("Send a valid token as “Authorization: Bearer …”.")),
    403: Kind(
        "not-allowed",
        _("Access denied"),
        _("The post or the token does not have the right for this. Nothing was changed."),
    ),
    404: Kind("not-found", _("Nothing found"), _("There is no such thing, or it lies outside what the post may see.")),
    405: Kind(
        "wrong-method",
        _("This address does not work that way"),
        _("The header “Allow” lists what the address takes. Nothing was changed."),
    ),
    406: Kind("not-acceptable", _("No such format"), _("Answers are application/json.")),
    409: Kind(
        "overtaken",
        _("Somebody saved before you"),
        _("Something else stands there now, see “current”. Look at it, and name its version to replace it."),
    ),
    413: Kind("too-large", _("The request is too large"), _("A body has 64 KiB at most. Nothing was changed.")),
    415: Kind(
        "wrong-format",
        _("The body is in no known format"),
        _("Send JSON, with the header “Content-Type: application/json”. Nothing was changed."),
    ),
    422: Kind("not-possible", _("This is not possible"), _("“errors” says what is wrong. Nothing was changed.")),
    429: Kind(
        "too-many",
        _("Too many requests"),
        _("Too many calls in a minute, or too many wrong tokens. Wait as long as “Retry-After” says."),
    ),
    500: Kind(
        "our-mistake",
        _("Something went wrong on our side"),
        _("The mistake is ours and was written to the log. Nothing was changed; please try again in a minute."),
    ),
}


def problem(
    status: int,
    *,
    detail: str | None = None,
    faults: Iterable[Fault] = (),
    current: Mapping[str, object] | None = None,
    headers: Iterable[tuple[str, str]] = (),
) -> Response:
    """The answer; a status without words of its own gets those of 400 or 500."""
    kind = KINDS.get(status) or KINDS[400 if status < 500 else 500]
    body = {
        "type": url_for("api_guide.show", _external=True, _anchor=kind.name),
        "title": str(kind.title),
        "status": status,
        "detail": detail or str(kind.detail),
        "errors": [_fault(fault) for fault in faults],
        "current": None if current is None else {name: _plain(value) for name, value in current.items()},
    }
    answer = Response(json_text(body), status, mimetype=MEDIA_TYPE)
    answer.headers.extend(headers)
    return answer


def problem_of_refusal(status: int, refusal: Refusal) -> Response:
    """What the domain or a service refused."""
    if isinstance(refusal, RuleBroken):
        return problem(status, faults=[Fault(refusal.field, refusal.code, refusal.values)])
    if isinstance(refusal, Conflict):
        return problem(status, current=refusal.current)
    if isinstance(refusal, NotTrackedYet):
        words = gettext("It has been tracked since %(since)s only.", since=formats.day(refusal.since))
        return problem(status, detail=words)
    return problem(status)


def problem_of_faults(error: Faulty) -> Response:
    """What the request itself has wrong."""
    return problem(422, faults=error.faults)


def problem_of_http(error: HTTPException) -> Response:
    """What HTTP itself refuses, with the headers that belong to it."""
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    if isinstance(error, TokenMissing | TokenWrong | ScopeMissing):
        headers.append(("WWW-Authenticate", error.challenge))
    return problem(error.code or 500, headers=headers)


def _fault(fault: Fault) -> dict[str, Any]:
    field = FIELDS.get(fault.field, fault.field) if fault.field else None
    return {"field": field, "code": fault.code, "detail": sentence(fault.code, fault.values)}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
