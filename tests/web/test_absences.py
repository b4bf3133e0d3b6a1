"""Entering an absence with a substitute, and taking it back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from pmo.db.models.people import AbsenceRecord
from tests.cast import Town
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

DAYS = {"substitute_id": "colleague", "starts_on": "03.02.2020", "ends_on": "07.02.2020"}


def standing(town: Town) -> int:
    with town.runtime.reading() as session:
        return session.scalar(select(func.count()).where(AbsenceRecord.withdrawn_at.is_(None))) or 0


def test_anybody_enters_their_own_absence_once_and_withdraws_it(town: Town, pages_in_town: PagesOf) -> None:
    manager = pages_in_town("manager")
    page = manager.get("/absences")
    offered = [option["value"] for option in page.tree.all("select", name="person_id")[0].all("option")]
    assert offered == ["", "manager"]
    for _ in range(2):
        listed = manager.submit(page, "/absences", **DAYS)
        assert "The absence is entered." in listed.text
        assert "3 February 2020" in listed.text
    assert standing(town) == 1
    assert "3 February 2020" in pages_in_town("colleague").get("/absences").text
    assert "3 February 2020" not in pages_in_town("owner").get("/absences").text
    (form,) = [form for form in listed.tree.all("form") if form["action"].endswith("/withdrawal")]
    assert "The absence is withdrawn." in manager.submit(listed, form["action"]).text
    assert standing(town) == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"substitute_id": "manager"}, "Nobody can stand in for themselves."),
        ({"substitute_id": "manager-ast"}, "Choose one of the list."),
        ({"ends_on": "02.02.2020"}, "The last day cannot be before the first, 3 February 2020."),
        ({"starts_on": "01.01.2020", "ends_on": "30.01.2020"}, "The last day is past: today is"),
        ({"ends_on": "03.02.2030"}, "A year at most."),
        ({"starts_on": ""}, "Enter the first day."),
    ],
)
def test_an_absence_that_cannot_be_says_why(
    town: Town, pages_in_town: PagesOf, values: dict[str, object], words: str
) -> None:
    manager = pages_in_town("manager")
    page = manager.submit(manager.get("/absences"), "/absences", 422, **{**DAYS, **values})
    assert any(words in error for error in page.errors)
    assert standing(town) == 0


def test_the_office_enters_absences_of_others_and_nobody_else_does(town: Town, pages_in_town: PagesOf) -> None:
    analyst = pages_in_town("analyst")
    analyst.submit(analyst.get("/absences"), "/absences", person_id="manager", **DAYS)
    assert standing(town) == 1
    with town.runtime.reading() as session:
        number = session.scalars(select(AbsenceRecord.id)).one()
    for person, status in (("colleague", 403), ("owner", 403), ("outsider", 404)):
        assert pages_in_town(person).post(f"/absences/{number}/withdrawal").status_code == status
    assert standing(town) == 1
    wrong = pages_in_town("colleague").post("/absences", person_id="manager", **{**DAYS, "substitute_id": "owner"})
    assert wrong.status_code == 422
    assert pages_in_town("manager").post("/absences/10000/withdrawal").status_code == 404
    assert analyst.client.get(f"/absences/{number}/withdrawal", base_url=analyst.base_url).status_code == 405
