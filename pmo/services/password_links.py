"""Links by which a password is set: an invitation by whoever looks after sign-ins, or asked for by oneself.

Asking only writes the address down, known or not; the sender of mails finds out a moment later whether anybody has it.
So the page says the same and takes as long for everybody (RELIABILITY 4.1). A link is good once and for an hour, gives
no session, and does not skip the second factor. ``wall`` is the wall clock's instant, ``now`` the installation's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Settings
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import PasswordLinkRecord, PasswordRequestRecord
from pmo.domain.access import Action, Actor, may_in_city
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.domain.secret_keys import SecretKeys
from pmo.mail.drafts import MailDraft, MailKind
from pmo.mail.password_links import link_of_token
from pmo.mail.row_links import RowLink
from pmo.queries.people import credentials_of_address
from pmo.services import audit, outbox
from pmo.services.passwords import set_password

GOOD_FOR = timedelta(minutes=60)
LONGEST_ADDRESS = 254
MOST_AT_ONCE = 200
"""Requests answered in one pass of the sender."""


@dataclass(frozen=True, slots=True)
class Moments:
    """The two clocks: ``now`` decides when a mail is due, ``wall`` how old a link is."""

    now: datetime
    wall: datetime


def invite(session: Session, actor: Actor, person: str, at: Moments, settings: Settings) -> None:
    """Sends a post the link by which it sets its password. Raises NotFound, NotAllowed."""
    record = session.get(PersonRecord, person)
    if record is None or not record.is_active or record.city_id != actor.city:
        raise NotFound
    if not may_in_city(actor, Action.MANAGE_SIGN_IN, record.city_id):
        raise NotAllowed(Action.MANAGE_SIGN_IN.value)
    _send(session, record, "invitation", actor.person, at, settings)


def invite_from_server(session: Session, address: str, at: Moments, settings: Settings) -> str:
    """Sends the link at the word of whoever runs the server, which is how the first administrator gets in; returns
    the post. Raises NotFound where no active post has the address, RuleBroken ``links_need_settings``."""
    known = credentials_of_address(session, address)
    if known is None or not known.is_active:
        raise NotFound
    _send(session, session.get_one(PersonRecord, known.person), "invitation", None, at, settings)
    return known.person


def ask_for_link(session: Session, address: str, wall: datetime) -> None:
    """Writes down that somebody with this address wants a new password."""
    session.add(PasswordRequestRecord(address=address.strip()[:LONGEST_ADDRESS], asked_at=wall))


def answer_requests(session: Session, at: Moments, settings: Settings) -> int:
    """Makes the mails of what was asked; returns how many. Addresses that nobody has are forgotten without a trace."""
    table = PasswordRequestRecord
    asked = list(session.scalars(select(table).order_by(table.id).limit(MOST_AT_ONCE).with_for_update()))
    sent = 0
    for request in asked:
        known = credentials_of_address(session, request.address)
        if known and known.is_active and at.wall - request.asked_at < GOOD_FOR:
            _send(session, session.get_one(PersonRecord, known.person), "reset", None, at, settings)
            sent += 1
        session.delete(request)
    return sent


def person_of_link(session: Session, token: str, keys: SecretKeys, wall: datetime) -> str:
    """Whose password an unused link sets. Raises NotFound for any other token."""
    return _open_link(session, token, keys, wall).person_id


def use_link(session: Session, token: str, keys: SecretKeys, password: str, wall: datetime) -> str:
    """Sets the password, spends every link of the person, and ends all sessions; returns the person.

    Raises NotFound for a link that is spent or too old, RuleBroken for the password.
    """
    opened = _open_link(session, token, keys, wall)
    person, link = opened.person_id, PasswordLinkRecord
    spent = update(link).where(link.id == opened.id, link.used_at.is_(None)).values(used_at=wall).returning(link.id)
    if session.execute(spent).one_or_none() is None:
        raise NotFound
    session.execute(update(link).where(link.person_id == person, link.used_at.is_(None)).values(used_at=wall))
    set_password(session, person, password, wall)
    audit.note(session, at=wall, actor=person, action="password_set_by_link", item=person)
    return person


def change_password(session: Session, person: str, password: str, wall: datetime) -> None:
    """A new password of one's own; all sessions end. Raises RuleBroken for the password."""
    set_password(session, person, password, wall)
    audit.note(session, at=wall, actor=person, action="password_changed", item=person)


def _open_link(session: Session, token: str, keys: SecretKeys, wall: datetime) -> PasswordLinkRecord:
    asked = link_of_token(token, keys)
    link = session.get(PasswordLinkRecord, asked.number) if asked else None
    if link is None or RowLink.to(link.id, link.created_at) != asked:
        raise NotFound
    if link.used_at is not None or wall >= link.expires_at:
        raise NotFound
    person = session.get(PersonRecord, link.person_id)
    if person is None or not person.is_active:
        raise NotFound
    return link


def _send(session: Session, record: PersonRecord, kind: str, by: str | None, at: Moments, settings: Settings) -> None:
    if not settings.base_url or not settings.secret_keys:
        raise RuleBroken("links_need_settings")
    link = PasswordLinkRecord(
        person_id=record.id, kind=kind, created_at=at.wall, expires_at=at.wall + GOOD_FOR, created_by=by
    )
    session.add(link)
    session.flush()
    written = str(RowLink.to(link.id, link.created_at))
    draft = MailDraft(
        kind=MailKind(f"password_{kind}"),
        key=(written,),
        recipient=record.id,
        role=record.role,
        city=record.city_id,
        facts={"minutes": GOOD_FOR // timedelta(minutes=1), "email": record.email},
        not_before=at.now,
        expires_after=GOOD_FOR,
        period=written,
    )
    outbox.enqueue(session, draft, at.now, settings)
    audit.note(session, at=at.wall, actor=by, action=f"password_{kind}_sent", item=record.id)
