"""Changing the language: for good after sign-in, for this browser before."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from pmo.domain.errors import RuleBroken
from pmo.i18n import LANGUAGES
from pmo.services.people import change_language
from pmo.web.access import public
from pmo.web.addresses import next_path
from pmo.web.context import now, remember_language, runtime, visitor

languages = Blueprint("languages", __name__)


@languages.post("/language")
@public
def change() -> Response:
    """Takes ``language`` and goes back to ``next``."""
    language = request.form.get("language", "")
    found = visitor()
    if found:
        with runtime().writing() as session:
            change_language(session, found.actor, language, now())
    elif language in LANGUAGES:
        remember_language(language)
    else:
        raise RuleBroken("unknown_language", "language")
    return redirect(_without_lang(next_path() or url_for("home.show")))


def _without_lang(path: str) -> str:
    """``?lang=`` in the address would overrule the choice just made."""
    parts = urlsplit(path)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return urlunsplit(parts._replace(query=urlencode(query)))
