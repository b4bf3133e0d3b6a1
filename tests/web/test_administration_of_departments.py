"""The pages on which departments are reformed and areas given."""

from collections.abc import Callable

import pytest

from pmo.db.models.organisation import CuratorAreaRecord, DepartmentRecord
from pmo.db.models.people import PersonRecord
from pmo.runtime import Runtime
from tests.web.pages import Pages

Browsers = Callable[[str], Pages]
RENAMING = "/administration/departments/reform?close=ALA-MOB&new=1"
REFORM = "/administration/departments/reform"
NEW = {
    "reason": "Decision 7", "new-1-code": "ALA-TRAM", "new-1-name_ru": "Управление трамваев",
    "new-1-name_kk": "Трамвай басқармасы", "new-1-name_en": "Tram Department", "new-1-head": "head.alm",
}  # fmt: skip


def test_the_reform_shows_what_hangs_on_the_department_and_carries_it_over(
    pages_of: Browsers, small_city: Runtime
) -> None:
    admin = pages_of("admin.alm")
    assert "Urban Mobility Department" in admin.get("/administration/departments").text
    form = admin.get(RENAMING)
    assert "Post manager.alm" in form.text
    wrong = admin.submit(form, REFORM, 422, **{**NEW, "effective_on": "30.01.2020"})
    assert wrong.errors[0].startswith("The day has passed.")
    done = admin.submit(wrong, REFORM, **{**NEW, "effective_on": "31.01.2020"})
    assert "The reform is carried out." in done.text
    assert "passed to: Tram Department" in done.text
    with small_city.reading() as session:
        assert session.get_one(PersonRecord, "manager.alm").department_id == "ALA-TRAM"


def test_a_planned_reform_is_listed_and_withdrawn(pages_of: Browsers, small_city: Runtime) -> None:
    admin = pages_of("admin.alm")
    planned = admin.submit(admin.get(RENAMING), REFORM, **{**NEW, "effective_on": "02.03.2020"})
    assert "The reform is planned for its day." in planned.text
    assert "Decision 7" in planned.text
    again = admin.submit(admin.get(RENAMING), REFORM, 422, **{**NEW, "effective_on": "31.01.2020"})
    assert "already planned" in again.errors[0]
    withdrawn = admin.submit(planned, "/administration/planned/1/withdrawal")
    assert "Decision 7" not in withdrawn.text
    with small_city.reading() as session:
        assert session.get_one(DepartmentRecord, "ALA-MOB").valid_until is None


def test_without_a_choice_the_page_leads_back(pages_of: Browsers) -> None:
    assert "Choose at least one department, or open a new one." in pages_of("admin.alm").get(REFORM).text


def test_every_name_and_successor_that_is_missing_is_asked_for(pages_of: Browsers) -> None:
    admin = pages_of("admin.alm")
    wrong = admin.submit(admin.get(f"{REFORM}?close=ALA-MOB&new=2"), REFORM, 422)
    assert "Choose the successor." in wrong.errors
    assert len(wrong.errors) == 10


def test_a_department_that_somebody_abolished_meanwhile_is_named_and_nothing_opens(
    pages_of: Browsers, small_city: Runtime
) -> None:
    admin = pages_of("admin.alm")
    late = admin.get(RENAMING)
    admin.submit(admin.get(RENAMING), REFORM, **{**NEW, "effective_on": "31.01.2020"})
    wrong = admin.submit(late, REFORM, 422, **{**NEW, "effective_on": "31.01.2020", "new-1-code": "ALA-BUS"})
    assert wrong.errors == ["The department ALA-MOB does not exist now."]
    with small_city.reading() as session:
        assert session.get(DepartmentRecord, "ALA-BUS") is None


def test_a_vacant_department_gets_its_head(pages_of: Browsers) -> None:
    admin = pages_of("admin.alm")
    action = "/administration/departments/ALA-MOB/head"
    wrong = admin.submit(admin.get(action), action, 422)
    assert wrong.errors == ["Choose the head."]
    assert "The head is appointed." in admin.submit(wrong, action, head="head.alm").text
    admin.get("/administration/departments/nowhere/head", status=404)


def test_an_area_is_given_to_another_deputy(pages_of: Browsers, small_city: Runtime) -> None:
    admin = pages_of("admin.alm")
    action = "/administration/areas/ALA-DA1"
    wrong = admin.submit(admin.get(action), action, 422, reason="Order 9")
    assert wrong.errors == ["That is the present holder."]
    admin.submit(wrong, action, holder_id="deputy-2.alm", reason="Order 9")
    with small_city.reading() as session:
        assert session.get_one(CuratorAreaRecord, "ALA-DA1").holder_id == "deputy-2.alm"
    admin.get("/administration/areas/nowhere", status=404)


@pytest.mark.parametrize("person", ["pmo-head.alm", "analyst.alm", "akim.alm", "head.alm"])
def test_only_administrators_reform(pages_of: Browsers, person: str) -> None:
    pages = pages_of(person)
    for path in ("/administration/departments", RENAMING, "/administration/areas/ALA-DA1"):
        pages.get(path, status=403)
