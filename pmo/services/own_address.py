"""The address of a post: changed by the post itself once the new one has answered, or by an administrator at once.

The address is where a forgotten password is sent to, so a change of it is a change of how one signs in (ASVS 7.5.1):
the new address shows that it is read by the link of a mail, and the former one is told, whoever made the change.
``wall`` is the wall clock's instant, ``now`` the installation's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config import Settings
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import AddressChangeRecord
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.secret_keys import SecretKeys
from pmo.mail.address_links import change_of_token
from pmo.mail.drafts import MailDraft, MailKind
from pmo.mail.row_links import RowLink
from pmo.services import audit, outbox
from pmo.services.addresses import check_free_address, void_links, void_waiting
from pmo.services.password_links import Moments
from pmo.services.user_sessions import end_sessions

GOOD_FOR = timedelta(minutes=60)
NOTICE_LIFE = timedelta(days=3)


def ask_for_address(session: Session, person: str, address: str, at: Moments, settings: Settings) -> None:
    """Sends the new address the link that makes it hold; what was asked before is void.

    Raises RuleBroken ``bad_address``, ``address_taken``, ``address_is_yours``, ``links_need_settings``.
    """
    if not settings.base_url or not settings.secret_keys:
        raise RuleBroken("links_need_settings")
    record = session.get_one(PersonRecord, person)
    wanted = address.strip()
    if wanted.lower() == record.email.lower():
        raise RuleBroken("address_is_yours", "email")
    check_free_address(session, wanted, person)
    void_waiting(session, person, at.wall)
    change = AddressChangeRecord(
        person_id=person,
        former=record.email,
        address=wanted,
        asked_by=person,
        asked_at=at.wall,
        expires_at=at.wall + GOOD_FOR,
    )
    session.add(change)
    session.flush()
    facts = {"minutes": GOOD_FOR // timedelta(minutes=1), "email": wanted}
    draft = _draft(MailKind.ADDRESS_CONFIRMATION, change, record, facts, wanted, at.now, GOOD_FOR)
    outbox.enqueue(session, draft, at.now, settings)
    audit.note(session, at=at.wall, actor=person, action="address_asked_for", item=person)


def address_of_link(session: Session, person: str, token: str, keys: SecretKeys, wall: datetime) -> str:
    """The address that a link makes hold for the post that opens it. Raises NotFound for any other link or post."""
    return _open_change(session, person, token, keys, wall).address


def confirm_address(session: Session, person: str, token: str, keys: SecretKeys, wall: datetime, here: int) -> str:
    """The address holds from now on: links for a password that went to the former one are void, and all sessions but
    ``here`` end. Returns the address. Raises NotFound, RuleBroken ``address_taken``.
    """
    change = _open_change(session, person, token, keys, wall)
    table = AddressChangeRecord
    spent = update(table).where(table.id == change.id, table.done_at.is_(None)).values(done_at=wall)
    if session.execute(spent.returning(table.id)).one_or_none() is None:
        raise NotFound
    check_free_address(session, change.address, person)
    record = session.get_one(PersonRecord, person)
    before, record.email = record.email, change.address
    record.version += 1
    void_links(session, person, wall)
    audit.note(
        session,
        at=wall,
        actor=person,
        action="address_changed",
        item=person,
        before={"email": before},
        after={"email": change.address},
    )
    end_sessions(session, person, person, wall, but=here)
    return change.address


def tell_of_changes(session: Session, at: Moments, settings: Settings) -> int:
    """Makes the notices of changes that were done: to the former address, and to the new one where an administrator
    changed it. Returns how many changes were told."""
    table = AddressChangeRecord
    waiting = select(table).where(table.done_at.is_not(None), table.told_at.is_(None)).order_by(table.id)
    changes = list(session.scalars(waiting.with_for_update()))
    for change in changes:
        record = session.get_one(PersonRecord, change.person_id)
        by_itself = change.asked_by == change.person_id
        for side, address in (("former", change.former), ("new", change.address)):
            if side == "former" or not by_itself:
                facts = {"side": side, "by": "post" if by_itself else "administrator"}
                draft = _draft(MailKind.ADDRESS_CHANGED, change, record, facts, address, at.now, NOTICE_LIFE)
                outbox.enqueue(session, draft, at.now, settings)
        change.told_at = at.wall
    return len(changes)


def _open_change(session: Session, person: str, token: str, keys: SecretKeys, wall: datetime) -> AddressChangeRecord:
    asked = change_of_token(token, keys)
    change = session.get(AddressChangeRecord, asked.number) if asked else None
    if change is None or RowLink.to(change.id, change.asked_at) != asked:
        raise NotFound
    if change.person_id != person or change.done_at is not None or wall >= change.expires_at:
        raise NotFound
    return change


def _draft(
    kind: MailKind,
    change: AddressChangeRecord,
    record: PersonRecord,
    facts: Mapping[str, object],
    address: str,
    now: datetime,
    life: timedelta,
) -> MailDraft:
    written = str(RowLink.to(change.id, change.asked_at))
    return MailDraft(
        kind=kind,
        key=(written, str(facts.get("side", "new"))),
        recipient=record.id,
        role=record.role,
        city=record.city_id,
        facts=facts,
        not_before=now,
        expires_after=life,
        period=written,
        address=address,
    )
