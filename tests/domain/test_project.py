"""What was known of a project at a moment (DOMAIN 1.2, determinism; PRODUCT 5, time of facts)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pmo.domain.project import Project, Revision, known_until
from tests.domain.builders import (
    at,
    cancellation,
    claim,
    cost,
    day,
    indicator,
    issue,
    judged,
    milestone,
    override,
    pause,
    project,
    rebaseline,
)


def known(facts: Project, moment: str) -> Project:
    found = known_until(facts, at(moment))
    assert found is not None
    return found


def test_before_it_was_entered_a_project_does_not_exist() -> None:
    facts = project()
    assert known_until(facts, facts.entered_at - timedelta(microseconds=1)) is None
    assert known_until(facts, facts.entered_at) == facts


def test_a_fact_exists_from_the_moment_of_its_entry() -> None:
    facts = project(
        milestone(
            claims=[claim("2019-12-30", "2020-01-06", accepted="2020-01-09")],
            moved=[("2020-01-07", "2020-02-28")],
            pauses=[pause("2020-01-20", "2020-01-25")],
            cancelled="2020-02-01",
        ),
        indicator(readings=[("2020-01-31", 5)]),
        pauses=[pause("2020-01-10", "2020-01-15")],
        cancellation=cancellation("2020-03-01"),
        overrides=[override(1, "2020-01-12", "2020-01-20")],
        rebaselines=[rebaseline("2020-01-07")],
        costs=[cost("2020-01-08")],
    )
    early = known(facts, "2020-01-05")
    assert (early.pauses, early.cancellation, early.overrides, early.rebaselines, early.costs) == ((), None, (), (), ())
    bare = early.milestones[0]
    assert (bare.claims, len(bare.baselines), bare.pauses, bare.cancellation) == ((), 1, (), None)
    assert early.indicators[0].readings == ()
    assert known(facts, "2020-03-01") == facts


def test_a_decision_a_resume_and_a_closing_are_taken_off_what_they_end() -> None:
    facts = project(
        milestone(claims=[claim("2019-12-30", accepted="2020-01-09")], pauses=[pause("2020-01-02", "2020-01-09")]),
        pauses=[pause("2020-01-02", "2020-01-09")],
        issues=[issue("2020-01-03", closed="2020-01-09")],
    )
    early = known(facts, "2020-01-08")
    assert early.milestones[0].claims[0].decision is None
    assert early.milestones[0].pauses[0].resumed_on is None
    assert early.open_pause == early.pauses[0]
    assert early.issues[0].closed_on is None
    assert known(facts, "2020-01-09") == facts


def test_items_entered_by_hand_exist_from_their_entry() -> None:
    facts = project(milestone(entered_at=at("2020-02-01")), indicator(entered_at=at("2020-02-02")))
    assert (known(facts, "2020-01-31").milestones, known(facts, "2020-01-31").indicators) == ((), ())
    assert len(known(facts, "2020-02-01").milestones) == 1


def test_replay_before_an_approval_uses_the_old_date() -> None:
    facts = project(milestone(moved=[("2020-01-10", "2020-02-28")]))
    assert judged(known(facts, "2020-01-09"), "2020-01-09").milestones[0].status == "overdue"
    assert judged(known(facts, "2020-01-10"), "2020-01-10").milestones[0].status == "planned"


def test_replay_of_a_corrected_reading_uses_what_was_told_then() -> None:
    facts = project(indicator(readings=[("2020-01-31", 31)]))
    corrected = replace(facts.indicators[0].readings[0], value=9.0, entered_at=at("2020-02-10"))
    item = replace(facts.indicators[0], readings=(*facts.indicators[0].readings, corrected))
    facts = replace(facts, indicators=(item,))
    assert judged(known(facts, "2020-02-09"), "2020-02-09").indicators[0].actual == 31
    assert judged(known(facts, "2020-02-10"), "2020-02-10").indicators[0].actual == 9


def test_attributes_are_those_of_the_last_edit_and_edits_add_up() -> None:
    facts = project(
        milestone("M1", weight=1.0),
        revisions=[
            Revision("M1", at("2020-01-10"), {"critical": True}),
            Revision("M1", at("2020-01-20"), {"weight": 5.0}),
            Revision("P", at("2020-01-20"), {"start_on": day("2020-01-01")}),
        ],
    )
    first, second = known(facts, "2020-01-15"), known(facts, "2020-01-20")
    assert (first.milestones[0].critical, first.milestones[0].weight, first.start_on) == (True, 1.0, day("2019-09-16"))
    assert (second.milestones[0].critical, second.milestones[0].weight) == (True, 5.0)
    assert second.start_on == day("2020-01-01")
    assert not known(facts, "2020-01-09").milestones[0].critical
