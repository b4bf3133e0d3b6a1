"""The log of the jobs, the outgoing mail, and the demonstration's mailbox."""

import re
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pmo.db.models.jobs import JobRunRecord
from pmo.db.models.outbox import OutgoingMailRecord, ReturnedAddressRecord
from pmo.db.models.people import PersonRecord
from pmo.mail.pictures import picture_name
from pmo.runtime import Runtime
from tests.web.pages import Page
from tests.web.portfolio_pages import Enter, doors

MORNING = datetime(2020, 1, 31, 2, 30, tzinfo=UTC)
HTML = "<!doctype html><html lang='ru'><body><p style='color:red'>Срок вышел</p></body></html>"


@pytest.fixture
def enter(portfolio: Runtime) -> Enter:
    return doors(portfolio)


def add_run(runtime: Runtime, job: str, period: str, state: str = "done", city: str = "almaty", **counts: int) -> None:
    with runtime.writing() as session:
        session.add(
            JobRunRecord(
                job=job,
                city_id=city,
                period=period,
                state=state,
                owner="a test",
                lease_until=MORNING,
                started_at=MORNING,
                finished_at=MORNING + timedelta(seconds=4) if state != "running" else None,
                error="Traceback\nValueError: the disk is full" if state == "failed" else None,
                counts=counts,
            )
        )


def add_mail(
    runtime: Runtime, number: int, recipient: str, state: str = "sent", city: str = "almaty", html: str = HTML
) -> int:
    with runtime.writing() as session:
        mail = OutgoingMailRecord(
            dedupe_key=f"key-{number}",
            message_id=f"<{number}@city.example>",
            kind="alert",
            city_id=city,
            recipient_id=recipient,
            recipient_role="manager",
            address=f"{recipient}@city.example",
            language="ru",
            subject=f"Срок <вышел> {number}",
            body_text="Ваш ответ нужен сегодня.\n<b>не жирно</b>",
            body_html=html,
            items=[],
            headers={},
            state=state,
            created_at=MORNING,
            not_before=MORNING,
            expires_at=MORNING + timedelta(days=3),
            sent_at=MORNING if state == "sent" else None,
        )
        session.add(mail)
        session.flush()
        return mail.id


def rows(page: Page, heading: str) -> list[str]:
    tables = page.tree.all("table", aria_labelledby=heading)
    return [row.text for table in tables for row in table.one("tbody").all("tr")]


def test_each_run_is_a_row_with_what_it_did(enter: Enter, portfolio: Runtime) -> None:
    add_run(portfolio, "assess", "2020-01-31", projects=50, assessed=3, changed=0)
    add_run(portfolio, "alerts", "2020-01-31", alerts=2, **{"rung:O+1": 2})
    add_run(portfolio, "digests", "2020-01-30", state="failed")
    add_run(portfolio, "assess", "2020-01-31", city="astana")
    page = enter("pmo-head.alm").get("/jobs")
    runs = rows(page, "runs")
    assert len(runs) == 3
    assert any("просмотрено проектов: 50, рассчитано статусов: 3" in run for run in runs)
    assert any("просрочка, 1-й рабочий день: 2" in run for run in runs)
    assert any("the disk is full" in run for run in runs)


def test_the_timetable_names_the_last_and_the_next_run(enter: Enter, portfolio: Runtime) -> None:
    add_run(portfolio, "alerts", "2020-01-31", alerts=2)
    assess, alerts, digests, retention = rows(enter("admin.alm").get("/jobs"), "timetable")
    assert assess.endswith("00:30")
    assert "31 January 2020" in alerts or "31.01.2020" in alerts
    assert "08:20" in alerts
    assert "08:25" in digests
    assert "03:15" in retention


def test_jobs_are_for_the_head_of_the_pmo_and_the_administrator(enter: Enter) -> None:
    for post in ("pmo-head.alm", "admin.alm"):
        enter(post).get("/jobs")
    for post in ("analyst.alm", "akim.alm", "manager-police-1.alm", "observer.alm"):
        enter(post).get("/jobs", status=403)


def test_outgoing_mail_is_counted_by_state_and_each_count_opens_its_list(enter: Enter, portfolio: Runtime) -> None:
    for number in range(3):
        add_mail(portfolio, number, "manager-police-1.alm")
    add_mail(portfolio, 7, "head-police.alm", state="failed")
    add_mail(portfolio, 8, "akim.ast", city="astana")
    pages = enter("pmo-head.alm")
    page = pages.get("/outbox")
    counts = [(int(link.one("b").text), link["href"]) for link in page.tree.one("ul", class_="tally").all("a")]
    assert sorted(number for number, _ in counts) == [1, 3, 4]
    for number, address in counts:
        assert len(rows(pages.get(address), "mails")) == number


def test_a_long_list_of_mail_is_read_page_by_page(enter: Enter, portfolio: Runtime) -> None:
    for number in range(60):
        add_mail(portfolio, number, "manager-police-1.alm")
    pages = enter("pmo-head.alm")
    first = pages.get("/outbox")
    (further,) = [link["href"] for link in first.tree.all("a", rel="next")]
    second = pages.get(further)
    assert (len(rows(first, "mails")), len(rows(second, "mails"))) == (50, 10)
    assert not set(rows(first, "mails")) & set(rows(second, "mails"))


