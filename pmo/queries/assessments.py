"""Assessments on any day: from the store where it holds, else computed from the facts; and how reasons are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from pmo.clock import end_of_day
from pmo.domain.project import ProjectAssessment, known_until
from pmo.domain.reason import Reason, Value
from pmo.domain.rule_book import assess_by_book
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.places import city_zone
from pmo.queries.rules import CityRules


def assessments_as_of(
    session: Session, project_ids: Sequence[int] | None, day: date, rules: CityRules, histories: Histories
) -> dict[int, ProjectAssessment]:
    """Assessments by project id as of the end of a past day, from the facts and days entered up to it (PRODUCT 5).

    Projects that had not been entered by then are left out.
    """
    found: dict[int, ProjectAssessment] = {}
    loaded = histories.load(session, project_ids)
    moments = {city: end_of_day(day, city_zone(session, city)) for city in {one.city for one in loaded.values()}}
    calendars = {city: working_calendar(session, city, moment) for city, moment in moments.items()}
    for number, project in loaded.items():
        city = project.city
        known = known_until(project, moments[city])
        if known is not None:
            found[number] = assess_by_book(known, day, calendars[city], rules.book(session, city), moments[city])
    return found


def stored_reasons(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as JSON; dates become ``{"date": "2020-01-31"}`` so that they come back as dates."""
    return [
        {
            "rule": reason.rule,
            "item": reason.item,
            "values": {name: _stored(value) for name, value in reason.values.items()},
            "limit": _stored(reason.limit),
            "severity": reason.severity,
            "weight": reason.weight,
        }
        for reason in reasons
    ]


def loaded_reasons(stored: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Reasons from JSON."""
    return tuple(
        Reason(
            rule=reason["rule"],
            item=reason["item"],
            values={name: _loaded(value) for name, value in reason["values"].items()},
            limit=_loaded(reason["limit"]),
            severity=reason["severity"],
            weight=reason["weight"],
        )
        for reason in stored
    )


def _stored(value: Value) -> Any:
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _loaded(value: Any) -> Value:
    return date.fromisoformat(value["date"]) if isinstance(value, dict) else value
