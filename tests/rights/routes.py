"""What every route asks of a visitor, written down once more beside the code: the walk compares the two.

A route that is not here fails the walk, so a new one says here what it opens and for whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from pmo.domain.access import Action


class Kind(Enum):
    """What the address names."""

    PROJECT = auto()
    MILESTONE = auto()
    INDICATOR = auto()
    REQUEST = auto()
    UPDATE = auto()
    COMMENT = auto()
    FILE = auto()
    MAIL = auto()
    ADDRESS = auto()
    ABSENCE = auto()
    VIEW = auto()
    PERSON = auto()
    DEPARTMENT = auto()
    AREA = auto()
    GRANT = auto()
    CALENDAR_DAY = auto()
    PLANNED_CHANGE = auto()
    RULE_VERSION = auto()
    TEMPLATE = auto()
    NOTHING = auto()


class Whose(Enum):
    """What admits to the object, once it is in sight."""

    RIGHT = auto()
    """One of ``actions`` on its project."""
    TOLD = auto()
    """The visitor's, or of a post they stand in for: an alert about it that was sent, a comment that was written."""
    OWN = auto()
    """It is the visitor's own, or ``actions`` in its city; nobody else knows of it."""
    OWN_OR_RIGHT = auto()
    """The same, but who is of its city learns that it is there."""
    NOBODY = auto()
    """What the town does not have at this moment: no forecast to confirm, no mail of a morning."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a route asks. ``query`` lists addresses to try beside the bare one."""

    kind: Kind = Kind.NOTHING
    actions: tuple[Action, ...] = ()
    whose: Whose = Whose.RIGHT
    query: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """A route that the walk leaves to other tests, and which."""

    why: str


def _project(*actions: Action) -> Rule:
    return Rule(Kind.PROJECT, actions)


def _milestone(*actions: Action) -> Rule:
    return Rule(Kind.MILESTONE, actions)


TOLD_OF_MILESTONE = Rule(Kind.MILESTONE, whose=Whose.TOLD)
EVERYBODY = Rule()
TEMPLATES = Rule(Kind.TEMPLATE, (Action.CREATE_PROJECT,))
ALL_CITIES = ("city=all", "city=astana")
DEMONSTRATION = Apart("only in the demonstration: tests/web/test_jobs_and_mail.py")
SIGNING = Apart("before sign-in: tests/web/test_sign_in.py")
PASSKEY_ALONE = Apart("before sign-in: tests/web/test_passkey_alone.py")
PROVIDER = Apart("only with an identity provider: tests/web/test_single_sign_on.py")
PASSWORDS = Apart("by the token of a mail, or before sign-in: tests/web/test_passwords.py")
NOTHING_SET_UP = Rule(whose=Whose.NOBODY)
SIGN_INS = Rule(Kind.PERSON, (Action.MANAGE_SIGN_IN,))
PEOPLE = Rule(Kind.PERSON, (Action.MANAGE_PEOPLE,))

