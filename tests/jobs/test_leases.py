"""A lease is renewed while the work goes on, and no longer."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

from pmo.jobs.leases import kept_alive

SHORT = timedelta(seconds=0.01)


def test_a_lease_is_renewed_in_spite_of_a_failure_until_the_work_is_done() -> None:
    renewals: list[int] = []
    thrice = Event()

    def renew() -> bool:
        renewals.append(len(renewals))
        if len(renewals) == 3:
            thrice.set()
        if len(renewals) == 1:
            raise OSError("the database is away for a moment")
        return True

    with kept_alive(renew, SHORT):
        assert thrice.wait(10)
    count = len(renewals)
    assert not Event().wait(0.05)
    assert len(renewals) == count


def test_a_lost_lease_is_not_asked_for_again() -> None:
    asked: list[bool] = []
    once = Event()

    def renew() -> bool:
        asked.append(False)
        once.set()
        return False

    with kept_alive(renew, SHORT):
        assert once.wait(10)
        assert not Event().wait(0.05)
    assert asked == [False]
