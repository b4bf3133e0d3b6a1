"""``pmo demo``: what ``make demo`` starts."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import date
from pathlib import Path
from threading import Thread

import click
from waitress import serve

from config import ROOT, Settings
from pmo.app import create_app
from pmo.charts import canvas
from pmo.cli.frame import Day, say, unusable
from pmo.db.session import create_engines
from pmo.demo import portfolio
from pmo.demo.mailbox import open_mailbox
from pmo.exchange.signed_notes import generate_signing_key, write_signing_key
from pmo.jobs.heartbeat import Heartbeat
from pmo.runtime import Runtime
from pmo.web.demonstration import Demonstration

HOST = "127.0.0.1"


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--as-of", "as_of", type=Day(), default=portfolio.DEFAULT_DAY, help="The day on which it takes place.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT / "var" / "demo",
    help="Where it keeps its database and mail.",
)
def demo(port: int, as_of: date, folder: Path) -> None:
    """The whole system on this machine, with the demonstration portfolio."""
    try:
        portfolio.check_day(as_of)
    except portfolio.OutsideTheLog as error:
        unusable(str(error))
    if not _is_free(port):
        unusable(f"Port {port} is taken: choose another with PORT=…")
    folder.mkdir(parents=True, exist_ok=True)
    mail_port = _free_port()
    runtime = _runtime(_database(folder), port, mail_port)
    started = portfolio.started_as_of(runtime)
    if started != as_of:
        if started is not None:
            say(f"AS_OF changed from {started} to {as_of}: the demonstration is rebuilt, entries made in it are gone.")
        runtime.engines.dispose()
        _build(folder, port, mail_port, as_of)
        runtime = _runtime(_database(folder), port, mail_port)
    mail_server = open_mailbox(folder / "mail", mail_port)
    heartbeat = Heartbeat(runtime)
    heartbeat.start()
    demonstration = Demonstration(portfolio.PASSWORD, lambda days: portfolio.move_clock(runtime, days).refused)
    app = create_app(runtime, demonstration)
    click.echo(f"\n  The demonstration is ready: http://{HOST}:{port}/")
    click.echo(f"  It is {runtime.now():%d.%m.%Y} there. Every post signs in with its address and the password")
    click.echo(f"  {portfolio.PASSWORD}")
    for post, address in SIGN_INS:
        click.echo(f"    {post:<22}{address}")
    click.echo("  All posts are listed on the sign-in page. Stop with Ctrl+C.\n")
    Thread(target=canvas.warm_up, daemon=True).start()
    try:
        serve(app, host=HOST, port=port, threads=8, ident=None)
    finally:
        heartbeat.stop()
        mail_server.stop()


SIGN_INS = (
    ("akim", "akim.alm@almaty.example"),
    ("deputy akim", "deputy-da1.alm@almaty.example"),
    ("head of department", "head-biz.alm@almaty.example"),
    ("project manager", "manager-biz-1.alm@almaty.example"),
    ("PMO analyst", "analyst.alm@almaty.example"),
    ("head of the PMO", "pmo-head.alm@almaty.example"),
    ("observer", "observer.alm@almaty.example"),
    ("administrator", "admin.alm@almaty.example"),
)


def _build(folder: Path, port: int, mail_port: int, as_of: date) -> None:
    """Builds beside the old database and takes its place when it is whole; an interrupted one is thrown away."""
    unfinished = folder / "building.db"
    for leftover in folder.glob("building.db*"):
        leftover.unlink()
    settings = _runtime(unfinished, port, mail_port).settings
    runtime = Runtime(settings, create_engines(settings.database_url, synchronous="OFF"))
    portfolio.build(runtime, as_of, say)
    runtime.engines.dispose()
    unfinished.replace(_database(folder))


def _runtime(database: Path, port: int, mail_port: int) -> Runtime:
    settings = Settings.for_service(
        {
            "PMO_DATABASE_URL": f"sqlite:///{database}",
            "PMO_BASE_URL": f"http://{HOST}:{port}",
            "PMO_SMTP_URL": f"smtp://{HOST}:{mail_port}",
            "PMO_DEMO": "1",
            "PMO_SECRET_KEY": os.environ.get("PMO_SECRET_KEY") or _secret(database.parent),
            "PMO_AUDIT_KEY_FILE": str(_audit_key(database.parent)),
        }
    )
    return Runtime(settings)


def _secret(folder: Path) -> str:
    """The demonstration's own secret, kept beside its database: links in its mails work after a restart too."""
    kept = folder / "secret"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48), "ascii")
    return kept.read_text("ascii")


def _audit_key(folder: Path) -> Path:
    """The key of the demonstration's record, made once: its mails carry checkpoints like real ones."""
    kept = folder / "audit.key"
    if not kept.exists():
        write_signing_key(kept, generate_signing_key("audit.demo.example"))
    return kept


def _database(folder: Path) -> Path:
    return folder / "demo.db"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
