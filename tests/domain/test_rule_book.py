"""Which rules hold on a day, and what a version to come does to the best-before date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo.domain.assessment import assess_project, signature
from pmo.domain.policy import STANDARD, RuleSet
from pmo.domain.project import Project
from pmo.domain.rule_book import RuleBook, RuleVersion, assess_by_book
from pmo.domain.verdict import judge_project
from tests.domain.builders import kazakhstan, milestone, project
from tests.domain.random_projects import TODAY, projects
from tests.domain.random_rules import rule_sets

SECOND = replace(STANDARD, version="ST-2", due_soon_days=7)
THIRD = replace(STANDARD, version="ST-3", due_soon_days=30)
ENTERED = datetime(2020, 1, 10, 9, tzinfo=UTC)


def version(rules: RuleSet, valid_from: str, entered_at: datetime = ENTERED) -> RuleVersion:
    return RuleVersion(rules, date.fromisoformat(valid_from), entered_at)


BOOK = RuleBook([version(THIRD, "2020-03-01"), version(SECOND, "2020-02-01")])


@pytest.mark.parametrize(
    ("day", "name", "following"),
    [
        ("2019-12-31", "ST-1", "2020-02-01"),
        ("2020-01-31", "ST-1", "2020-02-01"),
        ("2020-02-01", "ST-2", "2020-03-01"),
        ("2020-02-29", "ST-2", "2020-03-01"),
        ("2020-03-01", "ST-3", None),
        ("2031-01-01", "ST-3", None),
    ],
)
def test_a_version_holds_from_its_day_to_the_eve_of_the_next(day: str, name: str, following: str | None) -> None:
    assert BOOK.on(date.fromisoformat(day)).version == name
    assert BOOK.next_day(date.fromisoformat(day)) == (date.fromisoformat(following) if following else None)


def test_a_city_without_versions_has_the_standard() -> None:
    assert RuleBook().on(TODAY) is STANDARD
    assert RuleBook().next_day(TODAY) is None


def test_the_morning_before_a_version_was_entered_keeps_the_old_rules() -> None:
    noon = datetime(2020, 2, 1, 6, tzinfo=UTC)
    book = RuleBook([version(SECOND, "2020-02-01", noon)])
    day = date(2020, 2, 1)
    assert book.on(day, noon - timedelta(minutes=1)).version == "ST-1"
    assert book.on(day, noon).version == book.on(day).version == "ST-2"
    assert book.next_day(day - timedelta(days=1), noon - timedelta(minutes=1)) is None


def test_the_first_day_of_a_version_ends_the_freshness() -> None:
    facts = project(milestone("M1", "2020-06-30"))
    plain = assess_project(facts, date(2020, 1, 20), kazakhstan(), STANDARD)
    known = assess_by_book(facts, date(2020, 1, 20), kazakhstan(), BOOK)
    assert known.fresh_until == date(2020, 1, 31)
    assert (plain.changes_on, known.changes_on) == (date(2020, 6, 16), date(2020, 5, 31))
    assert replace(known, changes_on=None, fresh_until=None) == replace(plain, changes_on=None, fresh_until=None)


@settings(max_examples=60)
@given(projects(), st.integers(-60, 60), rule_sets("ST-2"), rule_sets("ST-3"), st.integers(1, 50), st.integers(1, 50))
def test_the_best_before_date_knows_of_versions_to_come(
    facts: Project, offset: int, second: RuleSet, third: RuleSet, wait: int, more: int
) -> None:
    """Against brute force: every day is judged by the rules of that day."""
    on = TODAY + timedelta(days=offset)
    first, last = on + timedelta(days=wait), on + timedelta(days=wait + more)
    book = RuleBook([RuleVersion(second, first, ENTERED), RuleVersion(third, last, ENTERED)])
    found = assess_by_book(facts, on, kazakhstan(), book)
    assert found.fresh_until is not None
    assert found.fresh_until < first
    now = signature(found)
    days = (on + timedelta(days=number) for number in range(1, 121))
    differing = (day for day in days if signature(judge_project(facts, day, kazakhstan(), book.on(day))) != now)
    changes_on = next(differing, None)
    if changes_on is not None:
        assert found.changes_on == changes_on
    else:
        assert found.changes_on is None or found.changes_on > on + timedelta(days=120)
