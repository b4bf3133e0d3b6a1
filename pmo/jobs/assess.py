"""Every night: changes of the organisation whose day has come, then the statuses whose day has come."""

from __future__ import annotations

from pmo.jobs.context import Counts, JobContext
from pmo.services.assessments import refresh_due
from pmo.services.planned_changes import carry_out_due


def run(context: JobContext) -> Counts:
    """Carries out what was planned for the day, judges what is out of date at the nominal moment.

    Counts of ``refresh_due``, and ``carried_out`` where there was anything.
    """
    done = carry_out_due(context.session, context.city, max(context.at, context.runtime.now()))
    histories = None if done else context.runtime.histories  # shared ones are for sessions that wrote no facts
    found = refresh_due(context.session, context.city, context.at, context.runtime.rules, histories)
    return {**found, "carried_out": done} if done else found
