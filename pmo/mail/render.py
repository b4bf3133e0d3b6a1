"""Turns a draft into words: subject, text and HTML in the language of one reader (PRODUCT 3, mail).

The templates are ``templates/mail/<kind>/{subject.txt,body.txt,body.html}``; they need no request and no web
application, so a job, a command and a test render the same bytes. CSS is inlined, because Outlook reads no style sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config import ROOT
from pmo.i18n import add_filters, install, speaking
from pmo.i18n.formats import day, day_long, day_short, moment, number, working_days
from pmo.i18n.labels import label
from pmo.i18n.names import name_of
from pmo.mail import wording
from pmo.mail.details import on
from pmo.mail.drafts import MailDraft
from pmo.mail.links import Links
from pmo.mail.message import clean_header_text
from pmo.mail.text_lines import wrapped

_SPENT_CLASS = re.compile(r' class="(?![^"]*\b(?:stack|gap)\b)[^"]*"(?=[^<>]*>)')
"""Classes whose rules are inlined, but for those of narrow screens: they only bring a mail nearer to being clipped."""


class Place(Protocol):
    """A city, as far as a mail speaks of it."""

    @property
    def name_ru(self) -> str: ...
    @property
    def name_kk(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def has_demonstration_data(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is written for. ``title`` is ``{"ru", "kk", "en"}``, ``role`` the capacity in which he is told."""

    language: str
    title: Mapping[str, str]
    role: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail in words; the subject fits into a header, the text is complete without the HTML."""

    subject: str
    text: str
    html: str


def render(draft: MailDraft, reader: Reader, place: Place, now: datetime, base_url: str | None) -> Rendered:
    """The words of a draft for its reader. Raises jinja2.UndefinedError where a fact is missing."""
    context: dict[str, Any] = {
        "facts": draft.facts,
        "kind": draft.kind.value,
        "reader": reader,
        "place": place,
        "now": now,
        "links": Links(base_url),
    }
    environment = _environment()
    folder = f"mail/{draft.kind.value}"
    with speaking(reader.language):
        context["language"] = reader.language
        subject = environment.get_template(f"{folder}/subject.txt").render(context)
        context["subject"] = clean_header_text(subject)
        text = environment.get_template(f"{folder}/body.txt").render(context)
        html = environment.get_template(f"{folder}/body.html").render(context)
    return Rendered(context["subject"], _tidy(text), _SPENT_CLASS.sub("", _inliner().inline(_encodable(html))))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    install(environment)
    environment.globals["say"] = wording
    environment.globals["label"] = label
    add_filters(
        environment,
        {
            "name": name_of,
            "day": lambda value: day(on(value)),
            "day_short": lambda value: day_short(on(value)),
            "day_long": lambda value: day_long(on(value)),
            "moment": lambda value, zone: moment(datetime.fromisoformat(value), zone),
            "number": number,
            "working_days": working_days,
            "wrapped": wrapped,
        },
    )
    return environment


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)


def _encodable(html: str) -> str:
    """Half a surrogate pair has no bytes; the inliner would refuse the whole mail for it."""
    return html.encode("utf-8", "replace").decode("utf-8")


def _tidy(text: str) -> str:
    """No trailing spaces, at most one empty line in a row."""
    lines: list[str] = []
    for line in text.splitlines():
        bare = line.rstrip()
        if bare or (lines and lines[-1]):
            lines.append(bare)
    return "\n".join(lines).strip() + "\n"
