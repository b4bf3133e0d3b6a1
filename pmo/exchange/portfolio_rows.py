"""A portfolio as a file says it, checked: what the importer takes, and what the exporter writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pmo.domain.access import Role
from pmo.domain.indicator import Indicator
from pmo.domain.milestone import Dependency
from pmo.exchange.faults import Steps
from pmo.exchange.fields import Names

TERM_LISTS = ("priorities", "sectors", "units", "milestone_types", "evidence_types", "reason_codes")
"""The lists that projects choose from, by their names in a file."""


@dataclass(frozen=True, slots=True)
class CityRow:
    """A city. ``calendar`` is the country code of its holidays."""

    id: str
    names: Names
    timezone: str
    currency: str
    calendar: str


@dataclass(frozen=True, slots=True)
class TermRow:
    """An entry of one of the lists."""

    id: str
    names: Names


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district of a city."""

    id: str
    names: Names
    city: str


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department with its head and the days of its life; ``succeeded_by`` took over when it ended."""

    id: str
    names: Names
    city: str
    head: str | None
    valid_from: date
    valid_until: date | None
    succeeded_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AreaRow:
    """The area of a curator; a vacant one has no holder."""

    id: str
    names: Names
    city: str
    holder: str | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A post."""

    id: str
    city: str
    role: Role
    title: Names
    email: str
    language: str
    department: str | None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone; ``actual_on`` is a completion known when tracking began."""

    path: Steps
    code: str
    names: Names
    type: str
    evidence: str | None
    performer: str | None
    weight: float
    critical: bool
    min_duration_wd: int | None
    predecessors: tuple[Dependency, ...]
    due_on: date | None
    actual_on: date | None
    position: int
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator; ``rule`` is what status is judged by, ``actual`` a value known when tracking began."""

    path: Steps
    names: Names
    unit: str
    rule: Indicator
    source: str | None
    actual: float | None
    actual_on: date | None
    position: int
    provenance: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The indicator's code."""
        return self.rule.code


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project. ``budget_mln`` in millions of the city's currency; ``tracked_since`` None means from the import on."""

    path: Steps
    code: str
    city: str
    names: Names
    sector: str
    priority: str
    department: str
    area: str
    districts: tuple[str, ...]
    owner: str | None
    manager: str | None
    curator: str | None
    start_on: date
    end_on: date
    budget_mln: float | None
    weight: float
    flagship: bool
    tracked_since: date | None
    provenance: Mapping[str, Any]
    milestones: tuple[MilestoneRow, ...]
    indicators: tuple[IndicatorRow, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A whole file. ``terms`` by the name of the list."""

    is_demonstration: bool = False
    cities: tuple[CityRow, ...] = ()
    terms: Mapping[str, tuple[TermRow, ...]] = dataclasses.field(default_factory=dict)
    districts: tuple[DistrictRow, ...] = ()
    departments: tuple[DepartmentRow, ...] = ()
    areas: tuple[AreaRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    projects: tuple[ProjectRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the database already has, so that a file need not repeat it: ids, and the city of what belongs to one."""

    cities: frozenset[str] = frozenset()
    terms: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    districts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    departments: Mapping[str, str] = dataclasses.field(default_factory=dict)
    areas: Mapping[str, str] = dataclasses.field(default_factory=dict)
    people: Mapping[str, str] = dataclasses.field(default_factory=dict)
    emails: Mapping[str, str] = dataclasses.field(default_factory=dict)
    projects: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
