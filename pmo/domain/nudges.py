"""Projects that nobody speaks for, as lines of a digest (PRODUCT 3: silent projects; decisions 9 and 13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pmo.domain.digests import Line, Section, What
from pmo.domain.portfolio import GREY
from pmo.domain.voices import Heard, Silence
from pmo.domain.week import Week


@dataclass(frozen=True, slots=True)
class Nudge:
    """Asks the manager for a word. ``is_a_mail`` tells whether it is worth a digest of its own; else it only rides in
    one that goes out anyway."""

    line: Line
    is_a_mail: bool


def missing_update(week: Week, heard: Heard, weekly_day_before: date | None) -> Nudge | None:
    """For the manager: no word for more than 14 days, and the form to say one.

    It is a mail once in a silence, on the weekly day on which those who steer first read of it, so that nobody is told
    later than his superiors. ``weekly_day_before`` is None on every other day.
    """
    line = _line(week, heard)
    if line is None:
        return None
    asking = replace(line, values={**line.values, "action": "send_update", "act_by": None})
    turned = weekly_day_before is not None and heard.silence(weekly_day_before) is not Silence.SILENT
    return Nudge(asking, is_a_mail=turned and heard.silence(week.on) is Silence.SILENT)


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
