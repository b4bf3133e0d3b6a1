"""Signing in with a passkey alone: the key says whose it is, and that its owner unlocked it (decision 25).

The key itself is one factor, the PIN or the finger that unlocks it the other, so user verification is demanded. What
was asked lies in the browser's signed session, for nobody is known yet, and is good once and for five minutes. ``now``
is the wall clock's.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import UserVerificationRequirement

from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import PasskeyRecord
from pmo.domain.errors import RuleBroken
from pmo.services.passkeys import UNREADABLE, Site, handle_of
from pmo.services.throttle import is_first_use

GOOD_FOR = timedelta(minutes=5)
LONGEST_ANSWER = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser was given to sign: base64url, and until when, in seconds of the epoch."""

    challenge: str
    until: int


def ask(site: Site, now: datetime) -> tuple[str, Asked]:
    """What any passkey of this site is asked to sign, as JSON for the browser, and what to remember of it."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    asked = Asked(bytes_to_base64url(options.challenge), int((now + GOOD_FOR).timestamp()))
    return webauthn.options_to_json(options), asked


def account_of(answer: str) -> str:
    """Under which account a try is counted: the key that an answer names, true or not; all that name none are one."""
    try:
        named = webauthn.helpers.parse_authentication_credential_json(answer[:LONGEST_ANSWER]).raw_id
    except UNREADABLE:
        named = b""
    return hashlib.sha256(named).hexdigest()


def spend(session: Session, asked: Asked, now: datetime) -> None:
    """Takes what was asked off the table. Raises RuleBroken ``passkey_alone_refused`` for the second time, or too late.

    Commit before looking further, whatever comes of it.
    """
    if now.timestamp() > asked.until or not is_first_use(session, asked.challenge, now):
        raise RuleBroken("passkey_alone_refused")


def owner_of(session: Session, site: Site, asked: Asked, answer: str, now: datetime) -> str:
    """Whose passkey signed what was asked. Raises RuleBroken ``passkey_alone_refused``, whatever is wrong.

    The key must be known and of somebody whose post is open, name the same owner as we do, have been unlocked by its
    owner, and not have a counter that went backwards, for then it was copied.
    """
    if len(answer) > LONGEST_ANSWER:
        raise RuleBroken("passkey_alone_refused")
    try:
        named = webauthn.helpers.parse_authentication_credential_json(answer)
        record = session.scalar(
            select(PasskeyRecord)
            .join(PersonRecord, PersonRecord.id == PasskeyRecord.person_id)
            .where(PasskeyRecord.credential == bytes_to_base64url(named.raw_id), PersonRecord.is_active)
            .with_for_update(of=PasskeyRecord)
        )
        owner = named.response.user_handle
        if record is None or owner is None or not hmac.compare_digest(owner, handle_of(record.person_id)):
            raise RuleBroken("passkey_alone_refused")
        signed = webauthn.verify_authentication_response(
            credential=named,
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=record.public_key,
            credential_current_sign_count=record.sign_count,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise RuleBroken("passkey_alone_refused") from error
    record.sign_count, record.used_at = signed.new_sign_count, now
    return record.person_id
