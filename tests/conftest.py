"""Databases, both of them; a guard on the network; the browser.

Every test that takes ``runtime`` or ``portfolio`` runs on SQLite and on PostgreSQL. PostgreSQL comes from
``PMO_TEST_DATABASE_URL``, or, with ``PMO_TEST_POSTGRES=1``, from a server that the test run starts for itself.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

import hypothesis
import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Engine, make_url
from werkzeug.routing import Rule

from config import ROOT, Settings
from pmo.clock import FixedClock
from pmo.db import migrate
from pmo.db.session import Engines
from pmo.mail.transport import RecordingTransport
from pmo.queries import calendar
from pmo.runtime import Runtime
from tests.shared_by_workers import MadeOnce, folder_of_run, lend_postgres, lent_postgres, own_postgres

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

    from tests.tour.city import WorkingCity

# How long an example takes depends on what else the machine is doing; whether it is right does not.
hypothesis.settings.register_profile("pmo", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("pmo")


class CompiledOnce(BytecodeCache):
    """Templates compiled by one application of this run serve the next: half of what a page costs a test."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills the bucket where its template is known and its source is still the same."""
        checksum, code = self._compiled.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        assert bucket.code is not None
        self._compiled[bucket.key] = (bucket.checksum, bucket.code)


class AddressedOnce(Rule):
    """Routes of one application of this run serve the next: compiling what builds their addresses is nine tenths of
    making an application, and every test of a page makes one."""

    _builders: ClassVar[dict[object, Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:  # these are written into the builder by converters, which are the application's own
            return super()._compile_builder(append_unknown)
        key = (tuple(self._trace), append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


Flask.jinja_options = {"bytecode_cache": CompiledOnce()}
Flask.url_rule_class = AddressedOnce

NOW = datetime(2020, 1, 31, 13, 0, tzinfo=UTC)
"""31 January 2020, 19:00 in Almaty: the moment at which most tests take place."""

DATA = ROOT / "pmo" / "demo" / "data"

FIRST_WEEKS = (date(2019, 9, 16), date(2019, 10, 11))


def _postgres_wanted() -> bool:
    return bool(os.environ.get("PMO_TEST_DATABASE_URL")) or os.environ.get("PMO_TEST_POSTGRES") == "1"


DIALECTS = ["sqlite", "postgresql"] if _postgres_wanted() else ["sqlite"]


def pytest_report_header() -> list[str]:
    """Says in one line what is left out."""
    left_out = []
    if not _postgres_wanted():
        left_out.append("PostgreSQL (set PMO_TEST_POSTGRES=1 or PMO_TEST_DATABASE_URL)")
    if chromium() is None:
        left_out.append("the browser (no Chromium found; set PMO_CHROMIUM)")
    return [f"left out: {', '.join(left_out)}" if left_out else "left out: nothing"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs every test that touches a database on both of them; one is enough to look at the surface of a page."""
    if "dialect" in metafunc.fixturenames:
        looks_only = metafunc.definition.get_closest_marker("surface") is not None
        needs_postgres = metafunc.definition.get_closest_marker("postgres") is not None
        chosen = DIALECTS[:1] if looks_only else DIALECTS[1:] if needs_postgres else DIALECTS
        metafunc.parametrize("dialect", chosen, scope="session")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "local"
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a test reached for the network: {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@dataclass(frozen=True)
class Databases:
    """Makes databases of one dialect: migrated ones, and copies of a filled one."""

    dialect: str
    folder: Path
    server: URL | None
    _kept: MadeOnce
    _idle: list[tuple[str, Engines]] = field(default_factory=list)

    @contextmanager
    def lent(self, template: str, moment: datetime = NOW) -> Iterator[Runtime]:
        """An installation over a copy of its own. Its engines serve the next test again, over another copy of the same
        name: they remember the statements that they have compiled, which is a quarter of what a test costs."""
        url, engines = self._idle.pop() if self._idle else (self._new(), None)
        self._put(template, url)
        calendar._KEPT.clear()  # it is kept by the address of the database, where another one stood
        runtime = runtime_on(url, moment, engines)
        yield runtime
        runtime.engines.dispose()
        self.drop(url)
        self._idle.append((url, runtime.engines))

    def empty(self) -> str:
        """URL of a new database without tables."""
        url = self._new()
        if self.server is not None:
            self._on_server(f"create database {make_url(url).database}")
        return url

    def filled(self, name: str, template: str, fill: Callable[[Runtime], None], moment: datetime = NOW) -> str:
        """URL of a copy of another one that ``fill`` has worked in: once in a run, whichever worker needs it first.
        It is there to be copied, never to be written."""

        def make() -> str:
            url = self.copy_of(template)
            runtime = runtime_on(url, moment)
            fill(runtime)
            runtime.engines.dispose()
            return url

        return self._kept.url_of(f"{name}-{self.dialect}", make)

    def migrated(self) -> str:
        """URL of a database with all tables and nothing in them, made once in a run and never written."""

        def make() -> str:
            url = self.empty()
            runtime = runtime_on(url)
            migrate.upgrade(runtime.engines)
            runtime.engines.dispose()
            return url

        return self._kept.url_of(f"migrated-{self.dialect}", make)

    def copy_of(self, url: str) -> str:
        """URL of a new database with everything the other one holds."""
        target = self._new()
        self._put(url, target)
        return target

    def drop(self, url: str) -> None:
        """Removes a database."""
        name = make_url(url).database
        if self.server is None:
            for suffix in ("", "-journal", "-wal", "-shm"):
                Path(f"{name}{suffix}").unlink(missing_ok=True)
        else:
            self._on_server(f"drop database if exists {name} with (force)")

    def _new(self) -> str:
        name = f"pmo_{uuid4().hex[:12]}"
        if self.server is None:
            return f"sqlite:///{self.folder / name}.db"
        return self.server.set(database=name).render_as_string(hide_password=False)

    def _put(self, template: str, url: str) -> None:
        source, target = make_url(template).database, make_url(url).database
        if self.server is None:
            shutil.copyfile(str(source), str(target))
        else:
            # Block by block through the log, as is the default since 15, takes twice the time of copying the files.
            strategy = "strategy file_copy" if self._version >= (15,) else ""
            self._on_server(f"create database {target} template {source} {strategy}")

    def _on_server(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))

    @cached_property
    def _engine(self) -> Engine:
        assert self.server is not None
        return create_engine(self.server, isolation_level="AUTOCOMMIT")

    @cached_property
    def _version(self) -> tuple[int, ...]:
        with self._engine.connect() as connection:
            return connection.dialect.server_version_info or ()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """Workers share one PostgreSQL; asked of the process that starts them, for each of them."""
    if _postgres_wanted() and not os.environ.get("PMO_TEST_DATABASE_URL"):
        lend_postgres(node.config, node.workerinput)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[URL | None]:
    """A running PostgreSQL, where one is wanted."""
    given = os.environ.get("PMO_TEST_DATABASE_URL") or lent_postgres(pytestconfig)
    if given:
        yield make_url(given)
    elif _postgres_wanted():
        with own_postgres() as started:
            yield make_url(started)
    else:
        yield None


@pytest.fixture(scope="session")
def makers() -> dict[str, Databases]:
    """Dialect to its maker of databases, whose engines outlive a turn to the other dialect and back."""
    return {}


@pytest.fixture(scope="session")
def databases(
    dialect: str,
    postgres_server: URL | None,
    tmp_path_factory: pytest.TempPathFactory,
    makers: dict[str, Databases],
) -> Databases:
    """A maker of databases of the dialect under test."""
    if dialect not in makers:
        server = postgres_server if dialect == "postgresql" else None
        kept = MadeOnce(folder_of_run(tmp_path_factory))
        makers[dialect] = Databases(dialect, tmp_path_factory.mktemp(dialect), server, kept)
    return makers[dialect]


@pytest.fixture(scope="session")
def migrated_url(databases: Databases) -> str:
    """A database with all tables and nothing in them; copied, never written."""
    return databases.migrated()


@pytest.fixture
def runtime(databases: Databases, migrated_url: str) -> Iterator[Runtime]:
    """An installation with an empty, migrated database; its clock stands at ``NOW``."""
    with databases.lent(migrated_url) as installation:
        yield installation


@pytest.fixture(scope="session")
def portfolio_url(databases: Databases, migrated_url: str) -> str:
    """A database with the demonstration portfolio, without its log; copied, never written."""
    return databases.filled("portfolio", migrated_url, lambda runtime: _import(runtime, "portfolio.yaml"))


@pytest.fixture(scope="session")
def replayed_url(databases: Databases, portfolio_url: str) -> str:
    """The portfolio with every event of its log; copied, never written."""
    return databases.filled("replayed", portfolio_url, lambda runtime: _import(runtime, "demo_log.yaml"))


@pytest.fixture(scope="session")
def simulated_url(databases: Databases, portfolio_url: str) -> str:
    """The portfolio after its first four weeks, with every job run at its hour; copied, never written."""
    from pmo.jobs.simulation import simulate
    from pmo.services.imports import read_log

    def live(runtime: Runtime) -> None:
        simulate(runtime, *FIRST_WEEKS, read_log(DATA / "demo_log.yaml"))

    return databases.filled("simulated", portfolio_url, live)


@pytest.fixture(scope="session")
def working_city_url(databases: Databases, portfolio_url: str) -> str:
    """The portfolio in full work on 4 February 2020, something pending for everybody; copied, never written."""
    from tests.tour.city import EVENING, fill

    return databases.filled("working-city", portfolio_url, fill, EVENING)


def _import(runtime: Runtime, name: str) -> None:
    from pmo.services.imports import apply_import, plan_import

    with runtime.writing() as session:
        plan = plan_import(session, DATA / name)
        assert not plan.faults, plan.faults[:3]
        apply_import(session, plan, runtime.now())


@pytest.fixture
def working_city(databases: Databases, working_city_url: str) -> Iterator[WorkingCity]:
    """That city, to look at and to work in."""
    from tests.tour.city import EVENING, WorkingCity

    with databases.lent(working_city_url, EVENING) as installation:
        yield WorkingCity(installation)


@pytest.fixture
def simulated(databases: Databases, simulated_url: str) -> Iterator[Runtime]:
    """An installation four weeks into the demonstration, with its alerts and mails."""
    with databases.lent(simulated_url) as installation:
        yield installation


@pytest.fixture
def portfolio(databases: Databases, portfolio_url: str) -> Iterator[Runtime]:
    """An installation with the demonstration portfolio as it was when tracking began."""
    with databases.lent(portfolio_url) as installation:
        yield installation


@pytest.fixture
def replayed(databases: Databases, replayed_url: str) -> Iterator[Runtime]:
    """An installation with the portfolio and all events of the log."""
    with databases.lent(replayed_url) as installation:
        yield installation


def runtime_on(url: str, moment: datetime = NOW, engines: Engines | None = None) -> Runtime:
    """An installation over a database whose clock stands at a moment and whose mail is only recorded."""
    settings = Settings(
        database_url=url,
        secret_key="a secret for tests only, long enough",
        base_url="http://localhost",
        smtp_url="smtp://127.0.0.1:2525",
        mail_from="pmo@city.example",
    )
    return Runtime(settings, engines, clock=FixedClock(moment), transport=RecordingTransport())


def chromium() -> str | None:
    """The browser to test with: PMO_CHROMIUM, or the first one on the path."""
    named = os.environ.get("PMO_CHROMIUM")
    if named:
        return named
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Debian's Chromium instead of a download; without one the test is left out, or fails where it is required."""
    path = chromium()
    if path is None:
        if os.environ.get("PMO_REQUIRE_BROWSER") == "1":
            pytest.fail("PMO_REQUIRE_BROWSER=1, and there is no Chromium")
        pytest.skip("no Chromium on this machine")
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": path, "args": arguments}
