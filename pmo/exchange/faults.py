"""What is wrong with a file that somebody wants to import, and where: every fault found, never only the first."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pmo.domain.errors import Refusal
from pmo.i18n import formats
from pmo.i18n import lazy_gettext as _

Steps = tuple[str | int, ...]
"""The way to a value from the top of a file: ``("almaty_projects", 9, "milestones", 2, "baseline_date")``."""

LONGEST_SHOWN = 80
MOST_FAULTS = 1000
"""A file with more faults than this is another kind of file; the rest is not listed."""


@dataclass(frozen=True, slots=True)
class ImportFault:
    """One thing that is wrong.

    ``path`` as a person reads it (``almaty_projects[9].milestones[2].baseline_date``, or sheet and cell of a workbook),
    ``line`` counted from 1 or None, ``value`` what the file says there, ``values`` what the sentence is filled with,
    among them what was expected.
    """

    file: str
    path: str
    line: int | None
    value: object
    code: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class ImportRefused(Refusal):
    """The file is not taken; nothing was changed. ``faults`` is never empty."""

    def __init__(self, faults: Sequence[ImportFault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "; ".join(f"{fault.path or fault.file}: {fault.code}" for fault in self.faults[:5])


def as_text(path: Steps) -> str:
    """``("projects", 9, "name", "kk")`` as ``projects[9].name.kk``; positions count from 0, as in the file's lists."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def sentence_of(fault: ImportFault) -> str:
    """What is wrong in the reader's language, with the value in question; the place is for the caller to show."""
    shown = _Shown(fault.values)
    shown["value"] = _shown(fault.value)
    return str(IMPORT_FAULTS[fault.code]) % shown


