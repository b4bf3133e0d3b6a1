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
from pmo.i18n.formats import calendar_days, day, day_short, days, number, percent, working_days
from pmo.i18n.labels import label
from pmo.i18n.names import name_of
from pmo.i18n.sentences import clause_of

Line = Mapping[str, Any]

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

SENIORS = ("curator", "akim")
SHAPES = {2: "◆", 1: "▲", 0: "●", None: "○"}
"""A shape for each colour, so that colour is never alone (PRODUCT 3)."""


def on(value: object) -> date | None:
    """A date of the facts."""
    return date.fromisoformat(str(value)[:10]) if value else None


def severity_word(severity: int | None) -> str:
    """Red, amber, green."""
    return label("severity", severity) if severity is not None else _("not assessed")


def status_word(line: Line) -> str:
    """The status of what the line tells, in the gender of its kind; the colour where no status is said."""
    status, kind = line["values"].get("status"), line["kind"]
    if status and kind in ("milestone", "indicator", "project"):
        return label(f"{kind}_status", status)
    return severity_word(line["severity"])


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
    due_on = _due_on(line)
    return _("Due %(date)s", date=day(due_on)) if due_on else status_word(line)


def detail(line: Line) -> str:
    """The numbers and dates of a line: one clause, by what it tells."""
    say = _DETAILS.get(line["what"])
    return say(line) if say else _dates(line)


def reason(line: Line) -> str:
    """The first reason of the status, where it says more than the line itself: an overdue item needs no second word."""
    found = line.get("reason")
    if not found or (found["item"] == line["item"] and found["values"].get("rule") == "MS-7"):
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
    return name_of(line["name"])


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
        "decision": _("Look at the evidence"),
        "reading": _("Enter the value"),
        "open": pgettext("button", "Open"),
    }
    return words[form]


def facts_of(line: Line) -> list[tuple[str, str]]:
    """The dates and numbers of one alert, each with its name."""
    values = line["values"]
    due_on, original = _due_on(line), on(values.get("original_due_on"))
    expected_on = on(values.get("expected_on"))
    found: list[tuple[str, str]] = []
    if values.get("period_end"):
        found.append((_("Reporting period up to"), day(on(values["period_end"]))))
    if due_on:
        found.append((_("Due date"), day(due_on)))
    if original and due_on and original != due_on:
        found.append((_("Original date"), day(original)))
    if expected_on and expected_on != due_on:
        found.append((_("Expected finish"), day(expected_on)))
    if values.get("submitted_on"):
        found.append((_("Evidence submitted"), day(on(values["submitted_on"]))))
    if values.get("days_waiting"):
        found.append((pgettext("mail", "Waiting"), working_days(values["days_waiting"])))
    if values.get("actual") is not None:
        found.append((_("Actual value"), number(values["actual"])))
    if values.get("expected") is not None:
        found.append((_("Expected value on the date"), number(values["expected"])))
    if reason(line):
        found.append((_("First reason"), reason(line)))
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


def _due_on(line: Line) -> date | None:
    values = line["values"]
    return on(values.get("effective_due_on") or values.get("due_on"))


def _dates(line: Line) -> str:
    values = line["values"]
    due_on, expected_on = _due_on(line), on(values.get("expected_on"))
    parts = []
    if due_on:
        parts.append(_("due %(date)s", date=day(due_on)))
    if line["days_overdue"] > 0:
        parts.append(_("overdue by %(length)s", length=working_days(line["days_overdue"])))
    if expected_on and due_on and expected_on > due_on and line["kind"] == "milestone":
        parts.append(_("expected %(date)s", date=day(expected_on)))
    if values.get("period_end"):
        parts.insert(0, _("for the period up to %(date)s", date=day(on(values["period_end"]))))
    if values.get("days_waiting"):
        parts = [
            _("submitted %(date)s", date=day(on(values.get("submitted_on")))),
            _("waiting %(length)s", length=working_days(values["days_waiting"])),
        ]
    return ", ".join(parts)


