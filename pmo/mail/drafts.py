"""A mail as a value: who gets what and why, before there are words (RELIABILITY 2.2).

A draft is made of codes, numbers and dates; ``pmo.services.outbox.enqueue`` turns it into a row, rendered in the
language of its reader from ``templates/mail/<kind>/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

ALERT_LIFE = timedelta(hours=48)
DIGEST_LIFE = timedelta(hours=24)
MOST_IN_A_BUNDLE = 20
"""Alerts in one mail; more would be clipped by mail programs at 100 kB (RELIABILITY 2.3)."""


class MailKind(StrEnum):
    """Alerts, digests, notices, links for a password or an address; each has a template folder of its name."""

    ALERT = "alert"
    ALERT_BUNDLE = "alert_bundle"
    ALERT_LIST = "alert_list"
    DIGEST_DAILY = "digest_daily"
    DIGEST_WEEKLY = "digest_weekly"
    DELIVERY_NOTICE = "delivery_notice"
    PASSWORD_INVITATION = "password_invitation"
    PASSWORD_RESET = "password_reset"
    ADDRESS_CONFIRMATION = "address_confirmation"
    ADDRESS_CHANGED = "address_changed"

    @property
    def is_digest(self) -> bool:
        """Whether it comes regularly and is read like a list."""
        return self in (MailKind.DIGEST_DAILY, MailKind.DIGEST_WEEKLY)

    @property
    def tells_alerts(self) -> bool:
        """Whether it interrupts its reader: such mails keep their distance from each other."""
        return self in (MailKind.ALERT, MailKind.ALERT_BUNDLE, MailKind.ALERT_LIST)


OF_ONE_ADDRESS: frozenset[MailKind] = frozenset({MailKind.ADDRESS_CONFIRMATION, MailKind.ADDRESS_CHANGED})
"""Mails that concern the address they go to, and no other one of their reader."""

ASKED_FOR: frozenset[MailKind] = OF_ONE_ADDRESS | {MailKind.PASSWORD_INVITATION, MailKind.PASSWORD_RESET}
"""Mails that their reader has just asked for, or waits for, leave at any hour (DOMAIN 3.2, quiet hours)."""


@dataclass(frozen=True, slots=True)
class MailItem:
    """One thing a mail tells: the code of a milestone, indicator or project; the rung, where an alert tells it."""

    item: str
    rung: str | None


@dataclass(frozen=True, slots=True)
class MailDraft:
    """One mail to one person.

    ``key`` are the parts that make it unique for ever, ``kind`` is put before them. ``recipient`` is the id of a post,
    ``role`` the capacity in which it is told (manager, owner, curator, akim, pmo_analyst, pmo_head). ``project`` is the
    id of a project, ``item`` and ``rung`` are set where the mail tells of one thing, ``items`` lists everything it
    tells. ``facts`` are JSON-able (dates as ISO text); names are ``{"ru", "kk", "en"}``. Nothing is sent before
    ``not_before`` nor tried longer than ``expires_after`` from then.
    """

    kind: MailKind
    key: tuple[str, ...]
    recipient: str
    role: str
    city: str
    facts: Mapping[str, Any]
    not_before: datetime
    expires_after: timedelta = ALERT_LIFE
    project: int | None = None
    item: str | None = None
    rung: str | None = None
    period: str = ""
    items: tuple[MailItem, ...] = field(default=())
    address: str | None = None
    """Where it goes; None: to the address of its reader."""

    @property
    def dedupe_key(self) -> str:
        """The key as the outbox keeps it; a part may be empty, none may hold the separator."""
        return ":".join((self.kind.value, *self.key))
