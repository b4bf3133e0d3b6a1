"""Simulates the whole demonstration log over all three cities, twice, and checks what must never happen.

    python benchmarks/simulated_log.py > docs/simulation.md

It uses the ``pmo`` command over a fresh SQLite database (or ``PMO_DATABASE_URL``, which must be empty), and counts in
the tables afterwards. Takes a few minutes. Exit status 1 if a promise was broken.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

from config import ROOT, Settings
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.ladder import ESCALATIONS, Rung
from pmo.queries.calendar import working_calendar
from pmo.queries.places import city_zone
from pmo.runtime import Runtime

DATA = ROOT / "pmo" / "demo" / "data"
RANGE = ("--from", "2019-09-16", "--to", "2020-12-31")
SENIORS = ("akim", "deputy_akim", "chief_of_staff")


def main() -> int:
    """Prints the document; 0 where every promise held."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("PMO_DATABASE_URL") or f"sqlite:///{Path(folder) / 'log.db'}"
        pmo(url, "db", "upgrade")
        began = time.perf_counter()
        pmo(url, "import", str(DATA / "portfolio.yaml"))
        loaded = time.perf_counter() - began
        first, seconds = simulate(url)
        again, second_seconds = simulate(url)
        runtime = Runtime(Settings(database_url=url))
        broken = promises(runtime)
        broken["mails of the second run"] = int(again["mails"])
        report(runtime, first, again, loaded, seconds, second_seconds, broken)
        return int(any(broken.values()))


def simulate(url: str) -> tuple[dict[str, Any], float]:
    """One run of ``pmo simulate``: what it printed, and how many seconds it took."""
    began = time.perf_counter()
    printed = pmo(url, "simulate", *RANGE, "--log", str(DATA / "demo_log.yaml"), "--format", "json")
    return json.loads(printed), time.perf_counter() - began


def promises(runtime: Runtime) -> dict[str, int]:
    """How often each promise of DOMAIN 3.2 was broken."""
    with runtime.reading() as session:
        mails = session.execute(
            select(
                OutgoingMailRecord.city_id,
                OutgoingMailRecord.recipient_id,
                OutgoingMailRecord.sent_at,
                PersonRecord.role,
            ).join(PersonRecord, PersonRecord.id == OutgoingMailRecord.recipient_id)
        ).all()
        cities = {mail.city_id for mail in mails}
        calendars = {city: working_calendar(session, city) for city in cities}
        zones = {city: city_zone(session, city) for city in cities}
        rungs = session.execute(
            select(
                AlertRecord.city_id,
                AlertRecord.item,
                AlertRecord.baseline_version,
                AlertRecord.ladder_run,
                AlertRecord.rung,
                AlertRecord.raised_on,
            ).where(AlertRecord.rung.in_([rung.value for rung in ESCALATIONS]))
        ).all()
    sent = [(mail, mail.sent_at.astimezone(zones[mail.city_id])) for mail in mails if mail.sent_at]
    senior_days = Counter((mail.recipient_id, moment.date()) for mail, moment in sent if mail.role in SENIORS)
    climbs: dict[tuple[object, ...], dict[Rung, date]] = defaultdict(dict)
    for rung in rungs:
        key = (rung.city_id, rung.item, rung.baseline_version, rung.ladder_run)
        climbs[key][Rung(rung.rung)] = rung.raised_on
    return {
        "mails on a day off": sum(not calendars[mail.city_id].is_working(moment.date()) for mail, moment in sent),
        "mails outside 08:30-18:30": sum(not (8, 30) <= (moment.hour, moment.minute) < (18, 30) for _, moment in sent),
        "seniors with two mails on a day": sum(count > 1 for count in senior_days.values()),
        "rungs without all earlier ones": sum(
            [rung for rung in ESCALATIONS if rung in climb] != list(ESCALATIONS[: len(climb)])
            for climb in climbs.values()
        ),
        "two rungs of an item on one day": sum(len(set(climb.values())) < len(climb) for climb in climbs.values()),
    }


def report(
    runtime: Runtime,
    first: dict[str, Any],
    again: dict[str, Any],
    loaded: float,
    seconds: float,
    second_seconds: float,
    broken: dict[str, int],
) -> None:
    """The document."""
    with runtime.reading() as session:
        kinds = Counter(session.scalars(select(OutgoingMailRecord.kind)))
    print("# The demonstration log, simulated\n")
    print("Written by `python benchmarks/simulated_log.py > docs/simulation.md`: `pmo simulate --from 2019-09-16 --to")
    print(
        "2020-12-31 --log pmo/demo/data/demo_log.yaml` over all three cities on a fresh SQLite database, run twice.\n"
    )
    print("| | first run | second run |\n|---|---:|---:|")
    for name in ("events_entered", "events_skipped", "digests", "mails"):
        print(f"| {name.replace('_', ' ')} | {first[name]:,} | {again[name]:,} |")
    print("\n| Rung reached | times |\n|---|---:|")
    for rung in Rung:
        if rung.value in first["alerts_by_rung"]:
            print(f"| {rung.value} | {first['alerts_by_rung'][rung.value]} |")
    print("\n| Mails | |\n|---|---:|")
    for kind, count in sorted(kinds.items()):
        print(f"| {kind} | {count:,} |")
    print("\n| What must never happen | times |\n|---|---:|")
    for name, count in broken.items():
        print(f"| {name} | {count} |")
    print(f"\nOn 2 shared cores: {seconds:.0f} s for 473 days, which is {seconds / loaded:.0f} times the import of the")
    print(f"portfolio in the same run ({loaded:.1f} s); the second run {second_seconds / seconds:.2f} of the first.")


def pmo(url: str, *words: str) -> str:
    """What a ``pmo`` command prints."""
    command = [str(Path(sys.executable).parent / "pmo"), *words]
    environment = {**os.environ, "PMO_DATABASE_URL": url}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


if __name__ == "__main__":
    sys.exit(main())
