"""`pmo alerts why`: why a post was told of an item, or why not."""

from sqlalchemy import select

from pmo.db.models.alerts import AlertRecord
from pmo.runtime import Runtime
from tests.cli.terminal import pmo


def a_told(runtime: Runtime) -> AlertRecord:
    with runtime.reading() as session:
        found = session.scalars(
            select(AlertRecord).where(AlertRecord.rung == "R-7", AlertRecord.state == "sent").order_by(AlertRecord.id)
        ).first()
    assert found is not None
    return found


def test_it_says_the_rule_in_words_and_in_codes(simulated: Runtime) -> None:
    told = a_told(simulated)
    words = ("alerts", "why", told.item, "--person", told.recipient_id, "--on", told.raised_on.isoformat())

    shown = pmo(simulated, *words)
    assert shown.status == 0
    assert "reminder 7 days before" in shown.output

    found = pmo(simulated, *words, "--format", "json").json
    assert (found["item"], found["person"], found["on"]) == (told.item, told.recipient_id, told.raised_on.isoformat())
    assert [reason["code"] for reason in found["reasons"]] == ["told", "mail"]
    assert found["reasons"][0]["values"]["rung"] == "R-7"
    assert found["reasons"][1]["values"]["state"] == "sent"


def test_the_morning_after_it_says_that_nothing_was_due_and_when_it_was_told(simulated: Runtime) -> None:
    told = a_told(simulated)
    day = told.raised_on.replace(day=told.raised_on.day + 1)

    found = pmo(
        simulated,
        "alerts",
        "why",
        told.item,
        "--person",
        told.recipient_id,
        "--on",
        day.isoformat(),
        "--format",
        "json",
    ).json

    assert [reason["code"] for reason in found["reasons"]] in (["not_due", "last_told"], ["day_off", "last_told"])


def test_an_unknown_item_or_post_is_refused(simulated: Runtime) -> None:
    told = a_told(simulated)
    assert pmo(simulated, "alerts", "why", "DP-99-M9", "--person", told.recipient_id).status == 1
    assert pmo(simulated, "alerts", "why", told.item, "--person", "nobody").status == 1
    assert pmo(simulated, "alerts", "why", told.item).status == 2
