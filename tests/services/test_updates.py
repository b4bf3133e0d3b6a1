"""Updates, replies and the office's confidence: who may say what, once, with its trace in the log."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from pmo.db.models.updates import (
    ConfidenceRecord,
    CuratorViewRecord,
    DateConfirmationRecord,
    QuestionAnswerRecord,
    UpdateRecord,
    UpdateReplyRecord,
)
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.domain.voices import Confidence, Level
from pmo.i18n import speaking
from pmo.i18n.refusals import sentence
from pmo.queries.voices import Voices, voices_of
from pmo.services.lifecycle import cancel_project
from pmo.services.milestones import Evidence, accept_evidence, claim_completion, move_forecast
from pmo.services.update_sheet import About, Confirmed, Done, Measured, Moved, Reported, SheetRefused, send_sheet
from pmo.services.updates import (
    Said,
    acknowledge_update,
    ask_back,
    confirm_date,
    give_confidence,
    give_curator_view,
    send_update,
)
from tests.cast import Town, refusal

NEWEST = 10**9
"""As if the form had been opened after everything that is there."""


def say(town: Town, person: str = "manager", project: str = "DP-10", **said: object) -> int:
    """An update; the id of the project's last one."""
    with town.writing() as session:
        send_update(session, town.act(person), town.project(project), Said(**said))  # type: ignore[arg-type]
        return session.scalars(select(UpdateRecord.id).order_by(UpdateRecord.id.desc())).first() or 0


def voices(town: Town) -> Voices:
    with town.runtime.reading() as session:
        return voices_of(session, [town.project()], town.runtime.now())[town.project()]


def rows(town: Town, record: type) -> int:
    with town.runtime.reading() as session:
        return len(list(session.scalars(select(record))))


def about(town: Town, key: str, item: str, seen: int = NEWEST) -> About:
    return About(key, town.project(), item, seen)


def test_an_update_is_a_fact_with_its_author_and_its_place_in_the_log(town: Town) -> None:
    say(town, view=1, text="Stage two began.", decision="Move the pipes", level=Level.CURATOR)
    update = voices(town).update
    assert update is not None
    assert (update.view, update.text, update.decision, update.level) == (
        1,
        "Stage two began.",
        "Move the pipes",
        "curator",
    )
    assert (update.author_id, update.on) == ("manager", town.today)
    assert town.entries() == ["update"]
    assert '"action":"update"' in town.audit_actions()[-1]
    assert town.audit_findings() == []


def test_the_same_words_twice_on_a_day_are_one_update(town: Town) -> None:
    say(town, view=0, text="As planned.")
    say(town, view=0, text="As planned.")
    assert rows(town, UpdateRecord) == 1
    say(town, view=0, text="As planned, still.")
    assert rows(town, UpdateRecord) == 2


@pytest.mark.parametrize("person", ["manager", "owner"])
def test_the_manager_and_the_head_of_the_department_may_say_it(town: Town, person: str) -> None:
    say(town, person, view=2)
    assert rows(town, UpdateRecord) == 1


@pytest.mark.parametrize("person", ["colleague", "curator", "akim", "analyst", "pmo-head", "observer", "admin"])
def test_others_who_see_the_project_may_not_say_it(town: Town, person: str) -> None:
    with pytest.raises(NotAllowed):
        say(town, person, view=2)
    assert rows(town, UpdateRecord) == 0


@pytest.mark.parametrize("person", ["manager-b", "owner-b", "curator-b", "outsider"])
def test_for_those_outside_the_project_does_not_exist(town: Town, person: str) -> None:
    with pytest.raises(NotFound):
        say(town, person, view=2)


def test_a_wanted_decision_says_from_whom(town: Town) -> None:
    with pytest.raises(RuleBroken) as raised:
        say(town, decision="Move the pipes")
    assert refusal(raised) == ("level_missing", "level")
    with pytest.raises(RuleBroken) as raised:
        say(town, level=Level.AKIM)
    assert refusal(raised) == ("decision_missing", "decision")


