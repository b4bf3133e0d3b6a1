"""Tries are counted exactly, in every process and on both databases (RELIABILITY 4.1)."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from config import ROOT
from pmo.domain.errors import RuleBroken
from pmo.domain.sign_in import BY_ACCOUNT, BY_NETWORK, Door
from pmo.runtime import Runtime
from pmo.services.throttle import Attempt, count_attempt, give_back, network_of

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PROCESSES, TRIES = 8, 50
TRYING = """
import sys
from datetime import datetime
from pmo.db.session import create_engines, writing
from pmo.domain.errors import RuleBroken
from pmo.domain.sign_in import Door
from pmo.services.throttle import Attempt, count_attempt

url, now, tries = sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3])
engines = create_engines(url)
sys.stdin.readline()
allowed = 0
for _ in range(tries):
    try:
        with writing(engines) as session:
            count_attempt(session, Attempt(Door.SIGN_IN, "akim@city.example", "10.0.0.1"), now)
        allowed += 1
    except RuleBroken:
        pass
print(allowed)
"""


def tried(runtime: Runtime, attempt: Attempt, now: datetime) -> int | None:
    """The minutes to wait, or None for a try that goes on."""
    try:
        with runtime.writing() as session:
            count_attempt(session, attempt, now)
    except RuleBroken as refusal:
        return int(str(refusal.values["minutes"]))
    return None


def of(account: str, network: str = "10.0.0.1", door: Door = Door.SIGN_IN) -> Attempt:
    return Attempt(door, account, network)


def test_of_400_tries_from_eight_processes_exactly_ten_go_on(runtime: Runtime) -> None:
    url = runtime.settings.database_url
    command = [sys.executable, "-c", TRYING, url, NOW.isoformat(), str(TRIES)]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    said = [process.communicate(timeout=240)[0].splitlines() for process in _told(started)]
    allowed = [int(lines[-1]) for lines in said]  # the lines before are the log's
    assert [process.returncode for process in started] == [0] * PROCESSES
    assert sum(allowed) == BY_ACCOUNT[Door.SIGN_IN].most == 10


def _told(started: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """All of them begin together."""
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return started


def test_whoever_tried_too_often_hears_how_long_to_wait(runtime: Runtime) -> None:
    for _ in range(10):
        assert tried(runtime, of("akim@city.example"), NOW) is None
    assert tried(runtime, of("akim@city.example"), NOW) == 15
    assert tried(runtime, of("akim@city.example"), NOW + timedelta(minutes=14, seconds=1)) == 1
    assert tried(runtime, of("akim@city.example"), NOW + timedelta(minutes=15)) is None


def test_a_refused_try_does_not_prolong_the_wait(runtime: Runtime) -> None:
    for minute in range(10):
        tried(runtime, of("akim@city.example"), NOW + timedelta(minutes=minute))
    for minute in (11, 13, 14):
        assert tried(runtime, of("akim@city.example"), NOW + timedelta(minutes=minute)) == 15 - minute


def test_the_way_an_address_is_written_makes_no_new_account(runtime: Runtime) -> None:
    for letter in range(10):
        name = "akim@city.example"
        assert tried(runtime, of(f" {name[:letter].upper()}{name[letter:]} "), NOW) is None
    assert tried(runtime, of("AKIM@CITY.EXAMPLE"), NOW) == 15


def test_another_network_is_another_subject_but_not_for_codes(runtime: Runtime) -> None:
    for _ in range(10):
        tried(runtime, of("akim@city.example"), NOW)
    assert tried(runtime, of("akim@city.example", "10.0.0.2"), NOW) is None
    for number in range(5):
        assert tried(runtime, of("akim", f"10.0.0.{number}", Door.SECOND_FACTOR), NOW) is None
    assert tried(runtime, of("akim", "10.0.0.99", Door.SECOND_FACTOR), NOW) == 15


def test_a_network_that_tries_one_account_after_the_other_is_stopped(runtime: Runtime) -> None:
    most = BY_NETWORK[Door.SIGN_IN].most
    assert all(tried(runtime, of(f"person-{number}"), NOW) is None for number in range(most))
    assert tried(runtime, of("one-more"), NOW) == 15
    assert tried(runtime, of("one-more", "10.0.0.2"), NOW) is None


def test_good_tries_are_given_back(runtime: Runtime) -> None:
    for number in range(BY_NETWORK[Door.SIGN_IN].most + 5):
        attempt = of(f"person-{number % 7}")
        assert tried(runtime, attempt, NOW) is None
        with runtime.writing() as session:
            give_back(session, attempt)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("::ffff:a01:203", "10.1.2.3"),
        ("10.1.2.3:50123", "10.1.2.3"),
        ("[2001:db8:1:2:3:4:5:6]:50123", "2001:db8:1:2::/64"),
        ("[::ffff:10.1.2.3]:50123", "10.1.2.3"),
        ("", "unknown"),
        ("10.1.2:3", "unknown"),
        ("[", "unknown"),
    ],
)
def test_a_household_on_ipv6_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network
