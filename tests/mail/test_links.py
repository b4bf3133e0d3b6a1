"""Links in mail lead to pages that exist, and only ever show them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from pmo.app import create_app
from pmo.domain.digests import Section
from pmo.domain.project import ProjectStatus
from pmo.mail.links import Links
from pmo.queries.overview import ATTENTION
from pmo.runtime import Runtime
from tests.post_office import a_line

LINKS = Links("https://pmo.example.kz/")


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("milestone", "claim_or_forecast"),
        ("milestone", "confirm_or_forecast"),
        ("milestone", "decide_evidence"),
        ("indicator", "enter_reading"),
        ("indicator", "ask_for_measures"),
        ("project", "recovery_plan"),
        ("project", "ask_for_plan"),
        ("project", "rule_change"),
        ("group", None),
    ],
)
@pytest.mark.parametrize("role", ["manager", "owner", "curator", "chief_of_staff", "akim", "pmo_analyst"])
def test_every_link_of_a_line_is_a_page_of_the_site(runtime: Runtime, kind: str, action: str | None, role: str) -> None:
    line = a_line(kind=kind, action=action, values={"request": 3})
    site = create_app(runtime).url_map.bind("pmo.example.kz", url_scheme="https")
    found = [*(address for _, address in LINKS.forms(line, role)), LINKS.page(line), LINKS.tasks(), LINKS.outbox()]
    for address in found:
        assert address.startswith("https://pmo.example.kz/")
        site.match(urlsplit(address).path, method="GET")


def test_without_an_id_a_link_leads_to_the_project() -> None:
    assert LINKS.forms(a_line(id=None), "manager") == (("open", "https://pmo.example.kz/projects/1"),)


@pytest.mark.parametrize("role", ["manager", "owner", "curator", "akim", "pmo_analyst", "pmo_head"])
@pytest.mark.parametrize("section", list(Section))
def test_the_rest_of_a_section_stands_on_a_page_of_the_site(runtime: Runtime, section: Section, role: str) -> None:
    site = create_app(runtime).url_map.bind("pmo.example.kz", url_scheme="https")
    address = urlsplit(LINKS.rest(section.value, role))
    site.match(address.path, method="GET")
    if address.query:
        name, status = address.query.split("=")
        assert name == "status"
        assert status in {ATTENTION, *ProjectStatus}


def test_those_who_work_find_the_rest_among_their_tasks_and_those_who_steer_among_all() -> None:
    assert LINKS.rest("overdue", "manager") == LINKS.tasks()
    assert LINKS.rest("overdue", "curator").endswith("/alerts")
    assert LINKS.rest("decisions", "akim") == LINKS.tasks()


def test_a_manager_is_led_to_every_answer_and_a_senior_only_to_his_own() -> None:
    def answers(role: str, **changes: object) -> list[str]:
        return [code for code, _ in LINKS.forms(a_line(**changes), role)]

    assert answers("manager") == ["update", "completion", "forecast", "help", "acknowledgement", "snooze"]
    assert answers("akim") == ["acknowledgement", "mute"]
    assert answers("owner", kind="project", action="recovery_plan") == ["plan", "project_heard"]
    assert answers("manager", kind="project", action="recovery_plan") == ["project_heard"]
    assert answers("pmo_head") == ["open"]
    assert answers("pmo_head", action="decide_evidence") == ["decision"]


def test_a_line_that_is_no_alert_offers_nothing_that_only_an_alert_can_be_answered_with() -> None:
    assert [code for code, _ in LINKS.forms(a_line(rung=None), "manager")] == ["update", "completion", "forecast"]
