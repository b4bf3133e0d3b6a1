"""What a morning would send, looked at before it does; and the question why somebody got nothing."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from pmo.clock import FixedClock
from pmo.db.base import Base
from pmo.db.models.alerts import AlertRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.jobs.deliver import deliver_due
from pmo.jobs.dry_mornings import dry_morning
from pmo.jobs.runner import run_once
from pmo.jobs.timetable import TIMETABLE
from pmo.queries.places import city
from pmo.runtime import Runtime
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors

FRIDAY_EVENING = datetime(2019, 10, 11, 13, 0, tzinfo=UTC)
MONDAY, TUESDAY, FRIDAY = date(2019, 10, 14), date(2019, 10, 15), date(2019, 10, 11)


@pytest.fixture
def climbing(simulated: Runtime) -> Runtime:
    """The demonstration after four weeks, on the evening of Friday 11 October 2019."""
    return Runtime(simulated.settings, simulated.engines, FixedClock(FRIDAY_EVENING), simulated.transport)


@pytest.fixture
def enter(climbing: Runtime) -> Enter:
    return doors(climbing)


def contents(runtime: Runtime) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but the sessions: when a reader reads is written down."""
    with runtime.reading() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(select(table))), key=str)
            for name, table in Base.metadata.tables.items()
            if name != "user_sessions"
        }


def keys_of(page: Page) -> list[str]:
    """Keys of the mails that a page lists."""
    links = [link["href"] for link in page.tree.all("a") if "/alerts/preview/mail?" in link["href"]]
    return [re.split(r"[?&]key=", link)[1].split("&")[0] for link in links]


def test_the_preview_shows_exactly_the_mails_that_the_morning_then_makes(climbing: Runtime) -> None:
    with climbing.reading() as session:
        almaty = city(session, "almaty")
    before = contents(climbing)

    planned = dry_morning(climbing, almaty, MONDAY)
    assert contents(climbing) == before

    for job in TIMETABLE[1:]:
        at = job.moment_of(MONDAY, almaty.zone)
        run_once(climbing.at(at), job, "almaty", MONDAY.isoformat(), at)
    with climbing.reading() as session:
        made = session.scalars(select(OutgoingMailRecord).where(OutgoingMailRecord.created_at > FRIDAY_EVENING)).all()
        texts = {record.dedupe_key: session.get_one(OutgoingMailRecord, record.id).subject for record in made}
    assert {mail.key: mail.subject for mail in planned.mails} == texts
    assert len(texts) > 5
    done = dry_morning(climbing, almaty, MONDAY)
    assert (planned.was_run, done.was_run) == (False, True)
    assert [(mail.key, mail.text, mail.items) for mail in done.mails] == [
        (mail.key, mail.text, mail.items) for mail in planned.mails
    ]


def test_a_later_morning_is_as_it_will_be_if_nobody_answers(climbing: Runtime) -> None:
    with climbing.reading() as session:
        almaty = city(session, "almaty")
    planned = {mail.key for mail in dry_morning(climbing, almaty, TUESDAY).mails}

    for day in (MONDAY, TUESDAY):
        for job in TIMETABLE[1:]:
            at = job.moment_of(day, almaty.zone)
            run_once(climbing.at(at), job, "almaty", day.isoformat(), at)
        deliver_due(climbing.at(job.moment_of(day, almaty.zone) + timedelta(minutes=5)))
    with climbing.reading() as session:
        made = session.execute(select(OutgoingMailRecord.dedupe_key, OutgoingMailRecord.created_at)).all()
    assert planned == {key for key, at in made if at.date() == TUESDAY}


def test_the_page_names_each_reader_with_the_reasons_and_opens_each_mail(enter: Enter, climbing: Runtime) -> None:
    pages = enter("pmo-head.alm")
    before = contents(climbing)

    page = pages.get(f"/alerts/preview?on={MONDAY}")

    keys = keys_of(page)
    assert len(keys) > 5
    mail = pages.get(f"/alerts/preview/mail?on={MONDAY}&key={keys[0]}")
    assert mail.tree.one("iframe")["sandbox"] == ""
    assert "14.10.2019" in mail.text
    html = pages.client.get(mail.tree.one("iframe")["src"], base_url=pages.base_url)
    assert html.status_code == 200
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "script" not in html.headers["Content-Security-Policy"]
    assert contents(climbing) == before


def test_without_a_day_the_next_morning_is_shown(enter: Enter) -> None:
    page = enter("pmo-head.alm").get("/alerts/preview")
    assert page.tree.one("input", id="preview-on")["value"] == MONDAY.isoformat()


def test_a_morning_that_was_shows_what_was_really_sent(enter: Enter, climbing: Runtime) -> None:
    page = enter("pmo-head.alm").get(f"/alerts/preview?on={FRIDAY}")
    with climbing.reading() as session:
        made = session.execute(
            select(OutgoingMailRecord.dedupe_key, OutgoingMailRecord.created_at).where(
                OutgoingMailRecord.city_id == "almaty"
            )
        ).all()
    assert len(keys_of(page)) == sum(at.date() == FRIDAY for _, at in made)


def test_on_a_day_off_nothing_is_sent_and_too_far_ahead_nothing_is_computed(enter: Enter) -> None:
    pages = enter("pmo-head.alm")
    assert "12.10.2019 — выходной" in pages.get("/alerts/preview?on=2019-10-12").text
    assert "25.10.2019" in pages.get("/alerts/preview?on=2019-12-31").text


@pytest.mark.parametrize("person", ["akim.alm", "observer.alm", "admin.alm"])
def test_only_the_office_looks_at_what_others_will_be_told(enter: Enter, person: str) -> None:
    for path in ("/alerts/preview", "/alerts/preview/mail?key=x", "/alerts/preview/mail/html?key=x"):
        enter(person).get(path, status=403)


def test_a_mail_that_the_morning_does_not_make_is_not_there(enter: Enter) -> None:
    enter("analyst.alm").get(f"/alerts/preview/mail?on={MONDAY}&key=x", status=404)


def test_the_question_why_is_answered_on_the_page(enter: Enter, climbing: Runtime) -> None:
    with climbing.reading() as session:
        told = session.scalars(
            select(AlertRecord).where(
                AlertRecord.rung == "R-7", AlertRecord.state == "sent", AlertRecord.city_id == "almaty"
            )
        ).first()
    assert told is not None
    pages = enter("pmo-head.alm")

    page = pages.get(f"/alerts/preview?on={told.raised_on}&item={told.item}&person={told.recipient_id}")
    answer = page.tree.one("section", aria_label="Ответ").text
    assert "напоминание за 7 дней" in answer
    assert "Письмо:" in answer

    akim = pages.get(f"/alerts/preview?on={told.raised_on}&item={told.item}&person=akim.alm")
    assert "только" in akim.tree.one("section", aria_label="Ответ").text
    unknown = pages.get(f"/alerts/preview?on={told.raised_on}&item=DP-99-M9&person=akim.alm")
    assert "Такого" in unknown.text
