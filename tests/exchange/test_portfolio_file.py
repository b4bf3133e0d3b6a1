"""Everything that is wrong with a portfolio file is found at once, each fault with its place and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pmo.exchange.document import read_yaml
from pmo.exchange.faults import IMPORT_FAULTS, ImportFault, sentence_of
from pmo.exchange.portfolio_file import read_portfolio
from pmo.exchange.portfolio_rows import Known, Portfolio
from pmo.i18n import speaking
from tests.exchange.import_samples import Raw, as_yaml, small_portfolio

KNOWN = Known()
HOLIDAYS = frozenset({"KZ"})


def read(raw: Raw, known: Known = KNOWN) -> tuple[Portfolio, list[ImportFault]]:
    return read_portfolio(read_yaml(as_yaml(raw), "portfolio.yaml"), known, HOLIDAYS)


def places(faults: list[ImportFault]) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults]


def test_a_good_file_becomes_a_portfolio() -> None:
    portfolio, faults = read(small_portfolio())
    assert faults == []
    assert [project.code for project in portfolio.projects] == ["DP-1", "AST-1"]
    first = portfolio.projects[0]
    assert (first.tracked_since, first.flagship, first.budget_mln) == (date(2019, 9, 16), False, 120.0)
    assert [milestone.due_on for milestone in first.milestones] == [
        date(2019, 9, 10),
        date(2019, 11, 29),
        date(2020, 6, 30),
    ]
    assert first.milestones[0].actual_on == date(2019, 9, 9)
    assert first.milestones[1].predecessors[0].predecessor == "DP-1-M1"
    assert (first.indicators[0].rule.target, first.indicators[0].actual) == (100.0, 5.0)


Spoil = Callable[[Raw], Any]

PROJECT = "almaty_projects[0]"
M, I = f"{PROJECT}.milestones", f"{PROJECT}.indicators"  # noqa: E741


def _project(raw: Raw) -> Raw:
    return raw["almaty_projects"][0]  # type: ignore[no-any-return]


def _milestone(raw: Raw, place: int = 1) -> Raw:
    return _project(raw)["milestones"][place]  # type: ignore[no-any-return]


def _indicator(raw: Raw) -> Raw:
    return _project(raw)["indicators"][0]  # type: ignore[no-any-return]


CASES: list[tuple[str, Spoil, str, str]] = [
    # what is wrong, how it gets there, the place, the code
    ("a field is missing", lambda raw: _project(raw).pop("sector"), f"{PROJECT}.sector", "missing_field"),
    ("a field is empty", lambda raw: _project(raw).update(sector=None), f"{PROJECT}.sector", "missing_field"),
    ("a field is unknown", lambda raw: _project(raw).update(bugdet=1), f"{PROJECT}.bugdet", "unknown_field"),
    ("a section is unknown", lambda raw: raw.update(peple=[]), "peple", "unknown_field"),
    ("a list is a text", lambda raw: _project(raw).update(milestones="M1"), M, "not_a_list"),
    ("an item is a text", lambda raw: raw["people"].append("x"), "people[9]", "not_a_mapping"),
    ("a text is a number", lambda raw: _project(raw).update(sector=5), f"{PROJECT}.sector", "not_text"),
    ("a text is blank", lambda raw: _project(raw).update(sector=" "), f"{PROJECT}.sector", "text_empty"),
    ("a code is too long", lambda raw: _project(raw).update(id="D" * 31), f"{PROJECT}.id", "text_too_long"),
    (
        "a name is too long",
        lambda raw: _project(raw)["name"].update(ru="x" * 501),
        f"{PROJECT}.name.ru",
        "text_too_long",
    ),
    (
        "a control character",
        lambda raw: _project(raw)["name"].update(ru="a\x07b"),
        f"{PROJECT}.name.ru",
        "control_character",
    ),
    ("no Kazakh name", lambda raw: _project(raw)["name"].pop("kk"), f"{PROJECT}.name.kk", "missing_field"),
    ("no Russian title", lambda raw: raw["people"][2]["title"].pop("ru"), "people[2].title.ru", "missing_field"),
    ("a language too many", lambda raw: _project(raw)["name"].update(de="x"), f"{PROJECT}.name.de", "unknown_field"),
    (
        "a date is no date",
        lambda raw: _milestone(raw).update(baseline_date="2020-02-31"),
        f"{M}[1].baseline_date",
        "not_a_date",
    ),
    (
        "a date is a number",
        lambda raw: _milestone(raw).update(baseline_date=20200131),
        f"{M}[1].baseline_date",
        "not_a_date",
    ),
    (
        "a date is in words",
        lambda raw: _milestone(raw).update(baseline_date="soon"),
        f"{M}[1].baseline_date",
        "not_a_date",
    ),
    (
        "a year is a slip",
        lambda raw: _milestone(raw).update(baseline_date=date(2109, 1, 1)),
        f"{M}[1].baseline_date",
        "date_out_of_range",
    ),
    (
        "a date is left out",
        lambda raw: _milestone(raw).pop("baseline_date"),
        f"{M}[1].baseline_date",
        "missing_field",
    ),
    ("a weight is zero", lambda raw: _milestone(raw).update(weight=0), f"{M}[1].weight", "weight_not_positive"),
    ("a weight is below zero", lambda raw: _indicator(raw).update(weight=-1), f"{I}[0].weight", "weight_not_positive"),
    ("a weight is a text", lambda raw: _project(raw).update(weight="2"), f"{PROJECT}.weight", "not_a_number"),
    ("a weight is true", lambda raw: _project(raw).update(weight=True), f"{PROJECT}.weight", "not_a_number"),
    (
        "a number is none",
        lambda raw: _indicator(raw).update(target_value=float("nan")),
        f"{I}[0].target_value",
        "not_a_number",
    ),
    (
        "a number is endless",
        lambda raw: _indicator(raw).update(target_value=float("inf")),
        f"{I}[0].target_value",
        "number_out_of_range",
    ),
    ("a flag is a word", lambda raw: _milestone(raw).update(critical="maybe"), f"{M}[1].critical", "not_a_flag"),
    ("a direction is unknown", lambda raw: _indicator(raw).update(direction="left"), f"{I}[0].direction", "not_one_of"),
    ("a role is unknown", lambda raw: raw["people"][0].update(role="mayor"), "people[0].role", "not_one_of"),
    ("a language is unknown", lambda raw: raw["people"][0].update(language="fr"), "people[0].language", "not_one_of"),
    ("an address is none", lambda raw: raw["people"][0].update(email="nobody"), "people[0].email", "not_an_email"),
    (
        "an address is given twice",
        lambda raw: raw["people"][3].update(email="AKIM-A@almaty.example"),
        "people[3].email",
        "duplicate_email",
    ),
    (
        "a post is given twice",
        lambda raw: raw["people"].append({**raw["people"][0], "email": "b@a.example"}),
        "people[9].id",
        "duplicate_id",
    ),
    (
        "a project is given twice",
        lambda raw: raw["astana_projects"][0].update(id="DP-1"),
        "astana_projects[0].id",
        "duplicate_id",
    ),
    (
        "a milestone is given twice",
        lambda raw: _milestone(raw, 2).update(id="DP-1-M2", depends_on=[]),
        f"{M}[2].id",
        "duplicate_id",
    ),
    (
        "a milestone of another project has the id",
        lambda raw: raw["astana_projects"][0]["milestones"][0].update(id="DP-1-M2"),
        "astana_projects[0].milestones[0].id",
        "duplicate_id",
    ),
    (
        "an indicator is called as a milestone",
        lambda raw: _indicator(raw).update(id="DP-1-M2"),
        f"{I}[0].id",
        "duplicate_id",
    ),
    (
        "a department is given twice",
        lambda raw: raw["reference"]["departments"].append(raw["reference"]["departments"][0].copy()),
        "reference.departments[2].id",
        "duplicate_id",
    ),
    ("no such sector", lambda raw: _project(raw).update(sector="space"), f"{PROJECT}.sector", "unknown_reference"),
    ("no such priority", lambda raw: _project(raw).update(priority="P9"), f"{PROJECT}.priority", "unknown_reference"),
    (
        "no such department",
        lambda raw: _project(raw).update(department="DEP-x"),
        f"{PROJECT}.department",
        "unknown_reference",
    ),
    ("no such area", lambda raw: _project(raw).update(deputy_area="X"), f"{PROJECT}.deputy_area", "unknown_reference"),
    ("no such manager", lambda raw: _project(raw).update(manager="x"), f"{PROJECT}.manager", "unknown_reference"),
    ("no such unit", lambda raw: _indicator(raw).update(unit="miles"), f"{I}[0].unit", "unknown_reference"),
    ("no such type", lambda raw: _milestone(raw).update(type="party"), f"{M}[1].type", "unknown_reference"),
    (
        "no such evidence",
        lambda raw: _milestone(raw).update(evidence_required="word"),
        f"{M}[1].evidence_required",
        "unknown_reference",
    ),
    (
        "no such district",
        lambda raw: _project(raw).update(districts=["medeu", "mars"]),
        f"{PROJECT}.districts[1]",
        "unknown_reference",
    ),
    (
        "no such seed fact",
        lambda raw: _milestone(raw).update(seed_facts=["F9-99"]),
        f"{M}[1].seed_facts[0]",
        "unknown_reference",
    ),
    (
        "no such head",
        lambda raw: raw["reference"]["departments"][0].update(head="x"),
        "reference.departments[0].head",
        "unknown_reference",
    ),
    (
        "a department of another city",
        lambda raw: _project(raw).update(department="DEP-b"),
        f"{PROJECT}.department",
        "city_mismatch",
    ),
    (
        "a manager of another city",
        lambda raw: _project(raw).update(manager="manager-b"),
        f"{PROJECT}.manager",
        "city_mismatch",
    ),
    (
        "a performer of another city",
        lambda raw: _milestone(raw).update(performer="manager-b"),
        f"{M}[1].performer",
        "city_mismatch",
    ),
    (
        "a project in the list of another city",
        lambda raw: raw.update(astana_projects=[], shymkent_projects=raw["astana_projects"]),
        "shymkent_projects[0].city",
        "city_mismatch",
    ),
    (
        "a predecessor of another project",
        lambda raw: _milestone(raw)["depends_on"].append({"id": "AST-1-M1", "type": "FS", "lag_wd": 0}),
        f"{M}[1].depends_on[1].id",
        "unknown_predecessor",
    ),
    (
        "a predecessor twice",
        lambda raw: _milestone(raw)["depends_on"].append({"id": "DP-1-M1", "type": "SS", "lag_wd": 0}),
        f"{M}[1].depends_on[1].id",
        "duplicate_predecessor",
    ),
    (
        "a milestone that waits for itself",
        lambda raw: _milestone(raw)["depends_on"].append({"id": "DP-1-M2"}),
        f"{M}[1].depends_on",
        "dependency_cycle",
    ),
    (
        "an unknown kind of link",
        lambda raw: _milestone(raw)["depends_on"][0].update(type="XX"),
        f"{M}[1].depends_on[0].type",
        "not_one_of",
    ),
    (
        "half a day of lag",
        lambda raw: _milestone(raw)["depends_on"][0].update(lag_wd=0.5),
        f"{M}[1].depends_on[0].lag_wd",
        "not_a_whole_number",
    ),
    (
        "an end before the start",
        lambda raw: _project(raw).update(end_date=date(2019, 9, 1)),
        f"{PROJECT}.end_date",
        "end_before_start",
    ),
    (
        "a target on the wrong side",
        lambda raw: _indicator(raw).update(direction="down"),
        f"{I}[0].target_value",
        "target_on_wrong_side",
    ),
    ("no target", lambda raw: _indicator(raw).pop("target_value"), f"{I}[0].target_value", "target_missing"),
    (
        "a target date before the baseline",
        lambda raw: _indicator(raw).update(target_date=date(2019, 8, 31)),
        f"{I}[0].target_date",
        "target_before_baseline",
    ),
    (
        "a band without its upper bound",
        lambda raw: _indicator(raw).update(direction="range", kind="point", target_low=1),
        f"{I}[0].target_high",
        "band_missing",
    ),
    (
        "a band upside down",
        lambda raw: _indicator(raw).update(direction="range", kind="point", target_low=5, target_high=1),
        f"{I}[0].target_high",
        "band_upside_down",
    ),
    (
        "a flow without its window",
        lambda raw: _indicator(raw).update(kind="period"),
        f"{I}[0].window_start",
        "window_missing",
    ),
    (
        "a trajectory beyond its dates",
        lambda raw: _indicator(raw).update(trajectory=[{"date": date(2021, 6, 1), "value": 7}]),
        f"{I}[0].trajectory",
        "trajectory_outside",
    ),
    (
        "a completion after tracking began",
        lambda raw: _milestone(raw).update(actual_date=date(2019, 9, 17)),
        f"{M}[1].actual_date",
        "actual_in_future",
    ),
    ("a value without its day", lambda raw: _indicator(raw).pop("actual_on"), f"{I}[0].actual_on", "actual_incomplete"),
    (
        "an unknown time zone",
        lambda raw: raw["reference"]["cities"][0].update(timezone="Asia/Verny"),
        "reference.cities[0].timezone",
        "unknown_timezone",
    ),
    (
        "an unknown calendar",
        lambda raw: raw["reference"]["cities"][0].update(calendar="ZZ"),
        "reference.cities[0].calendar",
        "unknown_calendar",
    ),
    (
        "another version of the format",
        lambda raw: raw["meta"].update(schema_version=7),
        "meta.schema_version",
        "not_one_of",
    ),
]


@pytest.mark.parametrize(("spoil", "path", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_fault_is_named_with_its_place(spoil: Spoil, path: str, code: str) -> None:
    raw = small_portfolio()
    spoil(raw)
    _, faults = read(raw)
    assert places(faults) == [(path, code)]
    assert faults[0].line is not None
    with speaking("en"):
        assert "%(" not in sentence_of(faults[0])


def test_a_cycle_is_named_from_end_to_end() -> None:
    raw = small_portfolio()
    _milestone(raw, 0)["depends_on"] = [{"id": "DP-1-M3", "type": "FS", "lag_wd": 0}]
    _, faults = read(raw)
    assert places(faults) == [(f"{M}[0].depends_on", "dependency_cycle")]
    assert faults[0].values["cycle"] == "DP-1-M1 → DP-1-M3 → DP-1-M2 → DP-1-M1"


def test_every_fault_is_found_at_once_and_none_hides_another() -> None:
    raw = small_portfolio()
    expected = []
    for spoil, path, code in [
        (lambda raw: _project(raw).update(manager="x"), f"{PROJECT}.manager", "unknown_reference"),
        (lambda raw: _milestone(raw, 2).update(baseline_date="2020-13-01"), f"{M}[2].baseline_date", "not_a_date"),
        (lambda raw: _indicator(raw).update(direction="down"), f"{I}[0].target_value", "target_on_wrong_side"),
        (lambda raw: raw["people"][8].update(role="boss"), "people[8].role", "not_one_of"),
        (lambda raw: raw["astana_projects"][0].pop("name"), "astana_projects[0].name", "missing_field"),
    ]:
        spoil(raw)
        expected.append((path, code))
    _, faults = read(raw)
    assert sorted(places(faults)) == sorted(expected)


def test_a_post_that_could_not_be_read_is_still_there_to_be_named() -> None:
    raw = small_portfolio()
    raw["people"][4].pop("language")
    _, faults = read(raw)
    assert places(faults) == [("people[4].language", "missing_field")]


def test_what_the_database_has_need_not_be_repeated() -> None:
    raw = small_portfolio()
    known = Known(
        cities=frozenset({"almaty", "astana"}),
        terms={
            "priorities": frozenset({"P1"}),
            "sectors": frozenset({"digital"}),
            "units": frozenset({"count"}),
            "milestone_types": frozenset({"document"}),
            "evidence_types": frozenset({"act"}),
        },
        departments={"DEP-a": "almaty"},
        areas={"AREA-a": "almaty"},
        people={"head-a": "almaty", "manager-a": "almaty", "deputy-a": "astana"},
    )
    projects = {"meta": raw["meta"], "almaty_projects": raw["almaty_projects"]}
    _, faults = read(projects, known)
    assert places(faults) == [(f"{PROJECT}.curator", "city_mismatch")]


def test_an_address_of_another_post_in_the_database_is_refused() -> None:
    known = Known(emails={"akim-a@almaty.example": "somebody-else", "deputy-a@almaty.example": "deputy-a"})
    _, faults = read(small_portfolio(), known)
    assert [(fault.path, fault.code, fault.values["owner"]) for fault in faults] == [
        ("people[0].email", "duplicate_email", "somebody-else")
    ]


def test_a_file_with_nothing_in_it_is_refused() -> None:
    _, faults = read({"meta": {"schema_version": 1}})
    assert places(faults) == [("", "nothing_to_import")]


def test_a_file_of_faults_ends_with_the_thousandth() -> None:
    raw = small_portfolio()
    raw["people"] = [{"id": f"p{number}"} for number in range(400)]
    _, faults = read(raw)
    assert len(faults) == 1001
    assert faults[-1].code == "too_many_faults"


def test_every_fault_can_be_said_in_three_languages() -> None:
    for language in ("ru", "kk", "en"):
        with speaking(language):
            for code in IMPORT_FAULTS:
                assert sentence_of(ImportFault("a.yaml", "x", 1, "v", code, {}))
