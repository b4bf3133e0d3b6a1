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
        ("group", None),
    ],
)
def test_every_link_of_a_line_is_a_page_of_the_site(runtime: Runtime, kind: str, action: str | None) -> None:
    line = a_line(kind=kind, action=action)
    site = create_app(runtime).url_map.bind("pmo.example.kz", url_scheme="https")
    found = [*(address for _, address in LINKS.forms(line)), LINKS.page(line), LINKS.tasks(), LINKS.outbox()]
    for address in found:
        assert address.startswith("https://pmo.example.kz/")
        site.match(urlsplit(address).path, method="GET")


def test_without_an_id_a_link_leads_to_the_project() -> None:
    assert LINKS.forms(a_line(id=None)) == (("open", "https://pmo.example.kz/projects/1"),)


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
