"""Turns the clock of a running ``pmo scheduler`` forth and back with libfaketime (RELIABILITY 6, test 9).

    python -m benchmarks.faults.clocks [--seconds 22]

Needs libfaketime (Debian: ``faketime``). The process is the real one, started as ``pmo scheduler``, with a tick of five
seconds and its own timetable, over SQLite, whose clock is turned with it. The monotonic clock is left alone. After each
jump its heartbeat is watched on its health port. Exit status 1 where the heart was silent for more than three
intervals, a period ran twice, the catch-up is not bounded, or memory grew.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.faults.ground import Ground, database, runtime_at, wait_until
from config import ROOT
from pmo.clock import SystemClock, monotonic
from pmo.jobs.schedule import LOOK_BACK
from tests.post_office import settle_city

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")
JUMPS = (
    ("an hour ahead", timedelta(hours=1)),
    ("an hour back", timedelta()),
    ("a day ahead", timedelta(days=1)),
    ("a day back", timedelta()),
    ("a year ahead", timedelta(days=366)),
    ("a year back", timedelta()),
)
PMO = "from pmo.cli import main; main(prog_name='pmo')"
MOST_GROWTH_KB = 40_000


@dataclass(frozen=True)
class Found:
    """By jump: ``silences``, the longest age of the last tick in seconds; ``alarms``, how
    often the health page said that the heart stands still; ``periods``, how many were done."""

    silences: dict[str, float]
    alarms: dict[str, int]
    periods: dict[str, int]
    twice: int
    growth_kb: int

    @property
    def is_well(self) -> bool:
        """The heart never stopped, nothing ran twice, no jump made more work than the look-back allows."""
        most = (LOOK_BACK.days + 1) + 2  # one job catches up every day, the other two do today only
        is_bounded = all(count <= most for count in self.periods.values())
        is_awake = all(self.silences.values()) and not any(self.alarms.values())
        return is_awake and is_bounded and not self.twice and self.growth_kb <= MOST_GROWTH_KB


def library() -> Path | None:
    """libfaketime for programs with threads, where it is installed."""
    return next((path for pattern in LIBRARIES for path in sorted(Path("/").glob(pattern[1:]))), None)


def turn(ground: Ground, seconds: float) -> Found:
    """Each jump, and ``seconds`` of watching after it."""
    preloaded = library()
    if preloaded is None:
        raise RuntimeError("there is no libfaketime (Debian: apt-get install faketime)")
    runtime = runtime_at(ground.url, SystemClock())
    settle_city(runtime, timezone="UTC")
    runtime.engines.dispose()
    offset, log = ground.folder / "offset", ground.folder / "scheduler.log"
    offset.write_text("+0")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "LD_PRELOAD": str(preloaded),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "PMO_DATABASE_URL": ground.url,
        "PMO_SECRET_KEY": "a secret of a fault run, long enough",
        "PMO_BASE_URL": "http://localhost:8000",
        "PMO_SMTP_URL": "smtp://127.0.0.1:9",
    }
    command = [sys.executable, "-c", PMO, "scheduler", "--health-port", str(port)]
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=written)
        try:
            if not wait_until(lambda: _beat(port) is not None, 60, 0.2):
                raise RuntimeError(log.read_text())
            _watch(port, seconds)
            before, silences, alarms, periods = _memory_kb(process.pid), {}, {}, {}
            for name, ahead in JUMPS:
                done = len(_done(log))
                offset.write_text(f"+{ahead.total_seconds():.0f}")
                silences[name], alarms[name] = _watch(port, seconds)
                periods[name] = len(_done(log)) - done
            growth = _memory_kb(process.pid) - before
        finally:
            process.kill()
            process.wait()
    twice = sum(number - 1 for number in Counter(_done(log)).values())
    return Found(silences, alarms, periods, twice, growth)


def _watch(port: int, seconds: float) -> tuple[float, int]:
    """The longest age of the last tick, and how often it was too long (more than three intervals, and not at work)."""
    longest, alarms, end = 0.0, 0, monotonic() + seconds
    while monotonic() < end:
        beat = _beat(port)
        if beat is not None:
            longest, alarms = max(longest, float(beat["age_seconds"])), alarms + (not beat["ok"])
        time.sleep(0.3)
    return longest, alarms


def _beat(port: int) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            health = json.load(answer)
    except urllib.error.HTTPError as error:  # 503: something is not well; the heartbeat is in it all the same
        health = json.load(error)
    except OSError:
        return None
    return next(check for check in health["checks"] if check.get("beat") == "jobs")


def _done(log: Path) -> list[tuple[str, str, str]]:
    events = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [(event["city"], event["job"], event["period"]) for event in events if event["event"] == "run done"]


def _memory_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]


def main(arguments: list[str]) -> int:
    """Prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=22.0, help="how long to watch after each jump")
    asked = parser.parse_args(arguments)
    with database("sqlite") as ground:
        found = turn(ground, asked.seconds)
    print(found)
    return 0 if found.is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
