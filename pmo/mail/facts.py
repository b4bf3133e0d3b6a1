"""What the templates of mails are given: the shape of ``MailDraft.facts``, all JSON-able, without words.

Dates are ISO text, names ``{"ru", "kk", "en"}``, codes those of the domain. Keys marked as not required may be absent.
The templates turn codes into the reader's words; nothing here is shown as it stands.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

Names = dict[str, str]
"""``{"ru", "kk", "en"}``."""


class ProjectRef(TypedDict):
    """A project as a mail names it."""

    id: int
    code: str
    name: Names


class ReasonFacts(TypedDict):
    """``Reason`` of the domain; ``name`` is the name of its item."""

    rule: str
    item: str
    values: dict[str, Any]
    limit: NotRequired[Any]
    name: NotRequired[Names]


class ToldFacts(TypedDict):
    """A step of the ladder before this one: the rung, the day, the titles of those who were told."""

    rung: str
    on: str
    people: list[Names]


class AnswerFacts(TypedDict):
    """What one of those told before answered: a kind of ``AnswerKind``, the day, the last day of quiet, their words."""

    kind: str
    on: str
    until: str | None
    text: str | None
    person: NotRequired[Names | None]


class LineFacts(TypedDict):
    """One thing told. ``what`` and ``values`` as in ``pmo.domain.digests.Line``, ``kind`` also ``group``.

    ``values`` holds the dates and numbers of the item (``due_on``, ``expected_on``, ``old``, ``new`` …); where the line
    is an alert also those of ``NewAlert.facts``. ``action`` is what is expected, ``act_by`` by when. ``id`` is the id
    of the milestone, indicator or project, for the link to its form.
    """

    section: str
    what: str
    kind: str
    item: str
    id: NotRequired[int | None]
    name: Names
    project: ProjectRef
    department: NotRequired[Names | None]
    severity: int | None
    critical: bool
    days_overdue: int
    rung: NotRequired[str | None]
    values: dict[str, Any]
    reason: NotRequired[ReasonFacts | None]
    action: NotRequired[str | None]
    act_by: NotRequired[str | None]
    next_rung: NotRequired[str | None]
    next_on: NotRequired[str | None]
    told: NotRequired[list[ToldFacts]]
    answers: NotRequired[list[AnswerFacts]]
    note: NotRequired[str | None]
    stands_for: NotRequired[Names | None]


class SectionFacts(TypedDict):
    """A section of a list or a digest; ``more`` lines stand only on the page behind the link."""

    section: str
    lines: list[LineFacts]
    more: int


class ProjectLineFacts(TypedDict):
    """A project under its department in a curator's digest."""

    project: ProjectRef
    status: str
    severity: int | None
    trend: str
    reason: NotRequired[ReasonFacts | None]


class DepartmentFacts(TypedDict):
    """A department with the projects that have something to tell."""

    department: Names
    projects: list[ProjectLineFacts]


class AlertFacts(TypedDict):
    """Kind ``alert``."""

    on: str
    line: LineFacts


class ListFacts(TypedDict):
    """Kinds ``alert_list``, ``alert_bundle`` and ``digest_daily``."""

    on: str
    sections: list[SectionFacts]


class StatusCountFacts(TypedDict):
    """How many of the reader's projects had which colour on a day."""

    on: str
    red: int
    amber: int
    green: int
    none: int


class WeeklyFacts(TypedDict):
    """Kind ``digest_weekly``; ``movement`` has the fields of ``pmo.domain.digests.Movement``.

    ``statuses`` are those of the days of the last digests, oldest first, today's last.
    """

    on: str
    week: str
    since: str | None
    movement: dict[str, int]
    statuses: list[StatusCountFacts]
    sections: list[SectionFacts]
    departments: NotRequired[list[DepartmentFacts]]


class UndeliveredFacts(TypedDict):
    """A mail that did not arrive; ``recipient`` is the title of its post, ``subject`` as it was rendered."""

    recipient: Names
    subject: str
    state: str
    since: str
    answer: str | None


class NoticeFacts(TypedDict):
    """Kind ``delivery_notice``, for the PMO."""

    on: str
    mails: list[UndeliveredFacts]
    more: int
