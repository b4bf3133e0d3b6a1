"""Templates of a city: made, edited, withdrawn; every change recorded, nobody's change lost, no neighbour sees them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest

from pmo.domain.access import Action
from pmo.domain.errors import Conflict, NotAllowed, NotFound, RuleBroken
from pmo.domain.indicator import Kind
from pmo.domain.milestone import Dependency
from pmo.domain.template import Template, TemplateIndicator, TemplateMilestone
from pmo.queries.names import Name
from pmo.queries.templates import TemplatePage, template_at, template_page, templates_of
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.lifecycle import cancel_milestone
from pmo.services.templates import (
    TemplateHead,
    add_examples,
    create_template,
    edit_template,
    offer_template_again,
    put_indicator,
    put_milestone,
    remove_indicator,
    remove_milestone,
    template_from_project,
    withdraw_template,
)
from tests.cast import Town, named, refusal

HEAD = TemplateHead(**named("School"), duration_days=600, sector_id="safety", priority_id="rights")
NAME = Name(**named("Camera project"))


def milestone(code: str, *links: Dependency, **more: Any) -> TemplateMilestone:
    return TemplateMilestone(
        **{"code": code, **named(code), "type_id": "launch", "offset_days": 10, "predecessors": links, **more}
    )


def indicator(code: str = "I1", **more: Any) -> TemplateIndicator:
    return TemplateIndicator(**{"code": code, **named(code), "unit_id": "pieces", **more})


SCHOOL = Template(
    **named("School"),
    duration_days=600,
    milestones=(milestone("M1"), milestone("M2", Dependency("M1", lag_wd=2)), milestone("M3", Dependency("M2"))),
    indicators=(indicator(),),
)


def make(town: Town, template: Template = SCHOOL, code: str = "SCHOOL", person: str = "analyst") -> int:
    with town.writing() as session:
        return create_template(session, town.act(person), code, template).id


def page(town: Town, number: int, city: str = "almaty") -> TemplatePage:
    with town.runtime.reading() as session:
        return template_page(session, city, number)


def events(town: Town) -> list[dict[str, Any]]:
    """What the record says of templates."""
    return [event for body in town.audit_actions() if "/templates/" in (event := json.loads(body))["object"]]


def test_a_template_is_made_with_its_first_version_and_an_event(town: Town) -> None:
    number = make(town)
    found = page(town, number)
    assert (found.line.code, found.line.version, found.line.template) == ("SCHOOL", 1, SCHOOL)
    assert [(one.version, one.by.name_en if one.by else None) for one in found.versions] == [(1, "analyst")]
    (event,) = events(town)
    assert (event["action"], event["object"], event["actor"]) == (
        "template_created",
        "almaty/templates/SCHOOL",
        "analyst",
    )
    assert event["after"]["milestones/M2"]["predecessors"] == [{"predecessor": "M1", "type": "FS", "lag_wd": 2}]
    assert town.audit_findings() == []


@pytest.mark.parametrize("person", ["manager", "owner", "curator", "akim", "observer", "admin"])
def test_only_the_office_touches_templates(town: Town, person: str) -> None:
    number = make(town)
    acts: list[Any] = [
        lambda session, act: create_template(session, act, "X", SCHOOL),
        lambda session, act: template_from_project(session, act, town.project(), "X", NAME),
        lambda session, act: edit_template(session, act, number, HEAD, 1),
        lambda session, act: put_milestone(session, act, number, milestone("M9"), 1),
        lambda session, act: remove_milestone(session, act, number, "M1", 1),
        lambda session, act: put_indicator(session, act, number, indicator("I9"), 1),
        lambda session, act: remove_indicator(session, act, number, "I1", 1),
        lambda session, act: withdraw_template(session, act, number),
        lambda session, act: offer_template_again(session, act, number),
        lambda session, act: add_examples(session, act),
    ]
    for change in acts:
        with pytest.raises(NotAllowed) as raised, town.writing() as session:
            change(session, town.act(person))
        assert raised.value.action == Action.CREATE_PROJECT
    assert len(events(town)) == 1


def test_a_neighbour_city_neither_sees_nor_changes_it_and_may_use_the_same_code(town: Town) -> None:
    number = make(town)
    with pytest.raises(NotFound):
        page(town, number, "astana")
    for change in (
        lambda session, act: edit_template(session, act, number, HEAD, 1),
        lambda session, act: withdraw_template(session, act, number),
        lambda session, act: template_from_project(session, act, town.project(), "X", NAME),
    ):
        with pytest.raises(NotFound), town.writing() as session:
            change(session, town.act("outsider"))
    own = make(town, person="outsider")
    with town.runtime.reading() as session:
        assert [line.id for line in templates_of(session, "almaty")] == [number]
        assert [line.id for line in templates_of(session, "astana")] == [own]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (replace(SCHOOL, sector_id="nowhere"), ("unknown_choice", "sector_id")),
        (replace(SCHOOL, milestones=(milestone("M1", type_id="nowhere"),)), ("unknown_choice", "type_id")),
        (replace(SCHOOL, milestones=(milestone("M1", evidence_type_id="?"),)), ("unknown_choice", "evidence_type_id")),
        (replace(SCHOOL, indicators=(indicator(unit_id="?"),)), ("unknown_choice", "unit_id")),
        (replace(SCHOOL, duration_days=0), ("offset_out_of_range", "duration_days")),
    ],
)
def test_a_bad_template_is_refused_and_leaves_nothing(
    town: Town, template: Template, expected: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised:
        make(town, template)
    assert refusal(raised) == expected
    with town.runtime.reading() as session:
        assert templates_of(session, "almaty") == []
    assert events(town) == []


def test_a_code_is_taken_once_in_a_city_by_withdrawn_templates_too(town: Town) -> None:
    number = make(town)
    with town.writing() as session:
        withdraw_template(session, town.act("analyst"), number)
    with pytest.raises(RuleBroken) as raised:
        make(town)
    assert refusal(raised) == ("code_taken", "code")


def test_of_two_who_take_a_code_at_once_one_is_told(town: Town) -> None:
    start, told, made = Barrier(2), [], []

    def work(person: str) -> None:
        start.wait()
        try:
            made.append(make(town, person=person))
        except RuleBroken as refused:
            told.append(refused.code)

    threads = [Thread(target=work, args=(person,)) for person in ("analyst", "pmo-head")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(made), told) == (1, ["code_taken"])
    assert town.audit_findings() == []


def test_each_saving_is_a_version_and_says_what_changed(town: Town) -> None:
    number = make(town)
    with town.writing() as session:
        act = town.act("pmo-head")
        edit_template(session, act, number, replace(HEAD, duration_days=700), 1)
        put_milestone(session, act, number, milestone("M2", weight=3.0), 2, "M2")
        put_milestone(session, act, number, milestone("M4", Dependency("M3")), 3)
        remove_milestone(session, act, number, "M2", 4)
        put_indicator(session, act, number, indicator("I2", kind=Kind.PERIOD), 5)
        remove_indicator(session, act, number, "I1", 6)
    found = page(town, number)
    template = found.line.template
    assert [one.version for one in found.versions] == [7, 6, 5, 4, 3, 2, 1]
    assert [(one.code, one.predecessors) for one in template.milestones] == [
        ("M1", ()),
        ("M3", ()),
        ("M4", (Dependency("M3"),)),
    ]
    assert [(one.code, one.kind) for one in template.indicators] == [("I2", Kind.PERIOD)]
    with town.runtime.reading() as session:
        assert template_at(session, number, 1) == SCHOOL
        assert template_at(session, number, 8) is None
    second = events(town)[1]
    assert (second["before"]["duration_days"], second["after"]["duration_days"]) == (600, 700)
    assert "milestones/M1" not in second["after"]
    removed = events(town)[4]
    assert removed["after"]["milestones/M2"] is None
    assert removed["before"]["milestones/M3"]["predecessors"][0]["predecessor"] == "M2"
    assert town.audit_findings() == []


def test_saving_what_stands_is_no_version(town: Town) -> None:
    number = make(town)
    with town.writing() as session:
        put_milestone(session, town.act("analyst"), number, SCHOOL.milestones[0], 1, "M1")
    assert page(town, number).line.version == 1
    assert len(events(town)) == 1


def test_two_people_at_one_item_conflict_and_at_two_items_do_not(town: Town) -> None:
    number = make(town)
    with town.writing() as session:
        put_milestone(session, town.act("pmo-head"), number, milestone("M1", weight=5.0), 1, "M1")
    with pytest.raises(Conflict), town.writing() as session:
        put_milestone(session, town.act("analyst"), number, milestone("M1", weight=9.0), 1, "M1")
    with pytest.raises(Conflict), town.writing() as session:
        remove_milestone(session, town.act("analyst"), number, "M1", 1)
    with pytest.raises(Conflict), town.writing() as session:
        put_milestone(session, town.act("analyst"), number, milestone("M3"), 99, "M3")
    with town.writing() as session:
        edit_template(session, town.act("analyst"), number, HEAD, 1)
        put_milestone(session, town.act("analyst"), number, milestone("M3", weight=2.0), 1, "M3")
        put_indicator(session, town.act("analyst"), number, indicator(weight=4.0), 1, "I1")
    template = page(town, number).line.template
    assert [one.weight for one in template.milestones] == [5.0, 1.0, 2.0]
    assert (template.sector_id, template.indicators[0].weight) == ("safety", 4.0)


def test_an_item_that_is_gone_is_not_found_and_a_bad_one_refused(town: Town) -> None:
    number = make(town)
    act = town.act("analyst")
    for change in (
        lambda session: put_milestone(session, act, number, milestone("M9"), 1, "M9"),
        lambda session: remove_milestone(session, act, number, "M9", 1),
        lambda session: put_indicator(session, act, number, indicator("I9"), 1, "I9"),
        lambda session: remove_indicator(session, act, number, "I9", 1),
    ):
        with pytest.raises(NotFound), town.writing() as session:
            change(session)
    for new, replacing, expected in (
        (milestone("M2"), None, ("code_taken", "code")),
        (milestone("M1", Dependency("M3")), "M1", ("dependency_cycle", "depends_on")),
        (milestone("M1", Dependency("M8")), "M1", ("unknown_predecessor", "depends_on")),
    ):
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            put_milestone(session, act, number, new, 1, replacing)
        assert refusal(raised) == expected
    assert page(town, number).line.version == 1


def test_a_withdrawn_template_is_kept_and_changed_by_nobody_until_it_is_offered_again(town: Town) -> None:
    number = make(town)
    with town.writing() as session:
        withdraw_template(session, town.act("analyst"), number)
    assert page(town, number).line.is_withdrawn
    for change in (
        lambda session, act: put_milestone(session, act, number, milestone("M9"), 1),
        lambda session, act: edit_template(session, act, number, HEAD, 1),
        lambda session, act: withdraw_template(session, act, number),
    ):
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            change(session, town.act("analyst"))
        assert refusal(raised) == ("template_withdrawn", None)
    with town.writing() as session:
        offer_template_again(session, town.act("analyst"), number)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        offer_template_again(session, town.act("analyst"), number)
    assert refusal(raised) == ("template_offered", None)
    assert not page(town, number).line.is_withdrawn
    assert [event["action"] for event in events(town)][1:] == ["template_withdrawn", "template_offered_again"]


def test_a_project_gives_its_plan_and_keeps_people_dates_and_values(town: Town) -> None:
    with town.writing() as session:
        cancel_milestone(session, town.act("akim"), town.milestone("DP-10-M3"), date(2020, 1, 31), "contractor_delay")
    with town.writing() as session:
        number = template_from_project(session, town.act("analyst"), town.project(), "CAMERAS", NAME).id
    template = page(town, number).line.template
    assert (template.name_en, template.duration_days, template.sector_id) == ("Camera project", 487, "safety")
    assert [(one.code, one.offset_days, one.weight, one.critical) for one in template.milestones] == [
        ("M1", 121, 1.0, True),
        ("M2", 242, 2.0, False),
    ]
    assert template.milestones[1].predecessors == (Dependency("M1"),)
    assert [(one.code, one.kind.value, one.frequency.value, one.source) for one in template.indicators] == [
        ("I1", "cumulative", "monthly", "city statistics"),
        ("I2", "point", "quarterly", "city statistics"),
    ]
    stored = json.dumps(events(town)[-1])
    for private in ('"manager"', '"owner"', '"curator"', "2019-12-31", "medeu", '"100.0"'):
        assert private not in stored


def test_the_examples_of_an_installation_come_once_and_only_those_that_are_missing(portfolio: Runtime) -> None:
    town = Town(portfolio)
    with portfolio.writing() as session:
        act = town.act("analyst.alm")
        create_template(session, act, "ROAD", Template(**named("Our road"), duration_days=10))
        assert add_examples(session, act) == 4
        assert add_examples(session, act) == 0
    with portfolio.reading() as session:
        lines = {line.code: line for line in templates_of(session, "almaty")}
        assert templates_of(session, "astana") == []
    assert sorted(lines) == ["BUS-LINE", "PARK", "POLYCLINIC", "ROAD", "SCHOOL"]
    assert [code for code, line in lines.items() if not line.is_example] == ["ROAD"]
    assert sum(event["after"].get("example", False) for event in events(town)) == 4


def test_examples_are_refused_whole_where_the_lists_lack_their_terms(town: Town) -> None:
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        add_examples(session, town.act("analyst"))
    assert refusal(raised) == ("terms_missing", None)
    assert "acceptance_act" in str(raised.value.values["terms"])
    assert events(town) == []


def test_an_act_without_a_person_leaves_the_author_open(town: Town) -> None:
    act = town.act("analyst")
    nobody = Act(replace(act.actor, person=""), act.at, act.on, act.recorded_at)
    with town.writing() as session:
        number = create_template(session, nobody, "SCHOOL", SCHOOL).id
    assert page(town, number).versions[0].by is None
