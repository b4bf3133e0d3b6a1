"""JSON as it is written and read here: UTF-8, exact, nothing that only Python understands."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from werkzeug.exceptions import BadRequest


def json_text(value: object) -> str:
    """The text of an answer. Raises ValueError for what JSON has no word for."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def json_object(data: bytes) -> dict[str, Any]:
    """One object. Raises BadRequest for anything else: other values, a name twice, NaN, broken or too deep text."""
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise BadRequest from None
    if not isinstance(found, dict):
        raise BadRequest
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)
