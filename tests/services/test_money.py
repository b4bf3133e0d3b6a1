"""Reports on money and issues (DOMAIN 1.6, components C and R)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from pmo.db.models.assessments import ProjectAssessmentRecord
from pmo.db.models.money import CostReportRecord
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.services.money import close_issue, raise_issue, report_costs
from tests.cast import TODAY, Town, refusal


def component(town: Town, letter: str) -> int | None:
    with town.runtime.reading() as session:
        components = session.scalar(
            select(ProjectAssessmentRecord.components).where(ProjectAssessmentRecord.project_id == town.project())
        )
    assert components is not None
    return components[letter]


def report(
    town: Town, on: date = TODAY, budget: float = 100.0, spent: float | None = 20.0, person: str = "manager"
) -> None:
    with town.writing() as session:
        report_costs(session, town.act(person), town.project(), on, budget, 135.0, 30.0, spent)


def raise_(town: Town, text: str = "no land", due_on: date = date(2020, 1, 30), person: str = "manager") -> str:
    with town.writing() as session:
        return raise_issue(session, town.act(person), town.project(), text, due_on).code


def test_an_overrun_of_thirty_per_cent_is_red(town: Town) -> None:
    assert component(town, "C") is None
    report(town)
    assert component(town, "C") == 2
    report(town)
    assert town.entries() == ["cost_reported"]  # told again, entered once
    report(town, spent=21.0)
    with town.runtime.reading() as session:
        assert len(list(session.scalars(select(CostReportRecord.id)))) == 2


def test_a_report_corrected_while_the_clock_of_the_demonstration_stands_still_is_the_corrected_one(town: Town) -> None:
    report(town)
    report(town, budget=130.0, spent=25.0)
    assert component(town, "C") == 0


@pytest.mark.parametrize(
    ("on", "budget", "spent", "expected"),
    [
        (date(2020, 2, 1), 100.0, 1.0, ("report_in_future", "reported_on")),
        (date(1999, 2, 1), 100.0, 1.0, ("date_out_of_range", "reported_on")),
        (TODAY, 0.0, 1.0, ("budget_not_positive", "budget")),
        (TODAY, 100.0, -1.0, ("amount_negative", "spent")),
    ],
)
def test_a_report_that_cannot_be_is_refused(
    town: Town, on: date, budget: float, spent: float, expected: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised:
        report(town, on, budget, spent)
    assert refusal(raised) == expected


def test_an_open_critical_issue_past_its_date_is_amber_until_it_is_closed(town: Town) -> None:
    assert raise_(town) == "DP-10-R1"
    assert raise_(town) == "DP-10-R1"  # the same problem raised again
    assert raise_(town, "no power") == "DP-10-R2"
    assert component(town, "R") == 1
    for code in ("DP-10-R1", "DP-10-R2"):
        with town.writing() as session:
            close_issue(session, town.act("manager"), town.project(), code)
    assert component(town, "R") in (0, None)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        close_issue(session, town.act("manager"), town.project(), "DP-10-R1")
    assert refusal(raised) == ("issue_closed", None)


@pytest.mark.parametrize(
    ("text", "due_on", "expected"),
    [("  ", TODAY, ("text_missing", "text")), ("late", date(1999, 1, 1), ("date_out_of_range", "due_on"))],
)
def test_an_issue_that_cannot_be_is_refused(town: Town, text: str, due_on: date, expected: tuple[str, str]) -> None:
    with pytest.raises(RuleBroken) as raised:
        raise_(town, text, due_on)
    assert refusal(raised) == expected


def test_money_and_issues_are_the_managers_and_the_owners(town: Town) -> None:
    for person, error in (
        ("colleague", NotAllowed),
        ("curator", NotAllowed),
        ("analyst", NotAllowed),
        ("outsider", NotFound),
    ):
        with pytest.raises(error):
            report(town, person=person)
        with pytest.raises(error):
            raise_(town, person=person)
    code = raise_(town, person="owner")
    for person, error in (("colleague", NotAllowed), ("outsider", NotFound)):
        with pytest.raises(error), town.writing() as session:
            close_issue(session, town.act(person), town.project(), code)
    with pytest.raises(NotFound), town.writing() as session:
        close_issue(session, town.act("manager"), 10_000, code)


def test_only_an_issue_of_the_project_can_be_closed(town: Town) -> None:
    code = raise_(town)
    for project, unknown in ((town.project(), "DP-10-R9"), (town.project(), code.lower())):
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            close_issue(session, town.act("owner"), project, unknown)
        assert refusal(raised) == ("issue_unknown", None)
