"""Links in mail lead to pages that exist, and only ever show them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from pmo.app import create_app
from pmo.mail.links import Links
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


def test_a_manager_is_led_to_every_answer_and_a_senior_only_to_his_own() -> None:
    def answers(role: str, **changes: object) -> list[str]:
        return [code for code, _ in LINKS.forms(a_line(**changes), role)]

    assert answers("manager") == ["completion", "forecast", "help", "acknowledgement", "snooze"]
    assert answers("akim") == ["acknowledgement", "mute"]
    assert answers("owner", kind="project", action="recovery_plan") == ["plan", "project_heard"]
    assert answers("manager", kind="project", action="recovery_plan") == ["project_heard"]
    assert answers("pmo_head") == ["open"]
    assert answers("pmo_head", action="decide_evidence") == ["decision"]


def test_a_line_that_is_no_alert_offers_nothing_that_only_an_alert_can_be_answered_with() -> None:
    assert [code for code, _ in LINKS.forms(a_line(rung=None), "manager")] == ["completion", "forecast"]
