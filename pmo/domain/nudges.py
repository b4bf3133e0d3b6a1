"""Projects that nobody speaks for, as lines of a digest (PRODUCT 3: silent projects; decision 9)."""

from __future__ import annotations

from dataclasses import replace

from pmo.domain.digests import Line, Section, What
from pmo.domain.portfolio import GREY
from pmo.domain.voices import Heard, Silence
from pmo.domain.week import Week


def missing_update(week: Week, heard: Heard) -> Line | None:
    """For the manager, on the day of the weekly digest: no word for more than 14 days, and the form to say one."""
    line = _line(week, heard)
    return replace(line, values={**line.values, "action": "send_update", "act_by": None}) if line else None


def silent_project(week: Week, heard: Heard) -> Line | None:
    """For those who steer: no word for more than 35 days."""
    return _line(week, heard) if heard.silence(week.on) is Silence.SILENT else None


def _line(week: Week, heard: Heard) -> Line | None:
    if week.now.status in GREY or heard.silence(week.on) is None:
        return None
    return Line(
        Section.SILENT,
        What.UPDATE_MISSING,
        "project",
        week.project.code,
        week.project.code,
        week.department,
        severity=week.now.severity or 0,
        weight=week.project.weight,
        values={"status": week.now.status.value, "days": heard.days(week.on), "last_on": heard.last_on},
    )
