"""What a job is given: where, for which period, as if at which moment, and the transaction of its effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pmo.db.session import Session
from pmo.runtime import Runtime

Counts = Mapping[str, int]
"""What a run did, by name; kept in its row and shown on the page of jobs."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """One period of one job in one city.

    ``period`` is the local date (ISO) the run is for, ``at`` its nominal moment (aware): facts entered later do not
    exist for it. ``session`` is the one writing transaction of the run; the runner marks the run done in it and
    commits, so that the effects and the mark stand or fall together (RELIABILITY 1.4). A job never commits.
    """

    runtime: Runtime
    session: Session
    city: str
    period: str
    at: datetime
