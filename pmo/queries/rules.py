"""The rules of a city on a day: the one place where a rule set comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.rules import RuleVersionRecord
from pmo.domain.policy import STANDARD, RuleSet
from pmo.domain.rule_book import RuleBook, RuleVersion
from pmo.domain.rule_parameters import rules_with

BOOKS = "rule books"
STANDARD_NUMBER = 1
"""ST-1; a city's own versions go on from there."""


class CityRules:
    """Where an installation gets its rules from: the versions of each city upon one standard.

    The books of all cities are read with one statement a session, however many projects and cities are judged in it.
    """

    def __init__(self, standard: RuleSet = STANDARD) -> None:
        self.standard = standard

    def book(self, session: Session, city_id: str) -> RuleBook:
        """The versions of a city."""
        books: dict[RuleSet, dict[str, RuleBook]] = session.info.setdefault(BOOKS, {})
        if self.standard not in books:
            books[self.standard] = _books(session, self.standard)
        return books[self.standard].get(city_id) or RuleBook(standard=self.standard)

    def on(self, session: Session, city_id: str, day: date, at: datetime | None = None) -> RuleSet:
        """The rules in force in a city on a day, by what had been entered at an instant."""
        return self.book(session, city_id).on(day, at)


CITY_RULES = CityRules()
"""For services, which know no installation: the versions upon the standard of the code."""


def forget_books(session: Session) -> None:
    """A version was entered or withdrawn in this session: what it read before is out of date."""
    session.info.pop(BOOKS, None)


def versions_of(session: Session, city_id: str) -> list[RuleVersionRecord]:
    """Every version that was ever planned in a city, the withdrawn ones too, in the order of their numbers."""
    record = RuleVersionRecord
    return list(session.scalars(select(record).where(record.city_id == city_id).order_by(record.number)))


def state_of_rules(versions: Sequence[RuleVersionRecord]) -> str:
    """One state of a city's versions from another: versions are added and withdrawn, never changed or removed."""
    return f"{len(versions)}.{sum(version.withdrawn_at is not None for version in versions)}"


def last_rules(session: Session, city_id: str, before: date = date.max) -> RuleSet:
    """The rules that the last standing version brings, be it in force or planned; of those before a day where given."""
    standing = (one for one in versions_of(session, city_id) if one.withdrawn_at is None and one.valid_from < before)
    last = max(standing, key=lambda one: one.valid_from, default=None)
    return rules_of(last) if last else STANDARD


def rules_of(record: RuleVersionRecord, standard: RuleSet = STANDARD) -> RuleSet:
    """The rule set of one version."""
    return rules_with(record.name, record.numbers, standard)


def _books(session: Session, standard: RuleSet) -> dict[str, RuleBook]:
    rows: dict[str, list[RuleVersionRecord]] = defaultdict(list)
    for row in session.scalars(select(RuleVersionRecord)):
        rows[row.city_id].append(row)
    return {city: _book(versions, standard) for city, versions in rows.items()}


def _book(rows: Sequence[RuleVersionRecord], standard: RuleSet) -> RuleBook:
    changes = [at for row in rows for at in (row.entered_at, row.withdrawn_at) if at is not None]
    versions = (
        RuleVersion(rules_of(row, standard), row.valid_from, row.entered_at) for row in rows if row.withdrawn_at is None
    )
    return RuleBook(versions, standard, max(changes, default=None))
