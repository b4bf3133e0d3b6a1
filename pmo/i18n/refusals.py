"""What a refused act says, by its code (``pmo.domain.errors.RuleBroken``).

A sentence says what is wrong and, where it can, what would be right. Placeholders are the refusal's own ``values``;
dates and numbers among them are written in the reader's format.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from pmo.i18n import formats, gettext
from pmo.i18n import lazy_gettext as _

REFUSALS: dict[str, str] = {
    "dependency_cycle": _("The dependencies run in a circle: %(cycle)s."),
    "unknown_language": _("Choose Russian, Kazakh or English."),
}
"""Code to sentence. A test greps the code for refusals and fails for one that has no sentence."""


def sentence(code: str, values: Mapping[str, object] | None = None) -> str:
    """The sentence for a refusal in the reader's language.

    ``values`` may hold more than the sentence says. A missing one is left out rather than hiding the refusal; a code
    that nobody wrote a sentence for is shown as it is.
    """
    text = REFUSALS.get(code)
    if text is None:
        return gettext("This is not possible (%(code)s).", code=code)
    return str(text) % _Shown(values or {})


class _Shown(dict[str, object]):
    """Values as the reader writes them; an absent one is a dash."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__({name: _shown(value) for name, value in values.items()})

    def __missing__(self, name: str) -> str:
        return formats.NOTHING


def _shown(value: object) -> object:
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, float | Decimal):
        return formats.number(value)
    return value
