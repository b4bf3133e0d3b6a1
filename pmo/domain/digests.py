"""Digests as values: who gets which on a day; how lines are ordered, grouped and cut (DOMAIN 3.2, PRODUCT 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pmo.domain.ladder import EP_1, ESCALATIONS, REMINDERS, EscalationPolicy, Rung
from pmo.domain.mail_choices import NOTHING_CHOSEN, MailChoices
from pmo.domain.reason import Reason
from pmo.domain.recipients import Role


class DigestKind(StrEnum):
    """Daily for those with something due, weekly for those who steer; both on one day are one weekly mail.

    ``list`` is the list of the day for those who switched the weekly one off: what reached them, and what they decide.
    """

    DAILY = "daily"
    WEEKLY = "weekly"
    LIST = "list"


class Section(StrEnum):
    """Sections in the order of PRODUCT 3; comments, which it does not know, before the good news."""

    DECISIONS = "decisions"
    NEWLY_RED = "newly_red"
    OVERDUE = "overdue"
    SLIPPED = "slipped"
    NEXT_DAYS = "next_days"
    OFF_CURVE = "off_curve"
    SILENT = "silent"
    COMMENTS = "comments"
    GOOD_NEWS = "good_news"


class What(StrEnum):
    """What a line says; the templates turn it into a sentence."""

    DUE = "due"
    OVERDUE = "overdue"
    GROUP = "group"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    PLAN_MISSING = "plan_missing"
    REPORT_MISSING = "report_missing"
    EVIDENCE_WAITING = "evidence_waiting"
    INDICATOR_RED = "indicator_red"
    EVIDENCE_RETURNED = "evidence_returned"
    CHANGE_TO_CHECK = "change_to_check"
    CHANGE_TO_RULE = "change_to_rule"
    LONG_PAUSE = "long_pause"
    STOCKTAKE = "stocktake"
    PROJECT_RED = "project_red"
    BASELINE_MOVED = "baseline_moved"
    FORECAST_MOVED = "forecast_moved"
    OFF_CURVE = "off_curve"
    SILENT = "silent"
    UPDATE_MISSING = "update_missing"
    COMMENT = "comment"
    MILESTONE_DONE = "milestone_done"
    INDICATOR_ACHIEVED = "indicator_achieved"
    PROJECT_BETTER = "project_better"
    PROJECT_COMPLETED = "project_completed"


class Trend(StrEnum):
    """A project against the last digest."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what is said of which item, without words.

    ``kind`` is milestone, indicator, project or ``group``. ``overdue_since`` is the day its overdue days count from;
    ``values`` are numbers, dates and codes.
    """

    section: Section
    what: What
    kind: str
    item: str
    project: str
    department: str
    severity: int = 0
    critical: bool = False
    days_overdue: int = 0
    weight: float = 1.0
    overdue_since: date | None = None
    rung: Rung | None = None
    reason: Reason | None = None
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SectionLines:
    """A section of a digest; ``more`` is how many lines are left to the page behind the link."""

    section: Section
    lines: tuple[Line, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in a curator's digest, under its department."""

    project: str
    department: str
    status: str
    severity: int | None
    trend: Trend
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed in the reader's projects since the last digest; the first line, and the subject's counts."""

    projects: int = 0
    red: int = 0
    amber: int = 0
    overdue: int = 0
    worsened: int = 0
    improved: int = 0
    became_overdue: int = 0
    finished: int = 0
    slipped: int = 0


SENIOR_READERS = frozenset({Role.CURATOR, Role.CHIEF_OF_STAFF, Role.AKIM})
WEEKLY_READERS = SENIOR_READERS | {Role.OWNER, Role.PMO_ANALYST, Role.PMO_HEAD}
DAILY_READERS = frozenset({Role.MANAGER, Role.OWNER})

SECTION_OF: Mapping[Rung, Section] = {
    Rung.R_14: Section.NEXT_DAYS,
    Rung.R_7: Section.NEXT_DAYS,
    Rung.R_1: Section.NEXT_DAYS,
    Rung.O_1: Section.OVERDUE,
    Rung.O_3: Section.OVERDUE,
    Rung.O_7: Section.OVERDUE,
    Rung.O_14: Section.OVERDUE,
    Rung.WEEKLY: Section.OVERDUE,
    Rung.AT_RISK: Section.NEXT_DAYS,
    Rung.OFF_TRACK: Section.NEWLY_RED,
    Rung.PLAN_MISSING: Section.DECISIONS,
    Rung.CHANGE_WAITING: Section.DECISIONS,
    Rung.REPORT_MISSING: Section.SILENT,
    Rung.EVIDENCE_WAITING: Section.DECISIONS,
    Rung.INDICATOR_RED: Section.OFF_CURVE,
}
"""Where a rung stands in a digest or a list."""

WHAT_OF: Mapping[Rung, What] = {
    **dict.fromkeys((*REMINDERS,), What.DUE),
    **dict.fromkeys((*ESCALATIONS, Rung.WEEKLY), What.OVERDUE),
    Rung.AT_RISK: What.AT_RISK,
    Rung.OFF_TRACK: What.OFF_TRACK,
    Rung.PLAN_MISSING: What.PLAN_MISSING,
    Rung.CHANGE_WAITING: What.CHANGE_TO_RULE,
    Rung.REPORT_MISSING: What.REPORT_MISSING,
    Rung.EVIDENCE_WAITING: What.EVIDENCE_WAITING,
    Rung.INDICATOR_RED: What.INDICATOR_RED,
}
"""What the line of a rung says."""


def digest_kind(roles: Iterable[Role], week: str | None, choices: MailChoices = NOTHING_CHOSEN) -> DigestKind | None:
    """Which digest somebody with these roles may get today; ``week`` is set on the day of the weekly one.

    One message a person and working day: who reads both gets the weekly one with the day's lines in it. Those who read
    only the weekly one get nothing on other days; their lines wait. A senior never reads the daily one, whatever other
    role he has: he gets one mail a day, the list. Who switched the weekly one off reads the list or the daily one on
    its day, as on any other.
    """
    held = frozenset(roles)
    if week is not None and held & WEEKLY_READERS and choices.weekly_digest:
        return DigestKind.WEEKLY
    if week is not None and any(role.is_listed for role in held):
        return DigestKind.LIST
    if held & SENIOR_READERS:
        return None
    return DigestKind.DAILY if held & DAILY_READERS else None


def in_order(lines: Iterable[Line]) -> list[Line]:
    """Red first, then critical, then days overdue, then weight; ties by code."""
    return sorted(
        lines, key=lambda line: (-line.severity, not line.critical, -line.days_overdue, -line.weight, line.item)
    )


def grouped(lines: Iterable[Line], policy: EscalationPolicy = EP_1) -> list[Line]:
    """Five or more items of one department that became overdue on one day are one line (DOMAIN 3.2, digest)."""
    bundles: dict[tuple[str, date], list[Line]] = {}
    kept: list[Line] = []
    for line in lines:
        if line.section is Section.OVERDUE and line.overdue_since is not None:
            bundles.setdefault((line.department, line.overdue_since), []).append(line)
        else:
            kept.append(line)
    for (department, since), bundle in bundles.items():
        if len(bundle) < policy.group_from:
            kept.extend(bundle)
        else:
            kept.append(_group(department, since, in_order(bundle)))
    return kept


def sections(lines: Iterable[Line], policy: EscalationPolicy = EP_1) -> tuple[SectionLines, ...]:
    """Lines by section in the order of PRODUCT 3, at most ten each; empty sections are left out.

    An item stands once in a section; the line that belongs to a rung wins.
    """
    once: dict[tuple[Section, str, str], Line] = {}
    for line in lines:
        key = line.section, line.item, "" if line.section is not Section.SLIPPED else line.what
        if key not in once or (line.rung is not None and once[key].rung is None):
            once[key] = line
    found = []
    for section in Section:
        mine = in_order(grouped((line for line in once.values() if line.section is section), policy))
        if mine:
            shown = tuple(mine[: policy.digest_lines])
            found.append(SectionLines(section, shown, len(mine) - len(shown)))
    return tuple(found)


def listed(lines: Iterable[Line], policy: EscalationPolicy = EP_1) -> tuple[SectionLines, ...]:
    """The list of the day: ordered and grouped like a digest, but whole, because each line is a message of its own."""
    return _by_section(grouped(lines, policy))


def itemised(lines: Iterable[Line]) -> tuple[SectionLines, ...]:
    """Several alerts in one mail: ordered like a digest, each item a line of its own, for each has its own forms."""
    return _by_section(lines)


def by_department(projects: Sequence[ProjectLine]) -> dict[str, tuple[ProjectLine, ...]]:
    """A curator's projects under their departments, the worst department and the worst project first.

    Green projects that stayed green are left out.
    """
    telling = [line for line in projects if (line.severity or 0) > 0 or line.trend is not Trend.SAME]
    found: dict[str, list[ProjectLine]] = {}
    for line in sorted(telling, key=lambda line: (-(line.severity or 0), line.project)):
        found.setdefault(line.department, []).append(line)
    return {department: tuple(lines) for department, lines in found.items()}


def _by_section(lines: Iterable[Line]) -> tuple[SectionLines, ...]:
    kept = list(lines)
    found = []
    for section in Section:
        mine = in_order(line for line in kept if line.section is section)
        if mine:
            found.append(SectionLines(section, tuple(mine)))
    return tuple(found)


def _group(department: str, since: date, bundle: Sequence[Line]) -> Line:
    return Line(
        section=Section.OVERDUE,
        what=What.GROUP,
        kind="group",
        item=bundle[0].item,
        project=bundle[0].project,
        department=department,
        severity=max(line.severity for line in bundle),
        critical=any(line.critical for line in bundle),
        days_overdue=max(line.days_overdue for line in bundle),
        weight=sum(line.weight for line in bundle),
        overdue_since=since,
        reason=bundle[0].reason,
        values={"count": len(bundle), "items": [line.item for line in bundle], "since": since},
    )
