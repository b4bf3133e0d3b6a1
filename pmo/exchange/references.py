"""Who is declared where in a file, and who is named: names are checked when the whole file has been read."""

from __future__ import annotations

from collections.abc import Mapping

from pmo.exchange.document import Faults
from pmo.exchange.faults import Steps

ANYWHERE = ""
"""The city of things that belong to none."""


class References:
    """Declarations by kind (``people``, ``sectors`` …), and the wishes to be checked against them."""

    def __init__(self, faults: Faults, known: Mapping[str, Mapping[str, str]]) -> None:
        self._faults = faults
        self._cities: dict[str, dict[str, str]] = {kind: dict(ids) for kind, ids in known.items()}
        self._before = known
        self._first: dict[tuple[str, str], Steps] = {}
        self._wishes: list[tuple[str, str, Steps, str]] = []

    def declare(self, kind: str, name: str | None, path: Steps, city: str | None = ANYWHERE) -> None:
        """Something exists. Notes a second one of the same name, and one that already belongs to another city."""
        if name is None:
            return
        first = self._first.setdefault((kind, name), path)
        if first != path:
            document = self._faults.document
            line = document.lines.get(first)
            where = document.place(first)
            self._faults.add(path, "duplicate_id", name, first=f"{where} ({line})" if line else where)
            return
        before = self._before.get(kind, {}).get(name)
        if before and city and before != city:
            self._faults.add(path, "city_differs", name, found=before, expected=city)
        self._cities.setdefault(kind, {})[name] = city or ANYWHERE

    def want(self, kind: str, name: str | None, path: Steps, city: str | None = ANYWHERE) -> None:
        """Something is named, by something of a city."""
        if name is not None:
            self._wishes.append((kind, name, path, city or ANYWHERE))

    def is_known(self, kind: str, name: str) -> bool:
        """Whether it is declared so far, here or in the database."""
        return name in self._cities.get(kind, {})

    def check(self) -> None:
        """Notes every name that nobody declared, and every one of another city."""
        for kind, name, path, city in self._wishes:
            found = self._cities.get(kind, {}).get(name)
            if found is None:
                self._faults.add(path, "unknown_reference", name, kind=kind)
            elif found and city and found != city:
                self._faults.add(path, "city_mismatch", name, found=found, expected=city)
