"""A portfolio file becomes a checked portfolio, or a list of everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from pmo.domain.access import Role
from pmo.exchange.document import Document, Faults
from pmo.exchange.faults import ImportFault
from pmo.exchange.fields import Fields, top_of
from pmo.exchange.portfolio_plans import read_project
from pmo.exchange.portfolio_rows import (
    TERM_LISTS,
    AreaRow,
    CityRow,
    DepartmentRow,
    DistrictRow,
    Known,
    PersonRow,
    Portfolio,
    ProjectRow,
    TermRow,
)
from pmo.exchange.references import ANYWHERE, References
from pmo.i18n import LANGUAGES

SCHEMA_VERSION = 1
PROJECTS = "projects"
_CITY_GROUP = f"_{PROJECTS}"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ABOUT_SOURCES = ("seed_facts", "from_seed")


def is_project_list(name: str) -> bool:
    """Whether a field at the top of a file holds projects: ``projects`` or ``almaty_projects``."""
    return name == PROJECTS or name.endswith(_CITY_GROUP)


def read_portfolio(document: Document, known: Known, calendars: frozenset[str]) -> tuple[Portfolio, list[ImportFault]]:
    """The portfolio of a file, and every fault in it; with faults the portfolio is incomplete.

    ``known`` is what the database has already, ``calendars`` the country codes for which holidays are known.
    """
    reader = _PortfolioReader(document, known, calendars)
    portfolio = reader.read()
    return portfolio, reader.faults.found


class _PortfolioReader:
    def __init__(self, document: Document, known: Known, calendars: frozenset[str]) -> None:
        self.faults = Faults(document)
        self.top = top_of(document, self.faults)
        self.calendars = calendars
        self.known = known
        self.emails: dict[str, str] = {}
        self.references = References(
            self.faults,
            {
                "cities": dict.fromkeys(known.cities, ANYWHERE),
                **{name: dict.fromkeys(known.terms.get(name, ()), ANYWHERE) for name in TERM_LISTS},
                "districts": known.districts,
                "departments": known.departments,
                "deputy_areas": known.areas,
                "people": known.people,
            },
        )

    def read(self) -> Portfolio:
        meta = self.top.mapping("meta")
        tracked_since = meta.optional_day("tracked_since")
        version = meta.whole_number("schema_version", 0, 999)
        if version not in (None, SCHEMA_VERSION):
            meta.fault("schema_version", "not_one_of", version, expected=[SCHEMA_VERSION])
        is_demonstration = meta.has("provenance_values") or meta.has("provenance")
        self.top.ignore("seeds")
        for fact in self.top.mappings("seed_facts"):
            self.references.declare("seed_facts", fact.text("id", 40), fact.at("id"))
        lists = self.top.mapping("reference")
        cities = lists.rows("cities", self._city)
        for fields in lists.mappings("roles"):
            fields.one_of("id", [role.value for role in Role])
        terms = {name: lists.rows(name, partial(self._term, name)) for name in TERM_LISTS}
        districts = lists.rows("districts", self._district)
        departments = lists.rows("departments", self._department)
        areas = lists.rows("deputy_areas", self._area)
        lists.finish()
        people = self.top.rows("people", self._person)
        projects = tuple(self._projects(tracked_since))
        self.top.finish()
        self.references.check()
        portfolio = Portfolio(is_demonstration, cities, terms, districts, departments, areas, people, projects)
        if not self.faults.found and portfolio == Portfolio(is_demonstration, terms=terms) and not any(terms.values()):
            self.faults.add((), "nothing_to_import")
        return portfolio

    def _city(self, fields: Fields) -> CityRow | None:
        code = self._declared(fields, "cities")
        names = fields.names("name")
        timezone, calendar = fields.text("timezone", 60), fields.text("calendar", 20)
        currency = fields.text("currency", 3)
        if timezone and not _is_timezone(timezone):
            fields.fault("timezone", "unknown_timezone", timezone)
        if currency and not _CURRENCY.fullmatch(currency):
            fields.fault("currency", "not_one_of", currency, expected=["KZT", "USD", "EUR"])
        if calendar and calendar not in self.calendars:
            fields.fault("calendar", "unknown_calendar", calendar)
        self._finish(fields)
        if code and names and timezone and currency and calendar:
            return CityRow(code, names, timezone, currency, calendar)
        return None

    def _term(self, kind: str, fields: Fields) -> TermRow | None:
        code, names = self._declared(fields, kind, 60), fields.names("name")
        self._finish(fields)
        return TermRow(code, names) if code and names else None

    def _district(self, fields: Fields) -> DistrictRow | None:
        city = self._city_of(fields)
        code, names = self._declared(fields, "districts", city=city), fields.names("name")
        self._finish(fields)
        return DistrictRow(code, names, city) if code and names and city else None

    def _department(self, fields: Fields) -> DepartmentRow | None:
        city = self._city_of(fields)
        code, names = self._declared(fields, "departments", city=city), fields.names("name")
        head = self._wanted(fields, "head", "people", city)
        valid_from, valid_until = fields.day("valid_from"), fields.optional_day("valid_until")
        if valid_from and valid_until and valid_until < valid_from:
            fields.fault("valid_until", "end_before_start", valid_until, start_on=valid_from)
        successors = fields.texts("succeeded_by")
        for path, successor in successors:
            self.references.want("departments", successor, path, city)
        if successors and valid_until is None:
            fields.fault("valid_until", "missing_field", field="valid_until")
        self._finish(fields)
        if code and names and city and valid_from:
            inherited = tuple(dict.fromkeys(successor for _, successor in successors))
            return DepartmentRow(code, names, city, head, valid_from, valid_until, inherited)
        return None

    def _area(self, fields: Fields) -> AreaRow | None:
        city = self._city_of(fields)
        code, names = self._declared(fields, "deputy_areas", city=city), fields.names("name")
        holder = self._wanted(fields, "holder", "people", city)
        self._finish(fields)
        return AreaRow(code, names, city, holder) if code and names and city else None

    def _person(self, fields: Fields) -> PersonRow | None:
        city = self._city_of(fields)
        code = self._declared(fields, "people", 60, city)
        role, title = fields.choice("role", Role), fields.names("title")
        email = self._email(fields, code)
        language = fields.one_of("language", LANGUAGES)
        department = self._wanted(fields, "department", "departments", city)
        self._finish(fields)
        if code and city and role and title and email and language:
            return PersonRow(code, city, role, title, email, language, department)
        return None

    def _email(self, fields: Fields, person: str | None) -> str | None:
        email = fields.text("email", 254)
        if email is None:
            return None
        if not _EMAIL.fullmatch(email):
            fields.fault("email", "not_an_email", email)
            return None
        owner = self.emails.setdefault(email.lower(), person or email)
        stored = self.known.emails.get(email.lower())
        taken_by = next((other for other in (owner, stored) if other and other not in (person, email)), None)
        if taken_by or (owner == email and person is None):
            fields.fault("email", "duplicate_email", email, owner=taken_by or email)
            return None
        return email

    def _projects(self, tracked_since: date | None) -> Iterator[ProjectRow]:
        for name in self.top.names_of_fields():
            if not is_project_list(name):
                continue
            group = name.removesuffix(_CITY_GROUP) if name != PROJECTS else None
            for fields in self.top.mappings(name):
                project = read_project(fields, self.references, group, tracked_since)
                if project:
                    yield project

    def _declared(self, fields: Fields, kind: str, longest: int = 40, city: str | None = ANYWHERE) -> str | None:
        code = fields.text("id", longest)
        self.references.declare(kind, code, fields.at("id"), city)
        return code

    def _wanted(self, fields: Fields, name: str, kind: str, city: str | None) -> str | None:
        code = fields.optional_text(name)
        self.references.want(kind, code, fields.at(name), city)
        return code

    def _city_of(self, fields: Fields) -> str | None:
        city = fields.text("city", 40)
        self.references.want("cities", city, fields.at("city"))
        return city

    def _finish(self, fields: Fields) -> None:
        for path, fact in fields.texts("seed_facts"):
            self.references.want("seed_facts", fact, path)
        fields.ignore(*_ABOUT_SOURCES)
        fields.finish()


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder of zones
        return False
    return True
