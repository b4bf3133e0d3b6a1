"""Indicators, their trajectories, and the readings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, Entered, Named, UtcDateTime


class IndicatorRecord(Named, Base):
    """An indicator as it is now; values are in its own unit (DOMAIN 1.5)."""

    __tablename__ = "indicators"
    __table_args__ = (
        UniqueConstraint("project_id", "code"),
        CheckConstraint("direction in ('up', 'down', 'range')", name="direction"),
        CheckConstraint("kind in ('point', 'cumulative', 'period')", name="kind"),
        CheckConstraint("weight > 0", name="weight"),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    code: Mapped[str] = mapped_column(String(40), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"))
    direction: Mapped[str] = mapped_column(String(5))
    kind: Mapped[str] = mapped_column(String(10))
    baseline: Mapped[float | None] = mapped_column(Float)
    baseline_on: Mapped[date]
    target: Mapped[float | None] = mapped_column(Float)
    target_on: Mapped[date]
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    interpolation: Mapped[str] = mapped_column(String(6), default="linear")
    frequency: Mapped[str] = mapped_column(String(10))
    window_start: Mapped[date | None]
    zero_scale: Mapped[float | None] = mapped_column(Float)
    weight: Mapped[float] = mapped_column(Float, default=1.0)
    critical: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str | None] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(Integer, default=0)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    provenance: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer, default=1)


class TrajectoryPointRecord(Base):
    """A planned value between baseline and target. ``is_share`` marks a seasonal share of the target instead."""

    __tablename__ = "trajectory_points"
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id"), primary_key=True)
    on: Mapped[date] = mapped_column("on_day", primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    is_share: Mapped[bool] = mapped_column(default=False)


class ReadingRecord(Entered, Base):
    """A value told for a period; a later one for the same period end supersedes it."""

    __tablename__ = "readings"
    __table_args__ = (Index("ix_readings_indicator_id_period_end", "indicator_id", "period_end"),)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id"))
    period_end: Mapped[date]
    value: Mapped[float] = mapped_column(Float)
    is_correction: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str | None] = mapped_column(Text)
