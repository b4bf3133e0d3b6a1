"""What waits for somebody's decision, by who has to take it; the first section of a digest (PRODUCT 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from pmo.domain.alerts import PastAlert
from pmo.domain.calendar import WorkingCalendar
from pmo.domain.digests import Line, Section, What
from pmo.domain.ladder import Delivery, Rung
from pmo.domain.milestone import MilestoneStatus
from pmo.domain.project import ProjectStatus
from pmo.domain.week import Week, milestone_line

FINAL_OUTCOMES = ("approved", "refused", "returned")
"""What ends a request for new dates; that the office has ``checked`` it does not."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A change request that nobody has ruled on. ``was_checked`` once the PMO has passed it on to the curator."""

    id: int
    project: int
    reason: str
    asked_on: date
    items: tuple[str, ...]
    was_checked: bool

    @property
    def period(self) -> str:
        """What tells it from other requests of the project: one is open at a time."""
        return self.asked_on.isoformat()


def returned_evidence(week: Week, since: datetime) -> Iterator[Line]:
    """For manager and owner: evidence that came back since the last digest, unless a new claim was handed in."""
    judged = {item.code: item for item in week.now.milestones}
    for milestone in week.project.milestones:
        returned = [claim for claim in milestone.claims if claim.decision and not claim.decision.accepted]
        if not returned or milestone.open_claim or milestone.accepted_claim:
            continue
        decision = returned[-1].decision
        if decision is None or decision.entered_at <= since:
            continue
        due_on = judged[milestone.code].effective_due_on
        values: dict[str, object] = {
            "returned_on": decision.decided_on,
            "reason": decision.reason,
            "action": "claim_or_forecast",
            "act_by": due_on if due_on and due_on >= week.on else None,
        }
        if judged[milestone.code].status is not MilestoneStatus.CANCELLED:
            yield milestone_line(week, judged[milestone.code], Section.DECISIONS, What.EVIDENCE_RETURNED, values)


def waiting_evidence(week: Week, calendar: WorkingCalendar) -> Iterator[Line]:
    """For the PMO: claims without a decision, the longest wait first."""
    judged = {item.code: item for item in week.now.milestones}
    for milestone in week.project.milestones:
        claim = milestone.open_claim
        if claim is None or judged[milestone.code].status is MilestoneStatus.CANCELLED:
            continue
        days = calendar.wd(claim.submitted_on, week.on)
        values: dict[str, object] = {
            "submitted_on": claim.submitted_on,
            "claimed_completed_on": claim.completed_on,
            "days_waiting": days,
            "action": "decide_evidence",
            "act_by": calendar.addwd(claim.submitted_on, week.rules.evidence_review_wd),
        }
        line = milestone_line(week, judged[milestone.code], Section.DECISIONS, What.EVIDENCE_WAITING, values)
        # Sorted by the wait: the PMO is not asked to hurry by how late the milestone is.
        yield replace(line, days_overdue=max(0, days - week.rules.evidence_review_wd))


def open_changes(week: Week, requests: Sequence[OpenRequest]) -> Iterator[Line]:
    """Requests for new dates, one line each: to be checked by the PMO, or ruled on by the curator."""
    for request in requests:
        if request.project == week.project.id:
            what = What.CHANGE_TO_RULE if request.was_checked else What.CHANGE_TO_CHECK
            yield replace(
                _about_project(week, what),
                values={"asked_on": request.asked_on, "items": list(request.items), "reason": request.reason},
            )


def long_pause(week: Week) -> Iterator[Line]:
    """For curator and akim: paused for over 90 days, listed for decision (DOMAIN 1.6, pause)."""
    pause = week.project.open_pause
    if week.now.status is not ProjectStatus.PAUSED or pause is None:
        return
    days = (week.on - pause.starts_on).days
    if days > week.rules.long_pause_days:
        yield replace(_about_project(week, What.LONG_PAUSE), values={"since": pause.starts_on, "days": days})


def stocktake(week: Week, past: Sequence[PastAlert]) -> Iterator[Line]:
    """For curator and akim: critical milestones whose last rung was reached without an answer (DOMAIN 3.2, O+14)."""
    reached = {
        alert.item
        for alert in past
        if alert.rung is Rung.O_14 and alert.is_open and alert.delivery is not Delivery.LAPSED
    }
    for judged in week.now.milestones:
        if judged.critical and judged.code in reached and judged.status is MilestoneStatus.OVERDUE:
            yield milestone_line(week, judged, Section.DECISIONS, What.STOCKTAKE)


def _about_project(week: Week, what: What) -> Line:
    return Line(
        Section.DECISIONS,
        what,
        "project",
        week.project.code,
        week.project.code,
        week.department,
        severity=week.now.severity or 0,
        weight=week.project.weight,
        reason=week.now.reasons[0] if week.now.reasons else None,
    )
