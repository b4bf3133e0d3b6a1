"""The milestones of a project as a network: how far each may slip, and the chain that determines the end (DOMAIN 2.1).

A milestone has no length. The work before it is the gap to its predecessor, compressed as DOMAIN 1.4 compresses it, so
the early dates of this network are exactly the expected finishes (EF) of the assessment. A float is the number of
working days by which an expected finish may move before the expected end of the project moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pmo.domain.activity import Activity, Link
from pmo.domain.calendar import ONE_DAY, WorkingCalendar
from pmo.domain.milestone import Milestone, MilestoneAssessment, MilestoneStatus
from pmo.domain.milestone_verdict import least_gap
from pmo.domain.policy import RuleSet
from pmo.domain.schedule import compute_network


@dataclass(frozen=True, slots=True)
class MilestoneLink:
    """A link between two open milestones, and the working days left beyond those that must lie between them."""

    predecessor: str
    successor: str
    slack_wd: int

    @property
    def drives(self) -> bool:
        """Whether the successor waits for nothing but this predecessor."""
        return self.slack_wd <= 0


@dataclass(frozen=True, slots=True)
class MilestoneNetwork:
    """What the network says of the open milestones; a finished or cancelled one pushes nobody any more.

    ``floats`` by code, in working days. ``critical_path`` leads to the milestone that is expected last, each step along
    the link with the least slack, of equals the smaller code; ``path_links`` are those links. ``ends_on`` is the
    expected end, None when nothing is open.
    """

    floats: Mapping[str, int] = field(default_factory=dict)
    links: tuple[MilestoneLink, ...] = ()
    critical_path: tuple[str, ...] = ()
    path_links: tuple[MilestoneLink, ...] = ()
    ends_on: date | None = None


def milestone_network(
    milestones: Sequence[Milestone],
    judged: Sequence[MilestoneAssessment],
    calendar: WorkingCalendar,
    rules: RuleSet,
) -> MilestoneNetwork:
    """The network of one project from its facts and their assessment of the same day."""
    waiting = {item.code: item for item in judged if _is_open(item)}
    finishes = {code: item.expected_on for code, item in waiting.items() if item.expected_on}
    if not finishes:
        return MilestoneNetwork()
    origin = min(finishes.values()) - ONE_DAY
    offsets = {code: float(calendar.wd(origin, finish)) for code, finish in finishes.items()}
    gaps = dict(_gaps(milestones, waiting, finishes, calendar, rules))
    network = compute_network(
        [_activity(code, waiting[code], offset) for code, offset in offsets.items()],
        [Link(before, code, lag=float(gap)) for (before, code), gap in gaps.items()],
    )
    links = tuple(
        MilestoneLink(before, code, round(offsets[code] - offsets[before]) - gap)
        for (before, code), gap in gaps.items()
    )
    path_links = tuple(_back_from_the_end(links, finishes))
    last = path_links[-1].successor if path_links else _last(finishes)
    return MilestoneNetwork(
        floats={code: round(timing.total_float) for code, timing in network.timings.items()},
        links=links,
        critical_path=(*(link.predecessor for link in path_links), last),
        path_links=path_links,
        ends_on=max(finishes.values()),
    )


def _is_open(item: MilestoneAssessment) -> bool:
    return not item.status.is_done and item.status is not MilestoneStatus.CANCELLED


def _activity(code: str, item: MilestoneAssessment, offset: float) -> Activity:
    """A milestone that its predecessor pushes has no bound of its own: the link alone must give its date."""
    is_pushed = (item.driver or "").startswith("predecessor ")
    return Activity(code, 0.0, finish_not_earlier_than=None if is_pushed else offset)


def _gaps(
    milestones: Iterable[Milestone],
    waiting: Mapping[str, MilestoneAssessment],
    finishes: Mapping[str, date],
    calendar: WorkingCalendar,
    rules: RuleSet,
) -> Iterable[tuple[tuple[str, str], int]]:
    for milestone in milestones:
        item = waiting.get(milestone.code)
        if item is None or item.effective_due_on is None or item.driver == "claimed":
            continue  # without a date nothing pushes it, and what is claimed has happened
        for link in milestone.predecessors:
            if link.predecessor not in finishes:
                continue
            due_before = waiting[link.predecessor].effective_due_on
            gap = least_gap(link, milestone, due_before, item.effective_due_on, calendar, rules)
            if gap is not None:
                yield (link.predecessor, milestone.code), gap


def _back_from_the_end(links: Sequence[MilestoneLink], finishes: Mapping[str, date]) -> list[MilestoneLink]:
    """In the order of time. The network has refused cycles before, so the walk ends."""
    path: list[MilestoneLink] = []
    at = _last(finishes)
    while incoming := [link for link in links if link.successor == at]:
        tightest = min(incoming, key=lambda link: (link.slack_wd, link.predecessor))
        path.append(tightest)
        at = tightest.predecessor
    return path[::-1]


def _last(finishes: Mapping[str, date]) -> str:
    """The milestone expected last; of several the one that stands last in the plan."""
    return max(enumerate(finishes), key=lambda one: (finishes[one[1]], one[0]))[1]
