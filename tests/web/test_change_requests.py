"""New baseline dates: asked for, checked, ruled on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from pmo.db.models.changes import ChangeRequestRecord
from tests.cast import Town
from tests.services.test_changes import ask, baseline
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]


@pytest.fixture
def asking(town: Town) -> str:
    return f"/projects/{town.project()}/change-requests/new"


def date_field(town: Town, code: str = "DP-10-M1") -> str:
    return f"date_{town.milestone(code)}"


def test_only_changed_dates_are_asked_for(town: Town, pages_in_town: PagesOf, asking: str) -> None:
    manager = pages_in_town("manager")
    page = manager.get(asking)
    assert page.form(asking).one("input", name=date_field(town))["value"] == "31.12.2019"
    values = {date_field(town): "31.03.2020", "reason_id": "contractor_delay", "text": "<i>no crane</i>"}
    done = manager.submit(page, asking, **values)
    assert done.path.startswith("/change-requests/")
    assert "<i>no crane</i>" in done.text
    assert "+91" in done.text
    with town.runtime.reading() as session:
        assert session.scalars(select(ChangeRequestRecord.dates)).all() == [{"DP-10-M1": "2020-03-31"}]
    again = manager.submit(page, asking, 422, **values)
    assert again.errors == ["A change request of this project already waits for a ruling."]
    assert "is still open" in manager.get(asking).text


@pytest.mark.parametrize(
    ("day", "reason", "text", "words"),
    [
        (None, "contractor_delay", "why", "Give at least one new date."),
        ("30.01.2020", "contractor_delay", "why", "cannot be earlier than today, 31 January 2020."),
        ("31.03.2020", "", "why", "Choose the reason."),
        ("31.03.2020", "contractor_delay", "", "Explain the request."),
        ("31.03.2090", "contractor_delay", "why", "The date must lie between"),
    ],
)
def test_a_request_that_cannot_be_says_why(
    town: Town, pages_in_town: PagesOf, asking: str, day: str | None, reason: str, text: str, words: str
) -> None:
    manager = pages_in_town("manager")
    values = {"reason_id": reason, "text": text, **({date_field(town): day} if day else {})}
    page = manager.submit(manager.get(asking), asking, 422, **values)
    assert any(words in error for error in page.errors)
    assert town.entries() == []


def test_a_refusal_about_one_milestone_stands_at_its_date(town: Town, pages_in_town: PagesOf, asking: str) -> None:
    manager = pages_in_town("manager")
    values = {date_field(town): "30.01.2020", "reason_id": "contractor_delay", "text": "why"}
    page = manager.submit(manager.get(asking), asking, 422, **values)
    assert page.tree.all("input", name=date_field(town))[0]["aria-invalid"] == "true"


def test_the_office_checks_and_the_curator_approves(town: Town, pages_in_town: PagesOf) -> None:
    path = f"/change-requests/{ask(town)}"
    analyst, curator = pages_in_town("analyst"), pages_in_town("curator")
    page = analyst.get(path)
    assert not any(form["action"].endswith(("approval", "refusal")) for form in page.tree.all("form"))
    assert "has not checked this request yet" in curator.get(path).text
    assert "waits for the curator" in analyst.submit(page, f"{path}/check").text
    assert analyst.submit(page, f"{path}/check", 422).errors == ["This change request has already been checked."]
    ruling = curator.get(path)
    assert not any(form["action"].endswith(("check", "return")) for form in ruling.tree.all("form"))
    curator.submit(ruling, f"{path}/approval", **{"approve-text": "<b>agreed</b>"})
    assert baseline(town)[-1][1] == date(2020, 3, 31)
    assert curator.submit(ruling, f"{path}/refusal", 422, **{"refuse-text": "no"}).errors == [
        "This change request has already been decided."
    ]
    closed = pages_in_town("manager").get(path)
    assert "<b>agreed</b>" in closed.text
    assert not any("/change-requests/" in form["action"] for form in closed.tree.all("form"))


def test_returning_and_refusing_need_words(town: Town, pages_in_town: PagesOf) -> None:
    path = f"/change-requests/{ask(town)}"
    analyst, curator = pages_in_town("analyst"), pages_in_town("curator")
    assert analyst.submit(analyst.get(path), f"{path}/return", 422).errors == ["Give the reason."]
    assert curator.submit(curator.get(path), f"{path}/refusal", 422).errors == ["Give the reason."]
    curator.submit(curator.get(path), f"{path}/refusal", **{"refuse-text": "the date of the Address stands"})
    assert town.entries() == ["change_requested", "change_refused"]
    path = f"/change-requests/{ask(town)}"
    analyst.submit(analyst.get(path), f"{path}/return", **{"return-text": "say why"})
    assert town.entries()[-1] == "change_returned"


def test_who_may_not_is_kept_out_and_looking_changes_nothing(town: Town, pages_in_town: PagesOf, asking: str) -> None:
    path = f"/change-requests/{ask(town)}"
    before = town.audit_actions()
    for person, status in (
        ("colleague", 403),
        ("curator", 403),
        ("analyst", 403),
        ("manager-b", 404),
        ("outsider", 404),
    ):
        pages = pages_in_town(person)
        pages.get(asking, status)
        assert pages.post(asking).status_code == status
    for step, people in (
        ("check", (("manager", 403), ("curator", 403), ("observer", 403), ("outsider", 404))),
        ("return", (("manager", 403), ("curator", 403), ("outsider", 404))),
        ("approval", (("manager", 403), ("analyst", 403), ("curator-b", 404))),
        ("refusal", (("manager", 403), ("analyst", 403), ("curator-b", 404))),
    ):
        for person, status in people:
            assert pages_in_town(person).post(f"{path}/{step}").status_code == status
    for person in ("manager", "analyst", "curator", "observer"):
        pages_in_town(person).get(path)
    pages_in_town("outsider").get(path, 404)
    pages_in_town("manager").get("/change-requests/10000", 404)
    assert town.audit_actions() == before
