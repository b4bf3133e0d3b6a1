"""The curve as it stands in a page: no style, no foreign colour, words for those who do not see it, always the same."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from pmo.charts.palette import CLASSES
from pmo.charts.themed_svg import SVG, themed
from pmo.charts.trajectory import TrajectoryChart, _drawn, trajectory_svg
from pmo.i18n import speaking

CHART = TrajectoryChart(
    key="curve-7",
    title="Траектория DP-13-I1 <b>",
    description="Отстаёт: 23,32 при 34,08 & цель 80",
    today=date(2020, 1, 31),
    plan=((date(2019, 6, 30), 11.0), (date(2020, 12, 31), 80.0)),
    is_step=False,
    readings=((date(2019, 9, 30), 14.0), (date(2019, 12, 31), 23.32)),
    target=(date(2020, 12, 31), 80.0),
    expected=(date(2019, 12, 31), 34.08),
    projected=(date(2020, 12, 31), 50.0),
    severity=2,
)
BAND = replace(CHART, key="curve-8", band=(0.0, 5.0), target=None, plan=(), expected=None, projected=None)
EMPTY = replace(CHART, key="curve-9", readings=(), expected=None, projected=None, severity=None)
STEPS = replace(CHART, key="curve-10", is_step=True)


@pytest.mark.parametrize("chart", [CHART, BAND, EMPTY, STEPS])
def test_nothing_in_it_breaks_a_strict_content_policy(chart: TrajectoryChart) -> None:
    svg = trajectory_svg(chart)
    assert "style" not in svg
    assert "<script" not in svg
    assert not re.search(r"\son\w+=", svg)
    assert not re.search(r'(href|src)="(?!#)', svg)


@pytest.mark.parametrize("chart", [CHART, BAND, EMPTY, STEPS])
def test_every_colour_is_left_to_the_theme(chart: TrajectoryChart) -> None:
    for element in ElementTree.fromstring(trajectory_svg(chart)).iter():
        for name in ("fill", "stroke"):
            assert element.get(name, "none") in ("none", "currentColor"), element.attrib
        if "currentColor" in element.attrib.values():
            assert element.get("class") in CLASSES.values()


def test_it_says_in_words_what_it_shows_and_markup_in_words_is_only_text() -> None:
    root = ElementTree.fromstring(trajectory_svg(CHART))
    title, description = root[0], root[1]
    assert (title.tag, title.text) == (f"{{{SVG}}}title", CHART.title)
    assert (description.tag, description.text) == (f"{{{SVG}}}desc", CHART.description)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_two_charts_share_no_id_and_point_only_to_their_own() -> None:
    ids: list[str] = []
    for chart in (CHART, BAND):
        svg = trajectory_svg(chart)
        own = re.findall(r'\sid="([^"]+)"', svg)
        targets = re.findall(r'href="#([^"]+)"', svg) + re.findall(r"url\(#([^)]+)\)", svg)
        assert set(targets) <= set(own)
        ids += own
    assert len(ids) == len(set(ids))


def test_numbers_and_months_are_in_the_readers_language() -> None:
    with speaking("ru"):
        russian = trajectory_svg(CHART)
    with speaking("kk"):
        kazakh = trajectory_svg(CHART)
    with speaking("en"):
        english = trajectory_svg(CHART)
    assert "23,32" in russian
    assert "23.32" in english
    assert len({russian, kazakh, english}) == 3


def test_the_same_figures_give_the_same_bytes_also_from_many_threads() -> None:
    with speaking("ru"):
        wanted = {chart.key: trajectory_svg(chart) for chart in (CHART, BAND, STEPS)}
    _drawn.cache_clear()
    with ThreadPoolExecutor(6) as pool:
        drawn = list(pool.map(lambda chart: (chart.key, _drawn(chart, "ru")), [CHART, BAND, STEPS] * 4))
    assert all(svg == wanted[key] for key, svg in drawn)


def test_a_red_gap_is_red_and_a_green_one_green() -> None:
    assert "c-red" in trajectory_svg(CHART)
    green = trajectory_svg(replace(CHART, severity=0))
    assert "c-red" not in green
    assert "c-green" in green


def test_a_drawing_is_small_on_the_wire() -> None:
    assert len(trajectory_svg(CHART).encode()) < 12_000


def test_style_becomes_attributes_and_unknown_colours_stay() -> None:
    raw = (
        f'<svg xmlns="{SVG}" width="10pt" height="10pt"><metadata>x</metadata><g id="a" style="fill: #060606; '
        'stroke: none"/><text style="font: 600 12px \'Golos Text\'; text-anchor: middle">5</text></svg>'
    )
    root = ElementTree.fromstring(themed(raw, "p", "t", "d"))
    group, text = root[2], root[3]
    assert (group.get("class"), group.get("fill"), group.get("id")) == ("c-red", "currentColor", None)
    assert (text.get("font-size"), text.get("font-weight"), text.get("class")) == ("12", "600", "c-ink")
