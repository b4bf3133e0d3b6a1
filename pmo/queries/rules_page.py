"""The rules of a city as a page shows them: the numbers in force, every version, and what another one would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.projects import ProjectRecord
from pmo.db.models.rules import RuleVersionRecord
from pmo.domain.policy import STANDARD, RuleSet
from pmo.domain.project import known_until
from pmo.domain.rule_change import RuleChange, change_of_rules, judged_twice
from pmo.domain.rule_parameters import Difference, differences
from pmo.queries.calendar import working_calendar
from pmo.queries.histories import Histories
from pmo.queries.names import Name, names_of_people
from pmo.queries.rules import CityRules, last_rules, rules_of, state_of_rules, versions_of


class VersionState(StrEnum):
    """Where a version stands on a day."""

    PLANNED = "planned"
    IN_FORCE = "in_force"
    FORMER = "former"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version; ``differences`` are those to the version before it. The standard has no day and nobody behind it."""

    id: int | None
    name: str
    state: VersionState
    rules: RuleSet
    differences: tuple[Difference, ...] = ()
    valid_from: date | None = None
    reason: str | None = None
    entered_at: datetime | None = None
    entered_by: Name | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: Name | None = None


@dataclass(frozen=True, slots=True)
class RulesPage:
    """``in_force`` today, ``last`` of the versions that stand (the next one begins from it), versions newest first."""

    in_force: RuleSet
    last: RuleSet
    versions: tuple[VersionLine, ...]
    state: str


def rules_page(session: Session, city: str, today: date) -> RulesPage:
    """The rules of a city, by everything that was entered."""
    rows = versions_of(session, city)
    in_force = CityRules().on(session, city, today)
    names = names_of_people(session, [one for row in rows for one in (row.entered_by, row.withdrawn_by)])
    lines = [VersionLine(None, STANDARD.version, _state(STANDARD.version, None, in_force, today), STANDARD)]
    before = STANDARD
    for row in rows:
        rules = rules_of(row)
        lines.append(
            VersionLine(
                id=row.id,
                name=row.name,
                state=_state(row.name, row, in_force, today),
                rules=rules,
                differences=differences(before, rules),
                valid_from=row.valid_from,
                reason=row.reason,
                entered_at=row.entered_at,
                entered_by=names.get(row.entered_by),
                withdrawn_at=row.withdrawn_at,
                withdrawn_by=names.get(row.withdrawn_by),
            )
        )
        if row.withdrawn_at is None:
            before = rules
    return RulesPage(in_force, last_rules(session, city), tuple(reversed(lines)), state_of_rules(rows))


def changes_of_rules(
    session: Session, city: str, after: RuleSet, now: datetime, on: date, rules: CityRules, histories: Histories
) -> RuleChange:
    """What other rules would change on a day in the projects of a city, by what is known now."""
    calendar, before = working_calendar(session, city, now), rules.on(session, city, on, now)
    numbers = list(session.scalars(select(ProjectRecord.id).where(ProjectRecord.city_id == city)))
    known = (known_until(history, now) for history in histories.load(session, numbers).values())
    return change_of_rules(judged_twice(project, on, calendar, before, after) for project in known if project)


def _state(name: str, row: RuleVersionRecord | None, in_force: RuleSet, today: date) -> VersionState:
    if row is not None and row.withdrawn_at is not None:
        return VersionState.WITHDRAWN
    if name == in_force.version:
        return VersionState.IN_FORCE
    return VersionState.PLANNED if row is not None and row.valid_from > today else VersionState.FORMER
