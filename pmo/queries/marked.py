"""Projects that a voice has marked: the voices disagree, nobody speaks, a decision is wanted.

Counts and lists come from one function, so that a count opens exactly what it counted (PRODUCT 2, promise 1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from pmo.domain.voices import Disagreement, Silence
from pmo.queries.overview import Line, Moment
from pmo.queries.voices import Voices, voices_of


class Mark(StrEnum):
    """Why a project is listed."""

    DISAGREE = "disagree"
    DECISION = "decision"
    STALE = "stale"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Marked:
    """A project with what is said of it. ``days`` of silence are calendar days."""

    line: Line
    voices: Voices
    disagreements: tuple[Disagreement, ...]
    silence: Silence | None
    days: int

    @property
    def marks(self) -> frozenset[Mark]:
        """All marks; who is silent has no update for 14 days either."""
        found = {
            Mark.DISAGREE: bool(self.disagreements),
            Mark.DECISION: self.voices.update is not None and self.voices.update.decision is not None,
            Mark.STALE: self.silence is not None,
            Mark.SILENT: self.silence is Silence.SILENT,
        }
        return frozenset(mark for mark, is_set in found.items() if is_set)


def marked_projects(session: Session, lines: Sequence[Line], moment: Moment) -> list[Marked]:
    """Every project of a list with its voices, in the order of the list."""
    voices = voices_of(session, [line.id for line in lines], moment.at)
    return [_marked(line, voices[line.id], moment) for line in lines]


def counts_of(found: Sequence[Marked]) -> Mapping[Mark, int]:
    """How many projects carry each mark; a mark that nobody carries is left out."""
    counts = {mark: sum(mark in one.marks for one in found) for mark in Mark}
    return {mark: number for mark, number in counts.items() if number}


def _marked(line: Line, voices: Voices, moment: Moment) -> Marked:
    return Marked(
        line=line,
        voices=voices,
        disagreements=voices.disagreements(line.status, line.severity),
        silence=voices.silence(line.status, moment.on),
        days=voices.heard.days(moment.on),
    )
