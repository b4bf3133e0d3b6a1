"""Kills and freezes schedulers and counts what became of the periods (RELIABILITY 6, tests 1, 2, 5, 6, 7).

    python -m benchmarks.faults.schedulers kill --dialect postgresql --kills 200 --days 92 --seed 1 [--effects-apart]
    python -m benchmarks.faults.schedulers freeze --dialect sqlite --freezes 50 [--without-fence]
    python -m benchmarks.faults.schedulers kill --dialect postgresql --kills 40 --days 20 --pooler
    python -m benchmarks.faults.schedulers downtime --periods 12
    python -m benchmarks.faults.schedulers product --dialect postgresql --kills 100 --days 42 [--marked-first]

Bounded, loopback only. Exit status 1 where a period is missing, doubled or out of order.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from contextlib import nullcontext
from dataclasses import asdict

from benchmarks.faults import pooler
from benchmarks.faults.ground import WARM_INTERPRETER, Birth, Ground, database, wait_until
from benchmarks.faults.product_jobs import MARKED_FIRST, Weeks, product
from benchmarks.faults.scheduler_worker import EFFECTS_APART, THINKING, WRITING
from benchmarks.faults.trial import Found, Trial, what_became
from pmo.clock import monotonic

OWNER_IS_VICTIM = 0.8
"""Share of the kills aimed at the owner of the running row; the others hit anybody."""
PATIENCE = 10.0
"""Seconds to wait for somebody to be at work. Processes come from a warm interpreter: kills that come faster than a
process starts meet nobody at work, and prove little."""


def kill(
    ground: Ground, birth: Birth, kills: int, days: int, seed: int, *options: str, gap: tuple[float, float] = (0.6, 1.6)
) -> Found:
    """Tests 1 and 6: kill -9 of three schedulers while days go by, ``gap`` seconds apart."""
    chance, begun = random.Random(seed), monotonic()
    of_owner = day = 0
    trial = Trial(ground, birth, *options)
    try:
        trial.wait_for(1, 30)
        for _ in range(kills):
            time.sleep(chance.uniform(*gap))
            if len(trial.done()) > day:  # a new day only when the last is over: then somebody is at work
                day += 1
                trial.show(day)
            owner = trial.seen_at_work(PATIENCE) if chance.random() < OWNER_IS_VICTIM else None
            if EFFECTS_APART in options:  # the mistake shows: no machine is too slow or too fast for the kill
                wait_until(lambda: set(trial.effects()) - trial.done(), PATIENCE)
            time.sleep(chance.uniform(0, THINKING + WRITING))
            of_owner += owner is not None
            trial.pack.kill(owner or chance.choice(trial.pack.living))
        days = max(days, day + 1)
        while len(trial.done()) < days and monotonic() - begun < 60 + kills * 4 + days:
            trial.show(min(days - 1, len(trial.done()) + 12))  # never further than it catches up
            time.sleep(0.1)
        return what_became(trial, seed, days, begun, kills=kills, of_owner=of_owner)
    finally:
        trial.end()


def freeze(ground: Ground, birth: Birth, freezes: int, seed: int, *options: str) -> Found:
    """Test 2: the owner is stopped for 1.2 to 2 leases and wakes up when somebody else has its run."""
    chance, begun = random.Random(seed), monotonic()
    done_freezes = day = 0
    trial = Trial(ground, birth, *options)
    try:
        while done_freezes < freezes and monotonic() - begun < 60 + freezes * 8:
            trial.show(day)
            victim = trial.seen_at_work(PATIENCE)
            if victim is not None:
                trial.pack.freeze(victim, chance.uniform(1.2, 2.0) * trial.lease)
                done_freezes += 1
            trial.wait_for(day + 1, 20)
            day += 1
        trial.wait_for(day, 60)
        time.sleep(trial.lease)  # what a sleeper may still do
        return what_became(trial, seed, day, begun, freezes=done_freezes)
    finally:
        trial.end()


def downtime(ground: Ground, birth: Birth, periods: int, seed: int) -> tuple[Found, list[str]]:
    """Test 7: nobody runs for some periods. Returns the periods of the job that only does the latest besides."""
    begun = monotonic()
    trial = Trial(ground, birth, "--with-latest")
    try:
        wait_until(lambda: trial.done() and trial.effects("latest"), 30)
        trial.pack.end()
        trial.show(periods)
        trial.restart()
        trial.wait_for(periods + 1, 30 + periods)
        wait_until(lambda: len(trial.effects("latest")) > 1, 30)
        return what_became(trial, seed, periods + 1, begun, kills=3), trial.effects("latest")
    finally:
        trial.end()


def main(arguments: list[str]) -> int:
    """Runs one trial and prints its counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trial", choices=["kill", "freeze", "downtime", "product"])
    parser.add_argument("--dialect", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--freezes", type=int, default=50)
    parser.add_argument("--days", type=int, default=92)
    parser.add_argument("--periods", type=int, default=12)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--without-fence", action="store_true", help="a negative twin: freezes must find doubles")
    parser.add_argument("--effects-apart", action="store_true", help="a negative twin: kills must find doubles")
    parser.add_argument("--marked-first", action="store_true", help="a negative twin: product must find rows missing")
    parser.add_argument("--pooler", action="store_true", help="the workers go through PgBouncer, transaction mode")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", flush=True)
    twins = {
        MARKED_FIRST: asked.marked_first,
        "--without-fence": asked.without_fence,
        EFFECTS_APART: asked.effects_apart,
    }
    options = [name for name, is_wanted in twins.items() if is_wanted]
    with database(asked.dialect) as plain, pooler.before(plain) if asked.pooler else nullcontext(plain) as ground:
        if asked.trial == "kill":
            found: Found | Weeks = kill(ground, WARM_INTERPRETER, asked.kills, asked.days, asked.seed, *options)
        elif asked.trial == "product":
            found = product(ground, WARM_INTERPRETER, asked.kills, asked.days, asked.seed, *options)
        elif asked.trial == "freeze":
            found = freeze(ground, WARM_INTERPRETER, asked.freezes, asked.seed, *options)
        else:
            found, latest = downtime(ground, WARM_INTERPRETER, asked.periods, asked.seed)
            print(f"latest: {', '.join(latest)}")
    print(asdict(found))
    return 0 if found.is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