ROUTES: dict[str, Rule | Apart] = {
    "home.show": EVERYBODY,
    "tasks.index": EVERYBODY,
    "portfolio.index": Rule(query=ALL_CITIES),
    "portfolio.forget_view": Rule(Kind.VIEW, whose=Whose.OWN),
    "portfolio_charts.show": Rule(query=ALL_CITIES),
    "portfolio_charts.punctuality": Rule(query=ALL_CITIES),
    "portfolio_timeline.show": Rule(query=ALL_CITIES),
    "news.index": Rule(actions=(Action.VIEW,), query=("city=all&since=2019-09-16",)),
    "voices.index": Rule(query=("show=silent&city=all", "show=stale&city=astana")),
    "meeting.show": Rule(actions=(Action.RULE_CHANGE, Action.CHECK_CHANGE), query=ALL_CITIES),
    "alerts.index": Rule(actions=(Action.VIEW,)),
    "absences.index": EVERYBODY,
    "absences.withdraw": Rule(Kind.ABSENCE, (Action.SET_ABSENCE,), Whose.OWN_OR_RIGHT),
    "people.show_me": EVERYBODY,
    "people.choose": EVERYBODY,
    "updates.show": Rule(actions=(Action.UPDATE,), query=("item=AST-01-M1", "item=DP-11-M1", "item=DP-10-M1")),
    "updates.done": Rule(actions=(Action.UPDATE,)),
    "projects.show": _project(Action.VIEW),
    "project_editing.new": Rule(actions=(Action.CREATE_PROJECT,)),
    "project_editing.edit": _project(Action.EDIT),
    "project_templates.index": Rule(actions=(Action.CREATE_PROJECT,)),
    "project_templates.examples": Rule(actions=(Action.CREATE_PROJECT,)),
    "project_templates.new": Rule(actions=(Action.CREATE_PROJECT,)),
    "project_templates.show": TEMPLATES,
    "project_templates.edit": TEMPLATES,
    "project_templates.withdrawal": TEMPLATES,
    "project_templates.offer": TEMPLATES,
    "project_templates.project": TEMPLATES,
    "project_templates.new_milestone": TEMPLATES,
    "project_templates.milestone": TEMPLATES,
    "project_templates.milestone_removal": TEMPLATES,
    "project_templates.new_indicator": TEMPLATES,
    "project_templates.indicator": TEMPLATES,
    "project_templates.indicator_removal": TEMPLATES,
    "project_templates.from_project": _project(Action.EDIT),
    "milestone_editing.new": _project(Action.EDIT),
    "indicator_editing.new": _project(Action.EDIT),
    "change_requests.new": _project(Action.REQUEST_CHANGE),
    "money.new_costs": _project(Action.READING),
    "money.new_issue": _project(Action.READING),
    "money.issue_closing": _project(Action.READING),
    "lifecycle.pause_project": _project(Action.PAUSE),
    "lifecycle.resume_project": _project(Action.RESUME),
    "lifecycle.cancel_project": _project(Action.CANCEL),
    "lifecycle.override": _project(Action.OVERRIDE),
    "updates.confidence": _project(Action.CONFIDENCE),
    "updates.acknowledge": Rule(Kind.UPDATE, (Action.ACKNOWLEDGE_UPDATE,)),
    "updates.ask": Rule(Kind.UPDATE, (Action.ACKNOWLEDGE_UPDATE,)),
    "replies.recovery_plan": Rule(Kind.PROJECT, whose=Whose.TOLD),
    "replies.project": Rule(Kind.PROJECT, whose=Whose.TOLD),
    "replies.indicator": Rule(Kind.INDICATOR, whose=Whose.TOLD),
    "milestones.show": _milestone(Action.VIEW),
    "milestone_editing.edit": _milestone(Action.EDIT),
    "completions.show": _milestone(Action.CLAIM),
    "forecasts.show": _milestone(Action.FORECAST),
    "evidence.show": _milestone(Action.DECIDE_EVIDENCE),
    "evidence.accept": _milestone(Action.DECIDE_EVIDENCE),
    "evidence.give_back": _milestone(Action.DECIDE_EVIDENCE),
    "lifecycle.pause_milestone": _milestone(Action.PAUSE),
    "lifecycle.resume_milestone": _milestone(Action.RESUME),
    "lifecycle.cancel_milestone": _milestone(Action.CANCEL),
    "answers.acknowledgement": TOLD_OF_MILESTONE,
    "answers.help_request": TOLD_OF_MILESTONE,
    "answers.snoozing": TOLD_OF_MILESTONE,
    "answers.muting": TOLD_OF_MILESTONE,
    "answers.confirmation": Rule(Kind.MILESTONE, whose=Whose.NOBODY),
    "indicators.show": Rule(Kind.INDICATOR, (Action.VIEW,)),
    "indicator_editing.edit": Rule(Kind.INDICATOR, (Action.EDIT,)),
    "readings.new": Rule(Kind.INDICATOR, (Action.READING, Action.REOPEN_PERIOD)),
    "change_requests.show": Rule(Kind.REQUEST, (Action.VIEW,)),
    "change_requests.check": Rule(Kind.REQUEST, (Action.CHECK_CHANGE,)),
    "change_requests.give_back": Rule(Kind.REQUEST, (Action.CHECK_CHANGE,)),
    "change_requests.approve": Rule(Kind.REQUEST, (Action.RULE_CHANGE,)),
    "change_requests.refuse": Rule(Kind.REQUEST, (Action.RULE_CHANGE,)),
    "files.download": Rule(Kind.FILE, (Action.VIEW,)),
    "rights.index": Rule(actions=(Action.SEE_RIGHTS,)),
    "outbox.index": Rule(actions=(Action.SEE_OUTBOX,)),
    "outbox.show": Rule(Kind.MAIL, (Action.SEE_OUTBOX,), Whose.OWN),
    "outbox.show_html": Rule(Kind.MAIL, (Action.SEE_OUTBOX,), Whose.OWN),
    "outbox.resend": Rule(Kind.MAIL, (Action.SEE_OUTBOX,)),
    "outbox.allow": Rule(Kind.ADDRESS, (Action.SEE_OUTBOX,)),
    "jobs.index": Rule(actions=(Action.SEE_JOBS,)),
    "imports.index": Rule(actions=(Action.IMPORT,)),
    "imports.apply": Rule(actions=(Action.IMPORT,)),
    "previews.index": Rule(actions=(Action.PREVIEW_ALERTS,), query=("item=AST-01-M1&person=manager-ast",)),
    "previews.mail": Rule(actions=(Action.PREVIEW_ALERTS,), whose=Whose.NOBODY),
    "previews.mail_html": Rule(actions=(Action.PREVIEW_ALERTS,), whose=Whose.NOBODY),
    "mailbox.index": DEMONSTRATION,
    "demo_clock.move": DEMONSTRATION,
    "sign_in.show": SIGNING,
    "sign_in.choose_post": SIGNING,
    "sign_in.leave": SIGNING,
    "languages.change": SIGNING,
    "unsubscribing.show": Apart("by the token of a mail: tests/web/test_mail_choices.py"),
    "health.live": Apart("for probes: tests/web/test_health.py"),
    "health.show": Apart("for probes: tests/web/test_health.py"),
    "health.metrics": Apart("for probes: tests/web/test_health.py"),
    "record.show": Apart("for everybody: tests/web/test_record.py"),
    "record.checkpoint": Apart("for everybody: tests/web/test_record.py"),
    "static": Apart("files that everybody gets"),
    "second_factor.show": SIGNING,
    "second_factor.options": SIGNING,
    "second_factor.passkey": SIGNING,
    "passkey_alone.options": PASSKEY_ALONE,
    "passkey_alone.enter": PASSKEY_ALONE,
    "passwords.forgotten": PASSWORDS,
    "passwords.asked": PASSWORDS,
    "passwords.by_link": PASSWORDS,
    "passwords.change": EVERYBODY,
    "single_sign_on.start": PROVIDER,
    "single_sign_on.answer": PROVIDER,
    "single_sign_on.start_binding": PROVIDER,
    "single_sign_on.confirm": PROVIDER,
    "single_sign_on.remove": PROVIDER,
    "own_sign_in.show": EVERYBODY,
    "own_address.change": EVERYBODY,
    "own_address.by_link": Apart("by the token of a mail: tests/web/test_own_address.py"),
    "own_sign_in.end": Apart("ends the session of the walker: tests/web/test_sign_in_safety.py"),
    "own_sign_in.end_others": EVERYBODY,
    "confirmation.show": EVERYBODY,
    "authenticator.show": EVERYBODY,
    "authenticator.begin": EVERYBODY,
    "authenticator.remove": NOTHING_SET_UP,
    "authenticator.renew_codes": EVERYBODY,
    "passkeys.add": EVERYBODY,
    "passkeys.options": EVERYBODY,
    "passkeys.remove": NOTHING_SET_UP,
    "accounts.index": Rule(actions=(Action.MANAGE_SIGN_IN,)),
    "accounts.invite_post": SIGN_INS,
    "accounts.remove_factors": SIGN_INS,
    "accounts.new_holder": SIGN_INS,
    "accounts.end": SIGN_INS,
    "administration.index": Rule(
        actions=(Action.MANAGE_PEOPLE, Action.MANAGE_DEPARTMENTS, Action.MANAGE_CALENDAR, Action.MANAGE_RULES)
    ),
    "administration.people": Rule(actions=(Action.MANAGE_PEOPLE,)),
    "administration.new_person": Rule(actions=(Action.MANAGE_PEOPLE,)),
    "administration.person": PEOPLE,
    "administration.close_person": PEOPLE,
    "administration.open_person": PEOPLE,
    "administration.new_role": PEOPLE,
    "administration.withdraw_role": Rule(Kind.GRANT, (Action.MANAGE_PEOPLE,)),
    "administration.departments": Rule(actions=(Action.MANAGE_DEPARTMENTS,)),
    "administration.reform": Rule(actions=(Action.MANAGE_DEPARTMENTS,)),
    "administration.head": Rule(Kind.DEPARTMENT, (Action.MANAGE_DEPARTMENTS,)),
    "administration.area": Rule(Kind.AREA, (Action.MANAGE_DEPARTMENTS,)),
    "administration.withdraw_planned_change": Rule(Kind.PLANNED_CHANGE, (Action.MANAGE_DEPARTMENTS,)),
    "administration.calendar": Rule(actions=(Action.MANAGE_CALENDAR,)),
    "administration.withdraw_calendar_day": Rule(Kind.CALENDAR_DAY, (Action.MANAGE_CALENDAR,)),
    "administration.rules": EVERYBODY,
    "administration.next_rules": Rule(actions=(Action.MANAGE_RULES,)),
    "administration.withdraw_rule_version": Rule(Kind.RULE_VERSION, (Action.MANAGE_RULES,)),
    "access_tokens.index": EVERYBODY,
    "access_tokens.new": EVERYBODY,
    "access_tokens.revoke": NOTHING_SET_UP,
    "access_tokens.of_city": Rule(actions=(Action.MANAGE_SIGN_IN,)),
    "api_guide.show": Apart("for everybody: tests/api/test_problems.py"),
    "api.openapi": Apart("for everybody: tests/api/test_problems.py"),
    "api.portfolio": Rule(query=ALL_CITIES),
    "api.projects": Rule(query=ALL_CITIES),
    "api.project": _project(Action.VIEW),
    "api.weeks": _project(Action.VIEW),
    "api.readings": Rule(Kind.INDICATOR, (Action.VIEW,)),
    "api.report_of_indicator": Rule(Kind.INDICATOR, (Action.READING,)),
    "api.forecasts": _milestone(Action.VIEW),
    "api.report_of_milestone": _milestone(Action.FORECAST),
    "comments.new": _project(Action.COMMENT),
    "comments.reply": Rule(Kind.COMMENT, (Action.COMMENT,)),
    "comments.withdrawal": Rule(Kind.COMMENT, (Action.WITHDRAW_COMMENT,), Whose.TOLD),
    "updates.own_view": _project(Action.OWN_VIEW),
}
