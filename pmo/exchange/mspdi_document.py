"""The XML of an MS Project plan (MSPDI), read safely: from bytes to nodes that know their line.

Nothing in the file is trusted. A document type, entities and references to other files are refused by defusedxml;
size, depth and number of nodes are bounded; everything the schedule does not need is dropped while parsing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from pmo.domain.errors import Refusal

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 32
MAX_NODES = 2_000_000
MAX_FAULTS = 200
"""A file that is wrong everywhere need not be told so a million times."""

FIRST_YEAR, LAST_YEAR = 1984, 2149
"""The years MS Project knows; others are slips of the pen."""

_NAMESPACE = "http://schemas.microsoft.com/project"

_READ = frozenset(
    """
    Project Name StartDate StatusDate CalendarUID MinutesPerDay Calendars Calendar UID IsBaseCalendar
    BaseCalendarUID WeekDays WeekDay DayType DayWorking TimePeriod FromDate ToDate WorkingTimes WorkingTime FromTime
    ToTime Exceptions Exception Type Period DaysOfWeek MonthItem MonthPosition Month MonthDay WorkWeeks WorkWeek
    Tasks Task IsNull OutlineLevel OutlineNumber Summary Milestone Active Manual ManualStart ExternalTask IsSubproject
    Start Finish Duration DurationFormat ActualStart ActualFinish RemainingDuration PercentComplete ConstraintType
    ConstraintDate Deadline PredecessorLink PredecessorUID CrossProject LinkLag LagFormat
    """.split()  # noqa: SIM905  (a list of fifty strings reads worse)
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a plan, and its place.

    `code` is stable: `empty`, `too_large`, `not_xml`, `forbidden_xml`, `wrong_root`, `missing`, `not_a_number`,
    `not_a_date`, `not_a_duration`, `not_a_time`, `unknown_code`, `duplicate_task`, `duplicate_calendar`,
    `unknown_task`, `unknown_calendar`, `unlinkable_summary`, `no_working_time`, and the codes of the network
    (`cycle`, `impossible_number`, …). `task` is the UID; `expected` says what would have been right, in the words
    of the file format.
    """

    code: str
    line: int | None = None
    task: int | None = None
    field: str | None = None
    value: str | None = None
    expected: str | None = None

    def __str__(self) -> str:
        place = [
            None if self.line is None else f"line {self.line}",
            None if self.task is None else f"task {self.task}",
            self.field,
        ]
        value = "" if self.value is None else f" {self.value!r}"
        expected = "" if self.expected is None else f" (expected: {self.expected})"
        return ", ".join(part for part in place if part) + f": {self.code}{value}{expected}"


class PlanRefused(Refusal):
    """The plan cannot be read or scheduled; `faults` holds everything that was found wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass(slots=True)
class Node:
    """An element: its name without the namespace, the line it began on, its text and its children."""

    tag: str
    line: int
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def child(self, *path: str) -> Node | None:
        """The first descendant along the path of names."""
        node: Node | None = self
        for tag in path:
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return node

    def all(self, *path: str) -> Iterator[Node]:
        """Every child named last in the path, of the first parents along the rest of it."""
        parent = self.child(*path[:-1])
        return (child for child in parent.children if child.tag == path[-1]) if parent else iter(())


def read_document(content: bytes) -> Node:
    """The root node `Project`. Raises `PlanRefused` with the one fault that ended the reading."""
    if not content.strip():
        raise PlanRefused([Fault("empty")])
    if len(content) > MAX_BYTES:
        raise PlanRefused([Fault("too_large", value=str(len(content)), expected=f"at most {MAX_BYTES} bytes")])
    target = _Target()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.line = lambda: int(parser.parser.CurrentLineNumber)
    try:
        parser.feed(content)
        parser.close()
    except DefusedXmlException as forbidden:
        raise PlanRefused([Fault("forbidden_xml", target.line(), value=type(forbidden).__name__)]) from forbidden
    except ParseError as broken:
        raise PlanRefused([Fault("not_xml", broken.position[0], value=str(broken))]) from broken
    except (LookupError, ValueError) as unreadable:  # an encoding that Python or expat cannot read
        raise PlanRefused([Fault("not_xml", value=str(unreadable))]) from unreadable
    if target.root is None:
        raise PlanRefused([Fault("not_xml")])
    return target.root


class _Target:
    """Builds nodes for the names in `_READ`; whatever else stands in the file is passed over with its contents."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.line: Callable[[], int] = lambda: 0
        self._open: list[Node] = []
        self._passed_over = 0
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.root is None:
            self._check_root(tag)
        name = tag.rpartition("}")[2]
        if self._passed_over or name not in _READ:
            self._passed_over += 1
            return
        self._count += 1
        if self._count > MAX_NODES or len(self._open) >= MAX_DEPTH:
            raise PlanRefused([Fault("too_large", self.line(), field=name)])
        node = Node(name, self.line())
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, tag: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
        else:
            node = self._open.pop()
            node.text = node.text.strip()

    def data(self, text: str) -> None:
        if not self._passed_over and self._open:
            self._open[-1].text += text

    def close(self) -> None:
        """The parser says that the document has ended."""

    def _check_root(self, tag: str) -> None:
        namespace, _, name = tag.rpartition("}")
        if name != "Project" or not (namespace == "" or namespace[1:].startswith(_NAMESPACE)):
            raise PlanRefused([Fault("wrong_root", self.line(), value=tag[:200], expected="Project")])


