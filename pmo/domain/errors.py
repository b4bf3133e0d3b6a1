"""What the domain and the services say when they refuse.

A refusal is a code and, where it concerns one, the field that is wrong. The words live in the catalogues
(``pmo.i18n.labels``), so one refusal reads well on a page, in the importer's report and on the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date


class Refusal(Exception):
    """Base of everything that refuses what was asked; nothing was changed."""


class RuleBroken(Refusal):
    """A business rule forbids the act.

    ``code`` is a stable identifier (``completion_in_future``), ``field`` names the input that is wrong or is None,
    ``values`` fill the placeholders of the sentence.
    """

    def __init__(self, code: str, field: str | None = None, /, **values: object) -> None:
        super().__init__(code, field, values)
        self.code = code
        self.field = field
        self.values: Mapping[str, object] = values

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.code}{f' [{self.field}]' if self.field else ''}{f': {details}' if details else ''}"


class NotFound(Refusal):
    """The thing does not exist, or lies outside the asker's scope: the two look the same on purpose."""


class NotTrackedYet(NotFound):
    """The asker sees the thing, but it was entered after the day asked for: on ``since`` or later."""

    def __init__(self, since: date) -> None:
        super().__init__(since)
        self.since = since


class NotAllowed(Refusal):
    """The asker sees the thing but may not do this to it (DOMAIN 3.0)."""

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


class Conflict(Refusal):
    """Somebody else saved first; ``current`` holds what stands now, so that both versions can be shown."""

    def __init__(self, current: Mapping[str, object]) -> None:
        super().__init__("conflict")
        self.current = current
