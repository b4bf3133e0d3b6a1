"""The one form: prefilled, one tap, all or nothing, nothing typed is lost, conflicts shown, rights kept."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from pmo.app import create_app
from pmo.db.models.updates import DateConfirmationRecord, UpdateRecord
from pmo.queries.voices import Voices, voices_of
from pmo.services.lifecycle import cancel_project
from pmo.services.milestones import Evidence, accept_evidence, claim_completion, move_forecast
from pmo.services.updates import Said, ask_back, send_update
from tests.cast import Town
from tests.web.pages import Page, Pages
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

FORM = "/update"


def voices(town: Town, code: str = "DP-10") -> Voices:
    number = town.project(code)
    with town.runtime.reading() as session:
        return voices_of(session, [number], town.runtime.now())[number]


def updates(town: Town) -> list[UpdateRecord]:
    with town.runtime.reading() as session:
        return list(session.scalars(select(UpdateRecord).order_by(UpdateRecord.id)))


def keys(town: Town) -> tuple[str, str, str, str]:
    """Prefixes of the parts of DP-10: the overdue milestone, the later one, the first value, the project."""
    return (
        f"m{town.milestone()}-",
        f"m{town.milestone('DP-10-M2')}-",
        f"i{town.indicator()}-",
        f"p{town.project()}-",
    )


def value_of(page: Page, name: str) -> str:
    """What a control of the page holds."""
    found = [control for tag in ("input", "select", "textarea") for control in page.tree.all(tag, name=name)]
    if found[0].tag == "textarea":
        return found[0].text
    if found[0].tag == "select":
        return next((option["value"] for option in found[0].all("option") if "selected" in option), "")
    if found[0]["type"] == "radio":
        return next((control["value"] for control in found if "checked" in control), "")
    return found[0]["value"]


def test_the_form_holds_what_is_due_and_a_word_for_each_project(pages_in_town: PagesOf, town: Town) -> None:
    page = pages_in_town("manager").get(FORM)
    late, _, value, project = keys(town)
    assert "DP-10-M1" in page.text
    assert "Safe city" in page.text
    assert "DP-11" not in page.text
    assert value_of(page, f"{late}completed_on") == "31.01.2020"
    assert [control["value"] for control in page.tree.all("input", name=f"{late}answer")] == ["done", "moved"]
    assert page.tree.all("input", name=f"{value}value")
    assert value_of(page, f"{project}view") == ""


def test_everything_is_saved_in_one_go(pages_in_town: PagesOf, town: Town) -> None:
    pages = pages_in_town("manager")
    late, _, value, project = keys(town)
    answers = {
        f"{late}answer": "moved",
        f"{late}expected_on": "10.03.2020",
        f"{late}reason_id": "contractor_delay",
        f"{value}value": "12,5",
        f"{project}view": "1",
        f"{project}text": "The contractor begins in March.",
        f"{project}decision": "Move the pipes",
        f"{project}level": "curator",
    }
    page = pages.submit(pages.get(FORM), FORM, choose="say=changed", **answers)
    assert page.path == "/update/done"
    assert "Saved: 3 answers." in page.text
    assert sorted(town.entries()) == ["forecast", "indicator", "update"]
    said = voices(town).update
    assert said is not None
    assert (said.view, said.text, said.decision, said.level) == (
        1,
        "The contractor begins in March.",
        "Move the pipes",
        "curator",
    )
    again = pages.get(FORM)
    assert value_of(again, f"{project}view") == "1"
    assert value_of(again, f"{project}decision") == "Move the pipes"
    assert "The contractor begins in March." in again.text
    assert value_of(again, f"{project}text") == ""


def test_one_tap_confirms_whatever_stands(pages_in_town: PagesOf, town: Town) -> None:
    near = town.at("2020-04-20")
    app = create_app(near.runtime)
    app.testing = True
    with near.writing() as session:
        send_update(session, near.act("owner"), near.project(), Said(view=0, text="Fine."))
    pages = Pages(app).sign_in("manager")
    page = pages.submit(pages.get(FORM), FORM, choose="say=all")
    assert page.path == "/update/done"
    with town.runtime.reading() as session:
        confirmed = list(session.scalars(select(DateConfirmationRecord.expected_on)))
    assert confirmed == [date(2020, 4, 30)]  # the overdue one has no date that could stand
    assert [(update.view, update.text) for update in updates(town)] == [(0, "Fine."), (0, None)]


def test_saving_only_what_changed_enters_nothing_where_nothing_did(pages_in_town: PagesOf, town: Town) -> None:
    pages = pages_in_town("manager")
    page = pages.submit(pages.get(FORM), FORM, choose="say=changed")
    assert "nothing was saved" in page.text
    assert town.entries() == []


def test_with_one_fault_nothing_is_saved_and_nothing_typed_is_lost(pages_in_town: PagesOf, town: Town) -> None:
    pages = pages_in_town("manager")
    late, _, value, project = keys(town)
    answers = {
        f"{late}answer": "done",
        f"{late}completed_on": "30.01.2020",
        f"{value}value": "many",
        f"{project}view": "0",
        f"{project}text": "Opened.",
    }
    page = pages.submit(pages.get(FORM), FORM, 422, choose="say=all", **answers)
    assert town.entries() == []
    assert [line.partition(":")[0] for line in page.errors] == ["DP-10-I1, Value"]
    assert value_of(page, f"{value}value") == "many"
    page = pages.submit(page, FORM, 422, choose="say=all", **{f"{value}value": "12"})
    assert [line.partition(":")[0] for line in page.errors] == ["DP-10-M1, Number of the document"]
    assert (value_of(page, f"{late}answer"), value_of(page, f"{late}completed_on")) == ("done", "30.01.2020")
    assert (value_of(page, f"{project}text"), value_of(page, f"{project}view")) == ("Opened.", "0")
    assert town.entries() == []
    document = {f"{late}document_number": "17", f"{late}document_date": "30.01.2020"}
    pages.submit(page, FORM, choose="say=all", **document)
    assert sorted(town.entries()) == ["completion_claimed", "indicator", "update"]


def test_an_answer_without_what_it_needs_is_named_by_item_and_field(pages_in_town: PagesOf, town: Town) -> None:
    pages = pages_in_town("manager")
    late, _, _, project = keys(town)
    answers = {f"{late}answer": "moved", f"{project}decision": "Money"}
    page = pages.submit(pages.get(FORM), FORM, 422, choose="say=changed", **answers)
    assert page.errors == [
        "DP-10-M1, New forecast date: Enter the date you now expect.",
        "DP-10-M1, Reason: Choose the reason.",
    ]
    answers = {f"{late}expected_on": "10.03.2020", f"{late}reason_id": "contractor_delay"}
    page = pages.submit(page, FORM, 422, choose="say=changed", **answers)
    assert page.errors == ["DP-10, Decision wanted from: Choose from whom the decision is wanted."]


def test_what_somebody_else_saved_meanwhile_is_shown_before_it_is_overwritten(
    pages_in_town: PagesOf, town: Town
) -> None:
    pages = pages_in_town("manager")
    late, *_ = keys(town)
    opened = pages.get(FORM)
    with town.writing() as session:
        move_forecast(session, town.act("owner"), town.milestone(), date(2020, 3, 20), "contractor_delay", "Steel")
    answers = {f"{late}answer": "moved", f"{late}expected_on": "10.03.2020", f"{late}reason_id": "contractor_delay"}
    page = pages.submit(opened, FORM, 422, choose="say=changed", **answers)
    assert page.errors == ["DP-10-M1: Somebody saved this before you: compare, correct, and save once more."]
    (shown,) = [entry.text for entry in page.tree.all("ol", class_="history")]
    assert "expected on 20 March 2020" in shown
    assert "«Steel»" in shown
    assert value_of(page, f"{late}expected_on") == "10.03.2020"
    pages.submit(page, FORM, choose="say=changed")
    assert town.entries().count("forecast") == 2


def test_an_update_by_the_head_meanwhile_is_shown_before_the_managers_own(pages_in_town: PagesOf, town: Town) -> None:
    pages = pages_in_town("manager")
    *_, project = keys(town)
    opened = pages.get(FORM)
    with town.writing() as session:
        send_update(session, town.act("owner"), town.project(), Said(view=2, text="Stuck."))
    page = pages.submit(
        opened, FORM, 422, choose="say=changed", **{f"{project}text": "All well.", f"{project}view": "0"}
    )
    assert page.errors == ["DP-10: Somebody saved this before you: compare, correct, and save once more."]
    assert "«Stuck.»" in page.text
    assert (value_of(page, f"{project}text"), value_of(page, f"{project}view")) == ("All well.", "0")
    pages.submit(page, FORM, choose="say=changed")
    assert [update.text for update in updates(town)] == ["Stuck.", "All well."]


def test_an_answer_to_what_is_no_longer_asked_is_shown_and_the_rest_kept(pages_in_town: PagesOf, town: Town) -> None:
    pages = pages_in_town("manager")
    late, _, _, project = keys(town)
    opened = pages.get(FORM)
    evidence = Evidence(document_number="9", document_date=date(2020, 1, 30))
    with town.writing() as session:
        claim_completion(session, town.act("owner"), town.milestone(), date(2020, 1, 30), evidence)
    answers = {f"{late}answer": "done", f"{late}document_number": "17-1", f"{project}text": "Opened."}
    page = pages.submit(opened, FORM, 422, choose="say=changed", **answers)
    assert "DP-10-M1 was changed by somebody else" in page.text
    assert "17-1" in page.text
    assert value_of(page, f"{project}text") == "Opened."
    pages.submit(page, FORM, choose="say=changed")
    assert town.entries() == ["completion_claimed", "update"]


def test_a_link_from_a_mail_puts_the_cursor_on_its_item(pages_in_town: PagesOf, town: Town) -> None:
    page = pages_in_town("manager").get(f"{FORM}?item=DP-10-M1")
    focused = [element["name"] for element in page.tree.walk() if "autofocus" in element]
    assert focused == [f"m{town.milestone()}-answer"]
    page = pages_in_town("manager").get(f"{FORM}?item=DP-10-I1")
    assert [element["name"] for element in page.tree.walk() if "autofocus" in element] == [f"i{town.indicator()}-value"]
    page = pages_in_town("manager").get(f"{FORM}?item=DP-10-M2")
    assert "DP-10-M2 needs no answer any more." in page.text


def test_a_head_of_department_opens_a_managers_project_by_its_link(pages_in_town: PagesOf, town: Town) -> None:
    pages = pages_in_town("owner")
    assert "DP-10" not in pages.get(FORM).text
    page = pages.get(f"{FORM}?item=DP-10-M1")
    late, *_ = keys(town)
    assert page.tree.all("input", name=f"{late}answer")
    assert "DP-11" not in pages.get(f"{FORM}?item=DP-11-M1").text


def test_a_question_is_answered_in_the_next_update(pages_in_town: PagesOf, town: Town) -> None:
    with town.writing() as session:
        send_update(session, town.act("manager"), town.project(), Said(view=0, text="Fine."))
    (update,) = updates(town)
    with town.writing() as session:
        ask_back(session, town.act("curator"), update.id, "Why green?")
    pages = pages_in_town("manager")
    assert "Why green?" in pages.get("/tasks").text
    *_, project = keys(town)
    page = pages.get(FORM)
    assert "Why green?" in page.text
    pages.submit(page, FORM, choose="say=changed", **{f"{project}reply": "The pipes came."})
    assert voices(town).questions == ()
    assert "Why green?" not in pages.get("/tasks").text


def test_a_project_that_was_cancelled_is_offered_nowhere_and_an_open_form_says_so(
    pages_in_town: PagesOf, town: Town
) -> None:
    pages = pages_in_town("manager")
    opened = pages.get(FORM)
    *_, project = keys(town)
    address = f"/projects/{town.project()}"
    assert "Send an update" in pages.get(address).links
    with town.writing() as session:
        cancel_project(session, town.act("akim"), town.project(), town.today, "contractor_delay")
    page = pages.submit(opened, FORM, 422, choose="say=changed", **{f"{project}text": "All well."})
    assert "DP-10 was changed by somebody else and is no longer asked for" in page.text
    assert "All well." in page.text
    assert updates(town) == []
    for form in (FORM, f"{FORM}?item=DP-10", f"{FORM}?item=DP-10-M1"):
        assert "There is no project under way that you report on." in pages.get(form).text
    assert "Send an update" not in pages.get(address).links


def test_a_project_that_is_completed_is_not_offered(pages_in_town: PagesOf, town: Town) -> None:
    pages, number = pages_in_town("manager-b"), town.milestone("DP-11-M1")
    assert "DP-11" in pages.get(FORM).text
    evidence = Evidence(document_number="12", document_date=date(2020, 1, 30))
    with town.writing() as session:
        claim_completion(session, town.act("manager-b"), number, date(2020, 1, 30), evidence)
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), number)
    assert "There is no project under way that you report on." in pages.get(FORM).text
    assert "Send an update" not in pages.get(f"/projects/{town.project('DP-11')}").links


@pytest.mark.parametrize("person", ["akim", "curator", "analyst", "pmo-head", "observer", "admin"])
def test_the_form_is_not_for_those_who_manage_nothing(pages_in_town: PagesOf, person: str) -> None:
    pages_in_town(person).get(FORM, 403)


def test_a_part_of_somebody_elses_project_cannot_be_smuggled_in(pages_in_town: PagesOf, town: Town) -> None:
    foreign = f"p{town.project('DP-11')}-"
    sent = {"say": "changed", f"{foreign}view": "2", f"{foreign}text": "Mine now.", f"{foreign}seen": "0"}
    pages_in_town("manager").post(FORM, **sent)
    assert updates(town) == []


def test_the_first_submit_button_is_the_careful_one(pages_in_town: PagesOf) -> None:
    page = pages_in_town("manager").get(FORM)
    (form,) = [form for form in page.tree.all("form") if form["data-draft"]]
    assert form["data-draft"] == "update:manager"
    assert [button["value"] for button in form.all("button")] == ["changed", "all", "all", "changed"]
