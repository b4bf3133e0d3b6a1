"""The main pages through axe-core: two languages, two sizes, light and dark, without one violation."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page

from pmo.services.milestones import Evidence, claim_completion
from tests.browser.conftest import AXE, DESK, PHONE, Site, Visit, width_of

pytestmark = pytest.mark.browser

CODE = "DP-10-M3"


def paths(site: Site) -> list[tuple[str, str]]:
    """(post, path) of the pages to look at."""
    manager, project = site.manager_of("DP-10"), site.project("DP-10")
    milestone, indicator = site.milestone(CODE), site.indicator("DP-10-I1")
    open_one = site.milestone("DP-10-M4")
    office = (
        "/portfolio",
        "/portfolio/charts",
        "/portfolio/punctuality",
        f"/projects/{project}",
        f"/milestones/{milestone}",
        f"/indicators/{indicator}",
        f"/milestones/{milestone}/evidence-decision",
        f"/projects/{project}/override",
        f"/projects/{project}/edit",
        f"/milestones/{milestone}/edit",
        f"/indicators/{indicator}/edit",
        f"/projects/{project}/confidence",
        "/voices?show=stale",
        "/absences",
        "/import",
        "/changes?since=2019-12-02",
        "/meeting",
        "/portfolio?as_of=2019-12-31",
        "/portfolio?as_of=2019-09-01",
        f"/projects/{project}?as_of=2019-12-31",
        f"/milestones/{milestone}?as_of=2019-12-31",
        f"/indicators/{indicator}?as_of=2019-12-31",
        "/tasks?as_of=2019-12-31",
        "/alerts?as_of=2019-12-31",
    )
    own = (
        "/tasks",
        f"/update?item={CODE}",
        "/update/done",
        f"/milestones/{open_one}/completion",
        f"/milestones/{open_one}/forecast",
        f"/indicators/{indicator}/readings/new",
        f"/projects/{project}/change-requests/new",
        f"/projects/{project}/issues/new",
    )
    akim = (f"/projects/{project}/pause", f"/projects/{project}/cancellation")
    return [
        *(("analyst.alm", path) for path in office),
        *((manager, path) for path in own),
        *(("akim.alm", path) for path in akim),
    ]


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page: rule, then the elements."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for violation in found["violations"]
        for node in violation["nodes"][:4]
    ]


@pytest.mark.surface
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["ru", "kk"])
def test_the_main_pages_have_no_violation(
    site: Site, visit: Visit, language: str, size: dict[str, int], theme: str
) -> None:
    manager = site.manager_of("DP-10")
    with site.runtime.writing() as session:
        document = Evidence(document_number="17-1", document_date=date(2020, 1, 30), link="https://city.example/17-1")
        claim_completion(session, site.act(manager), site.milestone(CODE), date(2020, 1, 30), document)
    pages: dict[str, Page] = {}
    faults = []
    for person, path in paths(site):
        if person not in pages:
            site.speaks(person, language)
            pages[person] = visit(person, size, color_scheme=theme, bypass_csp=True)
        page = pages[person]
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        faults += [f"{path}: {violation}" for violation in violations(page)]
        if width_of(page) > size["width"]:
            faults.append(f"{path}: scrolls sideways, {width_of(page)} > {size['width']}")
    assert faults == [], "\n".join(faults)
