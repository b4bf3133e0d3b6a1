"""The slip ledger of a project: every move of a date, by whom, why, and who approved it (PRODUCT 2, promise 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pmo.domain.calendar import WorkingCalendar
from pmo.queries.chronicle import Entry
from pmo.queries.names import Name
from pmo.queries.project_page import MilestoneLine, ProjectPage


@dataclass(frozen=True, slots=True)
class Move:
    """One date that moved. ``is_approved`` marks a new version of the plan, otherwise it is the manager's forecast.

    ``moved_wd`` are working days from ``before`` to ``after``, against what was expected last. ``asked_by`` is who
    asked for an approved date.
    """

    on: date
    line: MilestoneLine
    is_approved: bool
    before: date
    after: date
    moved_wd: int
    author: Name | None
    asked_by: Name | None
    reason: str | None
    text: str | None


def ledger_of(page: ProjectPage, entries: Sequence[Entry], calendar: WorkingCalendar) -> list[Move]:
    """Every move from the project's history, newest first. ``entries`` are newest first, too."""
    lines = {line.facts.code: line for line in page.milestones}
    plan = {code: first.due_on for code, line in lines.items() if (first := line.facts.original)}
    expected = dict(plan)
    asked = {entry.request_id: entry for entry in entries if entry.kind == "change_requested" and entry.request_id}
    moves: list[Move] = []
    for entry in reversed(entries):
        request = asked.get(entry.request_id or 0)
        for code, after in _new_dates(entry).items():
            is_approved = entry.kind == "rebaseline"
            line, before = lines.get(code), (plan if is_approved else expected).get(code)
            if is_approved:
                plan[code] = after
            expected[code] = after
            if line is None or before is None or before == after:
                continue
            told = request or entry
            moves.append(
                Move(
                    on=entry.event_on,
                    line=line,
                    is_approved=is_approved,
                    before=before,
                    after=after,
                    moved_wd=calendar.wd(before, after),
                    author=entry.author,
                    asked_by=request.author if request else None,
                    reason=told.reason,
                    text=told.text,
                )
            )
    return moves[::-1]


def _new_dates(entry: Entry) -> Mapping[str, date]:
    if entry.kind == "forecast" and entry.on:
        return {entry.item: entry.on}
    return entry.dates or {} if entry.kind == "rebaseline" else {}
