"""Small files to import: a town with one project of each of two cities, and a log of what happened to them.

Each function gives fresh plain values to spoil in one place; ``as_yaml`` writes them down.
"""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import yaml

Raw = dict[str, Any]


def name(text: str) -> Raw:
    return {"ru": f"{text} (ru)", "kk": f"{text} (kk)", "en": text}


def small_portfolio() -> Raw:
    """Two cities, six posts, two projects; the first has three milestones and two indicators."""
    return copy.deepcopy(_PORTFOLIO)


def small_log() -> Raw:
    """Eleven events about both projects, every type among them."""
    return copy.deepcopy(_LOG)


def as_yaml(raw: object) -> bytes:
    return yaml.safe_dump(raw, allow_unicode=True, sort_keys=False).encode()


def _milestone(code: str, day: str, *predecessors: str, **more: object) -> Raw:
    return {
        "id": code,
        "name": name(f"Milestone {code}"),
        "type": "document",
        "baseline_date": date.fromisoformat(day),
        "weight": 1,
        "critical": False,
        "depends_on": [{"id": predecessor, "type": "FS", "lag_wd": 0} for predecessor in predecessors],
        "evidence_required": "act",
        **more,
    }


def _indicator(code: str, **more: object) -> Raw:
    return {
        "id": code,
        "name": name(f"Indicator {code}"),
        "unit": "count",
        "direction": "up",
        "kind": "cumulative",
        "baseline_value": 0,
        "baseline_date": date(2019, 9, 1),
        "target_value": 100,
        "target_date": date(2020, 12, 31),
        "interpolation": "linear",
        "frequency": "monthly",
        "weight": 1,
        "critical": True,
        "source": {"system": "departmental_report"},
        **more,
    }


def _post(code: str, city: str, role: str, department: str | None = None) -> Raw:
    post = {
        "id": code,
        "city": city,
        "role": role,
        "title": name(code),
        "email": f"{code}@{city}.example",
        "language": "ru",
    }
    return {**post, "department": department} if department else post


def _project(code: str, city: str, suffix: str, milestones: list[Raw], indicators: list[Raw]) -> Raw:
    return {
        "id": code,
        "city": city,
        "name": name(f"Project {code}"),
        "sector": "digital",
        "priority": "P1",
        "department": f"DEP-{suffix}",
        "deputy_area": f"AREA-{suffix}",
        "districts": [],
        "start_date": date(2019, 9, 2),
        "end_date": date(2020, 12, 31),
        "budget_planned_mln_kzt": 120,
        "weight": 1,
        "owner": f"head-{suffix}",
        "manager": f"manager-{suffix}",
        "curator": f"deputy-{suffix}",
        "milestones": milestones,
        "indicators": indicators,
    }


def _city(code: str) -> Raw:
    return {"id": code, "name": name(code), "timezone": "Asia/Almaty", "currency": "KZT", "calendar": "KZ"}


def _department(suffix: str, city: str) -> Raw:
    return {
        "id": f"DEP-{suffix}",
        "name": name(f"Department {suffix}"),
        "city": city,
        "head": f"head-{suffix}",
        "valid_from": date(2019, 1, 1),
    }


_PORTFOLIO: Raw = {
    "meta": {"schema_version": 1, "tracked_since": date(2019, 9, 16)},
    "reference": {
        "cities": [_city("almaty"), _city("astana")],
        "priorities": [{"id": "P1", "name": name("Priority")}],
        "sectors": [{"id": "digital", "name": name("Digital")}],
        "departments": [_department("a", "almaty"), _department("b", "astana")],
        "deputy_areas": [
            {"id": "AREA-a", "name": name("Area a"), "city": "almaty", "holder": "deputy-a"},
            {"id": "AREA-b", "name": name("Area b"), "city": "astana", "holder": "deputy-b"},
        ],
        "districts": [{"id": "medeu", "name": name("Medeu"), "city": "almaty"}],
        "units": [{"id": "count", "name": name("units")}],
        "milestone_types": [{"id": "document", "name": name("Document")}],
        "evidence_types": [{"id": "act", "name": name("Act")}],
        "reason_codes": [{"id": "other", "name": name("Other")}, {"id": "not_stated", "name": name("Not stated")}],
    },
    "people": [
        _post("akim-a", "almaty", "akim"),
        _post("analyst-a", "almaty", "pmo_analyst"),
        _post("deputy-a", "almaty", "deputy_akim"),
        _post("head-a", "almaty", "department_head", "DEP-a"),
        _post("manager-a", "almaty", "project_manager", "DEP-a"),
        _post("analyst-b", "astana", "pmo_analyst"),
        _post("deputy-b", "astana", "deputy_akim"),
        _post("head-b", "astana", "department_head", "DEP-b"),
        _post("manager-b", "astana", "project_manager", "DEP-b"),
    ],
    "almaty_projects": [
        _project(
            "DP-1",
            "almaty",
            "a",
            [
                _milestone("DP-1-M1", "2019-09-10", actual_date=date(2019, 9, 9)),
                _milestone("DP-1-M2", "2019-11-29", "DP-1-M1"),
                _milestone("DP-1-M3", "2020-06-30", "DP-1-M2"),
            ],
            [_indicator("DP-1-I1", actual_value=5, actual_on=date(2019, 9, 10)), _indicator("DP-1-I2")],
        )
    ],
    "astana_projects": [_project("AST-1", "astana", "b", [_milestone("AST-1-M1", "2020-03-31")], [])],
}


def event(day: str, type_: str, ref: str, **said: object) -> Raw:
    return {
        "event_date": date.fromisoformat(day),
        "project": ref.split("-M")[0].split("-I")[0],
        "type": type_,
        "ref": ref,
        **said,
    }


_LOG: Raw = {
    "meta": {"title": "A small log"},
    "events": [
        event("2019-10-10", "indicator", "DP-1-I1", period_end=date(2019, 9, 30), value=10),
        event("2019-11-04", "completion_claimed", "DP-1-M2", completed_on=date(2019, 11, 1), evidence="act"),
        event("2019-11-05", "evidence_rejected", "DP-1-M2", reason="other"),
        event("2019-11-06", "completion_claimed", "DP-1-M2", completed_on=date(2019, 11, 1), evidence="act"),
        event("2019-11-08", "evidence_accepted", "DP-1-M2", by="role_analyst"),
        event("2019-12-02", "forecast", "DP-1-M3", forecast_date=date(2020, 8, 31)),
        event("2019-12-03", "change_requested", "DP-1", reason="other"),
        event("2019-12-05", "rebaseline", "DP-1", new_dates={"DP-1-M3": date(2020, 7, 31)}, approved_by="role_curator"),
        event("2019-12-10", "pause", "AST-1", reason="other"),
        event("2019-12-20", "resume", "AST-1"),
        event("2020-01-10", "cancel", "AST-1", reason="other"),
    ],
}
