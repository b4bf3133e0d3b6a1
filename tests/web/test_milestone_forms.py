"""Claiming a milestone done, moving its forecast, judging the evidence: the forms and what they answer."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from pmo.db.models.files import FileRecord
from pmo.db.models.milestones import ClaimRecord, ForecastRecord
from tests.cast import Town
from tests.services.test_files import PDF
from tests.services.test_milestones import claim, status_of
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}"
DOCUMENT = {"document_number": "17-1", "document_date": "20.01.2020"}


@pytest.fixture
def claiming(town: Town) -> str:
    return f"/milestones/{town.milestone()}/completion"


@pytest.fixture
def forecasting(town: Town) -> str:
    return f"/milestones/{town.milestone()}/forecast"


@pytest.fixture
def deciding(town: Town) -> str:
    return f"/milestones/{town.milestone()}/evidence-decision"


def test_a_manager_claims_a_milestone_with_a_document(town: Town, pages_in_town: PagesOf, claiming: str) -> None:
    manager = pages_in_town("manager")
    page = manager.get(claiming)
    assert page.form(claiming).one("input", name="completed_on")["value"] == "31.01.2020"
    assert [option["value"] for option in page.tree.all("option") if "selected" in option] == ["act"]
    done = manager.submit(page, claiming, completed_on="20.01.2020", text=HOSTILE, **DOCUMENT)
    assert done.path == f"/milestones/{town.milestone()}"
    assert "Reported done: DP-10-M1." in done.text
    with town.runtime.reading() as session:
        stored = session.scalars(select(ClaimRecord)).one()
    assert (stored.document_number, stored.evidence_type_id, stored.text) == ("17-1", "act", HOSTILE)


def test_a_file_is_kept_with_the_claim_and_served_as_an_attachment_in_a_sandbox(
    town: Town, pages_in_town: PagesOf, claiming: str
) -> None:
    manager = pages_in_town("manager")
    manager.submit(manager.get(claiming), claiming, file=(BytesIO(PDF), "Акт.pdf"))
    with town.runtime.reading() as session:
        number = session.scalars(select(FileRecord.id)).one()
    for person, status in (("curator", 200), ("observer", 200), ("curator-b", 404), ("outsider", 404)):
        answer = pages_in_town(person).client.get(f"/files/{number}", base_url=manager.base_url)
        assert answer.status_code == status
        if status == 200:
            assert answer.data == PDF
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert answer.mimetype == "application/pdf"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Give the number and date of the document, a link or a file."),
        (
            {"completed_on": "01.02.2020", **DOCUMENT},
            "The completion date cannot be later than today, 31 January 2020.",
        ),
        ({"completed_on": "soon", **DOCUMENT}, "Write the date as day.month.year"),
        ({"completed_on": "", **DOCUMENT}, "Enter the date of completion."),
        ({"document_number": "1", "document_date": "01.02.2020"}, "The date of the document cannot be later"),
        ({"link": "javascript:alert(1)"}, "A link begins with https:// or http://."),
        ({"file": (b"<html>", "a.pdf")}, "This type of file is not accepted."),
        ({"type_id": "bribe", **DOCUMENT}, "Choose one of the list."),
    ],
)
def test_a_claim_that_cannot_be_says_why_and_keeps_what_was_typed(
    town: Town, pages_in_town: PagesOf, claiming: str, values: dict[str, object], words: str
) -> None:
    manager = pages_in_town("manager")
    typed = {
        # A stream is read once; each run gets its own.
        name: (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
    page = manager.submit(manager.get(claiming), claiming, 422, text=HOSTILE, **typed)
    assert any(words in error for error in page.errors)
    assert HOSTILE in page.form(claiming).one("textarea").text
    assert town.entries() == []
    with town.runtime.reading() as session:
        assert session.scalars(select(FileRecord.id)).all() == []


def test_a_claim_pressed_twice_is_one_claim(town: Town, pages_in_town: PagesOf, claiming: str) -> None:
    manager = pages_in_town("manager")
    page = manager.get(claiming)
    manager.submit(page, claiming, **DOCUMENT)
    again = manager.submit(page, claiming, 422, **DOCUMENT)
    assert again.errors == ["Milestone DP-10-M1 is already reported done; the evidence waits for a decision."]
    assert town.entries() == ["completion_claimed"]


def test_a_forecast_moves_with_a_reason_and_pressing_twice_adds_nothing(
    town: Town, pages_in_town: PagesOf, forecasting: str
) -> None:
    manager = pages_in_town("manager")
    page = manager.get(forecasting)
    for _ in range(2):
        done = manager.submit(page, forecasting, expected_on="29052020", reason_id="contractor_delay", text=HOSTILE)
        assert "The forecast of DP-10-M1 is now 29 May 2020." in done.text
    with town.runtime.reading() as session:
        assert [forecast.text for forecast in session.scalars(select(ForecastRecord))] == [HOSTILE]
    assert manager.get(forecasting).form(forecasting).one("input", name="expected_on")["value"] == "29.05.2020"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expected_on": "30.01.2020", "reason_id": "contractor_delay"}, "cannot be earlier than today"),
        ({"expected_on": "29.05.2020"}, "Choose the reason."),
        ({"expected_on": "29.05.2020", "reason_id": "not_stated"}, "Choose one of the list."),
        ({"reason_id": "contractor_delay"}, "Enter the date you now expect."),
    ],
)
def test_a_forecast_that_cannot_be_says_why(
    town: Town, pages_in_town: PagesOf, forecasting: str, values: dict[str, object], words: str
) -> None:
    manager = pages_in_town("manager")
    page = manager.submit(manager.get(forecasting), forecasting, 422, **values)
    assert any(words in error for error in page.errors)
    assert town.entries() == []


def test_after_the_form_one_is_back_where_one_came_from_but_only_here(pages_in_town: PagesOf, forecasting: str) -> None:
    manager = pages_in_town("manager")
    values = {"expected_on": "29.05.2020", "reason_id": "contractor_delay"}
    page = manager.get(f"{forecasting}?next=/tasks")
    assert manager.submit(page, forecasting, **values).path == "/tasks"
    page = manager.get(f"{forecasting}?next=//evil.example/")
    assert manager.submit(page, forecasting, **values).path.startswith("/milestones/")


def test_the_office_sees_the_document_and_accepts(town: Town, pages_in_town: PagesOf, deciding: str) -> None:
    claim(town)
    analyst = pages_in_town("analyst")
    page = analyst.get(deciding)
    assert "No. 17-1 of 20 January 2020" in page.text
    done = analyst.submit(page, f"{deciding}/acceptance")
    assert "The evidence is accepted: DP-10-M1 is done." in done.text
    assert status_of(town) == "done_late"
    again = analyst.submit(page, f"{deciding}/acceptance", 422)
    assert again.errors == ["Milestone DP-10-M1 has no claim that waits for a decision."]


def test_the_office_returns_with_a_reason(town: Town, pages_in_town: PagesOf, deciding: str) -> None:
    claim(town)
    analyst = pages_in_town("analyst")
    page = analyst.submit(analyst.get(deciding), f"{deciding}/return", 422)
    assert page.errors == ["Choose the reason.", "Say what has to be corrected."]
    values = {"return-reason_id": "evidence_incomplete", "return-text": HOSTILE}
    done = analyst.submit(page, f"{deciding}/return", **values)
    assert "The evidence of DP-10-M1 is returned for revision." in done.text
    assert town.entries() == ["completion_claimed", "evidence_rejected"]


def test_hostile_words_of_a_claim_are_only_words(
    town: Town, pages_in_town: PagesOf, claiming: str, deciding: str
) -> None:
    manager = pages_in_town("manager")
    link = 'https://a.example/"onmouseover=alert(1)'
    manager.submit(manager.get(claiming), claiming, document_number=HOSTILE, document_date="20.01.2020", link=link)
    page = pages_in_town("analyst").get(deciding)
    assert HOSTILE in page.text
    assert not any("onmouseover" in element.attributes for element in page.tree.walk())


def test_looking_changes_nothing(
    town: Town, pages_in_town: PagesOf, claiming: str, forecasting: str, deciding: str
) -> None:
    claim(town)
    before = town.audit_actions()
    pages_in_town("manager").get(claiming)
    pages_in_town("manager").get(forecasting)
    pages_in_town("analyst").get(deciding)
    pages_in_town("analyst").get(f"{deciding}/acceptance", 405)
    assert town.audit_actions() == before


@pytest.mark.parametrize(
    ("noun", "sees", "misses"),
    [
        ("completion", ("colleague", "curator", "akim", "analyst", "observer", "admin"), ("manager-b", "outsider")),
        ("forecast", ("colleague", "curator", "akim", "analyst", "observer", "admin"), ("manager-b", "outsider")),
        ("evidence-decision", ("manager", "owner", "curator", "akim", "observer", "admin"), ("manager-b", "outsider")),
    ],
)
def test_who_sees_but_may_not_is_refused_and_who_does_not_see_finds_nothing(
    town: Town, pages_in_town: PagesOf, noun: str, sees: tuple[str, ...], misses: tuple[str, ...]
) -> None:
    path = f"/milestones/{town.milestone()}/{noun}"
    sending = f"{path}/acceptance" if noun == "evidence-decision" else path
    for status, people in ((403, sees), (404, misses)):
        for person in people:
            pages = pages_in_town(person)
            pages.get(path, status)
            assert pages.post(sending, completed_on="20.01.2020").status_code == status
    assert town.entries() == []
    pages_in_town("manager").get(f"/milestones/10000/{noun}", 404)
