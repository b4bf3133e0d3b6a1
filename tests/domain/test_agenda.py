"""The agenda of the weekly meeting: what is called, in which order, whose answer is wanted."""

from __future__ import annotations

from dataclasses import replace

from pmo.domain.agenda import From, Matter, Topic, agenda, matters_of
from pmo.domain.answers import NOBODY_ANSWERED, Answer, Answered, AnswerKind
from pmo.domain.decisions import OpenRequest
from pmo.domain.digests import What
from pmo.domain.ladder import Rung
from pmo.domain.milestone import Pause
from pmo.domain.project import Project
from tests.domain.ladder_cast import CALENDAR, Office, as_day, at, claim, forecast, milestone, project
from tests.domain.test_week import indicator, week

SINCE, UNTIL = "2020-01-20", "2020-01-27"


def matters(
    whole: Project, answered: Answered = NOBODY_ANSWERED, requests: tuple[OpenRequest, ...] = (), climbed: bool = False
) -> tuple[Matter, ...]:
    """The matters of a project on 27 January 2020, with its ladder climbed up to then where that is wanted."""
    office = Office(whole)
    if climbed:
        office.until(UNTIL)
    return matters_of(week(whole, UNTIL, SINCE), office.past, answered, requests, CALENDAR)


def topics(found: tuple[Matter, ...]) -> list[tuple[str, str]]:
    return [(matter.topic.value, matter.line.item) for matter in found]


def test_a_project_in_order_is_not_called() -> None:
    assert matters(project(milestone("2020-06-01")), climbed=True) == ()


def test_an_escalation_that_nobody_answered_comes_first_with_the_rung_it_reached() -> None:
    found = matters(project(milestone("2020-01-10", critical=True)), climbed=True)

    assert topics(found) == [("unanswered", "P-M1"), ("red", "P")]
    assert found[0].line.rung is Rung.O_7
    assert found[0].wanted_from is From.PERFORMER
    assert found[0].line.days_overdue == 11


def test_a_first_alert_is_not_yet_for_the_meeting() -> None:
    found = matters(project(milestone("2020-01-23")), climbed=True)

    assert topics(found) == []


def test_any_answer_takes_the_escalation_off_the_agenda() -> None:
    late = milestone("2020-01-10")
    said = Answer("P-M1", "manager", AnswerKind.HELP_WANTED, 0, 0, Rung.O_3, as_day("2020-01-16"), as_day("2020-01-20"))
    evidence = project(replace(late, claims=(claim("2020-01-24"),)))
    moved = project(replace(late, forecasts=(forecast("2020-01-16", "2020-02-20"),)))
    foreseen = project(replace(late, forecasts=(forecast("2020-01-06", "2020-01-20"),)))

    assert "unanswered" in dict(topics(matters(project(late), climbed=True)))
    assert "unanswered" not in dict(topics(matters(project(late), Answered((said,)), climbed=True)))
    assert "unanswered" not in dict(topics(matters(evidence, climbed=True)))
    assert "unanswered" not in dict(topics(matters(moved, climbed=True)))
    assert "unanswered" in dict(topics(matters(foreseen, climbed=True)))


def test_an_answer_to_an_earlier_climb_is_no_answer() -> None:
    old = Answer("P-M1", "manager", AnswerKind.HELP_WANTED, 3, 0, Rung.O_3, as_day("2020-01-16"), as_day("2020-01-20"))

    assert "unanswered" in dict(topics(matters(project(milestone("2020-01-10")), Answered((old,)), climbed=True)))


def test_a_later_date_since_the_last_meeting_and_a_missing_report_are_called() -> None:
    slipped = matters(project(milestone("2020-06-01", forecasts=(forecast("2020-01-22", "2020-06-03"),))))
    silent = matters(project(indicators=(indicator(),)))

    assert topics(slipped) == [("slipped", "P-M1")]
    assert slipped[0].wanted_from is From.OWNER
    assert topics(silent) == [("silent", "P")]
    assert silent[0].wanted_from is From.MANAGER


def test_decisions_are_wanted_from_those_who_take_them() -> None:
    whole = project(milestone("2020-06-01"))
    checked = OpenRequest(1, 1, "funding", as_day("2020-01-10"), ("P-M1",), was_checked=True)
    paused = project(milestone("2020-06-01"), pauses=(Pause(as_day("2019-10-01"), at("2019-10-01")),))
    waiting = project(milestone("2020-06-01", claims=(claim("2020-01-10"),)))

    assert [(one.line.what, one.wanted_from) for one in matters(whole, requests=(checked,))] == [
        (What.CHANGE_TO_RULE, From.CURATOR)
    ]
    unchecked = replace(checked, was_checked=False)
    assert [(one.line.what, one.wanted_from) for one in matters(whole, requests=(unchecked,))] == [
        (What.CHANGE_TO_CHECK, From.PMO)
    ]
    assert [(one.line.what, one.wanted_from) for one in matters(paused)] == [(What.LONG_PAUSE, From.CURATOR)]
    assert [(one.line.what, one.wanted_from) for one in matters(waiting)] == [(What.EVIDENCE_WAITING, From.PMO)]


def test_evidence_that_waits_no_longer_than_it_may_is_not_called() -> None:
    assert matters(project(milestone("2020-06-01", claims=(claim("2020-01-24"),)))) == ()


def test_a_project_is_called_once_at_its_first_matter_in_the_order_of_the_topics() -> None:
    unanswered = matters(project(milestone("2020-01-10", critical=True)), climbed=True)
    red = matters(project(milestone("2020-01-21", critical=True)))
    slipped = matters(project(milestone("2020-06-01", forecasts=(forecast("2020-01-22", "2020-06-03"),))))
    silent = matters(project(indicators=(indicator(),)))
    asked = OpenRequest(1, 1, "funding", as_day("2020-01-10"), ("P-M1",), was_checked=True)
    decision = matters(project(milestone("2020-06-01")), requests=(asked,))

    items = agenda({5: decision, 4: silent, 3: slipped, 2: red, 1: unanswered, 6: ()})

    assert [(item.project, item.topic) for item in items] == [
        (1, Topic.UNANSWERED),
        (2, Topic.RED),
        (3, Topic.SLIPPED),
        (4, Topic.SILENT),
        (5, Topic.DECISIONS),
    ]
    assert len(items[0].matters) > 1


def test_within_a_topic_the_longest_overdue_is_called_first() -> None:
    longer = matters(project(milestone("2020-01-06")), climbed=True)
    shorter = matters(project(milestone("2020-01-14")), climbed=True)

    assert [item.project for item in agenda({1: shorter, 2: longer})] == [2, 1]
