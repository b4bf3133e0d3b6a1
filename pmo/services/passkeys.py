"""Passkeys (WebAuthn): a key of the device or a stick signs a challenge of ours for this site and no other.

What was asked to be signed lies in the row of the session and is taken away with the first answer, right or wrong.
``now`` is the wall clock's.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from pmo.db.models.sign_in import PasskeyRecord, UserSessionRecord
from pmo.domain.errors import NotFound, RuleBroken
from pmo.services import audit
from pmo.services.second_factors import forget_codes_without_factor

MOST = 10
LONGEST_NAME = 60
LONGEST_ID = 1023
"""Bytes of the id of a passkey (WebAuthn Level 2, chapter 4)."""
USUAL_PORTS = {"http": 80, "https": 443}
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)
"""What reading and checking an answer raises when it is none; the last for thousands of brackets in one another."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whom a passkey is for: the host of the installation, and its origin."""

    host: str
    origin: str


def site_of(base_url: str) -> Site | None:
    """The site of an installation; None where its address is a number, for which browsers make no passkeys.

    As browsers write it: small letters, a name in Cyrillic in its form for DNS, no port that goes without saying.
    """
    parts = urlsplit(base_url)
    try:
        host = (parts.hostname or "").encode("idna").decode()
    except UnicodeError:
        return None
    if not any(map(str.isalpha, host)) or ":" in host:
        return None
    port = "" if parts.port in (None, USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    return Site(host, f"{parts.scheme}://{host}{port}")


def handle_of(person: str) -> bytes:
    """How a passkey names its owner: 32 bytes that say nothing to whoever reads the key."""
    return hashlib.sha256(person.encode()).digest()


def offer_registration(session: Session, site: Site, session_id: int, person: str, account: str, title: str) -> str:
    """What the browser needs to make a passkey, as JSON; keys that are known are excluded."""
    known = session.scalars(select(PasskeyRecord.credential).where(PasskeyRecord.person_id == person))
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.host,
        user_id=handle_of(person),
        user_name=account,
        user_display_name=title,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential)) for credential in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,  # a key that knows its owner can sign in alone
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    _remember(session, session_id, options.challenge)
    return webauthn.options_to_json(options)


def add_passkey(
    session: Session, site: Site, session_id: int, person: str, answer: str, name: str, now: datetime
) -> None:
    """Keeps the passkey that the browser made. Raises RuleBroken ``passkey_refused``, ``passkeys_full``.

    Call ``spend_challenge`` then.
    """
    challenge = _taken_challenge(session, session_id)
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin
        )
    except UNREADABLE as error:
        raise RuleBroken("passkey_refused") from error
    if len(made.credential_id) > LONGEST_ID:
        raise RuleBroken("passkey_refused")
    credential = bytes_to_base64url(made.credential_id)
    if session.scalar(select(PasskeyRecord.id).where(PasskeyRecord.credential == credential)) is not None:
        raise RuleBroken("passkey_refused")
    if len(list(session.scalars(select(PasskeyRecord.id).where(PasskeyRecord.person_id == person)))) >= MOST:
        raise RuleBroken("passkeys_full", None, most=MOST)
    session.add(
        PasskeyRecord(
            person_id=person,
            credential=credential,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name[:LONGEST_NAME],
            created_at=now,
        )
    )
    audit.note(session, at=now, actor=person, action="passkey_added", item=person, after={"name": name})


def offer_sign_in(session: Session, site: Site, session_id: int, person: str) -> str:
    """What the browser needs to sign with a passkey of this person, as JSON."""
    known = session.scalars(select(PasskeyRecord.credential).where(PasskeyRecord.person_id == person))
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential)) for credential in known],
    )
    _remember(session, session_id, options.challenge)
    return webauthn.options_to_json(options)


def take_signature(session: Session, site: Site, session_id: int, person: str, answer: str, now: datetime) -> None:
    """The passkey signed what it was asked to. Raises RuleBroken ``passkey_refused``; call ``spend_challenge`` then.

    A key whose counter went backwards was copied, and is refused.
    """
    challenge = _taken_challenge(session, session_id)
    try:
        named = webauthn.helpers.parse_authentication_credential_json(answer)
        record = session.scalar(
            select(PasskeyRecord)
            .where(
                PasskeyRecord.credential == bytes_to_base64url(named.raw_id),
                PasskeyRecord.person_id == person,
            )
            .with_for_update()
        )
        if record is None:
            raise RuleBroken("passkey_refused")
        signed = webauthn.verify_authentication_response(
            credential=named,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=record.public_key,
            credential_current_sign_count=record.sign_count,
        )
    except UNREADABLE as error:
        raise RuleBroken("passkey_refused") from error
    record.sign_count, record.used_at = signed.new_sign_count, now


def remove_passkey(session: Session, person: str, passkey_id: int, now: datetime) -> None:
    """Takes a passkey of one's own away. Raises NotFound."""
    record = session.get(PasskeyRecord, passkey_id)
    if record is None or record.person_id != person:
        raise NotFound
    session.delete(record)
    session.flush()
    audit.note(session, at=now, actor=person, action="passkey_removed", item=person, before={"name": record.name})
    forget_codes_without_factor(session, person)


def spend_challenge(session: Session, session_id: int) -> None:
    """Whatever was asked is not asked any more."""
    session.get_one(UserSessionRecord, session_id).challenge = None


def _remember(session: Session, session_id: int, challenge: bytes) -> None:
    session.get_one(UserSessionRecord, session_id).challenge = base64.b64encode(challenge).decode()


def _taken_challenge(session: Session, session_id: int) -> bytes:
    record = session.get_one(UserSessionRecord, session_id, with_for_update=True)
    if record.challenge is None:
        raise RuleBroken("passkey_refused")
    challenge, record.challenge = base64.b64decode(record.challenge), None
    return challenge
