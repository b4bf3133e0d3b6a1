"""What is kept of one person, given to that person: whole, of nobody else, and without what proves who one is."""

from __future__ import annotations

from sqlalchemy import select

from pmo.db.models.entries import EntryRecord
from pmo.db.models.people import PersonRecord
from pmo.services.updates import Said, send_update
from tests.cast import Town, cast_url, town
from tests.cli.terminal import pmo

__all__ = ["cast_url", "town"]


def test_an_export_holds_the_post_what_it_said_and_what_the_record_says(town: Town) -> None:
    with town.writing() as session:
        session.get_one(PersonRecord, "manager").password_hash = "$argon2id$of-nobody"
        send_update(session, town.act("manager"), town.project(), Said(view=1, text="as planned"))
    answer = pmo(town.runtime, "user", "export", "manager")
    assert answer.status == 0
    assert "argon2id" not in answer.output
    (post,) = answer.json["people"]
    assert post["email"] == "manager@almaty.example"
    with town.runtime.reading() as session:
        own = list(session.scalars(select(EntryRecord.id).where(EntryRecord.entered_by == "manager")))
    assert [row["id"] for row in answer.json["entries"]] == own
    assert [event["action"] for event in answer.json["audit_events"]] == ["update"]
    assert {row["code"] for row in answer.json["projects"]} == {"DP-10"}


def test_nobody_else_is_in_it_and_an_unknown_post_is_refused(town: Town) -> None:
    answer = pmo(town.runtime, "user", "export", "observer")
    assert [row["id"] for row in answer.json["people"]] == ["observer"]
    assert answer.json["audit_events"] == []
    assert pmo(town.runtime, "user", "export", "nobody").status == 1
