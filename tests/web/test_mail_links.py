"""Every link of every mail of a simulated month, opened by its reader, as a person and as a scanner would."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from pmo.app import create_app
from pmo.clock import FixedClock
from pmo.db.base import Base
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.answers import AnswerRecord
from pmo.db.models.milestones import MilestoneRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.runtime import Runtime
from tests.web.conftest import strict
from tests.web.pages import Pages
from tests.web.portfolio_pages import doors

FRIDAY_EVENING = datetime(2019, 10, 11, 13, 0, tzinfo=UTC)
PLAIN_PAGE = re.compile(r"/(projects|milestones|indicators)/\d+|/tasks|/outbox")
BASE = re.compile(r"^https?://localhost(:8000)?")


@pytest.fixture
def month(simulated: Runtime) -> Runtime:
    """The demonstration after four weeks, on the evening of the last day."""
    return Runtime(simulated.settings, simulated.engines, FixedClock(FRIDAY_EVENING), simulated.transport)


def links(runtime: Runtime) -> dict[str, set[str]]:
    """Paths of all links of all mails, in both parts, by reader."""
    found: dict[str, set[str]] = defaultdict(set)
    with runtime.reading() as session:
        for mail in session.scalars(select(OutgoingMailRecord).options(undefer("*"))):
            addresses = {unescape(href) for href in re.findall(r'href="([^"]+)"', mail.body_html)}
            addresses |= set(re.findall(r"https?://\S+", mail.body_text))
            paths = {BASE.sub("", address) for address in addresses}
            assert all(path.startswith("/") for path in paths), paths
            found[mail.recipient_id] |= paths
    return found


def contents(runtime: Runtime) -> dict[str, list[str]]:
    """Every row of every table but the sessions: a reader signs in, and when they read is written down."""
    with runtime.reading() as session:
        return {
            name: sorted(str(tuple(row)) for row in session.execute(select(table)))
            for name, table in Base.metadata.tables.items()
            if name != "user_sessions"
        }


@pytest.mark.surface
def test_every_link_opens_for_its_reader_and_changes_nothing(month: Runtime) -> None:
    by_reader = links(month)
    kinds = {re.sub(r"\d+", "#", path) for paths in by_reader.values() for path in paths}
    assert {
        "/milestones/#/completion",
        "/milestones/#/forecast",
        "/milestones/#/help-request",
        "/milestones/#/acknowledgement",
        "/milestones/#/snooze",
        "/projects/#/recovery-plan",
        "/projects/#/acknowledgement",
    } <= kinds
    before = contents(month)
    app = strict(create_app(month))
    opened = 0
    refused = []
    shown: set[str] = set()
    scanned: set[str] = set()
    for reader, paths in sorted(by_reader.items()):
        pages = Pages(app).sign_in(reader)
        for path in sorted(paths):
            if PLAIN_PAGE.fullmatch(path) and path in shown:
                continue  # the same page for another reader: their sight is the business of test_access
            shown.add(path)
            kind = re.sub(r"\d+", "#", path)
            for method in ("GET",) if kind in scanned else ("HEAD", "GET"):
                scanned.add(kind)
                answer = pages.client.open(path, method=method, base_url=pages.base_url, follow_redirects=True)
                opened += 1
                if answer.status_code != 200:
                    refused.append((reader, method, path, answer.status_code))
    assert refused == []
    assert opened > 500
    assert contents(month) == before


@pytest.mark.surface
def test_a_stranger_is_sent_to_sign_in_and_then_to_the_very_form(month: Runtime) -> None:
    pages = Pages(strict(create_app(month)))
    reader, paths = next((r, p) for r, p in sorted(links(month).items()) if any("/forecast" in path for path in p))
    path = next(path for path in sorted(paths) if path.endswith("/forecast"))

    answer = pages.client.get(path, base_url=pages.base_url)

    assert answer.status_code == 302
    there = urlsplit(answer.headers["Location"])
    assert (there.path, parse_qs(there.query)["next"]) == ("/sign-in", [path])
    assert pages.sign_in(reader).get(path).path == path


@pytest.mark.surface
def test_a_link_of_an_old_mail_says_that_nothing_waits_any_more(month: Runtime) -> None:
    with month.reading() as session:
        told = session.execute(
            select(AlertRecord.recipient_id, MilestoneRecord.id)
            .join(MilestoneRecord, MilestoneRecord.code == AlertRecord.item)
            .where(AlertRecord.state == "resolved", AlertRecord.role == "manager")
            .limit(1)
        ).one()
    pages = doors(month)(told.recipient_id)

    page = pages.get(f"/milestones/{told.id}/acknowledgement")

    assert page.path == f"/milestones/{told.id}"
    assert "больше не требуется" in page.tree.text or "енді жауап қажет емес" in page.tree.text
    with month.reading() as session:
        assert session.scalars(select(AnswerRecord)).all() == []
