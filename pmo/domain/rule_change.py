"""What other rules would change on a day: statuses of projects, milestones and indicators, with the new reason.

Both sides are computed by the same function as every page and every night, so the preview cannot promise another thing
than what then happens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pmo.domain.calendar import WorkingCalendar
from pmo.domain.indicator import IndicatorAssessment
from pmo.domain.milestone import MilestoneAssessment
from pmo.domain.policy import RuleSet
from pmo.domain.project import Project, ProjectAssessment, ProjectStatus
from pmo.domain.reason import Reason
from pmo.domain.verdict import judge_project

Judged = MilestoneAssessment | IndicatorAssessment


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A milestone or an indicator under both rule sets; the reasons are what the project's two receipts say of it."""

    noun: str
    before: Judged
    after: Judged
    reason_before: Reason | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class JudgedTwice:
    """One project under both rule sets. ``id`` is its own."""

    id: int
    before: ProjectAssessment
    after: ProjectAssessment

    @property
    def turns(self) -> bool:
        """Whether the project itself gets another status or severity."""
        return (self.before.status, self.before.severity) != (self.after.status, self.after.severity)

    @property
    def items(self) -> tuple[ItemChange, ...]:
        """Its milestones and indicators with another status or severity."""
        milestones = _changed("milestone", self.before.milestones, self.after.milestones, self)
        indicators = _changed("indicator", self.before.indicators, self.after.indicators, self)
        return (*milestones, *indicators)

    @property
    def is_seen(self) -> bool:
        """Whether anybody would see another status."""
        return self.turns or bool(self.items)

    @property
    def reason(self) -> Reason | None:
        """The first line of the new receipt."""
        return self.after.reasons[0] if self.after.reasons else None

    @property
    def reason_before(self) -> Reason | None:
        """The first line of the old receipt."""
        return self.before.reasons[0] if self.before.reasons else None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What other rules change in a portfolio: how many projects stand where, before and after, and which change."""

    before: Mapping[ProjectStatus, int]
    after: Mapping[ProjectStatus, int]
    projects: tuple[JudgedTwice, ...]

    @property
    def statuses(self) -> tuple[ProjectStatus, ...]:
        """The states that occur on either side, in their own order."""
        return tuple(status for status in ProjectStatus if self.before.get(status) or self.after.get(status))

    def items_changed(self, noun: str) -> int:
        """How many milestones or indicators get another status."""
        return sum(item.noun == noun for project in self.projects for item in project.items)


def judged_twice(project: Project, on: date, calendar: WorkingCalendar, before: RuleSet, after: RuleSet) -> JudgedTwice:
    """One project, as it is known, under two rule sets on one day."""
    old, new = judge_project(project, on, calendar, before), judge_project(project, on, calendar, after)
    return JudgedTwice(project.id, old, new)


def change_of_rules(judged: Iterable[JudgedTwice]) -> RuleChange:
    """The sum over a portfolio, the changed projects by code."""
    everything = list(judged)
    return RuleChange(
        before=Counter(one.before.status for one in everything),
        after=Counter(one.after.status for one in everything),
        projects=tuple(sorted((one for one in everything if one.is_seen), key=lambda one: one.before.code)),
    )


def _changed(
    noun: str, before: Iterable[Judged], after: Iterable[Judged], project: JudgedTwice
) -> Iterator[ItemChange]:
    new = {item.code: item for item in after}
    for item in before:
        other = new[item.code]
        if (item.status, item.severity) != (other.status, other.severity):
            was, will_be = (_reason_about(item.code, judged) for judged in (project.before, project.after))
            yield ItemChange(noun, item, other, was, will_be)


def _reason_about(code: str, judged: ProjectAssessment) -> Reason | None:
    return next((reason for reason in judged.reasons if reason.item == code), None)
