"""The authenticator app and the recovery codes: set up, asked for, taken away (RELIABILITY 4.2).

A code is spent by one conditional update, in the transaction that judges it: of two requests with the same code one
finds it spent. ``now`` is the wall clock's.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import AuthenticatorAppRecord, PasskeyRecord, RecoveryCodeRecord
from pmo.domain.access import Actor, Role
from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.domain.one_time_codes import DIGITS, SECRET_BYTES, matching_counter
from pmo.domain.secret_keys import SecretKeys
from pmo.domain.sign_in import Factor
from pmo.queries.second_factors import second_factors_of
from pmo.services import audit
from pmo.services.access_tokens import revoke_tokens
from pmo.services.sealing import seal, unseal
from pmo.services.user_sessions import end_sessions

PURPOSE = "authenticator app"
RECOVERY_CODES = 10
_CODE_BYTES = 15
_GROUP = 4


def begin_app(session: Session, person: str, keys: SecretKeys) -> None:
    """A new secret waits for its first code; an app that is set up already goes on until then."""
    app = session.get(AuthenticatorAppRecord, person) or AuthenticatorAppRecord(person_id=person)
    app.pending_secret = seal(keys, PURPOSE, person, secrets.token_bytes(SECRET_BYTES))
    session.add(app)


def pending_secret(session: Session, person: str, keys: SecretKeys) -> bytes | None:
    """The secret that waits for its first code, or None."""
    app = session.get(AuthenticatorAppRecord, person)
    found = unseal(keys, PURPOSE, person, app.pending_secret) if app and app.pending_secret else None
    return found.plain if found else None


def confirm_app(session: Session, person: str, code: str, now: datetime, keys: SecretKeys) -> None:
    """The app shows the right code, so it is set up. Raises RuleBroken ``code_wrong``, ``app_not_begun``."""
    secret = pending_secret(session, person, keys)
    if secret is None:
        raise RuleBroken("app_not_begun")
    counter = matching_counter(secret, _digits(code), now)
    if counter is None:
        raise RuleBroken("code_wrong", "code")
    app = session.get_one(AuthenticatorAppRecord, person)
    app.secret, app.pending_secret = seal(keys, PURPOSE, person, secret), None
    app.last_counter, app.confirmed_at = counter, now
    _note(session, person, person, "authenticator_app_set_up", now)


def take_code(session: Session, person: str, code: str, now: datetime, keys: SecretKeys) -> Factor:
    """Spends a code of the app or a recovery code; says which it was.

    Raises RuleBroken ``code_wrong``, and ``app_sealed`` where no secret of the installation opens the app's own.
    """
    digits = _digits(code)
    if len(digits) == DIGITS and digits.isascii() and digits.isdigit():
        if _take_from_app(session, person, digits, now, keys):
            return Factor.TOTP
    elif _take_recovery_code(session, person, code, now):
        return Factor.RECOVERY
    raise RuleBroken("code_wrong", "code")


def new_recovery_codes(session: Session, person: str, now: datetime) -> list[str]:
    """Ten new codes, each good once; the old ones are void. They are shown this once: only their hashes are kept."""
    session.execute(delete(RecoveryCodeRecord).where(RecoveryCodeRecord.person_id == person))
    codes = [_fresh_code() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCodeRecord(person_id=person, code_hash=_hash(person, code), created_at=now) for code in codes
    )
    _note(session, person, person, "recovery_codes_made", now)
    return codes


def remove_app(session: Session, person: str, now: datetime) -> None:
    """Takes the app away. Raises NotFound without one."""
    app = session.get(AuthenticatorAppRecord, person)
    if app is None:
        raise NotFound
    session.delete(app)
    session.flush()
    _note(session, person, person, "authenticator_app_removed", now)
    forget_codes_without_factor(session, person)


def forget_codes_without_factor(session: Session, person: str) -> None:
    """Recovery codes stand in for a factor; without one they are good for nothing."""
    if not second_factors_of(session, person).is_any:
        session.execute(delete(RecoveryCodeRecord).where(RecoveryCodeRecord.person_id == person))


def remove_all_factors(session: Session, actor: Actor, person: str, now: datetime) -> None:
    """The phone is lost, and the codes with it: somebody who looks after sign-ins takes everything away.

    All sessions of the person end, and all tokens. Nobody does this to oneself, and only an administrator to an
    administrator. Raises NotFound, NotAllowed.
    """
    demand_sign_in_of(session, actor, person)
    for table in (AuthenticatorAppRecord, PasskeyRecord, RecoveryCodeRecord):
        session.execute(delete(table).where(table.person_id == person))
    _note(session, person, actor.person, "second_factors_removed", now)
    end_sessions(session, person, actor.person, now)
    revoke_tokens(session, person, actor.person, now)


def demand_sign_in_of(session: Session, actor: Actor, person: str) -> PersonRecord:
    """A post of the actor's city whose sign-in they may take apart: never their own, and an administrator's only as one
    themselves. Raises NotFound, NotAllowed."""
    record = session.get(PersonRecord, person)
    if record is None or record.city_id != actor.city:
        raise NotFound
    if person == actor.person or (record.role == Role.ADMINISTRATOR.value and actor.role is not Role.ADMINISTRATOR):
        raise NotAllowed("manage_sign_in")
    return record


def _take_from_app(session: Session, person: str, code: str, now: datetime, keys: SecretKeys) -> bool:
    app = session.get(AuthenticatorAppRecord, person)
    if app is None or app.secret is None:
        return False
    found = unseal(keys, PURPOSE, person, app.secret)
    if found is None:
        raise RuleBroken("app_sealed")
    counter = matching_counter(found.plain, code, now)
    if counter is None:
        return False
    if not found.is_of_today:
        app.secret = seal(keys, PURPOSE, person, found.plain)
    row = AuthenticatorAppRecord
    is_unspent = or_(row.last_counter.is_(None), row.last_counter < counter)
    spent = update(row).where(row.person_id == person, is_unspent).values(last_counter=counter)
    return session.execute(spent.returning(row.person_id)).one_or_none() is not None


def _take_recovery_code(session: Session, person: str, code: str, now: datetime) -> bool:
    row = RecoveryCodeRecord
    spent = (
        update(row)
        .where(row.person_id == person, row.code_hash == _hash(person, code), row.used_at.is_(None))
        .values(used_at=now)
        .returning(row.id)
    )
    if session.execute(spent).one_or_none() is None:
        return False
    _note(session, person, person, "recovery_code_used", now)
    return True


def _fresh_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _hash(person: str, code: str) -> str:
    """A code has 120 random bits: a plain hash is enough (ASVS 6.5.2). Spaces, hyphens and capitals do not matter."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"{person}:{plain}".encode()).hexdigest()


def _digits(code: str) -> str:
    return "".join(code.split())


def _note(session: Session, person: str, by: str, action: str, now: datetime) -> None:
    audit.note(session, at=now, actor=by, action=action, item=person)
