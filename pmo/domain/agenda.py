"""The agenda of the weekly meeting: what to speak of, in which order, what is wanted and from whom (PRODUCT 2).

Unanswered escalations first, then what is red, what slipped since the last meeting, who is silent, which decisions are
wanted. A project is called once, at the first of its matters, and everything about it is settled there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum

from pmo.domain.alerts import Morning, PastAlert, climb_of
from pmo.domain.answers import Answered
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.decisions import OpenRequest, long_pause, open_changes, stocktake, waiting_evidence
from pmo.domain.digests import Line, Section, What
from pmo.domain.ladder import LADDER, Climb, Delivery, Rung
from pmo.domain.milestone import Milestone, MilestoneStatus
from pmo.domain.week import Week, lines_of, milestone_line, project_news


class Topic(StrEnum):
    """Why a project is on the agenda, in the order of the meeting."""

    UNANSWERED = "unanswered"
    RED = "red"
    SLIPPED = "slipped"
    SILENT = "silent"
    DECISIONS = "decisions"


class From(StrEnum):
    """Whose answer or decision is wanted."""

    PERFORMER = "performer"
    MANAGER = "manager"
    OWNER = "owner"
    CURATOR = "curator"
    AKIM = "akim"
    PMO = "pmo"


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to settle: what is said of which item, who has to say or decide something.

    ``line`` is the line of the weekly digest; its ``rung`` is the highest one told where nobody answered.
    """

    topic: Topic
    line: Line
    wanted_from: From


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One project with its matters, the first of which gives it its place."""

    project: int
    matters: tuple[Matter, ...]

    @property
    def topic(self) -> Topic:
        """The topic under which it is called."""
        return self.matters[0].topic


HEARD_ABOVE = (Rung.O_3, Rung.O_7, Rung.O_14, Rung.WEEKLY)
"""Rungs of which somebody above the owner was told, or will be: an unanswered O+1 is not yet for the meeting."""

DECIDES: Mapping[What, From] = {
    What.CHANGE_TO_RULE: From.CURATOR,
    What.CHANGE_TO_CHECK: From.PMO,
    What.EVIDENCE_WAITING: From.PMO,
    What.LONG_PAUSE: From.CURATOR,
    What.STOCKTAKE: From.AKIM,
}


def matters_of(
    week: Week,
    past: Sequence[PastAlert],
    answered: Answered,
    requests: Sequence[OpenRequest],
    calendar: WorkingCalendar,
) -> tuple[Matter, ...]:
    """What is to be settled about one project, in the order of the topics."""
    found = [*_unanswered(week, past, answered, calendar)]
    if week.now.severity == 2:
        line = project_news(week, Section.NEWLY_RED, What.PROJECT_RED)
        found.append(Matter(Topic.RED, line, From.MANAGER))
    for line in lines_of(week):
        if line.section is Section.SLIPPED:
            found.append(Matter(Topic.SLIPPED, line, From.OWNER))
        elif line.section is Section.SILENT:
            found.append(Matter(Topic.SILENT, line, From.MANAGER))
    found += [Matter(Topic.DECISIONS, line, DECIDES[line.what]) for line in _decisions(week, past, requests, calendar)]
    return tuple(sorted(found, key=_weightiest_first))


def agenda(matters: Mapping[int, Sequence[Matter]]) -> tuple[AgendaItem, ...]:
    """The projects that have matters, in the order in which they are called."""
    items = (AgendaItem(project, tuple(mine)) for project, mine in matters.items() if mine)
    return tuple(sorted(items, key=lambda item: _weightiest_first(item.matters[0])))


def _weightiest_first(matter: Matter) -> tuple[object, ...]:
    """By topic; within one the highest rung, the worst colour, critical ones, the longest overdue."""
    line = matter.line
    reached = LADDER.index(line.rung) if line.rung in LADDER else -1
    topics = list(Topic)
    return (
        topics.index(matter.topic),
        -reached,
        -line.severity,
        not line.critical,
        -line.days_overdue,
        -line.weight,
        line.item,
    )


def _unanswered(
    week: Week, past: Sequence[PastAlert], answered: Answered, calendar: WorkingCalendar
) -> Iterator[Matter]:
    facts = {milestone.code: milestone for milestone in week.project.milestones}
    morning = Morning(week.on, None, calendar, week.rules)
    for judged in week.now.milestones:
        if judged.status is not MilestoneStatus.OVERDUE:
            continue
        milestone = facts[judged.code]
        climb = climb_of(week.project, milestone, judged, morning)
        if climb is None or _has_answer(milestone, climb, answered, week.since.tzinfo):
            continue
        told = [alert.rung for alert in past if _is_told(alert, milestone.code, climb)]
        if told:
            line = milestone_line(week, judged, Section.OVERDUE, What.OVERDUE)
            yield Matter(Topic.UNANSWERED, replace(line, rung=max(told, key=LADDER.index)), From.PERFORMER)


def _is_told(alert: PastAlert, item: str, climb: Climb) -> bool:
    same = (alert.item, alert.version, alert.run) == (item, climb.version, climb.run)
    return same and alert.rung in HEARD_ABOVE and alert.is_open and alert.delivery is not Delivery.LAPSED


def _has_answer(milestone: Milestone, climb: Climb, answered: Answered, zone: tzinfo | None) -> bool:
    """Whether anybody said anything: to the alert, or by evidence, or with a new date since the old one passed."""
    if answered.about(milestone.code, climb) or milestone.open_claim:
        return True
    forecast = milestone.forecast
    if forecast is None or forecast.date <= climb.due_on:
        return False
    return forecast.entered_at.astimezone(zone).date() > climb.due_on


def _decisions(
    week: Week, past: Sequence[PastAlert], requests: Sequence[OpenRequest], calendar: WorkingCalendar
) -> Iterable[Line]:
    """Requests for new dates, pauses that last too long, stocktakes, and evidence that waits longer than it may."""
    yield from open_changes(week, requests)
    yield from long_pause(week)
    yield from stocktake(week, past)
    for line in waiting_evidence(week, calendar):
        if line.days_overdue:
            yield line
