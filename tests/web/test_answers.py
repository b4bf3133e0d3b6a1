"""Answering an alert from its mail or from the milestone's page, without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from pmo.app import create_app
from pmo.clock import local_moment
from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.runtime import Runtime
from tests.domain.ladder_cast import as_day
from tests.jobs.answering import answers, confirmations, forecast, late_milestone
from tests.jobs.small_city import ZONE, SmallCity
from tests.web.pages import Pages

HOSTILE = "<script>alert('x')</script>\"'&{{7*7}}"
PagesOn = Callable[[str, str], Pages]


@pytest.fixture
def city(runtime: Runtime) -> SmallCity:
    return SmallCity(runtime)


@pytest.fixture
def pages_on(city: SmallCity) -> PagesOn:
    """A browser of a post at noon of a day."""

    def opened(person: str, day: str) -> Pages:
        app = create_app(city.runtime.at(local_moment(as_day(day), time(12), ZONE)))
        app.testing = True
        return Pages(app).sign_in(person)

    return opened


def links(pages: Pages, number: int) -> set[str]:
    """The answers that the milestone's page offers."""
    nouns = ("acknowledgement", "snooze", "mute", "help-request", "forecast-confirmation")
    page = pages.get(f"/milestones/{number}")
    hrefs = [link["href"] for link in page.tree.all("a") if "href" in link]
    return {noun for noun in nouns if f"/milestones/{number}/{noun}" in hrefs}


def test_a_manager_acknowledges_and_the_ladder_tells_it(city: SmallCity, pages_on: PagesOn) -> None:
    number = late_milestone(city, "2020-01-05")
    path = f"/milestones/{number}/acknowledgement"
    manager = pages_on("manager", "2020-01-05")
    assert links(manager, number) == {"acknowledgement", "snooze", "help-request"}
    page = manager.get(path)
    assert manager.submit(page, path, 422).errors == ["Describe it in words."]
    done = manager.submit(page, path, text=HOSTILE)
    again = manager.submit(page, path, text=HOSTILE)

    assert "Acknowledged: P-01-M1." in done.text
    assert again.path == done.path == f"/milestones/{number}"
    assert answers(city) == [("manager", "acknowledged", "O+1")]
    seen = pages_on("owner", "2020-01-06").get(f"/milestones/{number}")
    assert "Alert acknowledged" in seen.text
    assert HOSTILE in seen.text
    assert "Next: Overdue, 3rd working day" in seen.text


def test_a_snooze_is_prefilled_with_its_limit_and_refused_beyond_it(city: SmallCity, pages_on: PagesOn) -> None:
    number = late_milestone(city, "2020-01-05")
    path = f"/milestones/{number}/snooze"
    manager = pages_on("manager", "2020-01-05")
    page = manager.get(path)
    assert page.form(path).one("input", name="until")["value"] == "09.01.2020"
    refused = manager.submit(page, path, 422, until="10.01.2020")
    assert refused.errors == ["Choose a day after today, 5 January 2020, and not later than 9 January 2020."]
    done = manager.submit(page, path, until="09.01.2020")
    assert "P-01-M1 is snoozed for you until 9 January 2020." in done.text
    assert "snooze" not in links(manager, number)
    assert "Alert snoozed" in pages_on("owner", "2020-01-05").get(f"/milestones/{number}").text


def test_a_curator_mutes_for_himself(city: SmallCity, pages_on: PagesOn) -> None:
    number = late_milestone(city, "2020-01-08", critical=True)
    curator = pages_on("curator", "2020-01-08")
    assert links(curator, number) == {"acknowledgement", "mute", "help-request"}
    path = f"/milestones/{number}/mute"
    assert "P-01-M1 is muted for you." in curator.submit(curator.get(path), path).text
    assert answers(city) == [("curator", "muted", "O+3")]
    assert "mute" not in links(curator, number)


