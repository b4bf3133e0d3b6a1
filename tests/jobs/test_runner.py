"""Who does a run: claims, leases, fences, retries; effects and the done mark stand or fall together."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

import pytest
from sqlalchemy import select, update

from pmo.clock import SystemClock
from pmo.db.lease_clock import database_in
from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.session import DatabaseAway
from pmo.jobs.context import Counts, JobContext
from pmo.jobs.outcome import RunState
from pmo.jobs.runner import clock_trouble, preview, run_job, run_once, tick
from pmo.jobs.schedule import CatchUp, Days, ScheduledJob
from pmo.runtime import Runtime
from pmo.services import job_runs
from pmo.services.job_runs import Claim, ClaimLost, RunKey
from pmo.services.outbox import enqueue
from tests.post_office import a_draft, mails, settle_city

KEY = RunKey("work", "almaty", "2020-01-14")
AT = datetime(2020, 1, 14, 2, 20, tzinfo=UTC)
"""08:20 in Almaty."""


@pytest.fixture(autouse=True)
def city(runtime: Runtime) -> None:
    settle_city(runtime)


def mailing(context: JobContext) -> Counts:
    """An effect that shows when it is doubled: the key of the mail is the period and a number that grows."""
    number = len(context.session.scalars(select(OutgoingMailRecord.id)).all())
    enqueue(context.session, a_draft(number, key=(context.period, str(number))), context.at, context.runtime.settings)
    return {"mails": 1}


def a_job(
    run: Callable[[JobContext], Counts] = mailing,
    catch_up: CatchUp = CatchUp.EVERY,
    name: str = "work",
    after: str | None = None,
    days: Days = Days.ALL,
) -> ScheduledJob:
    return ScheduledJob(name, time(8, 20), days, catch_up, run, after)


def broken(_context: JobContext) -> Counts:
    raise RuntimeError("the sky fell")


def row(runtime: Runtime, key: RunKey = KEY) -> JobRunRecord:
    with runtime.reading() as session:
        return session.get_one(JobRunRecord, (key.job, key.city, key.period))


def take(runtime: Runtime, owner: str = "one") -> Claim | None:
    with runtime.writing() as session:
        return job_runs.claim_due_run(session, KEY, owner)


def lose_leases(runtime: Runtime) -> None:
    with runtime.writing() as session:
        session.execute(update(JobRunRecord).values(lease_until=database_in(-1)))


def test_a_run_takes_effect_once(runtime: Runtime) -> None:
    first = run_once(runtime, a_job(), "almaty", "2020-01-14", AT)
    second = run_once(runtime, a_job(), "almaty", "2020-01-14", AT)
    assert (first.state, first.counts, second.state) == (RunState.DONE, {"mails": 1}, RunState.ALREADY_DONE)
    assert len(mails(runtime)) == 1
    assert (row(runtime).state, row(runtime).counts) == ("done", {"mails": 1})


def test_nobody_takes_a_run_that_somebody_holds(runtime: Runtime) -> None:
    claim = take(runtime)
    assert claim == Claim(KEY, fence=1, attempt=1)
    assert take(runtime, "two") is None
    held = run_once(runtime, a_job(), "almaty", "2020-01-14", AT)
    assert held.state is RunState.FAILED
    assert mails(runtime) == []


def test_a_dead_owner_is_replaced_and_its_late_work_is_undone(runtime: Runtime) -> None:
    dead = take(runtime)
    assert dead
    lose_leases(runtime)
    assert run_once(runtime, a_job(), "almaty", "2020-01-14", AT).state is RunState.DONE

    def finish_late() -> None:
        with runtime.writing() as session:
            mailing(JobContext(runtime, session, "almaty", "2020-01-14", AT))
            job_runs.finish_run(session, dead, {})

    with pytest.raises(ClaimLost):
        finish_late()
    assert len(mails(runtime)) == 1


def test_without_the_fence_the_late_work_would_be_doubled(runtime: Runtime) -> None:
    """The negative twin: the same story without the guarded done mark leaves two mails."""
    assert take(runtime)
    lose_leases(runtime)
    assert run_once(runtime, a_job(), "almaty", "2020-01-14", AT).state is RunState.DONE
    with runtime.writing() as session:
        mailing(JobContext(runtime, session, "almaty", "2020-01-14", AT))
    assert len(mails(runtime)) == 2


def test_an_owner_that_loses_its_run_while_at_work_undoes_everything(runtime: Runtime) -> None:
    def overtaken(context: JobContext) -> Counts:
        mailing(context)
        context.session.execute(update(JobRunRecord).values(fence=JobRunRecord.fence + 1))
        return {}

    assert run_once(runtime, a_job(overtaken), "almaty", "2020-01-14", AT).state is RunState.FAILED
    assert mails(runtime) == []
    assert row(runtime).state == "running"


def test_renewal_tells_the_owner_that_it_lost_the_run(runtime: Runtime) -> None:
    claim = take(runtime)
    assert claim
    with runtime.writing() as session:
        assert job_runs.renew_claim(session, claim)
    lose_leases(runtime)
    assert take(runtime, "two")
    with runtime.writing() as session:
        assert not job_runs.renew_claim(session, claim)


def test_two_threads_claiming_many_periods_never_share_one(runtime: Runtime) -> None:
    keys = [RunKey("work", "almaty", f"2020-02-{day:02d}") for day in range(1, 21)]
    won: Counter[str] = Counter()

    def work(owner: str) -> None:
        for key in keys:
            with runtime.writing() as session:
                if job_runs.claim_due_run(session, key, owner):
                    won[key.period] += 1

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == Counter(key.period for key in keys)


def test_a_failed_run_leaves_nothing_but_its_error_and_waits(runtime: Runtime) -> None:
    def half_done(context: JobContext) -> Counts:
        mailing(context)
        return broken(context)

    outcome = run_once(runtime, a_job(half_done), "almaty", "2020-01-14", AT)
    assert (outcome.state, outcome.error) == (RunState.FAILED, "RuntimeError: the sky fell")
    assert mails(runtime) == []
    assert (row(runtime).state, row(runtime).error) == ("running", "RuntimeError: the sky fell")
    assert take(runtime) is None, "it waits a minute for its next attempt"


def test_a_run_is_given_up_after_five_attempts_and_the_next_period_may_run(runtime: Runtime) -> None:
    later = runtime.at(AT + timedelta(days=1))
    with runtime.writing() as session:
        job_runs.claim_due_run(session, RunKey("work", "almaty", "2020-01-13"), "before")
        session.execute(update(JobRunRecord).values(state="done"))
    for attempt in range(1, 6):
        assert tick(later, [a_job(broken)]) == []
        assert row(runtime).attempt == attempt
        lose_leases(runtime)
    assert row(runtime).state == "failed"
    done = tick(later, [a_job()])
    assert [outcome.period for outcome in done] == ["2020-01-15"]


def test_deaths_do_not_count_as_failures(runtime: Runtime) -> None:
    for _ in range(7):  # a power supply that flickers
        assert take(runtime, "about to die")
        lose_leases(runtime)
    assert tick(runtime.at(AT), [a_job(broken)]) == []
    assert (row(runtime).state, row(runtime).attempt, row(runtime).counts) == ("running", 8, {"failures": 1})
    lose_leases(runtime)
    assert [outcome.counts for outcome in tick(runtime.at(AT), [a_job()])] == [{"mails": 1}]


def test_a_database_that_was_away_is_not_held_against_the_run(runtime: Runtime) -> None:
    def cut_off(context: JobContext) -> Counts:
        raise DatabaseAway("select 1", {}, OSError("server closed the connection unexpectedly"))

    outcome = run_once(runtime, a_job(cut_off), "almaty", "2020-01-14", AT)
    assert (outcome.state, outcome.error) == (RunState.FAILED, "the database was away")
    assert (row(runtime).state, row(runtime).error, row(runtime).counts) == ("running", None, {})
    lose_leases(runtime)
    assert [outcome.state for outcome in tick(runtime.at(AT), [a_job()])] == [RunState.DONE]


def test_a_period_waits_until_the_one_before_is_finished(runtime: Runtime) -> None:
    with runtime.writing() as session:
        job_runs.claim_due_run(session, RunKey("work", "almaty", "2020-01-13"), "before")
        session.execute(update(JobRunRecord).values(state="done"))
    assert take(runtime)
    assert tick(runtime.at(AT + timedelta(days=1)), [a_job()]) == []


def test_what_was_given_up_can_be_run_by_hand(runtime: Runtime) -> None:
    for _ in range(5):
        run_once(runtime, a_job(broken), "almaty", "2020-01-14", AT)
    assert row(runtime).state == "failed"
    assert run_once(runtime, a_job(), "almaty", "2020-01-14", AT).state is RunState.DONE


def test_a_run_that_kills_its_process_every_time_is_given_up(runtime: Runtime) -> None:
    assert take(runtime)
    with runtime.writing() as session:
        session.execute(update(JobRunRecord).values(attempt=job_runs.MOST_DEATHS, lease_until=database_in(-1)))
    assert take(runtime) is None
    with runtime.writing() as session:
        assert job_runs.give_up_dead_runs(session) == 1
    assert row(runtime).state == "failed"


def test_twelve_missed_periods_are_caught_up_in_order_as_of_their_own_day(runtime: Runtime) -> None:
    seen: list[tuple[str, datetime]] = []

    def noting(context: JobContext) -> Counts:
        seen.append((context.period, context.at))
        return {}

    tick(runtime.at(AT), [a_job(noting)])
    tick(runtime.at(AT + timedelta(days=12)), [a_job(noting)])
    days = [date(2020, 1, 14) + timedelta(days=number) for number in range(13)]
    assert seen == [(day.isoformat(), AT + (day - days[0])) for day in days]
    tick(runtime.at(AT + timedelta(days=12)), [a_job(noting)])
    assert len(seen) == 13


def test_a_job_waits_for_the_one_it_follows(runtime: Runtime) -> None:
    here = runtime.at(AT)
    follower = a_job(name="follower", after="work")
    assert tick(here, [a_job(broken), follower]) == []
    lose_leases(runtime)
    assert [outcome.job for outcome in tick(here, [a_job(), follower])] == ["work", "follower"]


def test_cities_keep_their_own_time(runtime: Runtime) -> None:
    settle_city(runtime, "amsterdam", "Europe/Amsterdam")
    done = tick(runtime.at(AT), [a_job(lambda _context: {})])
    assert [(outcome.city, outcome.period) for outcome in done] == [("almaty", "2020-01-14")]


def test_by_hand_a_job_is_due_once_its_hour_has_come(runtime: Runtime) -> None:
    job = a_job(days=Days.WORKING)
    assert run_job(runtime.at(AT - timedelta(minutes=1)), job).state is RunState.NOTHING_DUE
    assert run_job(runtime.at(AT + timedelta(days=4)), job).state is RunState.NOTHING_DUE, "a Saturday"
    done = run_job(runtime.at(AT + timedelta(hours=5)), job)
    assert (done.city, done.period, done.state) == ("almaty", "2020-01-14", RunState.DONE)
    assert run_job(runtime.at(AT), job).state is RunState.ALREADY_DONE


def test_runs_of_several_cities_are_told_as_one(runtime: Runtime) -> None:
    settle_city(runtime, "astana")
    told = run_job(runtime.at(AT), a_job(lambda _context: {"items": 2})).as_json()
    assert told == {
        "job": "work",
        "city": "*",
        "period": "2020-01-14",
        "state": "done",
        "counts": {"items": 4},
        "would_send": [],
    }


def test_a_dry_run_shows_the_mails_and_changes_nothing(runtime: Runtime) -> None:
    shown = preview(runtime.at(AT), a_job(), "almaty")
    assert shown.state is RunState.DONE
    assert [row["item"] for row in shown.would_send] == ["DP-01-M0"]
    assert mails(runtime) == []
    with runtime.reading() as session:
        assert session.scalars(select(JobRunRecord)).all() == []
    assert run_once(runtime, a_job(), "almaty", "2020-01-14", AT).state is RunState.DONE
    assert preview(runtime.at(AT), a_job(), "almaty").state is RunState.ALREADY_DONE


class ShiftedClock(SystemClock):
    """A machine whose clock is wrong."""

    def __init__(self, shift: timedelta) -> None:
        self.shift = shift

    def now(self) -> datetime:
        return super().now() + self.shift


def test_jobs_are_refused_when_the_clocks_disagree(runtime: Runtime) -> None:
    def on_clock(clock: SystemClock) -> Runtime:
        return Runtime(runtime.settings, runtime.engines, clock)

    assert clock_trouble(on_clock(SystemClock())) is None
    assert "differ by" in cast(str, clock_trouble(on_clock(ShiftedClock(timedelta(minutes=-5)))))
    assert tick(on_clock(ShiftedClock(timedelta(hours=1))), [a_job()]) == []
    with runtime.writing() as session:
        assert job_runs.claim_due_run(session, KEY, "before")
        session.execute(update(JobRunRecord).values(state="done", finished_at=database_in(3600)))
    assert "before the end" in cast(str, clock_trouble(on_clock(SystemClock())))
