"""Sealed secrets after a change of the installation's secret: sealed anew with the present one, so the former goes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.sign_in import AuthenticatorAppRecord
from pmo.domain.secret_keys import SecretKeys
from pmo.services.sealing import seal, unseal
from pmo.services.second_factors import PURPOSE


@dataclass(frozen=True, slots=True)
class Resealed:
    """Posts whose app was sealed anew, how many needed not be, and whom no secret opens."""

    anew: tuple[str, ...]
    untouched: int
    shut: tuple[str, ...]


def reseal(session: Session, keys: SecretKeys) -> Resealed:
    """Seals the secrets of all authenticator apps with the present secret; what no secret opens stays as it is."""
    anew: list[str] = []
    shut: list[str] = []
    untouched = 0
    apps = select(AuthenticatorAppRecord).order_by(AuthenticatorAppRecord.person_id).with_for_update()
    for app in session.scalars(apps):
        app.pending_secret = None  # begun and not finished: the next press of the button makes another
        if app.secret is None:
            continue
        found = unseal(keys, PURPOSE, app.person_id, app.secret)
        if found is None:
            shut.append(app.person_id)
        elif found.is_of_today:
            untouched += 1
        else:
            app.secret = seal(keys, PURPOSE, app.person_id, found.plain)
            anew.append(app.person_id)
    return Resealed(tuple(anew), untouched, tuple(shut))