def _moved(line: Line) -> str:
    values = line["values"]
    text = _("%(old)s → %(new)s", old=day(on(values.get("old"))), new=day(on(values.get("new"))))
    why = values.get("reason")
    if line["what"] == "baseline_moved":
        return _("%(dates)s, approved baseline", dates=text)
    words = name_of(why) if isinstance(why, Mapping) else ""
    return _("%(dates)s, reason: %(reason)s", dates=text, reason=words or _("not stated"))


def _off_curve(line: Line) -> str:
    values = line["values"]
    parts = []
    if values.get("actual") is not None and values.get("expected") is not None:
        figures = {"actual": number(values["actual"]), "expected": number(values["expected"])}
        parts.append(_("actual %(actual)s, expected %(expected)s", **figures))
    if values.get("ratio") is not None:
        parts.append(_("%(share)s of the planned progress", share=percent(values["ratio"])))
    return ", ".join(parts) or status_word(line)


def _silent(line: Line) -> str:
    values = line["values"]
    missed = values.get("missed_reports") or 0
    parts = [ngettext("%(num)d report missing", "%(num)d reports missing", missed)] if missed else []
    if values.get("observed_on"):
        parts.append(_("last observation %(date)s", date=day(on(values["observed_on"]))))
    return ", ".join(parts) or _dates(line)


def _done(line: Line) -> str:
    values = line["values"]
    text = _("done %(date)s", date=day(on(values.get("completed_on"))))
    late = values.get("lateness_wd") or 0
    return _("%(text)s, late by %(length)s", text=text, length=working_days(late)) if late > 0 else text


def _achieved(line: Line) -> str:
    return _("target reached, value %(value)s", value=number(line["values"].get("actual")))


def _turned(line: Line) -> str:
    values = line["values"]
    if not values.get("before"):
        return status_word(line)
    return _(
        "was: %(before)s, now: %(now)s",
        before=label("project_status", values["before"]).lower(),
        now=label("project_status", values["status"]).lower(),
    )


def _group(line: Line) -> str:
    return ngettext(
        "%(num)d milestone became overdue on %(date)s",
        "%(num)d milestones became overdue on %(date)s",
        line["values"]["count"],
        date=day(on(line["values"]["since"])),
    )


def _returned(line: Line) -> str:
    return _with_reason(
        _("evidence returned for revision on %(date)s", date=day(on(line["values"]["returned_on"]))), line
    )


def _change_asked(line: Line) -> str:
    values = line["values"]
    asked = _("new dates requested on %(date)s", date=day(on(values.get("asked_on"))))
    return _with_reason(f"{asked}: {', '.join(values.get('items') or ())}", line)


def _change_to_check(line: Line) -> str:
    ask = _("To be checked by the project management office")
    return f"{_change_asked(line)}. {ask}"


def _change_to_rule(line: Line) -> str:
    ask = _("Approve or refuse")
    return f"{_change_asked(line)}. {ask}"


def _long_pause(line: Line) -> str:
    values = line["values"]
    since = day(on(values["since"]))
    return _("paused since %(date)s, for %(length)s: resume or cancel", date=since, length=days(values["days"]))


def _stocktake(line: Line) -> str:
    ask = _("To be heard at the stocktake")
    return f"{_dates(line)}. {ask}"


def _off_track(line: Line) -> str:
    slip = line["values"].get("slip_days") or 0
    return _("the end is expected later by %(length)s", length=calendar_days(slip)) if slip > 0 else ""


def _with_reason(text: str, line: Line) -> str:
    """A reason that a person gave, where its name came along."""
    words = name_of(line["values"].get("reason")) if isinstance(line["values"].get("reason"), Mapping) else ""
    return _("%(text)s, reason: %(reason)s", text=text, reason=words) if words else text


_DETAILS: dict[str, Callable[[Line], str]] = {
    "baseline_moved": _moved,
    "forecast_moved": _moved,
    "off_curve": _off_curve,
    "indicator_red": _off_curve,
    "silent": _silent,
    "milestone_done": _done,
    "indicator_achieved": _achieved,
    "project_red": _turned,
    "project_better": _turned,
    "project_completed": _turned,
    "group": _group,
    "evidence_returned": _returned,
    "change_to_check": _change_to_check,
    "change_to_rule": _change_to_rule,
    "long_pause": _long_pause,
    "stocktake": _stocktake,
    "off_track": _off_track,
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
