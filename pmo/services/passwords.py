"""Passwords: argon2id, and the same answer in the same time for known and unknown addresses (RELIABILITY 4.1)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from pmo.db.models.people import PersonRecord
from pmo.domain.access import Role
from pmo.domain.errors import NotFound, RuleBroken
from pmo.queries.people import credentials_of, credentials_of_address
from pmo.services.access_tokens import revoke_tokens
from pmo.services.password_rules import LONGEST_PASSWORD, check_password
from pmo.services.user_sessions import end_sessions

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_AT_ONCE = BoundedSemaphore(4)
"""A hash costs 19 MiB: without a bound a burst of sign-ins is a lever on memory."""


def hash_password(password: str) -> str:
    """The argon2id hash of a password: m = 19 MiB, t = 2, p = 1."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def set_password(session: Session, person_id: str, password: str, now: datetime) -> None:
    """Gives a post a password; every session and every token of it ends. ``now`` is the wall clock's.

    Raises NotFound; RuleBroken ``password_too_short``, ``password_too_long``, ``password_common``.
    """
    record = session.get(PersonRecord, person_id)
    if record is None:
        raise NotFound
    check_password(password, Role(record.role), record.email)
    record.password_hash = hash_password(password)
    end_sessions(session, person_id, None, now)
    revoke_tokens(session, person_id, None, now)


def recognise(session: Session, email: str, password: str) -> str:
    """The id of the post whose address and password these are.

    Raises RuleBroken ``sign_in_refused`` alike for an unknown address, a wrong password and an inactive post, after the
    same work.
    """
    nobody = _hash_of_nobody()  # made at the first try of a process, whoever makes it
    known = credentials_of_address(session, email)
    stored = known.password_hash if known and known.password_hash else nobody
    fits = _verify(stored, password[: LONGEST_PASSWORD + 1]) and len(password) <= LONGEST_PASSWORD
    if not known or not known.password_hash or not known.is_active or not fits:
        raise RuleBroken("sign_in_refused", "password")
    return known.person


def check_own_password(session: Session, person_id: str, password: str) -> None:
    """Somebody signed in proves the password once more. Raises RuleBroken ``password_wrong``."""
    known = credentials_of(session, person_id)
    stored = known.password_hash if known and known.password_hash else None
    fits = _verify(stored or _hash_of_nobody(), password[: LONGEST_PASSWORD + 1]) and len(password) <= LONGEST_PASSWORD
    if stored is None or not fits:
        raise RuleBroken("password_wrong", "password")


def renew_hash(session: Session, person_id: str, password: str) -> None:
    """Makes a hash with outdated parameters anew, for a password that was just right."""
    record = session.get(PersonRecord, person_id)
    if record is not None and record.password_hash and _HASHER.check_needs_rehash(record.password_hash):
        record.password_hash = hash_password(password)


def _verify(stored: str, password: str) -> bool:
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


@lru_cache(maxsize=1)
def _hash_of_nobody() -> str:
    return hash_password("nobody signs in with this")
