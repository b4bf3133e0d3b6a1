"""What templates can say: filters from ``pmo.i18n``, and a few functions about the page they stand on."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from markupsafe import Markup, escape

from pmo.domain.access import Action, ProjectScope, may
from pmo.exchange import faults
from pmo.i18n import LANGUAGES, add_filters, current_language, formats, install
from pmo.i18n.labels import label
from pmo.i18n.names import name_of, name_within
from pmo.i18n.refusals import sentence
from pmo.i18n.sentences import clause_of, driver_of, sentence_of
from pmo.web import context
from pmo.web.access import may_ever
from pmo.web.demonstration import demonstration
from pmo.web.looks import look_of
from pmo.web.moments import stay_in_the_past, travel
from pmo.web.navigation import entries_for

CODE = re.compile(r"(?<![\w-])[A-Z]{2,}-\d+(?:-[A-Z]+\d+)?(?![\w-])(?![^<>]*>)")
"""Code of a project, milestone or indicator in a text, outside tags."""


def register(app: Flask) -> None:
    """Makes filters and functions known to every template."""
    install(app.jinja_env)
    add_filters(
        app.jinja_env,
        {
            "day": formats.day,
            "day_short": formats.day_short,
            "day_long": formats.day_long,
            "month": formats.month,
            "weekday": formats.weekday,
            "moment": moment,
            "number": formats.number,
            "signed": formats.signed,
            "money": formats.money,
            "percent": formats.percent,
            "days": formats.days,
            "working_days": formats.working_days,
            "days_left": days_left,
            "ago": ago,
            "label": lambda code, kind: label(kind, code),
            "name": name_of,
            "name_within": name_within,
            "sentence": sentence_of,
            "clause": clause_of,
            "driver": driver_of,
            "refusal": sentence,
            "import_fault": faults.sentence_of,
            "sentence_case": sentence_case,
            "unbroken": unbroken,
            "local_day": local_day,
            "instant": instant,
        },
    )
    app.jinja_env.globals.update(
        look_of=look_of,
        url_with=url_with,
        days_between=formats.days_left,
        has_page=lambda endpoint: endpoint in app.view_functions,
        allowed=allowed,
        allowed_anywhere=allowed_anywhere,
        sparkline_points=sparkline_points,
        LANGUAGES=LANGUAGES,
    )
    app.context_processor(_frame)
    app.url_defaults(_with_version(Path(app.static_folder or "static")))
    app.url_defaults(stay_in_the_past)


def moment(at: datetime | None) -> str:
    """An instant in the zone of the visitor's city."""
    return formats.moment(at, context.zone())


def instant(text: str | None) -> datetime | None:
    """An instant from the ISO text of the contract's rows."""
    return datetime.fromisoformat(text) if text else None


def local_day(at: datetime | None) -> date | None:
    """The date of an instant in the visitor's city."""
    return at.astimezone(context.zone()).date() if at else None


def sentence_case(text: str) -> str:
    """A clause as a sentence of its own: only its first letter changes."""
    return text[:1].upper() + text[1:]


def unbroken(html: str | Markup) -> Markup:
    """Markup in which codes such as DP-10-M3 are not parted at their hyphens; tags stay, plain text is escaped."""
    return Markup(CODE.sub(r'<span class="text-nowrap">\g<0></span>', str(escape(html))))


def days_left(on: date | None) -> str:
    """How far a date is from the day of the page."""
    return formats.days_left(on, context.today())


def ago(at: datetime | None) -> str:
    """How long an instant is past, at the moment of the page."""
    return formats.ago(at, context.now())


def url_with(**changes: object) -> str:
    """The address of this page with other values in its query; None takes one out. Filters and pages are links.

    A filter that changes begins at the first page again, so ``after`` and ``before`` go unless they are given.
    """
    query: dict[str, Any] = {name: values for name, values in request.args.lists() if name not in ("after", "before")}
    query.update(changes)
    # None goes on to url_for, which leaves it out: it also says that the day of the past is not to be carried along.
    kept = {name: value for name, value in query.items() if value not in ("", [])}
    return url_for(request.endpoint or "home.show", **(request.view_args or {}), **kept)


def allowed(action: str, project: ProjectScope) -> bool:
    """Whether the visitor may do something to a project: ``{% if allowed("pause", project.scope) %}``."""
    return may(context.actor(), Action(action), project)


def allowed_anywhere(action: str) -> bool:
    """Whether the visitor's post has a right at all."""
    found = context.visitor()
    return found is not None and may_ever(found.actor, Action(action))


def sparkline_points(values: list[float | None], width: float = 72, height: float = 20) -> str:
    """The ``points`` of a polyline through the values that are known, evenly spaced, two pixels from the edges."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    span, last = (high - low) or 1.0, max(1, len(values) - 1)
    points = [
        (2 + place * (width - 4) / last, height - 2 - (value - low) * (height - 4) / span) for place, value in known
    ]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _frame() -> dict[str, object]:
    found = context.visitor()
    return {
        "visitor": found,
        "person": found.person if found else None,
        "city": found.person.city if found else None,
        "today": found.today if found else None,
        "language": current_language(),
        "navigation": entries_for(found.actor) if found and not found.must_enrol else [],
        "demo_clock_moves": (demo := demonstration()) is not None and demo.move_clock is not None,
        **travel(),
        "is_demonstration": context.runtime().settings.demo or (found and found.person.city.has_demonstration_data),
    }


def _with_version(folder: Path) -> Any:
    @lru_cache(maxsize=256)
    def version(name: str) -> str | None:
        path = folder / name
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None

    def add(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "filename" in values and (found := version(values["filename"])):
            values.setdefault("v", found)

    return add
