"""Templates of projects and every version of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pmo.db.base import Base, UtcDateTime


class TemplateRecord(Base):
    """A city's template. ``version`` is the one that counts; one with ``withdrawn_at`` is kept but not offered."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("city_id", "code"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    city_id: Mapped[str] = mapped_column(ForeignKey("cities.id"))
    code: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(Integer, default=1)
    is_example: Mapped[bool] = mapped_column(default=False)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TemplateVersionRecord(Base):
    """What a template said from a moment on: ``plan`` as ``pmo.domain.template.as_plan`` makes it. Never changed.

    ``entered_by`` is None where nobody of the city entered it: an example of the demonstration.
    """

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("template_id", "version"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("templates.id"))
    version: Mapped[int] = mapped_column(Integer)
    plan: Mapped[dict[str, Any]]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
