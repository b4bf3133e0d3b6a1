"""What was entered about milestones: dates of the plan, forecasts, claims with their decisions.

Plain columns and only the wanted projects': a day changes a few projects, and the tables grow for years. What counts
last is what was entered last, and a log that comes late enters its events as of their own days: hence never by number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.db.models.milestones import (
    BaselineDateRecord,
    ClaimRecord,
    EvidenceDecisionRecord,
    ForecastRecord,
    MilestoneRecord,
)
from pmo.domain.milestone import BaselineDate, Claim, Decision, Forecast
from pmo.queries.wanted_projects import WantedProjects

_BASELINES = (
    select(
        BaselineDateRecord.milestone_id,
        BaselineDateRecord.version,
        BaselineDateRecord.due_on,
        BaselineDateRecord.approved_on,
        BaselineDateRecord.change_id,
        EntryRecord.entered_at,
    )
    .join(EntryRecord, EntryRecord.id == BaselineDateRecord.entry_id)
    .join(MilestoneRecord, MilestoneRecord.id == BaselineDateRecord.milestone_id)
    .order_by(
        BaselineDateRecord.milestone_id,
        BaselineDateRecord.version > 0,  # the first plan stays the first
        EntryRecord.entered_at,
        BaselineDateRecord.version,
    )
)
_FORECASTS = (
    select(ForecastRecord.milestone_id, ForecastRecord.expected_on, ForecastRecord.reason_id, EntryRecord.entered_at)
    .join(EntryRecord, EntryRecord.id == ForecastRecord.entry_id)
    .join(MilestoneRecord, MilestoneRecord.id == ForecastRecord.milestone_id)
    .order_by(ForecastRecord.milestone_id, EntryRecord.entered_at, ForecastRecord.id)
)
_CLAIMS = (
    select(
        ClaimRecord.id,
        ClaimRecord.milestone_id,
        ClaimRecord.completed_on,
        ClaimRecord.submitted_on,
        EntryRecord.entered_at,
    )
    .join(EntryRecord, EntryRecord.id == ClaimRecord.entry_id)
    .join(MilestoneRecord, MilestoneRecord.id == ClaimRecord.milestone_id)
    .order_by(ClaimRecord.milestone_id, ClaimRecord.id)
)
_DECISIONS = (
    select(
        EvidenceDecisionRecord.claim_id,
        EvidenceDecisionRecord.accepted,
        EvidenceDecisionRecord.reason_id,
        EntryRecord.entered_at,
        EntryRecord.event_on,
    )
    .join(ClaimRecord, ClaimRecord.id == EvidenceDecisionRecord.claim_id)
    .join(EntryRecord, EntryRecord.id == EvidenceDecisionRecord.entry_id)
    .join(MilestoneRecord, MilestoneRecord.id == ClaimRecord.milestone_id)
)
_LAST_DUE_DATE = (
    select(BaselineDateRecord.due_on)
    .join(EntryRecord, EntryRecord.id == BaselineDateRecord.entry_id)
    .where(BaselineDateRecord.milestone_id == bindparam("milestone"))
    .order_by((BaselineDateRecord.version > 0).desc(), EntryRecord.entered_at.desc(), BaselineDateRecord.version.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """Facts by the id of their milestone, in the order of entry; of baselines version 0 comes first."""

    baselines: Mapping[int, Sequence[BaselineDate]]
    forecasts: Mapping[int, Sequence[Forecast]]
    claims: Mapping[int, Sequence[Claim]]


def milestone_facts(wanted: WantedProjects) -> MilestoneFacts:
    """The facts about the milestones of the wanted projects. Four statements."""
    baselines: dict[int, list[BaselineDate]] = defaultdict(list)
    for row in wanted.rows(_BASELINES, MilestoneRecord.project_id):
        baselines[row.milestone_id].append(
            BaselineDate(row.version, row.due_on, row.entered_at, row.approved_on, row.change_id)
        )
    forecasts: dict[int, list[Forecast]] = defaultdict(list)
    for row in wanted.rows(_FORECASTS, MilestoneRecord.project_id):
        forecasts[row.milestone_id].append(Forecast(row.expected_on, row.reason_id, row.entered_at))
    decisions = {
        row.claim_id: Decision(row.accepted, row.entered_at, row.event_on, row.reason_id)
        for row in wanted.rows(_DECISIONS, MilestoneRecord.project_id)
    }
    claims: dict[int, list[Claim]] = defaultdict(list)
    for row in wanted.rows(_CLAIMS, MilestoneRecord.project_id):
        decision = decisions.get(row.id)
        claims[row.milestone_id].append(Claim(row.id, row.completed_on, row.submitted_on, row.entered_at, decision))
    return MilestoneFacts(baselines, forecasts, claims)


def standing_due_date(session: Session, milestone_id: int) -> date | None:
    """B of a milestone: its date in the plan that was approved last; None without one."""
    return session.scalar(_LAST_DUE_DATE, {"milestone": milestone_id})
