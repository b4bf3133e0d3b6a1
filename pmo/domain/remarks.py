"""New comments as lines of the daily digest of those who answer for a project (decision 13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import shorten

from pmo.domain.digests import Line, Section, What
from pmo.domain.week import Week

QUOTED = 240
"""Characters of a comment that a mail repeats; the page has all of it."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment that stands: who said what on which day of ``item``, a code."""

    project: int
    item: str
    author: str | None
    on: date
    text: str


def remark_lines(week: Week, remarks: Sequence[Remark], reader: str) -> Iterator[Line]:
    """One line for each item with comments by others, oldest first: the last of them, and how many there are."""
    by_item: dict[str, list[Remark]] = {}
    for remark in remarks:
        if remark.author != reader:
            by_item.setdefault(remark.item, []).append(remark)
    for item, said in by_item.items():
        kind, status, severity, critical = _standing(week, item)
        values = {
            "status": status,
            "author": said[-1].author,
            "said_on": said[-1].on,
            "text": shorten(said[-1].text, QUOTED, placeholder=" …"),
            "count": len(said),
        }
        yield Line(
            Section.COMMENTS,
            What.COMMENT,
            kind,
            item,
            week.project.code,
            week.department,
            severity=severity or 0,
            critical=critical,
            weight=week.project.weight,
            values=values,
        )


def _standing(week: Week, code: str) -> tuple[str, str, int | None, bool]:
    """Kind, status, severity, and whether critical, of what a comment is about."""
    for milestone in week.now.milestones:
        if milestone.code == code:
            return "milestone", milestone.status.value, milestone.severity, milestone.critical
    for indicator in week.now.indicators:
        if indicator.code == code:
            return "indicator", indicator.status.value, indicator.severity, indicator.critical
    return "project", week.now.status.value, week.now.severity, False
