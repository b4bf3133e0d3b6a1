"""The composition root: settings become engines, a clock and a mail transport; wired once, at the edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from config import Settings
from pmo.clock import Clock, DemoClock, FixedClock, SystemClock, local_day
from pmo.db import session as db
from pmo.mail.transport import Transport, transport_for
from pmo.queries.clock import demo_moment
from pmo.queries.histories import Histories
from pmo.queries.rules import CityRules
from pmo.services.audit import tell_recorded
from pmo.services.settlement import settle


class Runtime:
    """One installation at work. Sessions come from here and from nowhere else."""

    def __init__(
        self,
        settings: Settings,
        engines: db.Engines | None = None,
        clock: Clock | None = None,
        transport: Transport | None = None,
        rules: CityRules | None = None,
        histories: Histories | None = None,
    ) -> None:
        self.settings = settings
        self.engines = engines or db.create_engines(settings.database_url)
        self.rules = rules or CityRules()
        self.histories = histories or Histories()
        self._clock = clock
        self._transport = transport

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading; what is changed in it is thrown away."""
        with db.reading(self.engines) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session for one change: leaving the block settles and commits, an exception undoes everything."""
        with db.writing(self.engines) as session:
            yield session
            settle(session, self.now(), self.rules)
        tell_recorded(session)

    @property
    def clock(self) -> Clock:
        """The clock of this installation: the demonstration's where the database holds one, else the machine's."""
        if self._clock is None:
            self._clock = DemoClock(self._demo_moment) if self._has_demo_clock() else SystemClock()
        return self._clock

    @property
    def clock_on_the_wall(self) -> Clock:
        """The machine's clock whatever the demonstration says: for when something was written down."""
        return SystemClock()

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self.clock.now()

    def today(self, timezone: str) -> date:
        """The present date in a city's zone."""
        return local_day(self.now(), zone(timezone))

    @property
    def transport(self) -> Transport:
        """Where mail goes."""
        if self._transport is None:
            self._transport = transport_for(self.settings)
        return self._transport

    def at(self, moment: datetime) -> Runtime:
        """The same installation as if it were that moment."""
        return Runtime(self.settings, self.engines, FixedClock(moment), self._transport, self.rules, self.histories)

    def sending_through(self, transport: Transport) -> Runtime:
        """The same installation with its mail going elsewhere."""
        return Runtime(self.settings, self.engines, self._clock, transport, self.rules, self.histories)

    def _has_demo_clock(self) -> bool:
        with self.reading() as session:
            return demo_moment(session) is not None

    def _demo_moment(self) -> datetime:
        with self.reading() as session:
            moment = demo_moment(session)
        return moment or SystemClock().now()


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name."""
    return ZoneInfo(name)
