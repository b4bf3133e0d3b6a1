"""Writes a portfolio as a workbook that can be imported again; an empty portfolio gives the template.

Every text is written as a text: what begins with ``=`` stays what somebody typed (RELIABILITY 4.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from pmo.exchange.fields import Names
from pmo.exchange.portfolio_file import SCHEMA_VERSION
from pmo.exchange.portfolio_rows import IndicatorRow, MilestoneRow, Portfolio, ProjectRow
from pmo.exchange.workbook_sheets import SHEETS, text_of_links, text_of_points

Row = Mapping[str, Any]


def write_workbook(portfolio: Portfolio) -> bytes:
    """The workbook's bytes; the same portfolio gives the same sheets."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        heading = workbook.add_format({"bold": True, "bottom": 1})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, columns in SHEETS.items():
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(1, 2 if name in ("milestones", "indicators") else 1)
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column.name, heading)
                sheet.set_column(place, place, 36 if "name." in column.name or "title." in column.name else 16)
            for number, row in enumerate(_rows(name, portfolio), 1):
                for place, column in enumerate(columns):
                    _write(sheet, number, place, row.get(column.name), day)
    return target.getvalue()


def write_template() -> bytes:
    """A workbook with every sheet and column and nothing in them."""
    return write_workbook(Portfolio())


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))


def _rows(sheet: str, portfolio: Portfolio) -> Iterable[Row]:
    if sheet == "meta":
        return [{"schema_version": SCHEMA_VERSION, "provenance": "assumed" if portfolio.is_demonstration else None}]
    if sheet == "projects":
        return (_project(row) for row in portfolio.projects)
    if sheet == "milestones":
        return (_milestone(project, row) for project in portfolio.projects for row in project.milestones)
    if sheet == "indicators":
        return (_indicator(project, row) for project in portfolio.projects for row in project.indicators)
    return _reference_rows(sheet, portfolio)


def _reference_rows(sheet: str, portfolio: Portfolio) -> Iterator[Row]:
    if sheet == "cities":
        for city in portfolio.cities:
            said = {"timezone": city.timezone, "currency": city.currency, "calendar": city.calendar}
            yield {"id": city.id, **_named("name", city.names), **said}
    elif sheet == "districts":
        for district in portfolio.districts:
            yield {"id": district.id, **_named("name", district.names), "city": district.city}
    elif sheet == "departments":
        for department in portfolio.departments:
            yield {
                "id": department.id,
                **_named("name", department.names),
                "city": department.city,
                "head": department.head,
                "valid_from": department.valid_from,
                "valid_until": department.valid_until,
                "succeeded_by": ", ".join(department.succeeded_by),
            }
    elif sheet == "deputy_areas":
        for area in portfolio.areas:
            yield {"id": area.id, **_named("name", area.names), "city": area.city, "holder": area.holder}
    elif sheet == "people":
        for person in portfolio.people:
            yield {
                "id": person.id,
                "city": person.city,
                "role": person.role.value,
                **_named("title", person.title),
                "email": person.email,
                "language": person.language,
                "department": person.department,
            }
    else:
        for term in portfolio.terms.get(sheet, ()):
            yield {"id": term.id, **_named("name", term.names)}


def _project(row: ProjectRow) -> Row:
    return {
        "id": row.code,
        "city": row.city,
        **_named("name", row.names),
        "sector": row.sector,
        "priority": row.priority,
        "department": row.department,
        "deputy_area": row.area,
        "districts": ", ".join(row.districts),
        "start_date": row.start_on,
        "end_date": row.end_on,
        "budget_planned_mln_kzt": row.budget_mln,
        "weight": row.weight,
        "flagship": row.flagship,
        "owner": row.owner,
        "manager": row.manager,
        "curator": row.curator,
        "tracked_since": row.tracked_since,
    }


def _milestone(project: ProjectRow, row: MilestoneRow) -> Row:
    return {
        "project": project.code,
        "id": row.code,
        **_named("name", row.names),
        "type": row.type,
        "baseline_date": row.due_on,
        "actual_date": row.actual_on,
        "weight": row.weight,
        "critical": row.critical,
        "depends_on": text_of_links(row.predecessors),
        "evidence_required": row.evidence,
        "performer": row.performer,
        "min_duration_wd": row.min_duration_wd,
    }


def _indicator(project: ProjectRow, row: IndicatorRow) -> Row:
    rule = row.rule
    return {
        "project": project.code,
        "id": row.code,
        **_named("name", row.names),
        "unit": row.unit,
        "direction": rule.direction.value,
        "kind": rule.kind.value,
        "baseline_value": rule.baseline,
        "baseline_date": rule.baseline_on,
        "target_value": rule.target,
        "target_low": rule.low,
        "target_high": rule.high,
        "target_date": rule.target_on,
        "trajectory": text_of_points(rule.trajectory),
        "shares": text_of_points(rule.shares),
        "interpolation": rule.interpolation.value,
        "frequency": rule.frequency.value,
        "window_start": rule.window_start,
        "zero_scale": rule.zero_scale,
        "weight": rule.weight,
        "critical": rule.critical,
        "source.system": row.source,
        "actual_value": row.actual,
        "actual_on": row.actual_on,
    }


def _named(field: str, names: Names) -> Row:
    return {f"{field}.ru": names.ru, f"{field}.kk": names.kk, f"{field}.en": names.en}
