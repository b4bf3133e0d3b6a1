"""People change their own settings, and the record says so."""

import json

import pytest
from sqlalchemy import select

from pmo.db.models.audit import AuditEventRecord
from pmo.db.models.people import PersonRecord
from pmo.domain.access import Actor, Role
from pmo.domain.errors import NotFound, RuleBroken
from pmo.runtime import Runtime
from pmo.services.people import change_language
from tests.services.test_passwords import add_post

AKIM = Actor("akim.alm", "almaty", Role.AKIM)


def test_a_new_language_is_kept_and_recorded_once(runtime: Runtime) -> None:
    with runtime.writing() as session:
        add_post(session, None)
        change_language(session, AKIM, "kk", runtime.now())
        change_language(session, AKIM, "kk", runtime.now())
    with runtime.reading() as session:
        kept = session.get(PersonRecord, "akim.alm")
        events = [json.loads(body) for body in session.scalars(select(AuditEventRecord.body))]
    assert kept is not None
    assert kept.language == "kk"
    assert [(event["actor"], event["action"], event["before"], event["after"]) for event in events] == [
        ("akim.alm", "change_language", {"language": "ru"}, {"language": "kk"})
    ]


def test_a_language_we_do_not_speak_and_a_post_that_is_gone_are_refused(runtime: Runtime) -> None:
    with runtime.writing() as session, pytest.raises(RuleBroken, match="unknown_language"):
        change_language(session, AKIM, "de", runtime.now())
    with runtime.writing() as session, pytest.raises(NotFound):
        change_language(session, AKIM, "kk", runtime.now())