@pytest.mark.parametrize("person", ["owner", "curator", "akim"])
def test_a_superior_acknowledges_once(town: Town, person: str) -> None:
    update = say(town, view=0)
    for _ in range(2):
        with town.writing() as session:
            acknowledge_update(session, town.act(person), update)
    assert rows(town, UpdateReplyRecord) == 1
    assert voices(town).acknowledged_by([person])
    assert not voices(town).acknowledged_by(["manager"])


@pytest.mark.parametrize("person", ["manager", "colleague", "analyst", "observer"])
def test_nobody_else_acknowledges(town: Town, person: str) -> None:
    update = say(town, view=0)
    with pytest.raises(NotAllowed), town.writing() as session:
        acknowledge_update(session, town.act(person), update)
    with pytest.raises(NotFound), town.writing() as session:
        acknowledge_update(session, town.act("curator-b"), update)


def test_nobody_acknowledges_an_update_of_their_own(town: Town) -> None:
    update = say(town, "owner", view=0)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        acknowledge_update(session, town.act("owner"), update)
    assert refusal(raised) == ("own_update", None)


def test_a_question_waits_until_the_next_update_answers_it(town: Town) -> None:
    update = say(town, view=0)
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        ask_back(session, town.act("curator"), update, None)
    assert refusal(raised) == ("text_missing", "question")
    with town.writing() as session:
        ask_back(session, town.act("curator"), update, "Why green?")
    (question,) = voices(town).questions
    assert (question.question, question.answer, question.author_id) == ("Why green?", None, "curator")
    say(town, view=0, question_id=question.id, answer="The pipes came.")
    assert voices(town).questions == ()
    assert town.entries() == ["update", "update_questioned", "update", "question_answered"]
    with pytest.raises(RuleBroken) as raised:
        say(town, view=0, question_id=question.id, answer="Once more.")
    assert refusal(raised) == ("question_answered", "reply")
    assert rows(town, QuestionAnswerRecord) == 1


def test_the_office_gives_its_confidence_with_the_reason(town: Town) -> None:
    with town.writing() as session:
        give_confidence(session, town.act("analyst"), town.project(), Confidence.LOW, "No contractor yet.")
        give_confidence(session, town.act("analyst"), town.project(), Confidence.LOW, "No contractor yet.")
    confidence = voices(town).confidence
    assert confidence is not None
    assert (confidence.level, confidence.text, confidence.on) == (Confidence.LOW, "No contractor yet.", town.today)
    assert rows(town, ConfidenceRecord) == 1
    with pytest.raises(RuleBroken) as raised, town.writing() as session:
        give_confidence(session, town.act("analyst"), town.project(), Confidence.HIGH, None)
    assert refusal(raised) == ("text_missing", "text")


@pytest.mark.parametrize("person", ["manager", "owner", "curator", "akim", "observer"])
def test_confidence_is_the_offices_alone(town: Town, person: str) -> None:
    with pytest.raises(NotAllowed), town.writing() as session:
        give_confidence(session, town.act(person), town.project(), Confidence.HIGH, "Sure.")


def see(town: Town, person: str, view: int | None, text: str | None = "I was on the site.") -> None:
    with town.writing() as session:
        give_curator_view(session, town.act(person), town.project(), view, text)


@pytest.mark.parametrize("person", ["curator", "akim"])
def test_who_steers_gives_an_own_view_with_the_reason(town: Town, person: str) -> None:
    see(town, person, 1)
    see(town, person, 1)
    own = voices(town).curator
    assert own is not None
    assert (own.view, own.text, own.on, own.author and own.author.name_en) == (
        1,
        "I was on the site.",
        town.today,
        person,
    )
    assert rows(town, CuratorViewRecord) == 1
    assert town.entries() == ["curator_view"]
    assert '"action":"curator_view"' in town.audit_actions()[-1]
    see(town, person, 2)
    later = voices(town).curator
    assert later is not None
    assert later.view == 2
    assert rows(town, CuratorViewRecord) == 2


