"""What a reader wants to see of a portfolio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter as the address says it; empty means all. ``status`` is a ProjectStatus or ``attention``."""

    city: str = ""
    area: str = ""
    department: str = ""
    priority: str = ""
    sector: str = ""
    district: str = ""
    status: str = ""
    mine: bool = False
    text: str = ""