def test_help_is_asked_for_in_words(city: SmallCity, pages_on: PagesOn) -> None:
    number = late_milestone(city, "2020-01-05")
    path = f"/milestones/{number}/help-request"
    manager = pages_on("manager", "2020-01-05")
    done = manager.submit(manager.get(path), path, text="The land is not released")
    assert "Your request for help with P-01-M1 is recorded." in done.text
    assert "The land is not released" in pages_on("owner", "2020-01-05").get(f"/milestones/{number}").text


def test_the_next_level_confirms_a_forecast_and_the_page_says_what_waits(city: SmallCity, pages_on: PagesOn) -> None:
    number = late_milestone(city, "2020-01-05")
    owner = pages_on("owner", "2020-01-06")
    path = f"/milestones/{number}/forecast-confirmation"
    owner.get(path, 403)
    forecast(city, number, "2020-01-06", "2020-03-02")
    assert "forecast-confirmation" in links(owner, number)
    assert "forecast-confirmation" not in links(pages_on("manager", "2020-01-06"), number)
    page = owner.get(path)
    assert "2 March 2020" in page.text
    done = owner.submit(page, path, text="agreed")
    owner.submit(page, path, text="agreed")

    assert "The forecast of P-01-M1 is confirmed." in done.text
    assert "waits until 14 January 2020: a new forecast was confirmed" in done.text
    assert "15 January 2020" in done.text
    assert confirmations(city) == [("owner", "O+3", "2020-01-14")]


def test_the_links_of_the_mail_open_the_forms_and_change_nothing(city: SmallCity, pages_on: PagesOn) -> None:
    number = late_milestone(city, "2020-01-05")
    with city.runtime.reading() as session:
        text = session.scalars(
            select(OutgoingMailRecord.body_text).where(
                OutgoingMailRecord.rung == "O+1", OutgoingMailRecord.recipient_id == "manager"
            )
        ).one()
        before = session.scalars(select(AuditEventRecord.seq)).all()
    found = [urlsplit(word).path for word in text.split() if word.startswith("http")]
    assert f"/milestones/{number}/acknowledgement" in found
    manager = pages_on("manager", "2020-01-05")
    for path in (*found, f"/milestones/{number}/snooze", f"/milestones/{number}/help-request"):
        manager.get(path)
    with city.runtime.reading() as session:
        assert session.scalars(select(AuditEventRecord.seq)).all() == before
    assert answers(city) == []


@pytest.mark.parametrize("noun", ["acknowledgement", "snooze", "mute", "help-request", "forecast-confirmation"])
def test_who_was_not_told_may_not_answer(city: SmallCity, pages_on: PagesOn, noun: str) -> None:
    number = late_milestone(city, "2020-01-05")
    path = f"/milestones/{number}/{noun}"
    for person in ("colleague", "analyst", "akim"):
        stranger = pages_on(person, "2020-01-05")
        assert links(stranger, number) == set()
        stranger.get(path, 403)
        assert stranger.post(path, text="x", until="06.01.2020", forecast_id="1").status_code in (403, 422)
    pages_on("manager", "2020-01-05").get(f"/milestones/10000/{noun}", 404)
    assert answers(city) == []


def test_a_past_day_offers_no_answer(city: SmallCity, pages_on: PagesOn) -> None:
    number = late_milestone(city, "2020-01-05")
    page = pages_on("manager", "2020-01-08").get(f"/milestones/{number}?as_of=2020-01-06")
    assert not any(link["href"].endswith("/acknowledgement") for link in page.tree.all("a") if "href" in link)


@pytest.mark.surface
@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Подтвердить получение"), ("kk", "Алғанын растау"), ("en", "Acknowledge")]
)
def test_the_forms_speak_the_readers_language(city: SmallCity, pages_on: PagesOn, language: str, words: str) -> None:
    number = late_milestone(city, "2020-01-05")
    with city.runtime.writing() as session:
        session.get_one(PersonRecord, "manager").language = language
    manager = pages_on("manager", "2020-01-05")
    assert words in manager.get(f"/milestones/{number}/acknowledgement").text
    for noun in ("snooze", "help-request"):
        manager.get(f"/milestones/{number}/{noun}")
    assert words in manager.get(f"/milestones/{number}").text
