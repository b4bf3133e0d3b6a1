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
from pmo.i18n.formats import day, day_short, number, signed, working_days
from pmo.i18n.labels import label
from pmo.i18n.names import name_of
from pmo.i18n.sentences import clause_of
from pmo.mail.details import Line, due_on, on, status_word
from pmo.mail.details import detail as detail
from pmo.mail.details import severity_word as severity_word
from pmo.mail.links import owes
from pmo.mail.pictures import picture_name

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

_SAID_IN_FULL = ("slipped", "good_news", "off_curve", "indicator_red")
"""Sections and kinds of lines whose own dates and numbers are the reason already."""
SHAPES = {2: "◆", 1: "▲", 0: "●", None: "○"}
"""A shape for each colour, so that colour is never alone (PRODUCT 3)."""
COLOURS = {2: "red", 1: "amber", 0: "green", None: "none"}
"""Severity to the colour under which projects are counted, the worst first."""
GLANCED = 3


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
        "comments": _("Comments"),
        "good_news": _("Good news"),
    }
    return titles[section]


def headline(line: Line) -> str:
    """What happened, in a few words: the beginning of a subject."""
    if line.get("rung") in _HEADLINES:
        return _HEADLINES[line["rung"]]()
    if line["days_overdue"] > 0:
        return _("Overdue by %(length)s", length=working_days(line["days_overdue"]))
    due = due_on(line)
    return _("Due %(date)s", date=day(due)) if due else status_word(line)


def badge_and_lead(line: Line) -> tuple[str, str]:
    """The words in the badge of an alert, and what stands under it; nothing where the badge says it all."""
    if line["days_overdue"] > 0 and line.get("rung") not in _HEADLINES:
        return headline(line), ""
    return status_word(line), headline(line)


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
    """What is expected from whom, and by when; who does not owe the answer reads who does."""
    action, by = line.get("action"), on(line.get("act_by"))
    if not action:
        return ""
    text = _ASKS[action](owes(line, role)) if action in _ASKS else ""
    if not text:
        return ""
    return _("%(what)s — by %(date)s", what=text, date=day(by)) if by else text


def told_before(line: Line) -> list[str]:
    """Who was told of which rung before, oldest first: one clause a step, posts of the step before said in short."""
    clauses: list[str] = []
    last: list[str] = []
    for step in line.get("told") or ():
        posts = [name_of(person) for person in step["people"]]
        fresh = [post for post in posts if post not in last]
        if not last or not set(last) <= set(posts):
            people = ", ".join(posts)
        else:
            people = _("the same and %(posts)s", posts=", ".join(fresh)) if fresh else _("the same")
        rung = label("rung", step["rung"])
        clauses.append(_("%(date)s · %(rung)s — %(people)s", date=day(on(step["on"])), rung=rung, people=people))
        last = posts
    return clauses


def told_since(line: Line) -> str:
    """The same in one line: each post once, with the day on which it first heard of it."""
    first: dict[str, date | None] = {}
    for step in line.get("told") or ():
        for person in step["people"]:
            first.setdefault(name_of(person), on(step["on"]))
    return "; ".join(_("%(post)s (since %(date)s)", post=post, date=day_short(since)) for post, since in first.items())


def answered_before(line: Line) -> list[str]:
    """What those told before answered: acknowledged, snoozed until, help wanted, with their own words."""
    found = []
    for answer in line.get("answers") or ():
        text = _(
            "%(date)s — %(post)s: %(answer)s",
            date=day(on(answer["on"])),
            post=name_of(answer.get("person")),
            answer=label("entry", answer["kind"]).lower(),
        )
        if answer["kind"] == "snoozed" and answer.get("until"):
            text = _("%(text)s until %(date)s", text=text, date=day(on(answer["until"])))
        found.append(f"{text}: «{answer['text']}»" if answer.get("text") else text)
    return found


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
        "project_heard": _("Acknowledge"),
        "indicator_heard": _("Acknowledge"),
        "help": _("Ask for help"),
        "snooze": _("Snooze"),
        "mute": _("Mute for myself"),
        "plan": _("Give the recovery plan"),
        "ruling": _("Rule on the requested date"),
        "decision": _("Look at the evidence"),
        "reading": _("Enter the value"),
        "update": _("Answer in one form"),
        "open": pgettext("button", "Open"),
    }
    return words[form]


