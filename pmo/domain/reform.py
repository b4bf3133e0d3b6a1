"""A reform of departments: merge, split, rename and abolish are one thing said four ways.

Departments close the day before it takes effect, new ones open on the day, and everything of a closed one has a
successor: the one named for it, else the one of its department. So nothing is orphaned, whatever came since the plan
was made (issue: people, rights and safety, 3). A reform that only opens a department closes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pmo.domain.planning import Fault, faults_of_day


@dataclass(frozen=True, slots=True)
class Life:
    """From which day to which a department exists; ``until`` is its last day, None while it lives."""

    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewDepartment:
    """A department that opens with the reform; ``head`` is a post or None."""

    id: str
    name_ru: str
    name_kk: str
    name_en: str
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Reform:
    """``closing`` maps each department that closes to the one that takes its things over.

    ``projects`` and ``people`` name other successors for single ones: project ids as texts, ids of posts.
    """

    effective_on: date
    closing: Mapping[str, str]
    opening: tuple[NewDepartment, ...] = ()
    projects: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def successor_of_project(self, project: int, department: str) -> str:
        """Where a project of a closing department goes."""
        return self.projects.get(str(project)) or self.closing[department]

    def successor_of_person(self, person: str, department: str) -> str:
        """Where a post of a closing department goes."""
        return self.people.get(person) or self.closing[department]

    @property
    def successions(self) -> list[tuple[str, str]]:
        """(closed, successor) by the departments' own successors; what single things add is the carrying out's."""
        return sorted(self.closing.items())

    @property
    def departments(self) -> frozenset[str]:
        """Every department that it closes, opens or gives something to."""
        named = (*self.closing, *self.closing.values(), *self.projects.values(), *self.people.values())
        return frozenset(named) | {new.id for new in self.opening}


def faults_of_reform(reform: Reform, known: Mapping[str, Life], today: date) -> Iterator[Fault]:
    """What is wrong with a plan, given the city's departments: codes with the fields of the form.

    A day that has passed is refused: what was judged, shown and told until now was so under the old names.
    """
    yield from faults_of_day(reform.effective_on, "effective_on")
    if reform.effective_on < today:
        yield Fault("reform_in_past", "effective_on", {"today": today})
    if not reform.closing and not reform.opening:
        yield Fault("reform_closes_nothing", "closing")
    for department in reform.closing:
        life = known.get(department)
        if life is None or life.until is not None:
            yield Fault("department_not_there", "closing", {"department": department})
        elif life.since >= reform.effective_on:
            yield Fault("department_too_young", "effective_on", {"since": life.since})
    new = [department.id for department in reform.opening]
    for place, code in enumerate(new):
        if code in known or code in new[:place]:
            yield Fault("code_taken", f"new-{place + 1}-code", {"code": code})
    open_then = {code for code, life in known.items() if life.until is None} - set(reform.closing) | set(new)
    for closing, successor in reform.closing.items():
        if successor not in open_then:
            yield Fault("successor_closed", f"all-{closing}")
    for project, successor in reform.projects.items():
        if successor not in open_then:
            yield Fault("successor_closed", f"project-{project}")
    for person, successor in reform.people.items():
        if successor not in open_then:
            yield Fault("successor_closed", f"person-{person}")


def as_plan(reform: Reform) -> dict[str, object]:
    """The reform as it is stored until its day."""
    return {
        "closing": dict(reform.closing),
        "opening": [
            {name: getattr(new, name) for name in ("id", "name_ru", "name_kk", "name_en", "head")}
            for new in reform.opening
        ],
        "projects": dict(reform.projects),
        "people": dict(reform.people),
    }


def from_plan(plan: Mapping[str, object], effective_on: date) -> Reform:
    """The reform that ``as_plan`` stored."""
    opening: list[Mapping[str, str | None]] = plan["opening"]  # type: ignore[assignment]
    return Reform(
        effective_on,
        plan["closing"],  # type: ignore[arg-type]
        tuple(NewDepartment(**new) for new in opening),  # type: ignore[arg-type]
        plan["projects"],  # type: ignore[arg-type]
        plan["people"],  # type: ignore[arg-type]
    )
