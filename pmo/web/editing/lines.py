"""Lists that are typed as lines: points of a trajectory, predecessors of a milestone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pmo.domain.milestone import Dependency
from pmo.i18n import formats
from pmo.i18n import lazy_gettext as _
from pmo.web.forms import LongTextField, read_day, read_number

LINK = re.compile(r"(?P<code>\S+)(\s+(?P<type>FS|SS|FF|SF))?(\s+(?P<lag>[+-]?\d{1,4}))?", re.IGNORECASE)


class PointsField(LongTextField):
    """Lines of a day and a value, ``31.03.2020 85``; ``points`` are (date, value) in the order of the days."""

    points: tuple[tuple[date, float], ...] = ()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.points = ()
        found = []
        for line in _lines(self.data):
            day, _space, value = line.partition(" ")
            on, number = read_day(day), read_number(value.strip() or "-")
            if on is None or number is None:
                raise ValueError(_("Write a day and a value on each line, for example 31.03.2020 85."))
            found.append((on, float(number)))
        self.points = tuple(sorted(found))


class LinksField(LongTextField):
    """Lines of a milestone's code, the type of the link and the lag in working days, ``DP-10-M1 FS 5``."""

    links: tuple[Dependency, ...] = ()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.links = ()
        found: dict[str, Dependency] = {}
        for line in _lines(self.data):
            parts = LINK.fullmatch(line)
            if parts is None:
                raise ValueError(_("Write one milestone on each line, for example DP-10-M1 or DP-10-M1 FS 5."))
            found[parts["code"]] = Dependency(parts["code"], (parts["type"] or "FS").upper(), int(parts["lag"] or 0))
        self.links = tuple(found.values())


def as_point_lines(points: Sequence[tuple[date, float]]) -> str:
    """Points as they are typed."""
    return "\n".join(f"{on:%d.%m.%Y} {formats.number(value)}" for on, value in points)


def as_link_lines(links: Sequence[Dependency]) -> str:
    """Links as they are typed; what is usual is left out."""
    return "\n".join(
        link.predecessor if (link.type, link.lag_wd) == ("FS", 0) else f"{link.predecessor} {link.type} {link.lag_wd}"
        for link in links
    )


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
