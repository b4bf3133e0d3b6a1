"""The pages on which an administrator keeps the posts of a city."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from pmo.db.models.people import PersonRecord, RoleGrantRecord
from pmo.runtime import Runtime
from tests.web.pages import Pages

Browsers = Callable[[str], Pages]
NEW = "/administration/people/new"
MANAGER = "/administration/people/manager.alm"


def test_the_list_is_searched_and_filtered(pages_of: Browsers) -> None:
    admin = pages_of("admin.alm")
    assert "Post manager.alm" in admin.get("/administration/people").text
    found = admin.get("/administration/people?q=deputy&role=deputy_akim&state=active").text
    assert "Post deputy-1.alm" in found
    assert "Post manager.alm" not in found
    assert "Post head.alm" in admin.get("/administration/people?department=ALA-MOB").text
    assert "Post manager.alm" in admin.get("/administration/people?role=king&department=%01").text
    assert "No post is like that." in admin.get("/administration/people?q=zzz").text


def test_posts_of_another_city_are_not_listed_and_not_found(pages_of: Browsers) -> None:
    admin = pages_of("admin.alm")
    assert "akim.ast" not in admin.get("/administration/people?state=").text
    admin.get("/administration/people/akim.ast", status=404)


@pytest.mark.parametrize("person", ["analyst.alm", "pmo-head.alm", "akim.alm", "manager.alm", "observer.alm"])
def test_only_administrators_come_in(pages_of: Browsers, person: str) -> None:
    pages = pages_of(person)
    for path in ("/administration/people", NEW, f"{MANAGER}/closing"):
        pages.get(path, status=403)


def test_a_post_is_added_and_edited(pages_of: Browsers) -> None:
    admin = pages_of("admin.alm")
    values = {
        "code": "manager-2.alm", "title_ru": "Менеджер", "title_kk": "Менеджер", "title_en": "Manager two",
        "email": "two@city.example", "language": "kk", "role": "project_manager", "department_id": "ALA-MOB",
    }  # fmt: skip
    wrong = admin.submit(admin.get(NEW), NEW, 422, **{**values, "email": "HEAD.alm@city.example"})
    assert wrong.errors == ["Another post has this address already."]
    done = admin.submit(wrong, NEW, **values)
    assert "The post is added." in done.text
    assert done.heading == "Manager two"
    saved = admin.submit(done, "/administration/people/manager-2.alm", title_en="Manager of bridges")
    assert saved.heading == "Manager of bridges"


def test_what_somebody_saved_meanwhile_is_shown_before_it_is_overwritten(pages_of: Browsers) -> None:
    admin = pages_of("admin.alm")
    first, second = admin.get(MANAGER), admin.get(MANAGER)
    admin.submit(first, MANAGER, title_en="Manager of trams")
    conflict = admin.submit(second, MANAGER, 409, title_en="Manager of buses")
    assert "Manager of trams" in conflict.text
    assert "Somebody saved before you" in conflict.text
    assert admin.submit(conflict, MANAGER).heading == "Manager of buses"


def test_closing_lists_what_hangs_on_the_post_and_asks_for_the_successor(
    pages_of: Browsers, small_city: Runtime
) -> None:
    admin = pages_of("admin.alm")
    action = "/administration/people/deputy-1.alm/closing"
    form = admin.get(action)
    assert "Area 1" in form.text
    wrong = admin.submit(form, action, 422)
    assert wrong.errors == ["Choose who takes this over."]
    done = admin.submit(wrong, action, holds_area="deputy-2.alm")
    assert "This post is closed" in done.text
    again = admin.submit(done, "/administration/people/deputy-1.alm/opening")
    assert "The post is in use again." in again.text
    with small_city.reading() as session:
        assert session.get_one(PersonRecord, "deputy-1.alm").is_active


def test_a_post_that_is_opened_again_is_nobodys_old_session(pages_of: Browsers) -> None:
    holder, admin = pages_of("observer.alm"), pages_of("admin.alm")
    closing, opening = (f"/administration/people/observer.alm/{way}" for way in ("closing", "opening"))
    holder.get("/me")
    cookie = holder.client.get_cookie("pmo", domain="localhost")
    assert cookie is not None
    done = admin.submit(admin.get(closing), closing)
    assert holder.get("/me").path == "/sign-in"
    admin.submit(done, opening)
    holder.client.set_cookie("pmo", cookie.value, domain="localhost")
    assert holder.get("/me").path == "/sign-in"
    pages_of("observer.alm").get("/me")


def test_a_role_is_given_for_a_time_and_shown_to_its_holder(pages_of: Browsers, small_city: Runtime) -> None:
    admin = pages_of("admin.alm")
    action = "/administration/people/observer.alm/roles/new"
    values = {"role": "department_head", "starts_on": "31.01.2020", "ends_on": "30.04.2020", "reason": "Order 5"}
    wrong = admin.submit(admin.get(action), action, 422, **values)
    assert wrong.errors == ["Choose the department: this role belongs to one."]
    given = admin.submit(wrong, action, department_id="ALA-MOB", **values)
    assert "The role is given." in given.text
    assert "Order 5" in given.text
    assert "Head of department" in pages_of("observer.alm").get("/me").text
    with small_city.reading() as session:
        number = session.scalar(select(RoleGrantRecord.id))
    taken = admin.submit(given, f"/administration/people/observer.alm/roles/{number}/withdrawal")
    assert "The role is withdrawn." in taken.text


def test_the_menu_leads_administrators_there(pages_of: Browsers) -> None:
    assert pages_of("admin.alm").get("/administration").links["People and roles"] == "/administration/people"
    assert "Administration" not in pages_of("analyst.alm").get("/me").links
