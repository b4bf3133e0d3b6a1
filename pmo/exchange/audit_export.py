"""The whole record as a file: a line of JSON for the head, one for each checkpoint, one for each event.

Whoever has it, a checkpoint from an old mail and the public key checks the record without the server.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from pmo.exchange.audit_check import StoredHead

FORM = "pmo audit export 1"


class MalformedExport(ValueError):
    """The file has not the form of an export; what the events say was not looked at."""


@dataclass(frozen=True, slots=True)
class Export:
    """An opened export: ``events`` are read as they are asked for, once."""

    head: StoredHead
    checkpoints: Sequence[str]
    events: Iterator[tuple[int, str, str]]


def write_export(
    file: TextIO, events: Iterable[tuple[int, str, str]], head: StoredHead, checkpoints: Sequence[str]
) -> int:
    """Writes everything; returns how many events that were."""
    first = {"form": FORM, "size": head.size, "frontier": list(head.hashes), "checkpoints": list(checkpoints)}
    file.write(json.dumps(first) + "\n")
    count = 0
    for number, body, leaf in events:
        file.write(json.dumps([number, body, leaf], ensure_ascii=False) + "\n")
        count += 1
    return count


def open_export(file: TextIO) -> Export:
    """Reads the first line; the events as they come. Raises MalformedExport, also later from ``events``."""
    first = _line(file.readline(), 1)
    if not isinstance(first, dict) or first.get("form") != FORM:
        raise MalformedExport("its first line is not that of an export")
    size, frontier, checkpoints = first.get("size"), first.get("frontier"), first.get("checkpoints")
    if type(size) is not int:
        raise MalformedExport("its first line is incomplete")
    return Export(StoredHead(size, _texts(frontier)), _texts(checkpoints), _events(file))


def _events(file: TextIO) -> Iterator[tuple[int, str, str]]:
    for place, line in enumerate(file, 2):
        row = _line(line, place)
        if not isinstance(row, list) or [type(cell) for cell in row] != [int, str, str]:
            raise MalformedExport(f"line {place} is no event")
        yield row[0], row[1], row[2]


def _line(text: str, place: int) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedExport(f"line {place} is not JSON") from error


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise MalformedExport("its first line is incomplete")
    return value
