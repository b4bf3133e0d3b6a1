"""Which post an identity of the provider is: bound by the post itself, by issuer and subject, never by an address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.sign_in import SingleSignOnRecord
from pmo.domain.errors import NotFound, RuleBroken
from pmo.services import audit


def person_of(session: Session, issuer: str, subject: str) -> str:
    """The post of an identity. Raises RuleBroken ``sso_unknown``."""
    table = SingleSignOnRecord
    found = session.scalar(select(table.person_id).where(table.issuer == issuer, table.subject == subject))
    if found is None:
        raise RuleBroken("sso_unknown")
    return found


def identity_of(session: Session, person: str) -> str | None:
    """The subject that a post has bound, or None."""
    record = session.get(SingleSignOnRecord, person)
    return record.subject if record else None


def bind(session: Session, person: str, issuer: str, subject: str, now: datetime) -> None:
    """This identity signs in as this post from now on. Raises RuleBroken ``sso_taken`` where it is another post's."""
    table = SingleSignOnRecord
    holder = session.scalar(select(table.person_id).where(table.issuer == issuer, table.subject == subject))
    if holder not in (None, person):
        raise RuleBroken("sso_taken")
    record = session.get(table, person) or table(person_id=person)
    record.issuer, record.subject, record.bound_at = issuer, subject, now
    session.add(record)
    audit.note(session, at=now, actor=person, action="single_sign_on_bound", item=person, after={"issuer": issuer})


def unbind(session: Session, person: str, now: datetime) -> None:
    """Takes the binding away. Raises NotFound."""
    record = session.get(SingleSignOnRecord, person)
    if record is None:
        raise NotFound
    session.delete(record)
    audit.note(session, at=now, actor=person, action="single_sign_on_removed", item=person)
