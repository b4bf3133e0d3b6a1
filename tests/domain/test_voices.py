"""Where voices differ, and how long silence lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pmo.domain.voices import Confidence, Disagreement, Silence, disagreements, heard

BETTER, WORSE, DOUBTS = Disagreement.MANAGER_BETTER, Disagreement.MANAGER_WORSE, Disagreement.OFFICE_DOUBTS


@pytest.mark.parametrize(
    ("severity", "view", "confidence", "found"),
    [
        (2, 0, None, (BETTER,)),
        (2, 1, None, (BETTER,)),
        (0, 1, None, (WORSE,)),
        (1, 1, None, ()),
        (0, None, None, ()),
        (0, 0, Confidence.LOW, (DOUBTS,)),
        (0, 2, Confidence.LOW, (WORSE, DOUBTS)),
        (0, 0, Confidence.MEDIUM, ()),
        (1, 1, Confidence.LOW, ()),
        (2, 2, Confidence.HIGH, ()),
        (None, 0, Confidence.LOW, ()),
    ],
)
def test_voices_differ(
    severity: int | None, view: int | None, confidence: Confidence | None, found: tuple[Disagreement, ...]
) -> None:
    assert disagreements(severity, view, confidence) == found


@pytest.mark.parametrize(
    ("severity", "curator", "found"),
    [
        (2, 0, (Disagreement.CURATOR_BETTER,)),
        (0, 2, (Disagreement.CURATOR_WORSE,)),
        (1, 1, ()),
        (0, None, ()),
        (None, 2, ()),
    ],
)
def test_the_curator_differs_by_any_colour(
    severity: int | None, curator: int | None, found: tuple[Disagreement, ...]
) -> None:
    assert disagreements(severity, None, None, curator) == found
    beside = disagreements(severity, 0 if severity == 2 else None, None, curator)
    assert beside == ((BETTER, *found) if severity == 2 else found)


@pytest.mark.parametrize(
    ("days", "state"), [(0, None), (14, None), (15, Silence.STALE), (35, Silence.STALE), (36, Silence.SILENT)]
)
def test_silence_grows_by_days(days: int, state: Silence | None) -> None:
    last = date(2020, 1, 6)
    assert heard(last, date(2019, 9, 16)).silence(last + timedelta(days=days)) is state


def test_silence_counts_from_the_last_resume_and_not_from_before_tracking() -> None:
    on = date(2020, 3, 2)
    assert heard(date(2019, 10, 1), date(2019, 9, 16), date(2020, 2, 24)).days(on) == 7
    assert heard(None, date(2019, 9, 16), date(2020, 2, 1)).days(on) == 30
    assert heard(None, date(2019, 9, 16), date(2020, 2, 1)).last_on is None


def test_a_day_before_anything_began_is_no_silence() -> None:
    assert heard(None, date(2020, 6, 1)).days(date(2020, 3, 2)) == 0
