"""The append-only record: one event for each change, numbered without gaps, unbroken (RELIABILITY 3.1)."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import select, update

from pmo.db import append_only
from pmo.db.models.audit import AuditEventRecord, AuditHeadRecord
from pmo.exchange.audit_check import Flaw
from pmo.services import audit
from tests.cast import NOW, Town
from tests.services.test_milestones import at_once


def note(town: Town, item: str, **after: object) -> None:
    with town.writing() as session:
        audit.note(session, at=NOW, actor="analyst", action="tested", item=item, after=after)


def test_an_event_says_who_what_when_and_is_numbered(town: Town) -> None:
    before = len(town.audit_actions())
    note(town, "almaty/DP-10", on=date(2020, 1, 31), share=0.5, names=["a", "b"], nothing=None, at=NOW)
    assert json.loads(town.audit_actions()[-1]) == {
        "seq": before,
        "at": "2020-01-31T13:00:00Z",
        "actor": "analyst",
        "action": "tested",
        "object": "almaty/DP-10",
        "before": None,
        "after": {
            "on": "2020-01-31",
            "share": "0.5",
            "names": ["a", "b"],
            "nothing": None,
            "at": "2020-01-31T13:00:00Z",
        },
    }
    assert town.audit_findings() == []


def test_writers_at_once_append_one_after_the_other(town: Town) -> None:
    before = len(town.audit_actions())
    assert at_once(*[lambda item=item: note(town, f"almaty/{item}") for item in range(8)]) == ["done"] * 8
    numbers = [json.loads(body)["seq"] for body in town.audit_actions()]
    assert numbers == list(range(before + 8))
    assert town.audit_findings() == []


def test_a_changed_event_is_found(town: Town) -> None:
    note(town, "almaty/DP-10", share=0.5)
    with town.runtime.reading() as session:
        seq, body = session.execute(
            select(AuditEventRecord.seq, AuditEventRecord.body).order_by(AuditEventRecord.seq.desc()).limit(1)
        ).one()
    forged = body.replace('"0.5"', '"0.9"')
    with town.runtime.engines.writing.begin() as connection, append_only.opened(connection):
        connection.execute(update(AuditEventRecord).where(AuditEventRecord.seq == seq).values(body=forged))
    assert {finding.flaw for finding in town.audit_findings()} >= {Flaw.LEAF_DIFFERS}


def test_a_head_that_counts_wrong_is_found(town: Town) -> None:
    note(town, "almaty/DP-10")
    with town.runtime.engines.writing.begin() as connection:
        connection.execute(update(AuditHeadRecord).values(size=AuditHeadRecord.size + 1))
    assert town.audit_findings() != []