def buttons(forms: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same forms by their words."""
    return [(button(form), address) for form, address in forms]


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
    if not parts:
        return _("No change since the last digest.")
    return _("Since the last digest: %(changes)s.", changes=", ".join(parts))


def counts(moved: Mapping[str, int]) -> str:
    """Counts for the subject of the weekly digest: 3 red, 5 amber, 7 overdue."""
    return ", ".join(say(moved[name]) for name, say in _COUNTS.items() if moved.get(name)) or _("all in order")


def list_counts(sections: Sequence[Mapping[str, Any]]) -> str:
    """Counts for the subject of a list: sections by how many lines they have."""
    return ", ".join(
        f"{section_title(section['section']).lower()}: {len(section['lines']) + section['more']}"
        for section in sections
    )


def colour_counts(statuses: Sequence[Mapping[str, Any]]) -> list[tuple[int | None, str]]:
    """Projects by colour today, the worst first, each with its severity and what it gained on the digest before.

    Nothing for a reader who steers no project and only reads of what others told him.
    """
    if not statuses:
        return []
    now, before = statuses[-1], statuses[-2] if len(statuses) > 1 else statuses[-1]
    found = []
    for severity, colour in COLOURS.items():
        if now[colour] or before[colour]:
            gained = now[colour] - before[colour]
            change = f" ({signed(gained)})" if gained else ""
            found.append((severity, f"{_colour_word(severity).lower()}: {now[colour]}{change}"))
    return found


def colours_by_week(statuses: Sequence[Mapping[str, Any]]) -> list[str]:
    """The numbers of the picture as an aligned table: the shapes of the colours, then a line a week."""
    rows = [["", *(SHAPES[severity] for severity in COLOURS)]]
    rows += [[day(on(count["on"])), *(str(count[colour]) for colour in COLOURS.values())] for count in statuses]
    wide = max(len(row[0]) for row in rows)
    figures = max(len(figure) for row in rows for figure in row[1:])
    return ["  ".join([row[0].ljust(wide), *(figure.rjust(figures) for figure in row[1:])]) for row in rows]


def picture(statuses: Sequence[Mapping[str, Any]]) -> str:
    """The content id of the picture of these weeks; empty where one day is all there is to show."""
    if len(statuses) < 2:
        return ""
    return picture_name([(count["red"], count["amber"], count["green"], count["none"]) for count in statuses])


def picture_in_words(statuses: Sequence[Mapping[str, Any]]) -> str:
    """The picture for those who do not see it."""
    first, last = statuses[0], statuses[-1]
    return _(
        "Projects by colour. %(first_day)s — %(first)s. %(last_day)s — %(last)s.",
        first_day=day(on(first["on"])),
        first=_colours_in_words(first),
        last_day=day(on(last["on"])),
        last=_colours_in_words(last),
    )


def glance(sections: Sequence[Mapping[str, Any]]) -> str:
    """The names of the first lines: what a mail program shows beside the subject."""
    titles = dict.fromkeys(title(line) for section in sections for line in section["lines"])
    return "; ".join(list(titles)[:GLANCED])


def somebody_was_told(sections: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any line of a list says who was told before."""
    return any(line.get("told") for section in sections for line in section["lines"])


def trend(code: str) -> str:
    """An arrow and a word."""
    words = {
        "better": pgettext("trend", "↑ better"),
        "same": pgettext("trend", "= unchanged"),
        "worse": pgettext("trend", "↓ worse"),
    }
    return words[code]


def _colour_word(severity: int | None) -> str:
    return label("severity", severity) if severity is not None else _("without a colour")


def _colours_in_words(count: Mapping[str, Any]) -> str:
    words = (f"{_colour_word(severity).lower()}: {count[colour]}" for severity, colour in COLOURS.items())
    return ", ".join(words)


_HEADLINES: dict[str, Callable[[], str]] = {
    "report_missing": lambda: _("Report missing"),
    "evidence_waiting": lambda: _("Evidence waits for review"),
    "off_track": lambda: _("Project turned red"),
    "at_risk": lambda: _("Risk of slipping"),
    "indicator_red": lambda: _("Critical indicator red twice running"),
    "plan_missing": lambda: _("Recovery plan missing"),
    "change_waiting": lambda: _("Change request waits for a ruling"),
}

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
    "ask_for_plan": lambda own: _("Ask the owner for the recovery plan"),
    "rule_change": lambda own: _("Approve or refuse the requested dates"),
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
