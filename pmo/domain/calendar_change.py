"""What another calendar would change today: statuses, due dates, working days overdue, days of the ladder.

Both sides are computed by the same functions as every page and every morning, so the preview cannot promise another
thing than what then happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pmo.domain.alerts import Morning, climb_of
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.ladder import Rung, Standing, escalation_dates, reminder_dates
from pmo.domain.milestone import Milestone, MilestoneAssessment
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectStatus
from pmo.domain.verdict import judge_project


@dataclass(frozen=True, slots=True)
class RungMove:
    """A rung of the ladder still to come that falls on another day."""

    rung: Rung
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class MilestoneChange:
    """One milestone under both calendars."""

    before: MilestoneAssessment
    after: MilestoneAssessment
    rungs: tuple[RungMove, ...]

    @property
    def is_seen(self) -> bool:
        """Whether anybody would see the difference."""
        fields = ("status", "severity", "effective_due_on", "days_overdue", "expected_on")
        return bool(self.rungs) or any(getattr(self.before, name) != getattr(self.after, name) for name in fields)


@dataclass(frozen=True, slots=True)
class ProjectChange:
    """One project under both calendars, with those of its milestones that change."""

    id: int
    code: str
    before: ProjectStatus
    after: ProjectStatus
    milestones: tuple[MilestoneChange, ...]


def change_of(
    project: Project, on: date, before: WorkingCalendar, after: WorkingCalendar, rules: RuleSet
) -> ProjectChange | None:
    """What changes for a project (as it is known) on a day, or None."""
    old, new = judge_project(project, on, before, rules), judge_project(project, on, after, rules)
    facts = {item.id: item for item in project.milestones}
    judged = {item.id: item for item in new.milestones}
    changes = []
    for item in old.milestones:
        milestone = facts[item.id]
        was = _coming(project, milestone, item, Morning(on, None, before, rules))
        will_be = _coming(project, milestone, judged[item.id], Morning(on, None, after, rules))
        moves = tuple(
            RungMove(rung, day, will_be[rung])
            for rung, day in was.items()
            if rung in will_be and day != will_be[rung] and max(day, will_be[rung]) >= on
        )
        change = MilestoneChange(item, judged[item.id], moves)
        if change.is_seen:
            changes.append(change)
    if old.status is new.status and not changes:
        return None
    return ProjectChange(project.id, project.code, old.status, new.status, tuple(changes))


def _coming(
    project: Project, milestone: Milestone, judged: MilestoneAssessment, morning: Morning
) -> Mapping[Rung, date]:
    """The days of the rungs of a ladder that climbs or waits."""
    climb = climb_of(project, milestone, judged, morning)
    if climb is None or climb.standing is Standing.RESTING:
        return {}
    reminders = reminder_dates(climb.due_on, morning.calendar)
    return {**reminders, **escalation_dates(climb.counts_from, morning.calendar)}
