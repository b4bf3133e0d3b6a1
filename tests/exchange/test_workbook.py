"""A portfolio in a workbook: the same checks as for YAML, places told by sheet and cell, bombs refused unopened."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pmo.domain.milestone import Dependency
from pmo.exchange import workbook as workbook_module
from pmo.exchange.document import read_yaml
from pmo.exchange.faults import ImportFault, ImportRefused
from pmo.exchange.portfolio_file import read_portfolio
from pmo.exchange.portfolio_rows import Known, Portfolio
from pmo.exchange.workbook import read_workbook
from pmo.exchange.workbook_sheets import SHEETS, links_from, points_from, text_of_links, text_of_points
from pmo.exchange.workbook_writer import write_template, write_workbook
from tests.exchange.import_samples import Raw, as_yaml, small_portfolio

HOLIDAYS = frozenset({"KZ"})
Table = list[list[Any]]


def portfolio_from(raw: Raw) -> Portfolio:
    portfolio, faults = read_portfolio(read_yaml(as_yaml(raw), "a.yaml"), Known(), HOLIDAYS)
    assert faults == []
    return portfolio


def read(raw: bytes) -> tuple[Portfolio, list[ImportFault]]:
    document, of_sheets = read_workbook(raw, "a.xlsx")
    portfolio, faults = read_portfolio(document, Known(), HOLIDAYS)
    return portfolio, [*of_sheets, *faults]


def tables_of(raw: bytes) -> dict[str, Table]:
    workbook = CalamineWorkbook.from_filelike(BytesIO(raw))
    return {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names}


def workbook_of(tables: Mapping[str, Table]) -> bytes:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, table in tables.items():
            sheet = workbook.add_worksheet(name)
            for row, cells in enumerate(table):
                for column, value in enumerate(cells):
                    if isinstance(value, date):
                        sheet.write_datetime(row, column, value, day)
                    elif value != "":
                        sheet.write(row, column, value)
    return target.getvalue()


def rich_portfolio() -> Raw:
    """The small portfolio with everything that needs a spelling of its own in a cell."""
    raw = small_portfolio()
    project = raw["almaty_projects"][0]
    project["districts"] = ["medeu"]
    project["flagship"] = True
    project["name"]["en"] = "=1+1"
    project["milestones"][2]["depends_on"] = [
        {"id": "DP-1-M1", "type": "SS", "lag_wd": -3},
        {"id": "DP-1-M2", "type": "FS", "lag_wd": 10},
    ]
    project["milestones"][2]["baseline_date"] = None
    project["indicators"][1]["trajectory"] = [
        {"date": date(2020, 3, 31), "value": 12.5},
        {"date": date(2020, 6, 30), "value": 40},
    ]
    department = raw["reference"]["departments"][0]
    raw["reference"]["departments"].append({**department, "id": "DEP-c"})
    department.update(valid_until=date(2025, 12, 31), succeeded_by=["DEP-c"])
    return raw


def spoilt(sheet: str, change: Callable[[Table], object]) -> bytes:
    tables = tables_of(write_workbook(portfolio_from(small_portfolio())))
    change(tables[sheet])
    return workbook_of(tables)


def test_a_portfolio_comes_back_from_its_workbook_as_it_was() -> None:
    portfolio = portfolio_from(rich_portfolio())
    again, faults = read(write_workbook(portfolio))
    assert faults == []
    assert again.departments == portfolio.departments
    assert (again.cities, again.people, again.areas) == (portfolio.cities, portfolio.people, portfolio.areas)
    assert {name: terms for name, terms in again.terms.items() if terms} == portfolio.terms
    for before, after in zip(portfolio.projects, again.projects, strict=True):
        assert (after.code, after.names, after.districts) == (before.code, before.names, before.districts)
        assert (after.flagship, after.budget_mln, after.tracked_since) == (
            before.flagship,
            before.budget_mln,
            before.tracked_since,
        )
        assert [(row.code, row.predecessors, row.due_on, row.actual_on) for row in after.milestones] == [
            (row.code, row.predecessors, row.due_on, row.actual_on) for row in before.milestones
        ]
        assert [(row.rule, row.source, row.actual) for row in after.indicators] == [
            (row.rule, row.source, row.actual) for row in before.indicators
        ]


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    raw = write_workbook(portfolio_from(rich_portfolio()))
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if "worksheets" in name)
    again, _ = read(raw)
    assert again.projects[0].names.en == "=1+1"


def test_the_template_has_every_sheet_and_column() -> None:
    tables = tables_of(write_template())
    assert list(tables) == list(SHEETS)
    for name, columns in SHEETS.items():
        assert tables[name][0] == [column.name for column in columns]


def _cell(table: Table, row: int, column: str, value: object) -> None:
    table[row][table[0].index(column)] = value


CASES: list[tuple[str, str, Callable[[Table], object], str, int, str]] = [
    ("a date is no date", "milestones", lambda table: _cell(table, 2, "baseline_date", "2020-02-31"),
     "milestones!G3 baseline_date", 3, "not_a_date"),
    ("a reference leads nowhere", "projects", lambda table: _cell(table, 1, "sector", "space"),
     "projects!F2 sector", 2, "unknown_reference"),
    ("a name is missing", "projects", lambda table: _cell(table, 1, "name.kk", ""),
     "projects!D2 name.kk", 2, "missing_field"),
    ("a project is unknown", "milestones", lambda table: _cell(table, 4, "project", "DP-9"),
     "milestones!A5 project", 5, "unknown_project_in_sheet"),
    ("links are no links", "milestones", lambda table: _cell(table, 3, "depends_on", "after the first"),
     "milestones!K4 depends_on", 4, "not_links"),
    ("a link leads nowhere", "milestones", lambda table: _cell(table, 3, "depends_on", "DP-1-M2; DP-7-M1"),
     "milestones!K4 depends_on[1].id", 4, "unknown_predecessor"),
    ("points are no points", "indicators", lambda table: _cell(table, 1, "trajectory", "50 in March"),
     "indicators!O2 trajectory", 2, "not_points"),
    ("a column is unknown", "projects", lambda table: table[0].append("colour"),
     "projects!T1", 1, "unknown_column"),
    ("a column is there twice", "people", lambda table: table[0].append("email"), "people!J1", 1, "duplicate_column"),
    ("a weight is a word", "indicators", lambda table: _cell(table, 1, "weight", "heavy"),
     "indicators!U2 weight", 2, "not_a_number"),
    ("an id is given twice", "people", lambda table: _cell(table, 2, "id", "akim-a"),
     "people!A3 id", 3, "duplicate_id"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "change", "path", "line", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_fault_is_named_by_sheet_cell_and_field(
    sheet: str, change: Callable[[Table], object], path: str, line: int, code: str
) -> None:
    _, faults = read(spoilt(sheet, change))
    assert (path, line, code) in [(fault.path, fault.line, fault.code) for fault in faults]


def test_a_missing_column_is_named_by_its_row() -> None:
    def drop(table: Table) -> None:
        place = table[0].index("sector")
        for cells in table:
            del cells[place]

    _, faults = read(spoilt("projects", drop))
    assert ("projects!2 sector", "missing_field") in [(fault.path, fault.code) for fault in faults]


def test_an_unknown_sheet_is_named() -> None:
    tables = tables_of(write_workbook(portfolio_from(small_portfolio())))
    _, faults = read(workbook_of({**tables, "Sheet1": [["x"]]}))
    assert [(fault.path, fault.code) for fault in faults] == [("Sheet1", "unknown_sheet")]


def test_an_id_that_excel_took_for_a_number_is_a_text() -> None:
    def number(table: Table) -> None:
        _cell(table, 1, "id", 17)

    document, _ = read_workbook(spoilt("priorities", number), "a.xlsx")
    assert document.content["reference"]["priorities"][0]["id"] == "17"


def refused(raw: bytes) -> str:
    with pytest.raises(ImportRefused) as refusal:
        read_workbook(raw, "a.xlsx")
    return refusal.value.faults[0].code


def _with_members(members: Mapping[str, bytes], *, without: str = "") -> bytes:
    target = BytesIO()
    source = zipfile.ZipFile(BytesIO(write_template()))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            if name != without and name not in members:
                archive.writestr(name, source.read(name))
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_what_is_no_workbook_is_refused() -> None:
    good = write_template()
    assert refused(b"") == "not_a_workbook"
    assert refused(b"id;name\n1;x") == "not_a_workbook"
    assert refused(good[: len(good) // 2]) == "not_a_workbook"
    assert refused(_with_members({}, without="xl/workbook.xml")) == "not_a_workbook"
    assert refused(_with_members({"xl/workbook.xml": b"<broken"})) == "not_a_workbook"
    assert refused(_with_members({"content.xml": b"<office/>"})) == "not_a_workbook"


def test_a_workbook_with_nothing_in_it_is_refused() -> None:
    assert refused(workbook_of({"projects": [["id"]]})) == "file_empty"


def test_a_bomb_is_refused_by_its_size_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "MOST_UNPACKED", 1_000_000)
    assert refused(_with_members({"xl/media/bomb.png": b"\0" * 2_000_000})) == "workbook_too_large"


def test_too_many_members_are_refused() -> None:
    assert refused(_with_members({f"xl/media/{number}": b"x" for number in range(200)})) == "workbook_too_large"


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    raw = bytearray(_with_members({"xl/media/a.png": b"\0" * 100_000}))
    true, lie = (100_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert raw.count(true) >= 1
    assert refused(bytes(raw.replace(true, lie))) == "not_a_workbook"


@pytest.mark.parametrize("cell", [b'<c r="XFD1048576"><v>1</v></c>', b"<c r = 'A20001'><v>1</v></c>", b'<c r="CW2"/>'])
def test_a_cell_in_a_far_corner_is_refused_before_the_sheet_is_spread_out(cell: bytes) -> None:
    sheet = b'<worksheet><sheetData><row r="1">' + cell + b"</row></sheetData></worksheet>"
    assert refused(_with_members({"xl/worksheets/sheet1.xml": sheet})) == "too_many_rows"


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Z]{2,3}-\d{2}-M\d", fullmatch=True),
            st.sampled_from(["FS", "SS", "FF", "SF"]),
            st.integers(-2000, 2000),
        )
    )
)
def test_links_come_back_from_their_text(raw: list[tuple[str, str, int]]) -> None:
    links = tuple(Dependency(*link) for link in raw)
    found = links_from(text_of_links(links))
    assert found == [{"id": link.predecessor, "type": link.type, "lag_wd": link.lag_wd} for link in links]


@given(st.lists(st.tuples(st.dates(date(2000, 1, 1), date(2050, 12, 31)), st.floats(-1e12, 1e12))))
def test_points_come_back_from_their_text(points: list[tuple[date, float]]) -> None:
    found = points_from(text_of_points(tuple(points)), "value")
    assert found == [{"date": day.isoformat(), "value": value} for day, value in points]
