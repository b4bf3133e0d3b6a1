"""Every night: what has been kept long enough goes, a bounded number of rows of each kind."""

from __future__ import annotations

from pmo.jobs.context import Counts, JobContext
from pmo.services.retention import Occasion, carry_out

NAME = "retention"


def run(context: JobContext) -> Counts:
    """Counts of rows removed, mails whose bytes went, and closed posts whose password went."""
    wall = context.runtime.clock_on_the_wall.now()
    found = dict(carry_out(context.session, Occasion(context.city, context.runtime.settings.terms, context.at, wall)))
    counts = {
        "emptied_mails": found.pop("mail_bytes", 0),
        "cleared_posts": found.pop("of_those_who_left/passwords", 0),
        "removed_rows": sum(found.values()),
    }
    return {name: count for name, count in counts.items() if count}
