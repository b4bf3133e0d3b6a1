"""Signing in: open sessions, counted tries, second factors, links for a password, identities of single sign-on.

All instants here are of the clock on the wall: the demonstration's clock jumps, a session must not.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime


class UserSessionRecord(Base):
    """Somebody at one browser. The browser holds the token, this table only its hash.

    ``stamp`` ties it to the password of its beginning, ``method`` is how it was opened, and ``factor`` how the second
    factor was shown, if it was. ``proved_at`` is the last proof of the password, or of a passkey alone. ``challenge``
    is what a passkey was asked to sign as a second step; it is taken away with the answer.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (
        CheckConstraint("method in ('password', 'demo', 'sso', 'passkey')", name="method"),
        CheckConstraint("factor in ('totp', 'passkey', 'recovery', 'idp', 'demo')", name="factor"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    stamp: Mapped[str] = mapped_column(String(16))
    method: Mapped[str] = mapped_column(String(10))
    factor: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agent: Mapped[str] = mapped_column(String(100))
    network: Mapped[str] = mapped_column(String(45))
    challenge: Mapped[str | None] = mapped_column(String(200))


class SignInAttemptRecord(Base):
    """Tries at one door by one subject since ``began_at``. ``key`` is a hash: no address is kept."""

    __tablename__ = "sign_in_attempts"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    count: Mapped[int]


class AuthenticatorAppRecord(Base):
    """An app that shows one-time codes (RFC 6238). Secrets are sealed; ``pending_secret`` waits for its first code.

    ``last_counter`` is the time step of the last code taken: no code of it or before it is taken again.
    """

    __tablename__ = "authenticator_apps"
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    secret: Mapped[str | None] = mapped_column(String(200))
    pending_secret: Mapped[str | None] = mapped_column(String(200))
    last_counter: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasskeyRecord(Base):
    """A passkey (WebAuthn). ``credential`` is its id in base64url; ``sign_count`` grows where the key counts at all."""

    __tablename__ = "passkeys"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    credential: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCodeRecord(Base):
    """A code for the day when the phone is lost; good once."""

    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasswordLinkRecord(Base):
    """A link by which a password can be set once. The link carries this row's id, the second of
    ``created_at`` and a signature, see ``mail.row_links``."""

    __tablename__ = "password_links"
    __table_args__ = (CheckConstraint("kind in ('invitation', 'reset')", name="kind"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))


class PasswordRequestRecord(Base):
    """Somebody asked for a new password with an address; a job looks later whether anybody has it."""

    __tablename__ = "password_requests"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AddressChangeRecord(Base):
    """A change of the address of a post. ``former`` is the address before, ``address`` the new one, which holds since
    ``done_at``; ``told_at`` is when the notices were made. Until then the link of a mail waits for its button."""

    __tablename__ = "address_changes"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    former: Mapped[str] = mapped_column(String(254))
    address: Mapped[str] = mapped_column(String(254))
    asked_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SingleSignOnRecord(Base):
    """Who somebody is to the city's identity provider: issuer and subject, never an e-mail address."""

    __tablename__ = "single_sign_on"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)
