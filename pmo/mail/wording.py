"""What a mail says of one line, in the reader's language: short clauses that the templates arrange.

Every function takes a ``LineFacts`` mapping (see ``facts.py``) and returns plain text, the empty string for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pmo.domain.reason import Reason
from pmo.i18n import gettext as _
from pmo.i18n import ngettext, pgettext
from pmo.i18n.formats import day, day_short, number, working_days
from pmo.i18n.labels import label
from pmo.i18n.names import name_of
from pmo.i18n.sentences import clause_of
from pmo.mail.details import Line, due_on, on, status_word
from pmo.mail.details import detail as detail
from pmo.mail.details import severity_word as severity_word

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

SENIORS = ("curator", "akim")
_SAID_IN_FULL = ("slipped", "good_news", "off_curve", "indicator_red")
"""Sections and kinds of lines whose own dates and numbers are the reason already."""
SHAPES = {2: "◆", 1: "▲", 0: "●", None: "○"}
"""A shape for each colour, so that colour is never alone (PRODUCT 3)."""


def section_title(section: str) -> str:
    """The heading of a section of a digest or list (PRODUCT 3)."""
    titles = {
        "decisions": _("Decisions wanted from you"),
        "newly_red": _("Newly red"),
        "overdue": pgettext("section", "Overdue"),
        "slipped": _("Dates moved"),
        "next_days": _("Next 14 days"),
        "off_curve": _("Indicators off their curve"),
        "silent": _("Silent projects"),
        "good_news": _("Good news"),
    }
    return titles[section]


def headline(line: Line) -> str:
    """What happened, in a few words: the beginning of a subject."""
    rung, overdue = line.get("rung"), line["days_overdue"]
    if rung == "report_missing":
        return _("Report missing")
    if rung == "evidence_waiting":
        return _("Evidence waits for review")
    if rung == "off_track":
        return _("Project turned red")
    if rung == "at_risk":
        return _("Risk of slipping")
    if rung == "indicator_red":
        return _("Critical indicator red twice running")
    if overdue > 0:
        return _("Overdue by %(length)s", length=working_days(overdue))
    due = due_on(line)
    return _("Due %(date)s", date=day(due)) if due else status_word(line)


def reason(line: Line) -> str:
    """The first reason of the status, where it says more than the line itself."""
    found = line.get("reason")
    if not found or line["section"] in _SAID_IN_FULL:
        return ""
    if found["item"] == line["item"] and (line["what"] in _SAID_IN_FULL or found["values"].get("rule") == "MS-7"):
        return ""
    return reason_clause(found)


def reason_clause(found: Mapping[str, Any]) -> str:
    """A reason as a sentence without its colour, the first letter large."""
    values = {name: _value(value) for name, value in found["values"].items()}
    limit = _value(found.get("limit"))
    text = clause_of(Reason(found["rule"], found["item"], values, limit), _NamedReasons(found))
    return text[:1].upper() + text[1:]


def expected(line: Line, role: str) -> str:
    """What is expected from whom, and by when; seniors read who owes the answer."""
    action, by = line.get("action"), on(line.get("act_by"))
    if not action:
        return ""
    own = role not in SENIORS
    text = _ASKS[action](own) if action in _ASKS else ""
    if not text:
        return ""
    return _("%(what)s — by %(date)s", what=text, date=day(by)) if by else text


def told_before(line: Line) -> list[str]:
    """Who was told of which rung before, oldest first: one clause a step."""
    return [
        _(
            "%(date)s — %(rung)s: %(people)s",
            date=day(on(step["on"])),
            rung=label("rung", step["rung"]),
            people=_titles(step["people"]),
        )
        for step in line.get("told") or ()
    ]


def told_since(line: Line) -> str:
    """The same in one line: each post once, with the day on which it first heard of it."""
    first: dict[str, date | None] = {}
    for step in line.get("told") or ():
        for person in step["people"]:
            first.setdefault(name_of(person), on(step["on"]))
    return "; ".join(_("%(post)s (since %(date)s)", post=post, date=day_short(since)) for post, since in first.items())


def title(line: Line) -> str:
    """The name of what a line tells; of the department, where it stands for several items."""
    if line["kind"] == "group" and line.get("department"):
        return name_of(line["department"])
    name = name_of(line["name"])
    return f"{line['project']['code']} · {name}" if line["kind"] == "project" else name


def next_step(line: Line) -> str:
    """What comes next if nobody answers."""
    if not line.get("next_rung") or not line.get("next_on"):
        return ""
    return _(
        "Without an answer the next step follows on %(date)s: %(rung)s",
        date=day(on(line["next_on"])),
        rung=label("rung", line["next_rung"]),
    )


def why_you(line: Line, role: str) -> str:
    """In which capacity the reader is told, and in whose place."""
    parts = [_("You are told as: %(role)s", role=label("capacity", role))]
    if line.get("stands_for"):
        parts.append(_("in place of the absent: %(post)s", post=name_of(line["stands_for"])))
    if line.get("note") == "role_vacant":
        parts.append(_("the post below is vacant"))
    if line.get("note") == "not_delivered":
        parts.append(_("the message to the level below was not delivered"))
    return "; ".join(parts)


def button(form: str) -> str:
    """The words on the button to a form of ``Links.forms``."""
    words = {
        "completion": _("Report it done"),
        "forecast": _("Give a forecast date"),
        "acknowledgement": _("Acknowledge"),
        "decision": _("Look at the evidence"),
        "reading": _("Enter the value"),
        "update": _("Answer in one form"),
        "open": pgettext("button", "Open"),
    }
    return words[form]


def facts_of(line: Line) -> list[tuple[str, str]]:
    """The dates and numbers of one alert, each with its name."""
    values = line["values"]
    due, original = due_on(line), on(values.get("original_due_on"))
    expected_on = on(values.get("expected_on"))
    found: list[tuple[str, str]] = []
    if values.get("period_end"):
        found.append((_("Reporting period up to"), day(on(values["period_end"]))))
    if due:
        found.append((_("Due date"), day(due)))
    if original and due and original != due:
        found.append((_("Original date"), day(original)))
    if expected_on and expected_on != due:
        found.append((_("Expected finish"), day(expected_on)))
    if values.get("submitted_on"):
        found.append((_("Evidence submitted"), day(on(values["submitted_on"]))))
    if values.get("days_waiting"):
        found.append((pgettext("mail", "Waiting"), working_days(values["days_waiting"])))
    if values.get("actual") is not None:
        found.append((_("Actual value"), number(values["actual"])))
    if values.get("expected") is not None:
        found.append((_("Expected value on the date"), number(values["expected"])))
    if line.get("reason"):
        found.append((_("First reason"), reason_clause(line["reason"])))
    return found


def movement(moved: Mapping[str, int]) -> str:
    """What changed since the last digest: the first line."""
    parts = [say(moved[name]) for name, say in _MOVEMENTS.items() if moved.get(name)]
    return _("Since the last digest: %(changes)s.", changes=", ".join(parts)) if parts else _("Nothing got worse.")


def counts(moved: Mapping[str, int]) -> str:
    """Counts for the subject of the weekly digest: 3 red, 5 amber, 7 overdue."""
    return ", ".join(say(moved[name]) for name, say in _COUNTS.items() if moved.get(name)) or _("all in order")


def list_counts(sections: Sequence[Mapping[str, Any]]) -> str:
    """Counts for the subject of a list: sections by how many lines they have."""
    return ", ".join(
        f"{section_title(section['section']).lower()}: {len(section['lines']) + section['more']}"
        for section in sections
    )


def trend(code: str) -> str:
    """An arrow and a word."""
    words = {
        "better": pgettext("trend", "↑ better"),
        "same": pgettext("trend", "= unchanged"),
        "worse": pgettext("trend", "↓ worse"),
    }
    return words[code]


_ASKS: dict[str, Callable[[bool], str]] = {
    "claim_or_forecast": lambda own: (
        _("Report the milestone done with its evidence, or give a new forecast date with the reason")
        if own
        else _("The project manager owes evidence, or a new forecast date with the reason")
    ),
    "confirm_or_forecast": lambda own: (
        _("Confirm that the date holds, or give a new forecast date with the reason")
        if own
        else _("The project manager owes a confirmation or a new forecast date")
    ),
    "recovery_plan": lambda own: _("Answer with a recovery plan") if own else _("The owner owes a recovery plan"),
    "enter_reading": lambda own: (
        _("Enter the value of the indicator") if own else _("The project manager owes the value of the indicator")
    ),
    "send_update": lambda own: (
        _("Say in a word how it goes, or confirm that all stands") if own else _("The project manager owes an update")
    ),
    "ask_for_measures": lambda own: _("Ask the owner what will be done"),
    "decide_evidence": lambda own: _("Accept the evidence, or return it with the reason"),
}


_Counted = Callable[[int], str]

_MOVEMENTS: dict[str, _Counted] = {
    "worsened": lambda n: ngettext("%(num)d project got worse", "%(num)d projects got worse", n),
    "improved": lambda n: ngettext("%(num)d project got better", "%(num)d projects got better", n),
    "became_overdue": lambda n: ngettext("%(num)d milestone became overdue", "%(num)d milestones became overdue", n),
    "finished": lambda n: ngettext("%(num)d milestone was done", "%(num)d milestones were done", n),
    "slipped": lambda n: ngettext("%(num)d date moved later", "%(num)d dates moved later", n),
}

_COUNTS: dict[str, _Counted] = {
    "red": lambda n: ngettext("%(num)d red", "%(num)d red", n),
    "amber": lambda n: ngettext("%(num)d amber", "%(num)d amber", n),
    "overdue": lambda n: ngettext("%(num)d overdue", "%(num)d overdue", n),
}


class _NamedReasons(dict[str, object]):
    """Names of reason codes, where the facts bring them along as ``reason_name``."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        name = found.get("reason_name")
        super().__init__({str(found["values"].get("reason")): name} if name else {})


def _value(value: Any) -> Any:
    """A date that travelled as text is a date again."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        return date.fromisoformat(value)
    return value


def _titles(people: Sequence[object]) -> str:
    return ", ".join(name_of(person) for person in people)
