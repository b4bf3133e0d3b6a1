"""What second factors somebody has set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.sign_in import AuthenticatorAppRecord, PasskeyRecord, RecoveryCodeRecord


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner sees it in a list. ``credential`` is its id in base64url."""

    id: int
    name: str
    credential: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """``app_since`` is None without an app; ``has_pending_app``: one was begun and its first code is awaited."""

    app_since: datetime | None
    has_pending_app: bool
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def is_any(self) -> bool:
        """Whether a sign-in asks for one."""
        return self.app_since is not None or bool(self.passkeys)


def second_factors_of(session: Session, person: str) -> SecondFactors:
    """Those of one person."""
    app = session.get(AuthenticatorAppRecord, person)
    keys = session.scalars(select(PasskeyRecord).where(PasskeyRecord.person_id == person).order_by(PasskeyRecord.id))
    codes = select(func.count()).where(RecoveryCodeRecord.person_id == person, RecoveryCodeRecord.used_at.is_(None))
    return SecondFactors(
        app_since=app.confirmed_at if app and app.secret else None,
        has_pending_app=app is not None and app.pending_secret is not None,
        passkeys=tuple(Passkey(key.id, key.name, key.credential, key.created_at, key.used_at) for key in keys),
        codes_left=session.scalar(codes) or 0,
    )
