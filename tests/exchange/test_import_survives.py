"""Whatever stands in a file where something else should: the reader notes faults and never falls over."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pmo.exchange.document import Document
from pmo.exchange.event_log_file import read_events
from pmo.exchange.event_replay import replay
from pmo.exchange.faults import sentence_of
from pmo.exchange.portfolio_file import read_portfolio
from pmo.exchange.portfolio_rows import Known
from tests.exchange.import_samples import Raw, small_log, small_portfolio
from tests.exchange.test_event_log_file import ground

STRANGE = [
    None, [], {}, [[]], [None], "", "x", "DP-1-M1", 0, -1, 10**30, 1.5, float("nan"), True, date(2020, 2, 29),
    datetime(2020, 2, 29, 12, 0, tzinfo=UTC), {"id": "x"}, [{"id": {"id": 1}}],
]  # fmt: skip


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield (*path, step)
        yield from paths(inner, (*path, step))


def with_strange(raw: Raw, path: tuple[str | int, ...], strange: object) -> Raw:
    spoilt = copy.deepcopy(raw)
    inner: Any = spoilt
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = copy.deepcopy(strange)
    return spoilt


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(list(paths(small_portfolio()))), strange=st.sampled_from(STRANGE))
def test_a_portfolio_with_something_strange_in_it_is_read_to_its_end(
    path: tuple[str | int, ...], strange: object
) -> None:
    document = Document("a.yaml", with_strange(small_portfolio(), path, strange), {})
    _, faults = read_portfolio(document, Known(), frozenset({"KZ"}))
    assert all(sentence_of(fault) for fault in faults)


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(list(paths(small_log()))), strange=st.sampled_from(STRANGE))
def test_a_log_with_something_strange_in_it_is_read_to_its_end(path: tuple[str | int, ...], strange: object) -> None:
    log, faults = read_events(Document("a.yaml", with_strange(small_log(), path, strange), {}))
    replayed = replay(log, ground())
    assert all(sentence_of(fault) for fault in [*faults, *replayed.faults])
