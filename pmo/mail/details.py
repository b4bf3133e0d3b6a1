"""The numbers and dates of one line of a mail as one clause, by what the line tells (``pmo.domain.digests.What``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pmo.i18n import gettext as _
from pmo.i18n import ngettext
from pmo.i18n.formats import calendar_days, day, days, number, percent, working_days
from pmo.i18n.labels import label
from pmo.i18n.names import name_of

Line = Mapping[str, Any]
"""``LineFacts`` of ``facts.py``."""


def detail(line: Line) -> str:
    """The numbers and dates of a line: one clause, by what it tells."""
    say = _DETAILS.get(line["what"])
    return say(line) if say else _dates(line)


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


def due_on(line: Line) -> date | None:
    """The date that counts: E, where the network moved it."""
    values = line["values"]
    return on(values.get("effective_due_on") or values.get("due_on"))


def _dates(line: Line) -> str:
    values = line["values"]
    due, expected_on = due_on(line), on(values.get("expected_on"))
    parts = []
    if due:
        parts.append(_("due %(date)s", date=day(due)))
    if line["days_overdue"] > 0:
        parts.append(_("overdue by %(length)s", length=working_days(line["days_overdue"])))
    if expected_on and due and expected_on > due and line["kind"] == "milestone":
        parts.append(_("expected %(date)s", date=day(expected_on)))
    if values.get("claim_submitted_on"):
        parts.append(_("evidence of %(date)s is under review", date=day(on(values["claim_submitted_on"]))))
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
    words = _small(name_of(why)) if isinstance(why, Mapping) else ""
    return _("%(dates)s, reason: %(reason)s", dates=text, reason=words or _("not stated"))


def _off_curve(line: Line) -> str:
    values = line["values"]
    parts = []
    if values.get("actual") is not None and values.get("expected") is not None:
        figures = {"actual": number(values["actual"]), "expected": number(values["expected"])}
        parts.append(_("actual %(actual)s (expected %(expected)s)", **figures))
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


def _update_missing(line: Line) -> str:
    values = line["values"]
    parts = [_("no update for %(length)s", length=calendar_days(values["days"]))]
    if values.get("last_on"):
        parts.append(_("last heard of on %(date)s", date=day(on(values["last_on"]))))
    return ", ".join(parts)


def _comment(line: Line) -> str:
    values = line["values"]
    text = _(
        "%(date)s, %(post)s: «%(text)s»",
        date=day(on(values["said_on"])),
        post=name_of(values["author"]) if values.get("author") else "—",
        text=values["text"],
    )
    more = values["count"] - 1
    return f"{text} ({ngettext('and %(num)d more', 'and %(num)d more', more)})" if more else text


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
    values = line["values"]
    text = ngettext(
        "%(num)d milestone became overdue on %(date)s",
        "%(num)d milestones became overdue on %(date)s",
        values["count"],
        date=day(on(values["since"])),
    )
    return f"{text}: {', '.join(values['items'])}"


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


def _plan_missing(line: Line) -> str:
    values = line["values"]
    return _(
        "asked for on %(asked)s, due by %(due)s, not given",
        asked=day(on(values.get("asked_on"))),
        due=day(on(values.get("plan_due_on"))),
    )


def _with_reason(text: str, line: Line) -> str:
    """A reason that a person gave, where its name came along."""
    why = line["values"].get("reason")
    words = _small(name_of(why)) if isinstance(why, Mapping) else ""
    return _("%(text)s, reason: %(reason)s", text=text, reason=words) if words else text


def _small(words: str) -> str:
    """A name from a list, within a sentence."""
    return words[:1].lower() + words[1:]


_DETAILS: dict[str, Callable[[Line], str]] = {
    "baseline_moved": _moved,
    "forecast_moved": _moved,
    "off_curve": _off_curve,
    "indicator_red": _off_curve,
    "silent": _silent,
    "update_missing": _update_missing,
    "comment": _comment,
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
    "plan_missing": _plan_missing,
}
