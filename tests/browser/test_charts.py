"""Charts in a real browser under the real content policy: painted in the colours of the theme, reached by keyboard."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE, Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.surface]

PAINTED = """
() => [...document.querySelectorAll('svg.chart :is(path, rect, use, text)')]
  .filter(element => !element.closest('a, defs') && element.getBoundingClientRect().width > 0)
  .map(element => getComputedStyle(element))
  .map(style => [style.fill, style.stroke])
  .flat().filter(colour => colour.startsWith('rgb'))
"""


SMALLEST_TEXT = """
svg => Math.min(...[...svg.querySelectorAll('text')].map(text => parseFloat(getComputedStyle(text).fontSize)))
  * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width
"""
"""In pixels of the screen."""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_charts_are_painted_in_the_colours_of_the_theme_and_never_black(
    site: Site, visit: Visit, size: dict[str, int]
) -> None:
    paths = (f"/projects/{site.project('DP-10')}", f"/indicators/{site.indicator('DP-10-I1')}", "/portfolio/charts")
    painted = {}
    for theme in ("light", "dark"):
        page = visit("analyst.alm", size, color_scheme=theme)
        for path in paths:
            page.goto(path)
            colours = set(page.evaluate(PAINTED))
            assert len(colours) >= 3, path
            assert "rgb(0, 0, 0)" not in colours, path
            painted[theme, path] = colours
    for path in paths:
        assert painted["light", path].isdisjoint(painted["dark", path]), path


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_one_drawing_is_there_at_a_time_and_fits_the_screen(site: Site, visit: Visit, size: dict[str, int]) -> None:
    page = visit("analyst.alm", size)
    page.goto(f"/projects/{site.project('DP-10')}")
    wanted, other = ("chart-wide", "chart-narrow") if size is DESK else ("chart-narrow", "chart-wide")
    for section in ("plan", "trend"):
        drawing = page.locator(f"section[aria-labelledby={section}] .{wanted} svg")
        box = drawing.bounding_box()
        assert box is not None
        assert box["x"] > 0
        assert box["x"] + box["width"] <= size["width"]
        smallest = drawing.evaluate(SMALLEST_TEXT)
        assert smallest >= 11
        assert not page.locator(f"section[aria-labelledby={section}] .{other} svg").is_visible()


def test_a_row_of_the_plan_opens_its_milestone_by_pointer_and_by_keyboard(site: Site, visit: Visit) -> None:
    page = visit("analyst.alm")
    project = f"/projects/{site.project('DP-10')}"
    third = f"/milestones/{site.milestone('DP-10-M3')}"
    row = f"section[aria-labelledby=plan] .chart-wide a[href='{third}']"
    page.goto(project)
    page.locator(row).click()
    page.wait_for_url(f"**{third}")
    page.goto(project)
    page.locator(row).focus()
    assert page.locator(row).evaluate("link => getComputedStyle(link.querySelector('path')).strokeWidth") == "2.5px"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{third}")


MARKS_ON_THE_PHONE = """
() => [...document.querySelectorAll('.timeline-sheet a:has(> :not(title, [fill="none"]))')].map(link => {
  const frame = document.querySelector('.timeline-scroll');
  frame.scrollLeft += link.getBoundingClientRect().x - 200;
  window.scrollBy({top: link.getBoundingClientRect().y - 400, behavior: 'instant'});
  const box = link.getBoundingClientRect();
  const name = [...document.querySelectorAll('.timeline-sheet text[x="0"]')].map(text => text.getBoundingClientRect())
    .filter(text => text.top < box.top).at(-1);
  const tapped = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest('a');
  return [link.getAttribute('href'), tapped?.getAttribute('href') ?? null, box.top - name.bottom];
})
"""
"""Of each mark: where it leads, where a tap on its middle leads, pixels between it and the name above it."""


def test_on_a_phone_marks_stand_below_the_name_of_their_project_and_both_open(site: Site, visit: Visit) -> None:
    page = visit("analyst.alm", PHONE)
    page.goto("/portfolio/timeline")
    marks = page.evaluate(MARKS_ON_THE_PHONE)
    assert len(marks) > 200
    others = [mark for mark in marks if mark[0] != mark[1]]
    assert len(others) < len(marks) / 20, others  # a day with two marks of one project shows the one above
    assert min(mark[2] for mark in marks) > -4
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.goto("/portfolio/timeline")
    box = page.locator(".timeline-sheet text", has_text="DP-10 ").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + 6)
    page.wait_for_url(f"**/projects/{site.project('DP-10')}")
