"""The page of rights: the table itself, one person with substitutes, and each right on a project with its reason."""

from __future__ import annotations

from datetime import date

import pytest

from pmo.domain.access import RIGHTS, Action, Ground, Role, grounds, may
from pmo.i18n.labels import label
from pmo.services.role_grants import GrantPlan, grant_role
from tests.cast import POSTS, TODAY, Town
from tests.rights.city_of_objects import MORE_POSTS, actors_of, settle_more
from tests.web.town import PagesOf, app_in_town, cast_url, pages_in_town, town

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]


@pytest.mark.surface
def test_the_table_on_the_page_is_the_table_that_is_asked(pages_in_town: PagesOf) -> None:
    page = pages_in_town("admin").get("/rights")
    rows = {row.one("th").text: [cell.text for cell in row.all("td")] for row in page.tree.all("tr") if row.all("td")}
    assert len(rows) == len(Action)
    for action in Action:
        words = label("action", action)
        shown = rows[words[0].upper() + words[1:]]
        for role, cell in zip(Role, shown, strict=True):
            scope = RIGHTS[role].get(action)
            assert cell == (label("scope", scope) if scope else ""), (role, action)


def test_one_person_on_one_project_has_every_answer_with_its_reason(town: Town, pages_in_town: PagesOf) -> None:
    settle_more(town)
    page = pages_in_town("pmo-head").get(f"/rights?person=deputy-head-b&project={town.project('DP-10')}")
    assert "owner is away, deputy-head-b acts" in page.text
    answers = {
        row.one("th").text: [cell.text for cell in row.all("td")]
        for row in page.tree.all("tr")
        if len(row.all("td")) == 2
    }
    assert len(answers) == len([one for one in Action if one.is_about_a_project])
    assert answers["Report a milestone done"] == ["yes", "The post owns the project as the substitute of: owner"]
    assert answers["Pause"] == ["no", "This role does not have the right anywhere"]
    page = pages_in_town("pmo-head").get(f"/rights?person=manager-b&project={town.project('DP-10')}")
    assert "The role has the right, but this project lies outside its reach" in page.text


@pytest.mark.surface
@pytest.mark.parametrize("person", ["akim", "curator", "owner", "manager", "analyst", "observer"])
def test_only_the_administrator_and_the_office_s_head_look_at_rights(pages_in_town: PagesOf, person: str) -> None:
    pages_in_town(person).get("/rights", status=403)


@pytest.mark.surface
@pytest.mark.parametrize("query", ["person=manager-ast", "person=nobody", "project=999999", "project=x"])
def test_people_and_projects_of_another_city_are_not_there(pages_in_town: PagesOf, query: str) -> None:
    pages_in_town("admin").get(f"/rights?{query}", status=404)


def test_a_reason_never_contradicts_the_answer(town: Town) -> None:
    settle_more(town)
    met: set[Ground] = set()
    people = actors_of(town, [*POSTS, *MORE_POSTS])
    with town.runtime.reading() as session:
        from pmo.queries.visibility import scope_of

        scopes = [scope_of(session, town.project(code)) for code in ("DP-10", "DP-11", "AST-01")]
    for actor in people.values():
        for action in Action:
            for scope in scopes:
                found = grounds(actor, action, scope)
                met.add(found.reason)
                assert found.allows is may(actor, action, scope)
                assert found.post in {actor.person, *(post.person for post in actor.acts_for)}
    assert met == set(Ground) - {Ground.AREA, Ground.ASKED, Ground.PERFORMER}


def test_a_role_given_for_a_time_is_told_with_its_days_and_named_where_it_answers(
    town: Town, pages_in_town: PagesOf
) -> None:
    days = (TODAY, date(2020, 2, 20))
    with town.writing() as session:
        for role, department, area in ((Role.DEPUTY_AKIM, None, "area-b"), (Role.PROJECT_MANAGER, "dept-b", None)):
            grant_role(session, town.act("admin"), "colleague", GrantPlan(role, department, area, *days, "an order"))

    def answers(code: str) -> dict[str, list[str]]:
        page = pages_in_town("pmo-head").get(f"/rights?person=colleague&project={town.project(code)}")
        assert "Deputy akim: area-b, 31 January 2020 – 20 February 2020" in page.text
        rows = (row for row in page.tree.all("tr") if len(row.all("td")) == 2)
        return {row.one("th").text: [cell.text for cell in row.all("td")] for row in rows}

    given = answers("DP-11")
    by_the_area = "The project belongs to a curator's area that the post holds by a role given for a time: Deputy akim"
    assert given["Pause"] == ["yes", by_the_area]
    assert given["Cancel a project"] == ["no", "This role does not have the right anywhere"]
    own = answers("DP-10")
    assert own["See projects"] == ["yes", "The project belongs to the department of the post"]
    lies_elsewhere = "The role has the right, but this project lies outside its reach"
    assert own["Pause"] == ["no", f"{lies_elsewhere} by a role given for a time: Deputy akim"]
