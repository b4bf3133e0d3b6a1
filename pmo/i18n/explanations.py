"""Why somebody is told of an item on a day, or not, as a sentence (``pmo.domain.why``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pmo.domain.why import Explanation, Why
from pmo.i18n import formats, gettext
from pmo.i18n.labels import label
from pmo.i18n.names import name_of

Values = Mapping[str, object]


def explained(explanation: Explanation, people: Mapping[str, object] | None = None) -> str:
    """One sentence or two. ``people`` gives the titles of posts by id; without it the id itself is shown."""
    return _SENTENCES[explanation.code](explanation.values, people or {})


def _told(values: Values, people: Mapping[str, object]) -> str:
    rung = str(values["rung"])
    parts = [_rung_reason(rung, values)]
    if values.get("joins_at") and rung.startswith("O+"):
        parts.append(
            gettext(
                "%(role)s is told from the step “%(rung)s” on",
                role=label("capacity", values["role"]),
                rung=label("rung", values["joins_at"]),
            )
        )
    else:
        parts.append(gettext("told as: %(role)s", role=label("capacity", values["role"])))
    if values.get("stands_for"):
        parts.append(gettext("in place of the absent: %(post)s", post=_post(values["stands_for"], people)))
    if values.get("note") == "absent_copy":
        parts.append(
            gettext("absent: %(post)s gets the mail, here is only a copy", post=_post(values.get("substitute"), people))
        )
    elif values.get("note"):
        parts.append(label("alert_note", values["note"]))
    if values.get("channel"):
        parts.append(gettext("by: %(channel)s", channel=label("channel", values["channel"])))
    return "; ".join(parts) + "."


def _rung_reason(rung: str, values: Values) -> str:
    due = _day(values.get("effective_due_on"))
    if rung.startswith("O+"):
        return gettext("The due date %(day)s has passed: %(rung)s", day=due, rung=label("rung", rung).lower())
    if rung == "weekly":
        return gettext("The due date %(day)s has passed, every step was told: weekly repeat", day=due)
    if rung.startswith("R-"):
        return gettext("Due on %(day)s: %(rung)s", day=due, rung=label("rung", rung).lower())
    if rung == "report_missing":
        return gettext("No value for the period up to %(day)s", day=_day(values.get("period_end")))
    if rung == "plan_missing":
        return gettext("No recovery plan by %(day)s", day=_day(values.get("plan_due_on")))
    if rung == "change_waiting":
        return gettext("New dates were requested on %(day)s and nobody has ruled", day=_day(values.get("asked_on")))
    if rung == "evidence_waiting":
        return gettext(
            "Evidence was submitted on %(day)s and nobody has judged it", day=_day(values.get("submitted_on"))
        )
    if rung == "at_risk":
        return gettext("Expected on %(day)s, after its date", day=_day(values.get("expected_on")))
    return label("rung", rung)


def _lapsed(values: Values, _people: Mapping[str, object]) -> str:
    return gettext(
        "The reminder “%(rung)s” lapsed unsent: its day had passed and a later step was due.",
        rung=label("rung", values["rung"]),
    )


def _project_rests(values: Values, _people: Mapping[str, object]) -> str:
    return gettext("The project is not running: %(status)s.", status=label("project_status", values["status"]).lower())


def _nothing_owed(values: Values, _people: Mapping[str, object]) -> str:
    status = str(values["status"])
    for kind in ("milestone_status", "indicator_status", "project_status"):
        try:
            return gettext("Nothing is owed that day: %(status)s.", status=label(kind, status).lower())
        except KeyError:
            continue
    return gettext("Nothing is owed that day: %(status)s.", status=status)


def _under_review(values: Values, _people: Mapping[str, object]) -> str:
    submitted = _day(values.get("submitted_on"))
    if values.get("until"):
        return gettext(
            "Held: evidence of %(day)s is under review; a late claim holds the next step until %(until)s.",
            day=submitted,
            until=_day(values["until"]),
        )
    return gettext("Held: evidence of %(day)s came in time and is under review.", day=submitted)


def _not_due(values: Values, _people: Mapping[str, object]) -> str:
    text = gettext(
        "Nothing was due that day: the next step is “%(rung)s”, on %(day)s at the earliest.",
        rung=label("rung", values["rung"]),
        day=_day(values["on"]),
    )
    if not values.get("joins_at"):
        return text
    joins = gettext(
        "%(role)s is told only from the step “%(rung)s” on.",
        role=label("capacity", values["role"]),
        rung=label("rung", values["joins_at"]),
    )
    return f"{text} {joins}"


def _not_your_level(values: Values, _people: Mapping[str, object]) -> str:
    text = gettext(
        "The step of that day, “%(rung)s”, goes to lower levels only (%(role)s).",
        rung=label("rung", values["rung"]),
        role=label("capacity", values["role"]).lower(),
    )
    if not values.get("joins_at"):
        return text
    joins = gettext(
        "This level is told from the step “%(rung)s” on, %(day)s at the earliest.",
        rung=label("rung", values["joins_at"]),
        day=_day(values.get("on")),
    )
    return f"{text} {joins}"


def _answered(values: Values, _people: Mapping[str, object]) -> str:
    kind = label("entry", values["kind"])
    if values.get("until"):
        return gettext(
            "Answered on %(day)s (%(kind)s): no repeats until %(until)s.",
            day=_day(values["on"]),
            kind=kind,
            until=_day(values["until"]),
        )
    return gettext(
        "Answered on %(day)s (%(kind)s): no more repeats about this date.", day=_day(values["on"]), kind=kind
    )


def _mail(values: Values, _people: Mapping[str, object]) -> str:
    if values.get("id") is None:
        return gettext("Recorded; it waits for the reader's next list or digest.")
    words = {"kind": label("mail_kind", values["kind"]), "state": label("mail_state", values["state"]).lower()}
    sent_at = values.get("sent_at")
    if isinstance(sent_at, datetime):
        return gettext(
            "The mail: %(kind)s, %(state)s, %(moment)s.", moment=formats.moment(sent_at, _zone(sent_at)), **words
        )
    return gettext("The mail: %(kind)s, %(state)s.", **words)


_Sentence = Callable[[Values, Mapping[str, object]], str]
_SENTENCES: dict[Why, _Sentence] = {
    Why.TOLD: _told,
    Why.LAPSED: _lapsed,
    Why.POST_NOT_IN_USE: lambda values, people: gettext("The post is not in use; its mail goes to the next level."),
    Why.DAY_OFF: lambda values, people: gettext(
        "%(day)s is a day off: nothing is sent, everything waits for %(next)s, 08:30.",
        day=_day(values["on"]),
        next=_day(values["next_on"]),
    ),
    Why.PROJECT_RESTS: _project_rests,
    Why.NO_PART: lambda values, people: gettext("The post has no part in this project: it is told on no step."),
    Why.NO_DATE: lambda values, people: gettext("The milestone has no date, so it has no ladder."),
    Why.NOTHING_OWED: _nothing_owed,
    Why.UNDER_REVIEW: _under_review,
    Why.FORECAST_CONFIRMED: lambda values, people: gettext(
        "The next level confirmed a new forecast: the next step waits until %(day)s.", day=_day(values["until"])
    ),
    Why.ONE_RUNG_A_DAY: lambda values, people: gettext(
        "One step a working day: another one was told that day already."
    ),
    Why.MAIL_UNDERWAY: lambda values, people: gettext(
        "The step before, “%(rung)s” of %(day)s, has not reached everybody yet; the next one waits for it.",
        rung=label("rung", values["rung"]),
        day=_day(values["raised_on"]),
    ),
    Why.NOT_DUE: _not_due,
    Why.NOT_YOUR_LEVEL: _not_your_level,
    Why.ANSWERED: _answered,
    Why.ABSENT: lambda values, people: gettext(
        "Absent until %(day)s: %(post)s is told instead.",
        day=_day(values["until"]),
        post=_post(values["substitute"], people),
    ),
    Why.SUPERSEDED: lambda values, people: gettext(
        "The earlier alerts are void: the date was moved to %(day)s, approved on %(approved)s.",
        day=_day(values["due_on"]),
        approved=_day(values["approved_on"]),
    ),
    Why.LAST_TOLD: lambda values, people: gettext(
        "Told before, last on %(day)s: %(rung)s.", day=_day(values["on"]), rung=label("rung", values["rung"]).lower()
    ),
    Why.NEVER_TOLD: lambda values, people: gettext("Never told of this item before."),
    Why.MAIL: _mail,
}


def _day(value: object) -> str:
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    return formats.day(value) if isinstance(value, date) else formats.NOTHING


def _zone(moment: datetime) -> ZoneInfo:
    return moment.tzinfo if isinstance(moment.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def _post(person: object, people: Mapping[str, object]) -> str:
    title = people.get(str(person))
    return name_of(title) if title else str(person)
