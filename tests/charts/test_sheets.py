"""The charts that are drawn on a sheet, as a page has them: safe under a strict policy, named, linked, the same."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from pmo.charts import gantt, milestone_trend, punctuality, status_history
from pmo.charts.canvas import shortened, width_of
from pmo.charts.gantt import GanttChart, GanttRow, gantt_svg
from pmo.charts.milestone_trend import TrendChart, TrendLine, trend_svg
from pmo.charts.palette import CLASSES
from pmo.charts.punctuality import PunctualityChart, PunctualityRow, punctuality_svg
from pmo.charts.spacing import spread
from pmo.charts.status_history import Layer, StatusChart, status_svg
from pmo.charts.themed_svg import SVG, Region
from pmo.i18n import speaking

KAZAKH = "Қоғамдық $\\alpha$ көлік: әуежай <b> & $ұзақ$ жол"
"""Kazakh letters, markup, and what a chart library might take for mathematics."""

ROW = GanttRow(
    code="M1",
    name=KAZAKH,
    region=Region("/milestones/1?as_of=2020-01-31", "DP-1-M1 «Қоғамдық»: 31.12.2019"),
    begins=date(2019, 9, 1),
    ends=date(2020, 2, 3),
    planned_begin=date(2019, 9, 1),
    planned=date(2019, 12, 31),
    original=date(2019, 11, 30),
    is_done=False,
    is_off=False,
    is_on_path=True,
    slip_wd=21,
    severity=2,
)
GANTT = GanttChart(
    key="plan",
    title="План",
    description="Семь точек",
    today=date(2020, 1, 31),
    first=date(2019, 9, 1),
    last=date(2020, 12, 31),
    rows=(
        ROW,
        replace(
            ROW, region=Region("/milestones/2", "M2"), is_done=True, ends=date(2019, 12, 31), slip_wd=0, severity=0
        ),
        replace(ROW, region=Region("/milestones/3", "M3"), begins=date(2020, 2, 3), waits_for=(0,), severity=None),
        replace(ROW, region=Region("/milestones/4", "M4"), ends=None, planned=None, original=None, slip_wd=None),
        replace(ROW, region=Region("/milestones/5", "M5"), ends=None, is_off=True, slip_wd=None, severity=None),
    ),
    rests=((date(2020, 1, 1), date(2020, 1, 4)),),
    pauses=((date(2019, 10, 1), date(2019, 11, 1)),),
    headings=("Дата", "Сдвиг"),
)
LINE = TrendLine(
    code="M1",
    region=Region("/milestones/1", "M1"),
    points=((date(2019, 9, 22), date(2019, 12, 31)), (date(2019, 9, 29), date(2020, 2, 3))),
    is_done=False,
    has_slipped=True,
    severity=1,
)
TREND = TrendChart(
    key="trend",
    title="Сдвиги",
    description="Одна дата",
    first=date(2019, 9, 22),
    last=date(2020, 1, 31),
    lines=(
        LINE,
        replace(LINE, code="M2", region=Region("/milestones/2", "M2"), is_done=True, points=LINE.points[:1]),
        replace(LINE, code="M3", region=Region("/milestones/3", "M3"), severity=None, has_slipped=False),
    ),
)
STATUSES = StatusChart(
    key="statuses",
    title="Статусы",
    description="Две недели",
    days=(date(2020, 1, 26), date(2020, 1, 31)),
    layers=(
        Layer("off_track", "отставание", (1, 0)),
        Layer("at_risk", "риск", (0, 2)),
        Layer("apart", "отдельно", (3, 1)),
    ),
    regions=(Region("/portfolio?as_of=2020-01-26", "26"), Region("/portfolio", "31")),
)
PUNCTUALITY = PunctualityChart(
    key="punctuality",
    title="Сроки",
    description="Два управления",
    headings=("В срок", "Доля", "Медиана"),
    rows=(
        PunctualityRow(
            KAZAKH, Region("/portfolio/punctuality?department=A&as_of=2020-01-26", "A"), 9, 8, ("8 / 9", "89 %", "0")
        ),
        PunctualityRow("Б", Region("/portfolio/punctuality?department=B", "B"), 1, 0, ("0 / 1", "—", "—")),
    ),
)
DRAWINGS: dict[str, Callable[[], str]] = {
    "gantt": lambda: gantt_svg(GANTT),
    "gantt, narrow": lambda: gantt_svg(GANTT, gantt.NARROW),
    "trend": lambda: trend_svg(TREND),
    "trend, narrow": lambda: trend_svg(TREND, milestone_trend.NARROW_SIZE),
    "statuses": lambda: status_svg(STATUSES),
    "statuses, narrow": lambda: status_svg(STATUSES, status_history.NARROW_SIZE),
    "punctuality": lambda: punctuality_svg(PUNCTUALITY),
    "punctuality, narrow": lambda: punctuality_svg(PUNCTUALITY, punctuality.NARROW),
}
REGIONS = {
    "gantt": [row.region for row in GANTT.rows],
    "trend": [line.region for line in TREND.lines],
    "statuses": list(STATUSES.regions),
    "punctuality": [row.region for row in PUNCTUALITY.rows],
}
every_drawing = pytest.mark.parametrize("name", DRAWINGS)


@every_drawing
def test_nothing_in_it_breaks_a_strict_content_policy(name: str) -> None:
    svg = DRAWINGS[name]()
    assert "style" not in svg
    assert "<script" not in svg
    assert 'xlink:href="/' not in svg
    assert not re.search(r"\son\w+=", svg)


@every_drawing
def test_a_drawing_is_small_on_the_wire(name: str) -> None:
    assert len(DRAWINGS[name]().encode()) < 16_000


@every_drawing
def test_no_number_in_it_is_broken(name: str) -> None:
    assert not re.search(r"\b(nan|inf)\b", DRAWINGS[name](), re.IGNORECASE)


@every_drawing
def test_every_colour_is_left_to_the_theme(name: str) -> None:
    for element in ElementTree.fromstring(DRAWINGS[name]()).iter():
        for attribute in ("fill", "stroke"):
            colour = element.get(attribute, "none")
            assert colour in ("none", "currentColor") or colour.startswith("url(#"), element.attrib
        if "currentColor" in element.attrib.values():
            assert element.get("class") in CLASSES.values()


@every_drawing
def test_each_part_is_a_link_with_a_title_that_is_its_name_and_tip(name: str) -> None:
    links = list(ElementTree.fromstring(DRAWINGS[name]()).iter(f"{{{SVG}}}a"))
    found = {(link.get("href"), link[0].text) for link in links}
    assert found == {(one.address, one.words) for one in REGIONS[name.removesuffix(", narrow")]}
    assert all(link[0].tag == f"{{{SVG}}}title" for link in links)
    assert all(link[1].get("pointer-events") == "all" for link in links)
    assert not any(link.get("target") for link in links)


@every_drawing
def test_a_chart_with_links_is_a_named_group_so_that_readers_of_screens_reach_them(name: str) -> None:
    root = ElementTree.fromstring(DRAWINGS[name]())
    assert root.get("role") == "group"
    assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"
    assert root[0].text
    assert root[1].text


@every_drawing
def test_text_is_only_text(name: str) -> None:
    words = [element.text or "" for element in ElementTree.fromstring(DRAWINGS[name]()).iter(f"{{{SVG}}}text")]
    if name.startswith(("gantt", "punctuality")):
        assert any("Қоғамдық $\\alpha$" in text for text in words)
    assert all(text == text.strip() for text in words)


@every_drawing
def test_no_two_texts_cover_each_other(name: str) -> None:
    """Judged by the anchor and the width that the font gives; a line is as high as its letters."""
    boxes = []
    for element in ElementTree.fromstring(DRAWINGS[name]()).iter(f"{{{SVG}}}text"):
        size = float(element.get("font-size", "0").removesuffix("px"))
        x, y = float(element.get("x", "nan")), float(element.get("y", "nan"))
        width = width_of(element.text or "", size, int(element.get("font-weight", "400")))
        left = x - {"middle": width / 2, "end": width}.get(element.get("text-anchor", ""), 0)
        boxes.append((left, left + width, y - size * 0.7, y, element.text))
    for number, (left, right, top, bottom, text) in enumerate(boxes):
        for other_left, other_right, other_top, other_bottom, other in boxes[:number]:
            is_apart = right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
            assert is_apart, (text, other)


def test_the_same_figures_give_the_same_bytes_also_from_many_threads() -> None:
    with speaking("ru"):
        wanted = {name: draw() for name, draw in DRAWINGS.items()}
    for module in (gantt, milestone_trend, status_history, punctuality):
        module._drawn.cache_clear()

    def drawn(name: str) -> tuple[str, str]:
        with speaking("ru"):
            return name, DRAWINGS[name]()

    with ThreadPoolExecutor(6) as pool:
        assert all(svg == wanted[name] for name, svg in pool.map(drawn, [*DRAWINGS] * 3))


def test_dates_are_written_as_the_reader_writes_them() -> None:
    with speaking("ru"):
        russian = gantt_svg(GANTT)
    with speaking("en"):
        english = gantt_svg(GANTT)
    assert "03.02.20" in russian
    assert "3 Feb 20" in english


def test_two_charts_of_a_page_share_no_id() -> None:
    ids: list[str] = []
    for draw in (
        DRAWINGS["statuses"],
        DRAWINGS["gantt"],
        lambda: gantt_svg(replace(GANTT, key="plan-narrow"), gantt.NARROW),
    ):
        svg = draw()
        own = re.findall(r'\sid="([^"]+)"', svg)
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(own)
        ids += own
    assert len(ids) == len(set(ids))


def test_a_thousand_milestones_of_a_department_are_one_bar_instead_of_blocks() -> None:
    many = replace(PUNCTUALITY, rows=(replace(PUNCTUALITY.rows[0], due=1000, on_time=900),))
    assert len(punctuality_svg(many)) < 2 * len(punctuality_svg(PUNCTUALITY))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([10.0, 50.0], [10.0, 50.0]),
        ([50.0, 10.0], [50.0, 10.0]),
        ([10.0, 12.0, 14.0], [10.0, 20.0, 30.0]),
        ([98.0, 99.0], [90.0, 100.0]),
        ([], []),
    ],
)
def test_labels_are_spread_as_far_as_they_need(wanted: list[float], expected: list[float]) -> None:
    assert spread(wanted, 10, 0, 100) == expected


def test_what_has_no_room_is_cut_with_an_ellipsis() -> None:
    assert shortened("Коротко", 13, 500) == "Коротко"
    cut = shortened("Установлено шестьсот камер, аналитика включена", 13, 150)
    assert cut.endswith("…")
    assert width_of(cut, 13) <= 150