def test_a_mail_opens_as_text_and_its_html_cannot_do_anything(enter: Enter, portfolio: Runtime) -> None:
    number = add_mail(portfolio, 1, "manager-police-1.alm")
    pages = enter("pmo-head.alm")
    page = pages.get(f"/outbox/{number}")
    assert page.heading == "Срок <вышел> 1"
    assert "<b>не жирно</b>" in page.tree.one("pre").text
    answer = pages.client.get(f"/outbox/{number}/html", base_url=pages.base_url)
    assert answer.text == HTML
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_the_picture_of_a_mail_is_drawn_into_the_page_that_shows_it(enter: Enter, portfolio: Runtime) -> None:
    image = f'<img src="cid:{picture_name([(1, 2, 3, 0), (2, 2, 2, 0)])}" alt="weeks">'
    number = add_mail(portfolio, 1, "manager-police-1.alm", html=f"<html><body>{image}</body></html>")
    pages = enter("pmo-head.alm")
    answer = pages.client.get(f"/outbox/{number}/html", base_url=pages.base_url)
    shown = re.search(r'src="data:image/png;base64,([^"]+)" alt="weeks"', answer.text)
    assert shown
    assert b64decode(shown[1]).startswith(b"\x89PNG")
    assert "cid:" not in answer.text
    assert "img-src data:" in answer.headers["Content-Security-Policy"]


def test_a_mail_is_read_by_its_reader_and_by_those_who_answer_for_the_post_only(
    enter: Enter, portfolio: Runtime
) -> None:
    number = add_mail(portfolio, 1, "manager-police-1.alm")
    enter("manager-police-1.alm").get(f"/outbox/{number}")
    for stranger in ("manager-app-1.alm", "akim.alm", "analyst.alm", "akim.ast"):
        enter(stranger).get(f"/outbox/{number}", status=404)
        enter(stranger).get(f"/outbox/{number}/html", status=404)


def test_the_mailbox_is_there_in_the_demonstration_only(enter: Enter, portfolio: Runtime) -> None:
    number = add_mail(portfolio, 1, "manager-police-1.alm")
    add_mail(portfolio, 2, "akim.alm")
    add_mail(portfolio, 3, "akim.ast", city="astana")
    enter("akim.alm").get("/mailbox", status=404)
    demo = doors(Runtime(replace(portfolio.settings, demo=True), portfolio.engines, portfolio.clock))("observer.alm")
    assert len(rows(demo.get("/mailbox"), "mails")) == 2
    (mine,) = rows(demo.get("/mailbox?to=akim.alm"), "mails")
    assert "Срок <вышел> 2" in mine
    demo.get(f"/outbox/{number}")


@pytest.mark.parametrize("state", ["failed", "expired", "suppressed"])
def test_a_mail_that_was_given_up_is_sent_again_at_the_word_of_the_pmo(
    enter: Enter, portfolio: Runtime, state: str
) -> None:
    number = add_mail(portfolio, 1, "manager-police-1.alm", state=state)
    pages = enter("pmo-head.alm")
    page = pages.submit(pages.get(f"/outbox/{number}"), f"/outbox/{number}/resend")
    assert page.path == f"/outbox/{number}"
    assert not [form for form in page.tree.all("form") if form["action"].endswith("/resend")]
    with portfolio.reading() as session:
        mail = session.get_one(OutgoingMailRecord, number)
    assert (mail.state, mail.message_id) == ("queued", "<1@city.example>")
    assert mail.not_before >= portfolio.now()


def test_a_mail_under_way_or_sent_is_not_sent_again(enter: Enter, portfolio: Runtime) -> None:
    pages = enter("pmo-head.alm")
    for number, state in enumerate(("queued", "sending", "sent")):
        mail_id = add_mail(portfolio, number, "manager-police-1.alm", state=state)
        page = pages.get(f"/outbox/{mail_id}")
        assert not [form for form in page.tree.all("form") if form["action"].endswith("/resend")]
        assert pages.post(f"/outbox/{mail_id}/resend").status_code == 422


def test_nobody_but_the_head_of_the_pmo_of_the_city_sends_a_mail_again(enter: Enter, portfolio: Runtime) -> None:
    number = add_mail(portfolio, 1, "manager-police-1.alm", state="failed")
    reader = enter("manager-police-1.alm")
    assert "/resend" not in reader.get(f"/outbox/{number}").response.text
    for person, status in (("manager-police-1.alm", 403), ("akim.alm", 403), ("pmo-head.ast", 404)):
        assert enter(person).post(f"/outbox/{number}/resend").status_code == status
    with portfolio.reading() as session:
        assert session.get_one(OutgoingMailRecord, number).state == "failed"


def add_returned(runtime: Runtime, mail_id: int, address: str) -> int:
    with runtime.writing() as session:
        record = ReturnedAddressRecord(
            address=address, mail_id=mail_id, reason="5.1.1 <no> such user", returned_at=MORNING
        )
        session.add(record)
        session.flush()
        return record.id


def test_addresses_that_send_mail_back_stand_above_the_mails_until_they_are_allowed(
    enter: Enter, portfolio: Runtime
) -> None:
    with portfolio.reading() as session:
        address = session.get_one(PersonRecord, "manager-police-1.alm").email
    mail = add_mail(portfolio, 1, "manager-police-1.alm", state="failed")
    returned = add_returned(portfolio, mail, address.lower())
    add_returned(portfolio, add_mail(portfolio, 2, "akim.ast", city="astana"), "akim.ast@astana.example")
    pages = enter("pmo-head.alm")
    page = pages.get("/outbox")
    (box,) = page.tree.all("section", class_="attention")
    assert address.lower() in box.text
    assert "5.1.1 <no> such user" in box.text
    assert "astana" not in box.text
    assert enter("manager-police-1.alm").get("/me").tree.all("section", class_="attention")
    for person, status in (("manager-police-1.alm", 403), ("pmo-head.ast", 404)):
        assert enter(person).post(f"/outbox/addresses/{returned}/permission").status_code == status
    after = pages.submit(page, f"/outbox/addresses/{returned}/permission")
    assert not after.tree.all("section", class_="attention")
    assert not enter("manager-police-1.alm").get("/me").tree.all("section", class_="attention")
