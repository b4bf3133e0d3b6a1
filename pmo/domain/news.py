"""What is different in a project between two moments: the page "what changed since" (PRODUCT 2, promise 5).

States are compared, not acts counted: a date that moved and came back is no news, a cancelled milestone is. Acts that
leave no other trace, answers and decisions, are added from the entries of the time in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from pmo.domain.digests import Trend, What
from pmo.domain.indicator import IndicatorAssessment, IndicatorStatus
from pmo.domain.milestone import MilestoneAssessment, MilestoneStatus
from pmo.domain.project import ProjectAssessment, ProjectStatus
from pmo.domain.reason import Reason
from pmo.domain.week import SILENT, Week, is_newly_red, moved_dates, reason_about, trend_of

Judged = MilestoneAssessment | IndicatorAssessment


class NewsKind(StrEnum):
    """What can be said of a change, in the order of the page: the worst first, then what was done about it."""

    NEWLY_RED = "newly_red"
    WORSE = "worse"
    RECOVERED = "recovered"
    BETTER = "better"
    BECAME_OVERDUE = "became_overdue"
    DATE_LATER = "date_later"
    DATE_EARLIER = "date_earlier"
    REPORTED_DONE = "reported_done"
    DONE = "done"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    RESUMED = "resumed"
    STARTED = "started"
    NEW = "new"
    INDICATOR_WORSE = "indicator_worse"
    INDICATOR_BETTER = "indicator_better"
    SILENT = "silent"
    ANSWER = "answer"
    DECISION = "decision"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class News:
    """One change of one item, without words.

    ``item_kind`` is project, milestone or indicator. ``old`` and ``new`` are dates of a move, ``what`` says which one;
    ``cause`` is the reason code given with an act, ``reason`` the line of the receipt that explains the new state.
    ``rules`` is the version of the rules that alone made the change, in force since ``rules_since``.
    """

    kind: NewsKind
    item_kind: str
    item: str
    old_status: str | None = None
    new_status: str | None = None
    severity: int | None = None
    critical: bool = False
    reason: Reason | None = None
    what: What | None = None
    old: date | None = None
    new: date | None = None
    cause: str | None = None
    times: int = 1
    days_overdue: int = 0
    actual: float | None = None
    expected: float | None = None
    observed_on: date | None = None
    rules: str | None = None
    rules_since: date | None = None


ACTS: Mapping[str, NewsKind] = {
    "acknowledged": NewsKind.ANSWER,
    "snoozed": NewsKind.ANSWER,
    "muted": NewsKind.ANSWER,
    "help_wanted": NewsKind.ANSWER,
    "forecast_confirmed": NewsKind.ANSWER,
    "evidence_rejected": NewsKind.DECISION,
    "change_requested": NewsKind.DECISION,
    "change_checked": NewsKind.DECISION,
    "change_returned": NewsKind.DECISION,
    "change_refused": NewsKind.DECISION,
    "rebaseline": NewsKind.DECISION,
    "override": NewsKind.DECISION,
    "issue_raised": NewsKind.DECISION,
    "issue_closed": NewsKind.DECISION,
    "comment": NewsKind.COMMENT,
}
"""Entries that are told as they stand; the other acts show in the states that they changed."""

TOLD_BY: Mapping[NewsKind, tuple[str, ...]] = {
    NewsKind.REPORTED_DONE: ("completion_claimed",),
    NewsKind.DONE: ("evidence_accepted",),
    NewsKind.CANCELLED: ("cancel",),
    NewsKind.PAUSED: ("pause",),
    NewsKind.RESUMED: ("resume",),
    NewsKind.NEW: ("project_created", "milestone_created", "indicator_created"),
    NewsKind.INDICATOR_WORSE: ("indicator",),
    NewsKind.INDICATOR_BETTER: ("indicator",),
}
"""The kinds of entry whose author, reason and text stand beside a change; those of moves are told by what moved."""

COMPLETED = (ProjectStatus.COMPLETED, ProjectStatus.COMPLETED_WITH_SHORTFALL)


def acts_behind(news: News) -> tuple[str, ...]:
    """The kinds of entry that may have brought a change."""
    if news.what is What.BASELINE_MOVED:
        return ("rebaseline",)
    return ("forecast",) if news.what is What.FORECAST_MOVED else TOLD_BY.get(news.kind, ())


def news_of(week: Week) -> tuple[News, ...]:
    """Everything that is otherwise in a project than at ``week.since``, in the order of the kinds."""
    changes = [*_of_project(week), *_of_milestones(week), *_of_indicators(week)]
    found = [_by_the_rules(week, news) for news in changes]
    order = list(NewsKind)
    return tuple(sorted(found, key=lambda news: (order.index(news.kind), -(news.severity or 0), news.item)))


def _by_the_rules(week: Week, news: News) -> News:
    """Marks a change that only the new version of the rules made: without it the item would stand as it did."""
    if week.other_rules is None or week.before is None or news.what is not None:
        return news
    before = _standing(week.before, news)
    if before is None or before == _standing(week.now, news) or before != _standing(week.other_rules.without, news):
        return news
    return replace(news, rules=week.other_rules.version, rules_since=week.other_rules.since)


def _standing(judged: ProjectAssessment, news: News) -> tuple[str, int | None] | None:
    """Status and severity of what a change is about, None where it was not there."""
    if news.item_kind == "project":
        return judged.status.value, judged.severity
    items: Sequence[Judged] = judged.milestones if news.item_kind == "milestone" else judged.indicators
    return next(((item.status.value, item.severity) for item in items if item.code == news.item), None)


def _of_project(week: Week) -> Iterator[News]:
    was, now = week.before.status if week.before else None, week.now.status
    if week.before is None:
        yield _project(week, NewsKind.NEW)
    if is_newly_red(week):
        yield _project(week, NewsKind.NEWLY_RED)
    elif trend_of(week) is Trend.WORSE:
        yield _project(week, NewsKind.WORSE)
    elif trend_of(week) is Trend.BETTER:
        was_red = week.before is not None and week.before.severity == 2
        yield _project(week, NewsKind.RECOVERED if was_red else NewsKind.BETTER)
    if now is was:
        return
    if now in COMPLETED and was not in COMPLETED:
        yield _project(week, NewsKind.COMPLETED)
    elif now is ProjectStatus.CANCELLED:
        yield _project(week, NewsKind.CANCELLED)
    elif now is ProjectStatus.PAUSED:
        yield _project(week, NewsKind.PAUSED)
    elif was is ProjectStatus.PAUSED:
        yield _project(week, NewsKind.RESUMED)
    elif was is ProjectStatus.NOT_STARTED:
        yield _project(week, NewsKind.STARTED)


def _of_milestones(week: Week) -> Iterator[News]:
    facts = {milestone.code: milestone for milestone in week.project.milestones}
    before = {item.code: item for item in week.before.milestones} if week.before else {}
    stopped = week.now.status in (ProjectStatus.CANCELLED, ProjectStatus.PAUSED)
    for item in week.now.milestones:
        was, milestone = before.get(item.code), facts[item.code]
        if was is None:
            if week.before is not None:
                yield _milestone(week, NewsKind.NEW, item, was)
            continue
        if item.status.is_done and not was.status.is_done:
            yield _milestone(week, NewsKind.DONE, item, was)
        elif item.status is not was.status and not stopped:
            yield from _turned(week, item, was)
        claim = milestone.open_claim
        if claim is not None and claim.entered_at > week.since and not item.status.is_done:
            yield _milestone(week, NewsKind.REPORTED_DONE, item, was)
        if item.status.is_done or item.status is MilestoneStatus.CANCELLED:
            continue
        for move in moved_dates(week, milestone, item):
            kind = NewsKind.DATE_LATER if move.new > move.old else NewsKind.DATE_EARLIER
            yield News(
                kind,
                "milestone",
                item.code,
                was.status.value,
                item.status.value,
                item.severity,
                item.critical,
                what=move.what,
                old=move.old,
                new=move.new,
                cause=move.reason,
                times=move.times,
            )


def _turned(week: Week, item: MilestoneAssessment, was: MilestoneAssessment) -> Iterator[News]:
    """A milestone that is overdue, cancelled, paused or resumed by itself, and was not before."""
    if item.status is MilestoneStatus.OVERDUE:
        yield _milestone(week, NewsKind.BECAME_OVERDUE, item, was)
    elif item.status is MilestoneStatus.CANCELLED:
        yield _milestone(week, NewsKind.CANCELLED, item, was)
    elif item.status is MilestoneStatus.PAUSED:
        yield _milestone(week, NewsKind.PAUSED, item, was)
    elif was.status is MilestoneStatus.PAUSED and week.before and week.before.status is not ProjectStatus.PAUSED:
        yield _milestone(week, NewsKind.RESUMED, item, was)


def _of_indicators(week: Week) -> Iterator[News]:
    before = {item.code: item for item in week.before.indicators} if week.before else {}
    for item in week.now.indicators:
        was = before.get(item.code)
        if was is None:
            if week.before is not None:
                yield _indicator(week, NewsKind.NEW, item, was)
        elif item.status in SILENT and was.status not in SILENT:
            yield _indicator(week, NewsKind.SILENT, item, was)
        elif item.severity is not None and was.severity is not None and item.severity != was.severity:
            worse = item.severity > was.severity
            yield _indicator(week, NewsKind.INDICATOR_WORSE if worse else NewsKind.INDICATOR_BETTER, item, was)
        elif item.status is IndicatorStatus.ACHIEVED and was.status is not IndicatorStatus.ACHIEVED:
            yield _indicator(week, NewsKind.INDICATOR_BETTER, item, was)


def _project(week: Week, kind: NewsKind) -> News:
    cancelled = week.project.cancellation if kind is NewsKind.CANCELLED else None
    return News(
        kind,
        "project",
        week.project.code,
        week.before.status.value if week.before else None,
        week.now.status.value,
        week.now.severity,
        reason=week.now.reasons[0] if week.now.reasons else None,
        cause=cancelled.reason if cancelled else None,
        new=cancelled.effective_on if cancelled else None,
    )


def _milestone(week: Week, kind: NewsKind, item: MilestoneAssessment, was: MilestoneAssessment | None) -> News:
    plain = _item(week, kind, "milestone", item, was)
    return replace(plain, new=item.completed_on or item.effective_due_on, days_overdue=item.days_overdue)


def _indicator(week: Week, kind: NewsKind, item: IndicatorAssessment, was: IndicatorAssessment | None) -> News:
    plain = _item(week, kind, "indicator", item, was)
    return replace(plain, actual=item.actual, expected=item.expected, observed_on=item.observed_on)


def _item(week: Week, kind: NewsKind, noun: str, item: Judged, was: Judged | None) -> News:
    """What is told of a milestone and of an indicator alike."""
    return News(
        kind,
        noun,
        item.code,
        was.status.value if was else None,
        item.status.value,
        item.severity,
        item.critical,
        reason=reason_about(week.now, item.code),
    )
