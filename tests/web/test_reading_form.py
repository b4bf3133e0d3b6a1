"""Entering a value: the period that is due, corrections, closed periods for the office."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pmo.app import create_app
from pmo.db.models.indicators import ReadingRecord
from tests.cast import Town
from tests.web.pages import Pages
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]


@pytest.fixture
def path(town: Town) -> str:
    return f"/indicators/{town.indicator()}/readings/new"


def told(town: Town) -> list[tuple[str, float, str | None]]:
    with town.runtime.reading() as session:
        return [
            (reading.period_end.isoformat(), reading.value, reading.text)
            for reading in session.scalars(select(ReadingRecord).order_by(ReadingRecord.id))
        ]


def chosen(page: object) -> list[str]:
    return [option["value"] for option in page.tree.all("option") if "selected" in option]  # type: ignore[attr-defined]


def test_the_due_period_is_chosen_and_the_value_saved(town: Town, pages_in_town: PagesOf, path: str) -> None:
    manager = pages_in_town("manager")
    page = manager.get(path)
    assert chosen(page) == ["2019-12-31"]
    assert "31 December 2019: due by 17 January 2020" in page.text
    done = manager.submit(page, path, value="1 234,5")
    assert done.path == f"/indicators/{town.indicator()}"
    assert "Saved: DP-10-I1 is 1,234.5." in done.text
    assert told(town) == [("2019-12-31", 1234.5, None)]


def test_a_told_period_is_offered_with_its_value_and_can_be_corrected(
    town: Town, pages_in_town: PagesOf, path: str
) -> None:
    manager = pages_in_town("manager")
    page = manager.get(path)
    for _ in range(2):
        manager.submit(page, path, value="20")
    page = manager.get(path)
    assert "31 December 2019: 20 was told" in page.text
    manager.submit(page, path, value="18", text="<b>counted twice</b>")
    assert told(town) == [("2019-12-31", 20.0, None), ("2019-12-31", 18.0, "<b>counted twice</b>")]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Enter the value."),
        ({"value": "many"}, "Write a number, for example"),
        ({"value": "5", "period_end": "2019-11-30"}, "Choose one of the list."),
        ({"value": "5", "period_end": ""}, "Choose the period."),
    ],
)
def test_a_value_that_cannot_be_says_why(
    town: Town, pages_in_town: PagesOf, path: str, values: dict[str, object], words: str
) -> None:
    manager = pages_in_town("manager")
    page = manager.submit(manager.get(path), path, 422, **values)
    assert any(words in error for error in page.errors)
    assert told(town) == []


def test_a_running_total_that_falls_asks_for_a_reason(town: Town, pages_in_town: PagesOf, path: str) -> None:
    manager = pages_in_town("manager")
    manager.submit(manager.get(path), path, value="20")
    later = town.at("2020-02-10")
    february = Pages(create_app(later.runtime)).sign_in("manager")
    page = february.get(path)
    assert chosen(page) == ["2020-01-31"]
    page = february.submit(page, path, 422, value="15")
    assert any("A running total cannot fall: the last value is 20." in error for error in page.errors)
    february.submit(page, path, value="15", text="the census of January")
    assert told(town)[-1] == ("2020-01-31", 15.0, "the census of January")


def test_the_office_corrects_a_closed_period_with_a_reason(town: Town, pages_in_town: PagesOf, path: str) -> None:
    analyst = pages_in_town("analyst")
    page = analyst.get(f"{path}?period=2019-11-30")
    assert chosen(page) == ["2019-11-30"]
    page = analyst.submit(page, path, 422, value="12", period_end="2019-11-30")
    assert page.errors == ["Give the reason."]
    analyst.submit(page, path, value="12", period_end="2019-11-30", text="the act of 3 December")
    assert told(town) == [("2019-11-30", 12.0, "the act of 3 December")]


def test_who_may_not_is_kept_out_and_looking_changes_nothing(town: Town, pages_in_town: PagesOf, path: str) -> None:
    before = town.audit_actions()
    for person, status in (
        ("colleague", 403),
        ("curator", 403),
        ("observer", 403),
        ("manager-b", 404),
        ("outsider", 404),
    ):
        pages = pages_in_town(person)
        pages.get(path, status)
        assert pages.post(path, value="5", period_end="2019-12-31").status_code == status
    pages_in_town("owner").get(path)
    pages_in_town("manager").get("/indicators/10000/readings/new", 404)
    assert town.audit_actions() == before
