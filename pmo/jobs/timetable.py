"""The whole timetable (DOMAIN 3.2), and what the house itself needs at night.

``deliver`` is not in it: it looks for mail all day long, see ``deliver.py``.
"""

from __future__ import annotations

from datetime import time

from pmo.domain.week import COMPARED_AT
from pmo.jobs import alerts, assess, digests, retention
from pmo.jobs.schedule import CatchUp, Days, ScheduledJob

TIMETABLE = (
    ScheduledJob("assess", time(0, 30), Days.ALL, CatchUp.EVERY, assess.run),
    ScheduledJob("alerts", time(8, 20), Days.WORKING, CatchUp.LATEST, alerts.run),
    ScheduledJob("digests", COMPARED_AT, Days.WORKING, CatchUp.LATEST, digests.run, after="alerts"),
)

HOUSEKEEPING = (ScheduledJob(retention.NAME, time(3, 15), Days.ALL, CatchUp.LATEST, retention.run),)
"""Run and shown like the others, but no part of the policy: a simulation leaves it out, and a night without it is no
alarm."""

EVERY_JOB = (*TIMETABLE, *HOUSEKEEPING)
