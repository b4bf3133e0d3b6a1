"""A reason of a status as one sentence in the reader's language (DOMAIN 1.6, explanation).

``sentence_of(reason)`` begins with the colour: "Off track: critical milestone DP-10-M3 is 3 working days overdue
(limit 2)". ``clause_of(reason)`` is the same without the colour, for places that show the status beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from pmo.domain.reason import Reason
from pmo.i18n import formats, gettext, ngettext
from pmo.i18n.labels import label
from pmo.i18n.names import name_of

Names = Mapping[str, object]
"""Codes of reasons (``reason_codes``) to rows or mappings with a name in three languages."""

NO_NAMES: Names = {}


def sentence_of(reason: Reason, names: Names = NO_NAMES) -> str:
    """One sentence, the colour first where the reason has one.

    ``names`` gives the words of reason codes (why a project was cancelled); without it the code itself is shown.
    Raises KeyError for a rule that is not of DOMAIN.
    """
    clause = clause_of(reason, names)
    if not reason.severity:
        return _capitalised(clause)
    colour = label("project_status", "off_track" if reason.severity == 2 else "at_risk")
    return f"{colour}: {clause}"


def clause_of(reason: Reason, names: Names = NO_NAMES) -> str:
    """The sentence without the colour, beginning with a small letter."""
    return CLAUSES[reason.rule](reason, names)


def driver_of(driver: str | None) -> str:
    """What sets the expected finish: ``baseline``, ``own_forecast``, ``predecessor DP-10-M2`` …; a dash for None."""
    return label("driver", driver) if driver else formats.NOTHING


# --- milestones ---------------------------------------------------------------------------------------------------


def _critical_milestone(reason: Reason, _names: Names) -> str:
    return _milestone(reason, gettext("critical milestone %(code)s", code=reason.item))


def _other_milestone(reason: Reason, _names: Names) -> str:
    return _milestone(reason, gettext("milestone %(code)s", code=reason.item))


def _milestone(reason: Reason, who: str) -> str:
    values, limit = reason.values, _whole(reason.limit)
    rule = values.get("rule")
    if rule == "MS-7":
        overdue = _whole(values.get("days_overdue"))
        if not overdue:
            return gettext("%(who)s is overdue, its date was %(due)s", who=who, due=_day(values.get("due_on")))
        text = ngettext(
            "%(who)s is %(num)d working day overdue", "%(who)s is %(num)d working days overdue", overdue, who=who
        )
        return _with_limit(text, str(limit)) if limit else text
    if rule == "MS-8":
        slip = _whole(values.get("slip_wd"))
        text = ngettext(
            "%(who)s is expected %(num)d working day late, on %(expected)s",
            "%(who)s is expected %(num)d working days late, on %(expected)s",
            slip,
            who=who,
            expected=_day(values.get("expected_on")),
        )
        driver = str(values.get("driver") or "")
        if driver.startswith("predecessor "):
            text = gettext("%(text)s, held up by %(code)s", text=text, code=driver.removeprefix("predecessor "))
        return _with_limit(text, str(limit)) if limit else text
    return gettext("%(who)s has no date", who=who)


def _delivery(reason: Reason, _names: Names) -> str:
    share = _share_beside(reason.values["index"], reason.limit)
    text = gettext("%(share)s of the milestones that were due are done, by weight", share=share)
    return _with_least(text, _share(reason.limit))


def _schedule(reason: Reason, _names: Names) -> str:
    slip = _whole(reason.values["slip_days"])
    text = ngettext(
        "the end is expected %(num)d calendar day late, on %(expected)s",
        "the end is expected %(num)d calendar days late, on %(expected)s",
        slip,
        expected=_day(reason.values.get("expected_end")),
    )
    if reason.values.get("measure") == "slip_days":
        return _with_limit(text, str(_whole(reason.limit)))
    share = gettext("%(text)s, %(share)s of the duration", text=text, share=_share(reason.values["variance"], 1))
    return _with_limit(share, _share(reason.limit))


# --- indicators ---------------------------------------------------------------------------------------------------


def _critical_indicator(reason: Reason, _names: Names) -> str:
    return _indicator(reason, gettext("critical indicator %(code)s", code=reason.item))


def _other_indicator(reason: Reason, _names: Names) -> str:
    return _indicator(reason, gettext("indicator %(code)s", code=reason.item))


def _indicator(reason: Reason, who: str) -> str:
    values, rule = reason.values, reason.values.get("rule")
    if rule in ("IN-3", "IN-11", "IN-12"):
        return _silence(reason, who)
    if rule == "IN-NB":
        return gettext("%(who)s has no baseline value", who=who)
    figures = {"who": who, "actual": _figure(values.get("actual")), "expected": _figure(values.get("expected"))}
    if rule == "IN-5":
        return gettext("%(who)s almost reached its target: %(actual)s, target %(expected)s", **figures)
    if rule == "IN-6":
        return gettext("%(who)s missed its target: %(actual)s, target %(expected)s", **figures)
    if rule == "IN-7":
        return gettext("%(who)s moves away from its target: %(actual)s", **figures)
    if rule == "IN-13":
        text = gettext("%(who)s left the level to be kept: %(actual)s, target %(expected)s", **figures)
        return _with_limit(f"{text}, {_deviation(values)}", _share(reason.limit))
    if rule == "IN-14":
        text = gettext("%(who)s is outside its range: %(actual)s, nearest bound %(expected)s", **figures)
        return _with_limit(f"{text}, {_deviation(values)}", _share(reason.limit)) if reason.limit else text
    text = gettext("%(who)s is behind its trajectory: %(actual)s, expected %(expected)s", **figures)
    ratio = values.get("ratio")
    if ratio is None:
        return text
    share = gettext("%(text)s, %(share)s of the planned progress", text=text, share=_share_beside(ratio, reason.limit))
    return _with_least(share, _share(reason.limit))


def _silence(reason: Reason, who: str) -> str:
    missed = _whole(reason.values.get("missed_reports"))
    if reason.values.get("rule") == "IN-3":
        return ngettext(
            "%(who)s has no data, %(num)d report is missing",
            "%(who)s has no data, %(num)d reports are missing",
            missed,
            who=who,
        )
    return ngettext(
        "%(who)s: %(num)d report is missing since %(day)s",
        "%(who)s: %(num)d reports are missing since %(day)s",
        missed,
        who=who,
        day=_day(reason.values.get("observed_on")),
    )


def _indicators_index(reason: Reason, _names: Names) -> str:
    text = gettext(
        "the index of the indicators is %(share)s", share=_share_beside(reason.values["index"], reason.limit)
    )
    return _with_least(text, _share(reason.limit))


# --- cost, issues, guards -----------------------------------------------------------------------------------------


def _overrun(reason: Reason, _names: Names) -> str:
    values = reason.values
    text = gettext(
        "the estimate %(estimate)s is over the budget %(budget)s by %(share)s",
        estimate=formats.money(_number(values.get("estimate"))),
        budget=formats.money(_number(values.get("budget"))),
        share=_share(values["overrun"], 1),
    )
    return _with_limit(text, _share(reason.limit))


def _slow_spending(reason: Reason, _names: Names) -> str:
    text = gettext(
        "%(share)s of the money planned to date is spent", share=_share_beside(reason.values["share"], reason.limit)
    )
    return _with_least(text, _share(reason.limit))


def _late_issue(reason: Reason, _names: Names) -> str:
    issue = reason.values["issue"]
    return gettext("critical issue %(code)s was due on %(due)s and is open", code=issue, due=_day(reason.limit))


def _override(reason: Reason, names: Names) -> str:
    why = _reason_words(reason.values.get("reason"), names)
    return gettext("set by the project management office until %(day)s: %(reason)s", day=_day(reason.limit), reason=why)


def _rebaselined(reason: Reason, _names: Names) -> str:
    moved = _whole(reason.values["moved"])
    return ngettext(
        "the baseline was moved %(num)d time, by %(days)s, and no milestone has been done on time since",
        "the baseline was moved %(num)d times, by %(days)s, and no milestone has been done on time since",
        moved,
        days=formats.calendar_days(_whole(reason.values["days"])),
    )


def _no_data(_reason: Reason, _names: Names) -> str:
    return gettext("there is neither a milestone nor an indicator to judge by")


# --- lifecycle ----------------------------------------------------------------------------------------------------


def _cancelled(reason: Reason, names: Names) -> str:
    why = _reason_words(reason.values.get("reason"), names)
    return gettext("cancelled from %(day)s: %(reason)s", day=_day(reason.values["since"]), reason=why)


def _not_started(reason: Reason, _names: Names) -> str:
    return gettext("begins on %(day)s", day=_day(reason.values["start_on"]))


def _paused(reason: Reason, _names: Names) -> str:
    return gettext(
        "paused since %(day)s, for %(days)s",
        day=_day(reason.values["since"]),
        days=formats.calendar_days(_whole(reason.values["days"])),
    )


def _completed(_reason: Reason, _names: Names) -> str:
    return gettext("all milestones are done and all indicators are achieved")


def _shortfall(reason: Reason, _names: Names) -> str:
    return gettext(
        "all milestones are done, indicators not achieved: %(short)s of %(all)s",
        short=reason.values["short"],
        all=reason.values["of"],
    )


def _closing(reason: Reason, _names: Names) -> str:
    return gettext(
        "all milestones are done, indicators still open: %(open)s of %(all)s",
        open=reason.values["open"],
        all=reason.values["of"],
    )


CLAUSES: dict[str, Callable[[Reason, Names], str]] = {
    "LC-CANCELLED": _cancelled,
    "LC-NOT-STARTED": _not_started,
    "LC-PAUSED": _paused,
    "LC-COMPLETED": _completed,
    "LC-SHORTFALL": _shortfall,
    "LC-CLOSING": _closing,
    "PM-A": _critical_milestone,
    "PM-B": _other_milestone,
    "PM-C": _delivery,
    "PS-1": _schedule,
    "PI-A": _critical_indicator,
    "PI-B": _other_indicator,
    "PI-C": _indicators_index,
    "PC-1": _overrun,
    "PC-2": _slow_spending,
    "PR-1": _late_issue,
    "GD-OVERRIDE": _override,
    "GD-REBASELINE": _rebaselined,
    "PN-1": _no_data,
}


# --- parts --------------------------------------------------------------------------------------------------------


def _with_limit(text: str, limit: str) -> str:
    return gettext("%(text)s (limit %(limit)s)", text=text, limit=limit)


def _with_least(text: str, limit: str) -> str:
    return gettext("%(text)s (at least %(limit)s wanted)", text=text, limit=limit)


def _deviation(values: Mapping[str, object]) -> str:
    return gettext("deviation %(share)s", share=_share(values.get("deviation"), 1))


def _reason_words(code: object, names: Names) -> str:
    return name_of(names.get(str(code))) or str(code or formats.NOTHING)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(value: object) -> str:
    return formats.day(value if isinstance(value, date) else None)


def _figure(value: object) -> str:
    return formats.number(_number(value))


def _share(value: object, digits: int = 0) -> str:
    return formats.percent(_number(value), digits)


def _share_beside(value: object, limit: object) -> str:
    """A share with as many digits as it takes to be seen apart from its limit: 89,6 % beside 90 %."""
    texts = [(_share(value, digits), _share(limit, digits)) for digits in range(4)]
    return next((text for text, other in texts if text != other), texts[0][0])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
