"""Every night: the statuses whose day has come."""

from __future__ import annotations

from pmo.jobs.context import Counts, JobContext
from pmo.services.assessments import refresh_due


def run(context: JobContext) -> Counts:
    """Judges what is out of date at the nominal moment; counts of ``refresh_due``."""
    return refresh_due(context.session, context.city, context.at, context.runtime.rules, context.runtime.histories)
