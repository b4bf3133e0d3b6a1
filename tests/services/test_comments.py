"""Comments: who may say what, once, with its trace in the log; a withdrawal leaves one; no status ever notices."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from pmo.clock import end_of_day
from pmo.db import copies
from pmo.db.models.assessments import StatusChangeRecord
from pmo.db.models.comments import CommentRecord
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.domain.project import ProjectAssessment
from pmo.queries.chronicle import chronicle
from pmo.queries.comments import Comment, comments_on, standing
from pmo.queries.overview_rows import last_entries
from pmo.queries.status import computed_at, stored_assessments
from pmo.queries.voices import heard_of, newest_entries
from pmo.services.comments import LONGEST, reply_to_comment, withdraw_comment, write_comment
from pmo.services.milestones import move_forecast
from pmo.services.update_sheet import About, Moved, send_sheet
from tests.cast import ALMATY, TODAY, Town, refusal
from tests.conftest import runtime_on

WRITERS = ("akim", "curator", "owner", "manager", "colleague", "pmo-head", "analyst")
READERS_ONLY = ("observer", "admin")
STRANGERS = ("manager-b", "owner-b", "curator-b", "outsider", "manager-ast")


def write(town: Town, person: str = "manager", text: str | None = "Poles are up.", item: str | None = None) -> int:
    with town.writing() as session:
        return write_comment(session, town.act(person), town.project(), text, item)


def reply(town: Town, comment: int, person: str = "curator", text: str = "All of them?") -> int:
    with town.writing() as session:
        return reply_to_comment(session, town.act(person), town.project(), comment, text)


def withdraw(town: Town, comment: int, person: str = "manager", project: str = "DP-10") -> None:
    with town.writing() as session:
        withdraw_comment(session, town.act(person), town.project(project), comment)


def threads(town: Town) -> tuple[Comment, ...]:
    with town.runtime.reading() as session:
        return comments_on(session, town.project(), town.runtime.now())


def test_a_comment_is_a_fact_with_its_author_and_its_place_in_the_log(town: Town) -> None:
    write(town, text="Line one.\n\nLine <two>.")
    (comment,) = threads(town)
    assert (comment.text, comment.item, comment.author_id, comment.on) == (
        "Line one.\n\nLine <two>.",
        "DP-10",
        "manager",
        town.today,
    )
    assert town.entries() == ["comment"]
    assert '"action":"comment"' in town.audit_actions()[-1]
    assert town.audit_findings() == []


@pytest.mark.parametrize("person", WRITERS)
def test_who_works_on_the_project_or_steers_it_may_comment(town: Town, person: str) -> None:
    write(town, person)
    assert [comment.author_id for comment in threads(town)] == [person]


@pytest.mark.parametrize("person", READERS_ONLY)
def test_who_only_looks_may_not(town: Town, person: str) -> None:
    comment = write(town)
    for act in (
        lambda: write(town, person),
        lambda: reply(town, comment, person),
        lambda: withdraw(town, comment, person),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert town.entries() == ["comment"]


@pytest.mark.parametrize("person", STRANGERS)
def test_for_those_outside_neither_project_nor_comment_exists(town: Town, person: str) -> None:
    comment = write(town)
    for act in (
        lambda: write(town, person),
        lambda: reply(town, comment, person),
        lambda: withdraw(town, comment, person),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_comment_can_be_about_one_item_of_the_project_and_of_no_other(town: Town) -> None:
    write(town, item="DP-10-M1")
    write(town, item="DP-10-I1")
    assert {comment.item for comment in threads(town)} == {"DP-10-M1", "DP-10-I1"}
    with pytest.raises(RuleBroken) as raised:
        write(town, item="DP-11-M1")
    assert refusal(raised) == ("unknown_choice", "item")


@pytest.mark.parametrize(
    ("text", "code"), [(None, "text_missing"), ("", "text_missing"), ("x" * (LONGEST + 1), "text_too_long")]
)
def test_words_are_wanted_and_not_too_many(town: Town, text: str | None, code: str) -> None:
    with pytest.raises(RuleBroken) as raised:
        write(town, text=text)
    assert refusal(raised) == (code, "text")
    assert len(town.entries()) == 0


def test_a_button_pressed_twice_says_it_once(town: Town) -> None:
    first = write(town)
    assert write(town) == first
    assert reply(town, first) == reply(town, first)
    assert write(town, "owner") != first
    assert write(town, item="DP-10-M1") != first
    assert town.entries() == ["comment"] * 4
    withdraw(town, write(town, text="Wrong."))
    write(town, text="Wrong.")
    assert [one.withdrawal is not None for one in threads(town)][:2] == [False, True]


def test_replies_stand_below_their_comment_and_the_newest_comment_first(town: Town) -> None:
    first = write(town, text="First.")
    second = write(town, text="Second.", item="DP-10-M1")
    answer = reply(town, first, text="One.")
    reply(town, first, "owner", "Two.")
    newest, oldest = threads(town)
    assert (newest.id, oldest.id) == (second, first)
    assert [one.text for one in oldest.replies] == ["One.", "Two."]
    assert {one.item for one in oldest.replies} == {"DP-10"}
    assert standing((newest, oldest)) == 4
    with pytest.raises(RuleBroken) as raised:
        reply(town, answer)
    assert refusal(raised) == ("reply_to_reply", None)


def test_a_withdrawal_takes_the_words_away_and_leaves_its_trace(town: Town) -> None:
    comment = write(town)
    answer = reply(town, comment)
    withdraw(town, comment)
    withdraw(town, comment)
    (thread,) = threads(town)
    assert thread.text is None
    assert thread.withdrawal is not None
    assert (thread.withdrawal.on, thread.withdrawal.author and thread.withdrawal.author.name_en) == (
        town.today,
        "manager",
    )
    assert [one.id for one in thread.replies] == [answer]
    assert standing([thread]) == 1
    assert town.entries() == ["comment", "comment", "comment_withdrawn"]
    assert '"action":"comment_withdrawn"' in town.audit_actions()[-1]
    with pytest.raises(RuleBroken) as raised:
        reply(town, comment, text="Why?")
    assert refusal(raised) == ("comment_withdrawn", None)
    with town.runtime.reading() as session:
        assert session.scalars(select(CommentRecord.text).order_by(CommentRecord.id)).first() == "Poles are up."


@pytest.mark.parametrize(
    ("person", "allowed"),
    [("analyst", True), ("pmo-head", True), ("owner", False), ("curator", False), ("akim", False)],
)
def test_the_office_takes_back_any_comment_and_others_only_their_own(town: Town, person: str, allowed: bool) -> None:
    comment = write(town)
    if allowed:
        withdraw(town, comment, person)
        assert threads(town)[0].withdrawal is not None
    else:
        with pytest.raises(NotAllowed):
            withdraw(town, comment, person)
        own = write(town, person, "My own.")
        withdraw(town, own, person)
        assert [one.withdrawal is not None for one in threads(town)] == [True, False]


def test_a_comment_is_found_only_under_its_own_project(town: Town) -> None:
    comment = write(town)
    with pytest.raises(NotFound):
        withdraw(town, comment, "analyst", "DP-11")
    with pytest.raises(NotFound), town.writing() as session:
        reply_to_comment(session, town.act("akim"), town.project("DP-11"), comment, "Here?")


def test_a_past_day_knows_what_was_said_by_then_and_nothing_of_the_withdrawal(town: Town) -> None:
    earlier = town.at("2020-01-20")
    comment = write(earlier)
    write(town, text="Later.")
    withdraw(town, comment)
    with town.runtime.reading() as session:
        for day, texts in (("2020-01-19", []), ("2020-01-20", ["Poles are up."]), ("2020-01-31", ["Later.", None])):
            at = end_of_day(TODAY.replace(day=int(day[-2:])), ALMATY)
            assert [one.text for one in comments_on(session, town.project(), at)] == texts
            told = [entry.text for entry in chronicle(session, town.project(), at) if entry.kind == "comment"]
            assert told == texts


def test_a_comment_is_no_word_of_the_manager_and_no_newer_fact(town: Town) -> None:
    with town.runtime.reading() as session:
        before = (
            heard_of(session, [town.project()], town.runtime.now()),
            last_entries(session, [town.project()], town.runtime.now()),
        )
    write(town)
    with town.runtime.reading() as session:
        after = (
            heard_of(session, [town.project()], town.runtime.now()),
            last_entries(session, [town.project()], town.runtime.now()),
        )
    assert after == before


def newest(town: Town) -> int:
    """The newest fact about DP-10-M2, as a form that is opened now carries it."""
    with town.runtime.reading() as session:
        return newest_entries(session, [town.project()], town.runtime.now())[town.project(), "DP-10-M2"]


def test_a_comment_does_not_overtake_a_form_that_is_open(town: Town) -> None:
    about = About("m2", town.project(), "DP-10-M2", newest(town))
    write(town, "owner", item="DP-10-M2")
    assert newest(town) == about.seen
    with town.writing() as session:
        day = TODAY.replace(month=6, day=1)
        send_sheet(
            session, town.act("manager"), [Moved(about, town.milestone("DP-10-M2"), day, "contractor_delay", None)]
        )
    assert town.entries() == ["comment", "forecast"]


def judged(town: Town) -> tuple[dict[int, ProjectAssessment], dict[int, ProjectAssessment], int]:
    """Everything the rules say: computed anew, as stored, and how often anything changed."""
    now = town.runtime.now()
    with town.runtime.reading() as session:
        computed = computed_at(session, None, now, TODAY, town.runtime.rules, town.runtime.histories)
        changes = len(list(session.scalars(select(StatusChangeRecord.id))))
        return computed, stored_assessments(session, list(computed)), changes


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_commented_the_status_is_the_same(town: Town, seed: int) -> None:
    dice = random.Random(seed)
    with town.writing() as session:  # settled once, so that what follows finds it judged
        move_forecast(
            session,
            town.act("manager"),
            town.milestone(),
            TODAY.replace(month=3, day=dice.randint(1, 28)),
            "contractor_delay",
        )
    before = judged(town)
    written: list[int] = []
    for step in range(12):
        deed = dice.choice(("write", "write", "reply", "withdraw"))
        if deed == "write" or not written:
            item = dice.choice((None, "DP-10", "DP-10-M1", "DP-10-M2", "DP-10-M3", "DP-10-I1", "DP-10-I2"))
            written.append(write(town, dice.choice(WRITERS), f"{seed}-{step}", item))
        elif deed == "reply":
            with suppress(RuleBroken):  # the comment may have been withdrawn
                reply(town, dice.choice(written), dice.choice(WRITERS), f"{seed}-{step}")
        else:
            withdraw(town, dice.choice(written), "analyst")
    assert "comment" in town.entries()
    assert judged(town) == before


def test_comments_come_back_from_a_backup(town: Town, tmp_path: Path) -> None:
    comment = write(town)
    reply(town, comment)
    withdraw(town, comment)
    before = threads(town)
    copies.back_up(town.runtime.engines, tmp_path / "pmo.backup")
    office = runtime_on(f"sqlite:///{tmp_path / 'office.db'}")
    copies.restore(office.engines, tmp_path / "pmo.backup")
    copies.restore(town.runtime.engines, tmp_path / "pmo.backup")
    assert threads(Town(office)) == threads(town) == before
    office.engines.dispose()
