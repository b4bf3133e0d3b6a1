"""The demonstration portfolio as domain objects, read straight from its two files: no database, no importer.

Facts are dated as a replay dates them: the catalogue at ``tracked_since`` 00:00, an event on its day 00:00, in the
city's zone. As of a day means entered before the next day begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from pmo.domain.calendar import ONE_DAY
from pmo.domain.indicator import Direction, Frequency, Indicator, Interpolation, Kind, Reading
from pmo.domain.milestone import BaselineDate, Cancellation, Claim, Decision, Dependency, Forecast, Milestone, Pause
from pmo.domain.project import Project, Rebaseline, known_until

FOLDER = Path(__file__).parents[2] / "pmo" / "demo" / "data"
ZONE = ZoneInfo("Asia/Almaty")
TRACKED_SINCE = date(2019, 9, 16)

Raw = Mapping[str, Any]


def entered_on(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def as_of(project: Project, day: date) -> Project:
    known = known_until(project, entered_on(day + ONE_DAY) - timedelta(microseconds=1))
    assert known is not None
    return known


@cache
def scenarios() -> dict[str, str]:
    return dict(_read("demo_log.yaml")["scenarios"])


@cache
def demo_projects() -> tuple[Project, ...]:
    """All 64 projects with every fact of the log."""
    catalogue, log = _read("portfolio.yaml"), _read("demo_log.yaml")
    events: dict[str, list[Raw]] = defaultdict(list)
    for event in log["events"]:
        events[event["project"]].append(event)
    raw = [*catalogue["almaty_projects"], *catalogue["astana_projects"], *catalogue["shymkent_projects"]]
    return tuple(_project(number, item, events[item["id"]]) for number, item in enumerate(raw, 1))


@cache
def _read(name: str) -> Raw:
    content: Raw = yaml.load((FOLDER / name).read_bytes(), yaml.CSafeLoader)
    return content


def _date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _project(number: int, raw: Raw, events: list[Raw]) -> Project:
    by_item: dict[str, list[Raw]] = defaultdict(list)
    for event in events:
        by_item[event["ref"]].append(event)
    own = by_item[raw["id"]]
    changes = [event for event in own if event["type"] == "rebaseline"]
    cancellations = [
        Cancellation(event["event_date"], entered_on(event["event_date"]), event["reason"])
        for event in own
        if event["type"] == "cancel"
    ]
    return Project(
        id=number,
        code=raw["id"],
        city=raw["city"],
        start_on=_date(raw["start_date"]),
        end_on=_date(raw["end_date"]),
        tracked_since=TRACKED_SINCE,
        entered_at=entered_on(TRACKED_SINCE),
        weight=raw["weight"],
        milestones=tuple(_milestone(place, item, by_item[item["id"]], changes) for place, item in _numbered(raw, "m")),
        indicators=tuple(_indicator(place, item, by_item[item["id"]]) for place, item in _numbered(raw, "i")),
        pauses=_pauses(own),
        cancellation=cancellations[0] if cancellations else None,
        rebaselines=tuple(
            Rebaseline(place, change["event_date"], entered_on(change["event_date"]))
            for place, change in enumerate(changes, 1)
        ),
    )


def _numbered(raw: Raw, kind: str) -> enumerate[Raw]:
    return enumerate(raw[{"m": "milestones", "i": "indicators"}[kind]], 1)


def _pauses(events: list[Raw]) -> tuple[Pause, ...]:
    pauses: list[Pause] = []
    for event in events:
        if event["type"] == "pause":
            pauses.append(Pause(event["event_date"], entered_on(event["event_date"])))
        if event["type"] == "resume":
            day = event["event_date"]
            pauses[-1] = replace(pauses[-1], resumed_on=day, resume_entered_at=entered_on(day))
    return tuple(pauses)


def _milestone(number: int, raw: Raw, events: list[Raw], changes: list[Raw]) -> Milestone:
    baselines = [BaselineDate(0, _date(raw["baseline_date"]), entered_on(TRACKED_SINCE), TRACKED_SINCE)]
    for version, change in enumerate(changes, 1):
        if raw["id"] in change["new_dates"]:
            day = change["event_date"]
            baselines.append(BaselineDate(version, change["new_dates"][raw["id"]], entered_on(day), day, version))
    claims: list[Claim] = []
    if "actual_date" in raw:
        known = entered_on(TRACKED_SINCE)
        claims.append(Claim(1, _date(raw["actual_date"]), TRACKED_SINCE, known, Decision(True, known, TRACKED_SINCE)))
    for event in events:
        day = event["event_date"]
        if event["type"] == "completion_claimed":
            claims.append(Claim(len(claims) + 1, event["completed_on"], day, entered_on(day)))
        elif event["type"].startswith("evidence_"):
            accepted = event["type"] == "evidence_accepted"
            claims[-1] = replace(claims[-1], decision=Decision(accepted, entered_on(day), day))
    return Milestone(
        id=number,
        code=raw["id"],
        weight=raw["weight"],
        critical=raw["critical"],
        predecessors=tuple(Dependency(link["id"], link["type"], link["lag_wd"]) for link in raw["depends_on"]),
        entered_at=entered_on(TRACKED_SINCE),
        baselines=tuple(baselines),
        claims=tuple(claims),
        forecasts=tuple(
            Forecast(event["forecast_date"], "not_stated", entered_on(event["event_date"]))
            for event in events
            if event["type"] == "forecast"
        ),
    )


def _indicator(number: int, raw: Raw, events: list[Raw]) -> Indicator:
    known = entered_on(TRACKED_SINCE)
    seen = [Reading(_date(raw["actual_on"]), raw["actual_value"], known)] if "actual_value" in raw else []
    told = [Reading(event["period_end"], event["value"], entered_on(event["event_date"])) for event in events]
    return Indicator(
        id=number,
        code=raw["id"],
        direction=Direction(raw["direction"]),
        kind=Kind(raw["kind"]),
        baseline_on=_date(raw["baseline_date"]),
        target_on=_date(raw["target_date"]),
        baseline=raw["baseline_value"],
        target=raw.get("target_value"),
        low=raw.get("target_low"),
        high=raw.get("target_high"),
        trajectory=tuple((_date(point["date"]), point["value"]) for point in raw.get("trajectory", ())),
        interpolation=Interpolation(raw.get("interpolation", "linear")),
        frequency=Frequency(raw["frequency"]),
        window_start=_date(raw["window_start"]) if "window_start" in raw else None,
        weight=raw["weight"],
        critical=raw["critical"],
        entered_at=known,
        readings=tuple(seen + told),
    )
