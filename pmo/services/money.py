"""Reports on money, and issues with their dates."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.money import CostReportRecord, IssueClosingRecord, IssueRecord
from pmo.domain.access import Action
from pmo.domain.errors import RuleBroken
from pmo.domain.planning import faults_of_day
from pmo.services.acts import Act, enter, project_for


def report_costs(
    session: Session,
    act: Act,
    project_id: int,
    reported_on: date,
    budget: float,
    estimate: float | None,
    planned: float | None,
    spent: float | None,
) -> None:
    """Money on a date, in millions; the last report told again enters nothing.

    Raises RuleBroken ``report_in_future``, ``date_out_of_range``, ``budget_not_positive``, ``amount_negative``.
    """
    project = project_for(session, act.actor, Action.READING, project_id)
    if reported_on > act.on:
        raise RuleBroken("report_in_future", "reported_on", today=act.on)
    for fault in faults_of_day(reported_on, "reported_on"):
        raise fault.as_refusal()
    if budget <= 0:
        raise RuleBroken("budget_not_positive", "budget")
    for name, amount in (("estimate", estimate), ("planned", planned), ("spent", spent)):
        if amount is not None and amount < 0:
            raise RuleBroken("amount_negative", name)
    if (reported_on, budget, estimate, planned, spent) == _last_report(session, project_id):
        return
    entry = enter(session, act, project, "cost_reported", project.code, on=reported_on, budget=budget, spent=spent)
    session.add(
        CostReportRecord(
            entry_id=entry.id,
            project_id=project_id,
            reported_on=reported_on,
            budget=budget,
            estimate=estimate,
            planned=planned,
            spent=spent,
        )
    )
    session.flush()


def raise_issue(
    session: Session, act: Act, project_id: int, text: str, due_on: date, severity: str = "critical"
) -> IssueRecord:
    """A problem with the day by which it must be solved; ``severity`` is ``critical`` or ``ordinary``.

    The same open problem raised again gives the one that stands. Raises RuleBroken ``text_missing``,
    ``date_out_of_range``.
    """
    project = project_for(session, act.actor, Action.READING, project_id)
    if not text.strip():
        raise RuleBroken("text_missing", "text")
    for fault in faults_of_day(due_on, "due_on"):
        raise fault.as_refusal()
    if (standing := _same_open_issue(session, project_id, text, due_on)) is not None:
        return standing
    known = session.scalar(select(func.count()).where(IssueRecord.project_id == project_id)) or 0
    code = f"{project.code}-R{known + 1}"
    entry = enter(session, act, project, "issue_raised", project.code, issue=code, due_on=due_on)
    issue = IssueRecord(
        entry_id=entry.id,
        project_id=project_id,
        code=code,
        text=text,
        critical=severity == "critical",
        due_on=due_on,
    )
    session.add(issue)
    session.flush()
    return issue


def close_issue(session: Session, act: Act, project_id: int, code: str) -> None:
    """The problem with this code is solved. Raises NotFound; RuleBroken ``issue_unknown``, ``issue_closed``."""
    project = project_for(session, act.actor, Action.READING, project_id)
    issue = session.scalar(select(IssueRecord).where(IssueRecord.project_id == project_id, IssueRecord.code == code))
    if issue is None:
        raise RuleBroken("issue_unknown")
    if session.scalar(select(IssueClosingRecord.id).where(IssueClosingRecord.issue_id == issue.id)) is not None:
        raise RuleBroken("issue_closed")
    entry = enter(session, act, project, "issue_closed", project.code, issue=code)
    session.add(IssueClosingRecord(entry_id=entry.id, issue_id=issue.id, closed_on=act.on))
    session.flush()


def _last_report(
    session: Session, project_id: int
) -> tuple[date, float, float | None, float | None, float | None] | None:
    last = session.scalar(
        select(CostReportRecord)
        .where(CostReportRecord.project_id == project_id)
        .order_by(CostReportRecord.id.desc())
        .limit(1)
    )
    return (last.reported_on, last.budget, last.estimate, last.planned, last.spent) if last else None


def _same_open_issue(session: Session, project_id: int, text: str, due_on: date) -> IssueRecord | None:
    closed = select(IssueClosingRecord.issue_id)
    return session.scalar(
        select(IssueRecord)
        .where(
            IssueRecord.project_id == project_id,
            IssueRecord.text == text,
            IssueRecord.due_on == due_on,
            IssueRecord.id.not_in(closed),
        )
        .limit(1)
    )
