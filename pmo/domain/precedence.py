"""In which order activities can be dated, and what makes every order impossible (DOMAIN 2.1)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from pmo.domain.activity import Activity, Link


class NetworkError(ValueError):
    """No schedule can be computed. `code` is for machines, `activities` says where."""

    code = "network"

    def __init__(self, activities: Sequence[str]) -> None:
        self.activities = tuple(activities)
        super().__init__(f"{self.code}: {' -> '.join(self.activities)}")


class Cycle(NetworkError):
    """The links lead back to where they began.

    `activities` is the way round, its first repeated at the end.
    """

    code = "cycle"


class PositiveLoop(NetworkError):
    """Minimal and maximal lags contradict each other: each turn of the loop pushes the dates further out.

    `activities` is the way round, its first repeated at the end.
    """

    code = "positive_loop"


class UnknownActivity(NetworkError):
    """A link names an activity that does not exist; `activities` holds those names."""

    code = "unknown_activity"


class DuplicateActivity(NetworkError):
    """Two activities have one id."""

    code = "duplicate_activity"


class ImpossibleNumber(NetworkError):
    """A duration is negative, or a number is infinite or none."""

    code = "impossible_number"


def check_network(activities: Sequence[Activity], links: Iterable[Link]) -> None:
    """Refuse double ids, links to nowhere and impossible numbers, naming each place of one kind."""
    seen: set[str] = set()
    twice: set[str] = set()
    for activity in activities:
        (twice if activity.id in seen else seen).add(activity.id)
    if twice:
        raise DuplicateActivity(sorted(twice))
    listed = list(links)
    strangers = {name for link in listed for name in (*link.predecessors, link.successor)} - seen
    if strangers:
        raise UnknownActivity(sorted(strangers))
    wrong = {activity.id for activity in activities if not _has_possible_numbers(activity)}
    wrong |= {link.successor for link in listed if not math.isfinite(link.lag)}
    if wrong:
        raise ImpossibleNumber(sorted(wrong))


def _has_possible_numbers(activity: Activity) -> bool:
    lengths = [activity.duration, 0.0 if activity.remaining is None else activity.remaining]
    return all(length >= 0 for length in lengths) and all(map(math.isfinite, [*lengths, *activity.moments]))


def in_order(names: Iterable[str], links: Iterable[Link]) -> list[str]:
    """The names so that each comes after all its predecessors. Raises `Cycle`."""
    waits_for: dict[str, set[str]] = {name: set() for name in names}
    followers: dict[str, set[str]] = {name: set() for name in waits_for}
    for link in links:
        for name in link.predecessors:
            waits_for[link.successor].add(name)
            followers[name].add(link.successor)
    missing = {name: len(before) for name, before in waits_for.items()}
    order = sorted(name for name, count in missing.items() if count == 0)
    for name in order:
        for follower in sorted(followers[name]):
            missing[follower] -= 1
            if missing[follower] == 0:
                order.append(follower)
    if len(order) < len(waits_for):
        raise Cycle(_cycle_among({name for name, count in missing.items() if count > 0}, waits_for))
    return order


def _cycle_among(stuck: set[str], waits_for: Mapping[str, set[str]]) -> list[str]:
    """Whoever is stuck waits for somebody stuck: walking back must come round."""
    walked = [min(stuck)]
    seen = set(walked)
    while (previous := min(waits_for[walked[-1]] & stuck)) not in seen:
        walked.append(previous)
        seen.add(previous)
    return closed_loop(list(reversed(walked[walked.index(previous) :])))


def closed_loop(loop: list[str]) -> list[str]:
    """The loop told from its smallest name, and closed, so that one loop has one telling."""
    first = loop.index(min(loop))
    return [*loop[first:], *loop[:first], loop[first]]
