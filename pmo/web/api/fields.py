"""Fields of requests: strict, and told in codes that ``pmo.i18n.refusals`` puts into words.

Text that came as a parameter of an address is read by the same fields as JSON, where a number is never in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from pmo.domain.errors import RuleBroken
from pmo.domain.planning import faults_of_day
from pmo.queries.row_numbers import LARGEST_NUMBER
from pmo.web.api.problems import Fault, Faulty

LONGEST_NOTE = 2000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[0-9]{1,10}")
_UNSAYABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ERRORS = {"required": "field_missing", "null": "field_missing", "invalid": "field_unreadable"}


class Day(fields.Date):
    """A day as 2020-01-31, within the years that a plan may have."""

    default_error_messages = {**_ERRORS, "invalid": "field_no_day"}  # noqa: RUF012 - as the base has it

    def _deserialize(self, value: Any, attr: str | None, data: Any, **keywords: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid")
        try:
            found = date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None
        for fault in faults_of_day(found, attr or ""):
            raise ValidationError([fault.as_refusal()])
        return found


class Amount(fields.Float):
    """A number of JSON that a computer can hold; no text, no true."""

    default_error_messages = {**_ERRORS, "invalid": "field_no_number"}  # noqa: RUF012 - as the base has it

    def _deserialize(self, value: Any, attr: str | None, data: Any, **keywords: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        try:
            found = float(value)
        except OverflowError:
            raise self.make_error("invalid") from None
        if not isfinite(found):
            raise self.make_error("invalid")
        return found


class Whole(fields.Integer):
    """A whole number from ``least`` to ``most``; of an address, in plain digits."""

    default_error_messages = {**_ERRORS, "invalid": "field_no_number"}  # noqa: RUF012 - as the base has it

    def __init__(self, least: int = 0, most: int = LARGEST_NUMBER, **keywords: Any) -> None:
        super().__init__(metadata={"minimum": least, "maximum": most}, **keywords)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **keywords: Any) -> int:
        if isinstance(value, str):
            value = int(value) if isinstance(data, FromAddress) and _WHOLE.fullmatch(value) else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            wrong = RuleBroken("number_out_of_range", attr, least=self.least, most=self.most)
            raise ValidationError([wrong])
        return value


class Line(fields.String):
    """Text that can be kept; spaces around it are taken off, and what is empty then is None."""

    default_error_messages = {**_ERRORS, "invalid": "field_no_text"}  # noqa: RUF012 - as the base has it

    def __init__(self, longest: int, choices: tuple[str, ...] = (), **keywords: Any) -> None:
        known = {"maxLength": longest} | ({"enum": list(choices)} if choices else {})
        super().__init__(metadata=known, **keywords)
        self.longest, self.choices = longest, choices

    def _deserialize(self, value: Any, attr: str | None, data: Any, **keywords: Any) -> Any:
        if not isinstance(value, str) or _UNSAYABLE.search(value):
            raise self.make_error("invalid")
        if len(value) > self.longest:
            raise ValidationError([RuleBroken("text_too_long", attr, most=self.longest)])
        found = value.replace("\r\n", "\n").strip() or None
        if found is None and self.required:
            raise self.make_error("required")
        if self.choices and found not in self.choices:
            raise ValidationError("unknown_choice")
        return found


class FromAddress(dict[str, str]):
    """The parameters of an address, each once."""


class Request(Schema):
    """What a request says; a name that is not known is a mistake that somebody should hear of."""

    error_messages = {"unknown": "field_unknown"}  # noqa: RUF012 - as the base has it

    class Meta:
        unknown = RAISE

    def read(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The values. Raises Faulty."""
        try:
            return dict(self.load(said))
        except ValidationError as error:
            found: dict[str, list[Any]] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise Faulty(_fault(field, told) for field, messages in found.items() for told in messages)


def _fault(field: str, told: Any) -> Fault:
    if isinstance(told, RuleBroken):
        return Fault(field, told.code, told.values)
    return Fault(field, str(told), {})