@pytest.mark.parametrize(
    ("person", "refused"),
    [
        ("manager", NotAllowed),
        ("owner", NotAllowed),
        ("analyst", NotAllowed),
        ("pmo-head", NotAllowed),
        ("observer", NotAllowed),
        ("admin", NotAllowed),
        ("curator-b", NotFound),
        ("curator-ast", NotFound),
    ],
)
def test_an_own_view_is_for_those_who_steer_the_project(town: Town, person: str, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        see(town, person, 1)
    assert rows(town, CuratorViewRecord) == 0


@pytest.mark.parametrize(
    ("view", "text", "wanted"),
    [
        (None, "Why", ("unknown_choice", "view")),
        (3, "Why", ("unknown_choice", "view")),
        (0, None, ("text_missing", "text")),
    ],
)
def test_an_own_view_is_a_colour_and_its_reason(
    town: Town, view: int | None, text: str | None, wanted: tuple[str, str]
) -> None:
    with pytest.raises(RuleBroken) as raised:
        see(town, "curator", view, text)
    assert refusal(raised) == wanted


def test_a_past_day_knows_the_view_of_then(town: Town) -> None:
    see(town.at("2020-01-20"), "curator", 2)
    see(town, "curator", 0)
    with town.runtime.reading() as session:
        then = voices_of(session, [town.project()], town.at("2020-01-25").runtime.now())[town.project()]
        before = voices_of(session, [town.project()], town.at("2020-01-19").runtime.now())[town.project()]
    assert then.curator is not None
    assert then.curator.view == 2
    assert before.curator is None


def refused_in_three_languages(town: Town, person: str, project: str) -> list[str]:
    with pytest.raises(RuleBroken) as raised:
        say(town, person, project, view=0, text="All well.")
    assert raised.value.field is None
    found = []
    for language in ("ru", "kk", "en"):
        with speaking(language):
            found.append(sentence(raised.value.code, raised.value.values))
    return found


def test_a_cancelled_project_takes_no_update(town: Town) -> None:
    with town.writing() as session:
        cancel_project(session, town.act("akim"), town.project(), town.today, "contractor_delay", "No money.")
    assert refused_in_three_languages(town, "manager", "DP-10") == [
        "Проект DP-10 отменён с 31.01.2020: отчитываться по нему больше не нужно.",
        "DP-10 жобасы 31.01.2020 күнінен жойылды: ол бойынша бұдан былай есеп берілмейді.",
        "Project DP-10 has been cancelled since 31 January 2020: nothing more is reported on it.",
    ]
    assert rows(town, UpdateRecord) == 0


def test_a_completed_project_takes_no_update(town: Town) -> None:
    evidence = Evidence(document_number="12", document_date=date(2020, 1, 30))
    number = town.milestone("DP-11-M1")
    say(town, "manager-b", "DP-11", view=0)
    with town.writing() as session:
        claim_completion(session, town.act("manager-b"), number, date(2020, 1, 30), evidence)
    say(town, "manager-b", "DP-11", view=0, text="Handed in.")  # as long as the evidence waits it goes on
    with town.writing() as session:
        accept_evidence(session, town.act("analyst"), number)
    assert refused_in_three_languages(town, "manager-b", "DP-11") == [
        "Проект DP-11 завершён: отчитываться по нему больше не нужно.",
        "DP-11 жобасы аяқталды: ол бойынша бұдан былай есеп берілмейді.",
        "Project DP-11 is completed: nothing more is reported on it.",
    ]


def test_a_date_that_lies_ahead_can_be_confirmed_and_a_passed_one_not(town: Town) -> None:
    with town.writing() as session:
        for _ in range(2):
            confirm_date(session, town.act("manager"), town.milestone("DP-10-M2"), date(2020, 4, 30))
    assert rows(town, DateConfirmationRecord) == 1
    for code, day, wanted in (
        ("DP-10-M1", date(2019, 12, 31), "date_has_passed"),
        ("DP-10-M2", date(2020, 5, 15), "date_changed"),
        ("DP-10-M3", date(2020, 5, 15), "date_has_passed"),
    ):
        with pytest.raises(RuleBroken) as raised, town.writing() as session:
            confirm_date(session, town.act("manager"), town.milestone(code), day)
        assert refusal(raised) == (wanted, None)


def test_an_own_forecast_is_the_date_to_confirm(town: Town) -> None:
    with town.writing() as session:
        move_forecast(session, town.act("manager"), town.milestone(), date(2020, 3, 10), "contractor_delay")
        confirm_date(session, town.act("manager"), town.milestone(), date(2020, 3, 10))
    assert rows(town, DateConfirmationRecord) == 1


def test_the_past_knows_nothing_of_what_was_said_later(town: Town) -> None:
    before = town.runtime.now()
    say(town.at("2020-02-03"), view=2)
    with town.runtime.reading() as session:
        then = voices_of(session, [town.project()], before)[town.project()]
        later = voices_of(session, [town.project()], town.at("2020-02-04").runtime.now())[town.project()]
    assert then.update is None
    assert later.view is not None


def test_a_sheet_enters_everything_at_once(town: Town) -> None:
    evidence = Evidence(document_number="17", document_date=date(2020, 1, 30))
    answers = [
        Done(about(town, "m1", "DP-10-M1"), town.milestone(), date(2020, 1, 30), evidence),
        Confirmed(about(town, "m2", "DP-10-M2"), town.milestone("DP-10-M2"), date(2020, 4, 30)),
        Measured(about(town, "i1", "DP-10-I1"), town.indicator(), date(2019, 12, 31), 20.0, None),
        Reported(about(town, "p1", "DP-10"), Said(view=0, text="Done at last.")),
    ]
    for _ in range(2):  # the button pressed twice adds nothing
        with town.writing() as session:
            send_sheet(session, town.act("manager"), answers)
    assert town.entries() == ["completion_claimed", "date_confirmed", "indicator", "update"]


def test_a_sheet_with_faults_enters_nothing_and_names_them_all(town: Town) -> None:
    answers = [
        Reported(about(town, "p1", "DP-10"), Said(view=0, text="Fine.")),
        Done(about(town, "m1", "DP-10-M1"), town.milestone(), date(2020, 2, 14), Evidence()),
        Moved(about(town, "m2", "DP-10-M2"), town.milestone("DP-10-M2"), date(2020, 1, 1), "contractor_delay", None),
    ]
    with pytest.raises(SheetRefused) as raised, town.writing() as session:
        send_sheet(session, town.act("manager"), answers)
    named = [(fault.key, fault.rule.code) for fault in raised.value.faults if fault.rule]
    assert named == [("m1", "completion_in_future"), ("m2", "forecast_in_past")]
    assert town.entries() == []


def test_a_sheet_opened_before_somebody_elses_entry_is_refused_with_that_entry(town: Town) -> None:
    opened = about(town, "m2", "DP-10-M2", seen=0)
    moved = Moved(opened, town.milestone("DP-10-M2"), date(2020, 6, 1), "contractor_delay", None)
    with town.writing() as session:
        move_forecast(session, town.act("owner"), town.milestone("DP-10-M2"), date(2020, 5, 15), "contractor_delay")
    with pytest.raises(SheetRefused) as raised, town.writing() as session:
        send_sheet(session, town.act("manager"), [moved])
    newer = [fault.newer for fault in raised.value.faults]
    assert all(newer)
    again = Moved(
        about(town, "m2", "DP-10-M2", newer[0] or 0), moved.milestone_id, moved.expected_on, "contractor_delay", None
    )
    with town.writing() as session:
        send_sheet(session, town.act("manager"), [again])
    assert town.entries() == ["forecast", "forecast"]


def test_a_sheet_may_not_reach_into_another_department(town: Town) -> None:
    answer = Reported(About("p2", town.project("DP-11"), "DP-11", NEWEST), Said(view=0))
    with pytest.raises(NotFound), town.writing() as session:
        send_sheet(session, town.act("manager"), [answer])