class _Shown(dict[str, object]):
    """Values as the reader writes them; an absent one is a dash."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__({name: _shown(value) for name, value in values.items()})

    def __missing__(self, name: str) -> str:
        return formats.NOTHING


def _shown(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()  # as it is written in the file, so that it can be found there
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(item) for item in value)
    text = formats.NOTHING if value is None else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


IMPORT_FAULTS: dict[str, str] = {
    # the file itself
    "file_missing": _("There is no such file, or it cannot be read."),
    "file_empty": _("The file is empty."),
    "file_too_large": _("The file is larger than %(limit)s MB."),
    "unknown_format": _("The file must end in .yaml, .yml or .xlsx."),
    "not_utf8": _("The file is not text in UTF-8 (byte %(position)s)."),
    "not_yaml": _("This is not YAML: %(problem)s."),
    "not_a_mapping": _("A mapping of field names to values is expected."),
    "not_a_list": _("A list is expected."),
    "several_documents": _("The file holds more than one YAML document."),
    "unknown_alias": _("The YAML alias %(alias)s stands for nothing that comes before it."),
    "too_many_values": _("With its YAML aliases written out, the file holds more than %(limit)s values."),
    "tag_not_accepted": _("YAML tags are not accepted: %(tag)s."),
    "nested_too_deep": _("The file is nested deeper than %(limit)s levels."),
    "key_not_text": _("A field name must be plain text."),
    "duplicate_key": _("The field %(key)s is given twice, first in line %(first_line)s."),
    "too_many_faults": _("There are more than %(limit)s faults; the rest is not listed."),
    "nothing_to_import": _("There are no projects, people or lists to import here."),
    # a workbook
    "not_a_workbook": _("This is not an Excel workbook (.xlsx)."),
    "workbook_too_large": _("Unpacked, the workbook is larger than %(limit)s MB or has too many parts."),
    "unknown_sheet": _("The sheet %(value)s is not known; expected are: %(expected)s."),
    "too_many_rows": _("The sheet has more than %(limit)s rows or columns."),
    "unknown_column": _("The column %(value)s is not known; expected are: %(expected)s."),
    "duplicate_column": _("The column %(value)s is given twice."),
    "not_links": _("%(value)s is no list of links; expected is, for example, DP-01-M1; DP-01-M2 SS+5."),
    "not_points": _("%(value)s is no list of points; expected is, for example, 2020-03-31=40; 2020-06-30=55."),
    "unknown_project_in_sheet": _("There is no project %(value)s in the sheet of projects."),
    # a field
    "missing_field": _("The field %(field)s is missing."),
    "unknown_field": _("The field %(field)s is not known; expected are: %(expected)s."),
    "not_text": _("A text is expected here, not %(value)s."),
    "text_empty": _("The text is empty."),
    "text_too_long": _("The text is longer than %(limit)s characters."),
    "control_character": _("The text contains a control character."),
    "not_a_date": _("%(value)s is no date; expected is a date such as 2020-01-31."),
    "date_out_of_range": _("The date %(value)s is not between %(first)s and %(last)s."),
    "not_a_number": _("A number is expected here, not %(value)s."),
    "not_a_whole_number": _("A whole number is expected here, not %(value)s."),
    "number_out_of_range": _("The number %(value)s is not between %(lowest)s and %(highest)s."),
    "not_a_flag": _("Expected is true or false, not %(value)s."),
    "not_one_of": _("%(value)s is not accepted here; expected is one of: %(expected)s."),
    # names and references
    "duplicate_id": _("The id %(value)s is given twice, first at %(first)s."),
    "duplicate_email": _("The address %(value)s is already that of %(owner)s."),
    "not_an_email": _("%(value)s is no e-mail address."),
    "unknown_timezone": _("There is no time zone %(value)s."),
    "unknown_calendar": _("There is no holiday calendar for the country %(value)s."),
    "unknown_reference": _("%(kind)s: there is no %(value)s."),
    "city_mismatch": _("%(value)s belongs to %(found)s, not to %(expected)s."),
    "city_differs": _("%(value)s already belongs to %(found)s; it cannot move to %(expected)s."),
    "unknown_predecessor": _("The project has no milestone %(predecessor)s."),
    "duplicate_predecessor": _("The predecessor %(value)s is given twice."),
    "dependency_cycle": _("The dependencies run in a circle: %(cycle)s."),
    # rules of a plan
    "end_before_start": _("The end %(value)s is before the start %(start_on)s."),
    "weight_not_positive": _("The weight %(value)s is not above zero."),
    "target_before_baseline": _("The target date %(value)s is not after the baseline date %(baseline_on)s."),
    "target_missing": _("The target value is missing."),
    "target_on_wrong_side": _(
        "The target %(target)s is on the wrong side of the baseline %(baseline)s for the direction %(direction)s."
    ),
    "band_missing": _("A range needs its lower and its upper bound."),
    "band_upside_down": _("The upper bound %(value)s is below the lower bound %(low)s."),
    "window_missing": _("An indicator of the kind period needs the start of its window."),
    "window_after_target": _("The window starts on %(value)s, after the target date %(target_on)s."),
    "trajectory_day_twice": _("The trajectory gives one day twice."),
    "trajectory_outside": _("The trajectory has a day outside %(from)s to %(to)s."),
    "trajectory_and_shares": _("A trajectory and a table of shares exclude each other."),
    "too_many_milestones": _("A project has at most %(limit)s milestones."),
    "actual_incomplete": _("actual_value and actual_on belong together."),
    "actual_in_future": _(
        "%(value)s is after %(limit)s, the day from which the project is tracked: enter it as an event."
    ),
    "date_needs_change_request": _(
        "The baseline date of a tracked milestone is %(old)s, the file says %(new)s: use a change request."
    ),
    "tracked_since_fixed": _("The project is tracked since %(old)s; the file says %(new)s."),
    "completion_differs": _("The milestone was completed on %(old)s, the file says %(new)s."),
    "claim_pending": _("The milestone has a claim that waits for a decision: rule on it first."),
    "reading_differs": _("The reading of %(on)s is %(old)s, the file says %(new)s: correct the reading."),
    # events of a log
    "unknown_project": _("There is no project %(value)s: import the portfolio first."),
    "project_in_several_cities": _("The project %(value)s exists in several cities (%(cities)s): name the city."),
    "unknown_event_type": _("%(value)s is no type of event; expected is one of: %(expected)s."),
    "unknown_item": _("The project %(project)s has no item %(value)s."),
    "before_tracking": _("The event of %(value)s is before the project is tracked (%(tracked_since)s)."),
    "unknown_author": _("There is no post %(value)s."),
    "author_may_not": _("%(author)s may not enter %(type)s for this project."),
    "completion_in_future": _("The completion %(value)s is after the day of the event, %(today)s."),
    "document_in_future": _("The document's date %(value)s is after the day of the event, %(today)s."),
    "already_done": _("The milestone %(milestone)s is done."),
    "already_claimed": _("The milestone %(milestone)s has a claim that waits for a decision."),
    "milestone_cancelled": _("The milestone %(milestone)s was cancelled on %(since)s."),
    "no_open_claim": _("The milestone %(milestone)s has no claim that waits for a decision."),
    "forecast_in_past": _("The forecast %(value)s is before the day of the event, %(today)s."),
    "period_not_over": _("The period that ends on %(value)s was not over on %(today)s."),
    "not_a_period_end": _("%(value)s is not the end of a period; expected is %(expected)s."),
    "period_closed": _("The period that ends on %(value)s was closed after %(closed_on)s."),
    "already_paused": _("%(item)s is already paused."),
    "not_paused": _("%(item)s is not paused."),
    "pause_overlaps": _("The pause begins before the work resumed the last time, %(resumed_on)s."),
    "link_not_web": _("The link %(value)s does not begin with https:// or http://."),
    "resume_before_pause": _("%(item)s is paused only from %(starts_on)s on."),
    "already_cancelled": _("%(item)s is already cancelled."),
    "change_pending": _("A change request of this project waits for a decision."),
    "nothing_to_change": _("There are no new dates."),
    "date_unchanged": _("The milestone %(milestone)s already has this date."),
    "event_conflict": _("An event with the same day, project, type, item and period says something else."),
    "rule_broken": _("A rule forbids this: %(rule)s."),
}
"""Code of a fault to its sentence. Shared codes with ``pmo.i18n.refusals`` say the same in the words of a file."""
