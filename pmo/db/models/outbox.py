"""Outgoing mail: a row before it is an e-mail (RELIABILITY 2.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from pmo.db.base import Base, UtcDateTime


class OutgoingMailRecord(Base):
    """One mail to one person.

    ``dedupe_key`` is unique for ever; ``message_id`` is made from it. ``subject``, ``body_text`` and ``body_html`` are
    rendered when the row is made, in the reader's language; ``content`` holds the exact bytes from the first attempt
    on. ``items`` lists ``{"item", "rung"}`` of everything the mail tells. A claim holds until ``lease_until`` with its
    ``fence``; ``data_started`` counts transmissions begun, so that an uncertain one can be seen.
    """

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'failed', 'suppressed', 'expired')",
            name="state",
        ),
        Index("ix_outgoing_mails_state_not_before", "state", "not_before"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(300), unique=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(30), index=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    item: Mapped[str | None] = mapped_column(String(60))
    rung: Mapped[str | None] = mapped_column(String(20))
    period: Mapped[str] = mapped_column(String(20), default="")
    recipient_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    recipient_role: Mapped[str] = mapped_column(String(30))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    body_text: Mapped[str] = deferred(mapped_column(Text))
    body_html: Mapped[str] = deferred(mapped_column(Text))
    items: Mapped[list[Any]]
    headers: Mapped[dict[str, Any]]
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    data_started: Mapped[int] = mapped_column(Integer, default=0)
    last_code: Mapped[int | None] = mapped_column(Integer)
    last_text: Mapped[str | None] = mapped_column(String(500))


class ReturnedAddressRecord(Base):
    """An address that sent a mail back for good: nothing more goes there until somebody allows it again.

    ``address`` is in small letters, ``mail_id`` the mail that came back, ``reason`` what the server wrote.
    """

    __tablename__ = "returned_addresses"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    address: Mapped[str] = mapped_column(String(254), index=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("outgoing_mails.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    returned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    allowed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    allowed_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
