"""Keeps a lease alive while work goes on in the foreground."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import structlog

log = structlog.get_logger(__name__)


@contextmanager
def kept_alive(renew: Callable[[], bool], every: timedelta) -> Iterator[None]:
    """Calls ``renew`` at intervals until the block is left or the lease turns out to be somebody else's.

    A renewal that fails (the database is away for a moment) is tried again; losing the lease is noticed by the fence.
    """
    finished = Event()

    def keep() -> None:
        while not finished.wait(every.total_seconds()):
            try:
                if not renew():
                    return
            except Exception:
                log.warning("lease not renewed", exc_info=True)

    keeper = Thread(target=keep, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        finished.set()
        keeper.join()
