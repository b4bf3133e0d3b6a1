"""People change their own settings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from pmo.db.models.people import PersonRecord
from pmo.domain.access import Actor
from pmo.domain.errors import NotFound, RuleBroken
from pmo.i18n import LANGUAGES
from pmo.services import audit


def change_language(session: Session, actor: Actor, language: str, now: datetime) -> None:
    """The language in which somebody reads pages and mails from now on.

    Raises RuleBroken ``unknown_language``, NotFound for a post that is gone.
    """
    if language not in LANGUAGES:
        raise RuleBroken("unknown_language", "language")
    record = session.get(PersonRecord, actor.person)
    if record is None:
        raise NotFound
    if record.language == language:
        return
    audit.note(
        session,
        at=now,
        actor=actor.person,
        action="change_language",
        item=actor.person,
        before={"language": record.language},
        after={"language": language},
    )
    record.language = language