class Reading:
    """Takes typed values out of nodes and collects what is wrong with them. `task` is the UID being read."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.task: int | None = None

    def fault(self, code: str, node: Node, field: str, value: str | None = None, expected: str | None = None) -> None:
        at = node.child(field) or node
        fault = Fault(code, at.line, self.task, field, value, expected)
        if len(self.faults) < MAX_FAULTS and fault not in self.faults:
            self.faults.append(fault)

    def text(self, node: Node, field: str) -> str | None:
        child = node.child(field)
        return child.text if child is not None and child.text else None

    def integer(self, node: Node, field: str) -> int | None:
        text = self.text(node, field)
        if text is None:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,15}", text):
            self.fault("not_a_number", node, field, text[:50], "a whole number")
            return None
        return int(text)

    def is_set(self, node: Node, field: str) -> bool:
        """A flag that is written and is true."""
        return self._flag(node, field) is True

    def is_cleared(self, node: Node, field: str) -> bool:
        """A flag that is written and is false."""
        return self._flag(node, field) is False

    def _flag(self, node: Node, field: str) -> bool | None:
        text = self.text(node, field)
        if text is None:
            return None
        if text not in ("0", "1", "true", "false"):
            self.fault("unknown_code", node, field, text[:50], "0 or 1")
            return None
        return text in ("1", "true")

    def moment(self, node: Node, field: str, *, bare_day_ends: str = "00:00") -> datetime | None:
        """A date and time without zone; of a bare date the time is `bare_day_ends`. `NA` is MS Project's none."""
        text = self.text(node, field)
        if text is None or text == "NA":
            return None
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                text += f"T{bare_day_ends}"
            elif not re.fullmatch(r"[0-9-]{10}T[0-9:]{5,8}(\.[0-9]{1,6})?", text):
                raise ValueError(text)
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fault("not_a_date", node, field, text[:50], "YYYY-MM-DDThh:mm:ss")
            return None
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fault("not_a_date", node, field, text[:50], f"a year from {FIRST_YEAR} to {LAST_YEAR}")
            return None
        return moment

    def minutes(self, node: Node, field: str, minutes_per_day: float) -> float | None:
        """The minutes of a duration such as `PT16H30M0S`; a D counts the plan's working minutes of a day."""
        text = self.text(node, field)
        if text is None:
            return None
        number = r"([0-9]{1,9}(?:\.[0-9]{1,9})?)"
        match = re.fullmatch(rf"P(?:{number}D)?(?:T(?:{number}H)?(?:{number}M)?(?:{number}S)?)?", text)
        if match is None or not any(match.groups()):
            self.fault("not_a_duration", node, field, text[:50], "PT…H…M…S")
            return None
        days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return days * minutes_per_day + hours * 60 + minutes + seconds / 60
