"""Answers as plain values: the JSON of ``pmo status``, and what a program needs beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pmo.clock import utc_text
from pmo.domain.project import ProjectAssessment, ProjectStatus
from pmo.domain.reason import Reason
from pmo.exchange.status_report import status_report
from pmo.i18n.sentences import Names, sentence_of
from pmo.queries.names import Name
from pmo.queries.open_alerts import Thread
from pmo.queries.overview import Line, Overview
from pmo.queries.past_weeks import Glance
from pmo.queries.project_page import IndicatorLine, MilestoneLine, ProjectPage
from pmo.queries.standing_facts import StandingForecast, StandingReading
from pmo.web.context import city, runtime

LATEST_READINGS = 12
Answer = dict[str, Any]


def labelled(answer: Answer) -> Answer:
    """The answer, saying whether its data are those of the demonstration, as every page does."""
    return {"demonstration": runtime().settings.demo or city().has_demonstration_data, **answer}


def portfolio_answer(found: Overview) -> Answer:
    """The counts that stand above the overview; a status without projects is 0."""
    return {
        "on": found.day.isoformat(),
        "total": len(found.everything),
        "attention": len(found.attention),
        "counts": {status.value: found.counts.get(status, 0) for status in ProjectStatus},
    }


def line_answer(line: Line, assessment: ProjectAssessment, words: Names) -> Answer:
    """A project of a list."""
    report = status_report([assessment])[0]
    return {
        "id": line.id,
        "code": line.code,
        "city": line.city,
        "name": _name(Name(*line.names)),
        "department": line.department,
        "area": line.area,
        "status": line.status.value,
        "severity": line.severity,
        "since": line.since.isoformat(),
        "slip_days": line.slip_days,
        "flagship": line.flagship,
        "reasons": _reasons(report["reasons"], assessment.reasons, words),
    }


def project_answer(
    page: ProjectPage,
    place: tuple[str, str],
    forecasts: Mapping[int, Sequence[StandingForecast]],
    readings: Mapping[int, Sequence[StandingReading]],
    alerts: Sequence[Thread],
    words: Names,
) -> Answer:
    """One project; ``place`` is its department and area of that day."""
    report = status_report([page.assessment])[0]
    milestones = {line.facts.code: line for line in page.milestones}
    indicators = {line.facts.code: line for line in page.indicators}
    return {
        "on": page.assessment.on.isoformat(),
        "id": page.id,
        "code": page.code,
        "city": page.city,
        "name": _name(page.name),
        "department": place[0],
        "area": place[1],
        "status": report["status"],
        "severity": report["severity"],
        "since": page.since.isoformat(),
        "reasons": _reasons(report["reasons"], page.assessment.reasons, words),
        "components": report["components"],
        "changes_on": report["changes_on"],
        "milestones": [
            _milestone_answer(milestones[judged["code"]], judged, forecasts) for judged in report["milestones"]
        ],
        "indicators": [
            _indicator_answer(indicators[judged["code"]], judged, readings) for judged in report["indicators"]
        ],
        "alerts": [{"item": one.item, "rung": one.reached.value, "since": one.since.isoformat()} for one in alerts],
    }


def _milestone_answer(
    line: MilestoneLine, judged: Answer, forecasts: Mapping[int, Sequence[StandingForecast]]
) -> Answer:
    told = forecasts.get(line.facts.id)
    return {
        "id": line.facts.id,
        "name": _name(line.name),
        "rule": line.judged.rule,
        "critical": line.judged.critical,
        "weight": line.judged.weight,
        **judged,
        "forecast": forecast_answer(told[-1]) if told else None,
    }


def _indicator_answer(line: IndicatorLine, judged: Answer, readings: Mapping[int, Sequence[StandingReading]]) -> Answer:
    return {
        "id": line.facts.id,
        "name": _name(line.name),
        "unit": _name(line.unit) if line.unit else None,
        "rule": line.judged.rule,
        "critical": line.judged.critical,
        "weight": line.judged.weight,
        "direction": line.facts.direction.value,
        "kind": line.facts.kind.value,
        "frequency": line.facts.frequency.value,
        "target": line.facts.target,
        "target_on": line.facts.target_on.isoformat(),
        "observed_on": _day(line.judged.observed_on),
        **judged,
        "readings": [reading_answer(one) for one in readings.get(line.facts.id, ())[-LATEST_READINGS:]],
    }


def weeks_answer(weeks: Sequence[Glance]) -> list[Answer]:
    """The status at the end of each week."""
    return [{"on": glance.on.isoformat(), "status": glance.status.value} for glance in weeks]


def reading_answer(reading: StandingReading) -> Answer:
    """A value for a period, exact."""
    return {
        "version": reading.version,
        "period_end": reading.period_end.isoformat(),
        "value": reading.value,
        "note": reading.note,
        "is_correction": reading.is_correction,
        "entered_at": utc_text(reading.entered_at),
    }


def forecast_answer(forecast: StandingForecast) -> Answer:
    """A day at which a milestone is expected."""
    return {
        "version": forecast.version,
        "expected_on": forecast.expected_on.isoformat(),
        "reason": forecast.reason,
        "note": forecast.note,
        "entered_at": utc_text(forecast.entered_at),
    }


def _reasons(told: Sequence[Answer], reasons: Sequence[Reason], words: Names) -> list[Answer]:
    pairs = zip(told, reasons, strict=True)
    return [{**one, "sentence": sentence_of(reason, words)} for one, reason in pairs]


def _name(name: Name) -> Answer:
    return {"ru": name.name_ru, "kk": name.name_kk, "en": name.name_en}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
