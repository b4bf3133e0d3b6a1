"""Which rule set a city judges by on a day: the standard, then the versions that it planned (DOMAIN 1.2).

A version holds from its day on and never before, so the past keeps the rules that made it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pmo.domain.assessment import assess_project, signature
from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.domain.policy import STANDARD, RuleSet
from pmo.domain.project import Project, ProjectAssessment


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version: its numbers (``rules.version`` is its name), its first day, when it was entered."""

    rules: RuleSet
    valid_from: date
    entered_at: datetime


class RuleBook:
    """The versions of one city that stand, and the standard that holds before and between them.

    ``changed_at`` is the last instant at which a version was entered or withdrawn, None where there never was one.
    """

    def __init__(
        self,
        versions: Iterable[RuleVersion] = (),
        standard: RuleSet = STANDARD,
        changed_at: datetime | None = None,
    ) -> None:
        self.standard = standard
        self.versions = tuple(sorted(versions, key=lambda version: version.valid_from))
        self.changed_at = changed_at

    def on(self, day: date, at: datetime | None = None) -> RuleSet:
        """The rules in force on a day, by what had been entered at an instant (default: by everything).

        The instant matters on the first day of a version that was entered on that very day: the morning before it was
        told by the old one.
        """
        started = (version.rules for version in reversed(self._known(at)) if version.valid_from <= day)
        return next(started, self.standard)

    def since(self, day: date, at: datetime | None = None) -> date | None:
        """The first day of the version in force on a day, None for the standard."""
        started = (version.valid_from for version in reversed(self._known(at)) if version.valid_from <= day)
        return next(started, None)

    def next_day(self, day: date, at: datetime | None = None) -> date | None:
        """The first later day with other rules, None where none is planned."""
        return next((version.valid_from for version in self._known(at) if version.valid_from > day), None)

    def _known(self, at: datetime | None) -> tuple[RuleVersion, ...]:
        return tuple(version for version in self.versions if at is None or version.entered_at <= at)


def assess_by_book(
    project: Project, on: date, calendar: WorkingCalendar, book: RuleBook, at: datetime | None = None
) -> ProjectAssessment:
    """Assessment of what is known of a project, whose best-before dates know of the versions to come.

    The first day of another version ends the freshness; it is a change where the new rules say another thing that day.
    """
    judged = assess_project(project, on, calendar, book.on(on, at))
    other_rules_on = book.next_day(on, at)
    if other_rules_on is None:
        return judged
    last = other_rules_on - ONE_DAY
    fresh_until = last if judged.fresh_until is None else min(judged.fresh_until, last)
    if judged.changes_on is not None and judged.changes_on < other_rules_on:
        return replace(judged, fresh_until=fresh_until)
    later = assess_by_book(project, other_rules_on, calendar, book, at)
    changes_on = other_rules_on if signature(later) != signature(judged) else later.changes_on
    return replace(judged, fresh_until=fresh_until, changes_on=changes_on)
