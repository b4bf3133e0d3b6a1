"""The append-only record of every change (RELIABILITY 3.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime


class AuditEventRecord(Base):
    """One change: ``body`` is canonical JSON that includes ``seq``; ``leaf`` its hash in hexadecimal."""

    __tablename__ = "audit_events"
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    body: Mapped[str] = mapped_column(Text)
    leaf: Mapped[str] = mapped_column(String(64))


class AuditHeadRecord(Base):
    """The one row that every append locks: how many events there are, and the tree's frontier."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    frontier: Mapped[list[Any]]


class AuditCheckpointRecord(Base):
    """A signed statement of the tree's size and root, as it was handed out."""

    __tablename__ = "audit_checkpoints"
    size: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditSaltRecord(Base):
    """What the digests of an event's rows were made with (hexadecimal, 16 bytes).

    ``name`` is empty for the salt that its rows share, and names the row where a row has one of its own. Deleting it
    makes the digest prove nothing any more, and tell nothing either.
    """

    __tablename__ = "audit_salts"
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
