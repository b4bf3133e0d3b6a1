"""An address for every route that can be opened: a new one without an address here fails the tests that walk over all.

Add a line to ``STOPS`` with the post that opens the page, or to ``NO_PAGES`` with the reason why nobody looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Flask
from werkzeug.exceptions import HTTPException

from pmo.app import create_app
from pmo.runtime import Runtime
from tests.tour.city import ADMINISTRATOR, AKIM, CURATOR, MANAGER, OFFICE, OFFICE_HEAD, OWNER, WorkingCity


@dataclass(frozen=True)
class Stop:
    """A page to look at: who opens it (None: nobody is signed in) and where it is."""

    person: str | None
    path: str


Example = Callable[[WorkingCity], list[Stop]]

NO_PAGES = {
    "home.show": "leads to the first page of the post, which is a stop of its own",
    "api.openapi": "JSON for programs",
    "api.portfolio": "JSON for programs: tests/api",
    "api.projects": "JSON for programs: tests/api",
    "api.project": "JSON for programs: tests/api",
    "api.weeks": "JSON for programs: tests/api",
    "api.readings": "JSON for programs: tests/api",
    "api.forecasts": "JSON for programs: tests/api",
    "files.download": "a stored file goes out as an attachment",
    "record.checkpoint": "plain text for whoever keeps a copy",
    "health.live": "plain text for a load balancer",
    "health.show": "JSON for a monitor",
    "health.metrics": "figures for Prometheus",
    "second_factor.show": "stands between the password and the session; tests/browser looks at it on its way in",
    "single_sign_on.answer": "where the identity provider sends people back to",
    "single_sign_on.start": "leads to the identity provider",
    "single_sign_on.start_binding": "leads to the identity provider",
    "static": "files that pages ask for",
}
"""Endpoint to the reason why nobody looks at it."""

LETTERS = {"outbox.show_html", "previews.mail_html"}
"""Pages that are a mail as its reader gets it: no head or menu of the site, and a policy of their own."""


def page(person: str | None, *paths: str) -> Example:
    """Addresses that are the same in every city."""
    return lambda city: [Stop(person, path) for path in paths]


def project(person: str, path: str, code: str = WorkingCity.PROJECT, *queries: str) -> Example:
    """``{}`` stands for the id of a project; the page is opened once more with each query."""
    return lambda city: [Stop(person, path.format(city.project(code)) + query) for query in ("", *queries)]


def milestone(person: str, path: str, code: str = WorkingCity.LATE, *queries: str) -> Example:
    """The same with a milestone."""
    return lambda city: [Stop(person, path.format(city.milestone(code)) + query) for query in ("", *queries)]


def indicator(person: str, path: str, code: str = WorkingCity.INDICATOR, *queries: str) -> Example:
    """The same with an indicator."""
    return lambda city: [Stop(person, path.format(city.indicator(code)) + query) for query in ("", *queries)]


def template(path: str) -> Example:
    """The same with a template of the office."""
    return lambda city: [Stop(OFFICE, path.format(city.template("SCHOOL")))]


def planned_mail(path: str) -> Example:
    """A mail of next Monday's morning: the digest of a head of department."""
    key = "digest_weekly:almaty:2020-W07:head-police.alm"
    return page(OFFICE, f"{path}?on=2020-02-10&key={key}")


BEFORE, LONG_BEFORE = "?as_of=2019-12-31", "?as_of=2019-09-01"

STOPS: dict[str, Example] = {
    "absences.index": page(OFFICE, "/absences"),
    "accounts.index": page(ADMINISTRATOR, "/accounts"),
    "administration.area": page(ADMINISTRATOR, "/administration/areas/ALA-DA5"),
    "administration.calendar": page(ADMINISTRATOR, "/administration/calendar", "/administration/calendar?year=2021"),
    "administration.close_person": page(ADMINISTRATOR, f"/administration/people/{MANAGER}/closing"),
    "administration.departments": page(ADMINISTRATOR, "/administration/departments"),
    "administration.head": page(ADMINISTRATOR, "/administration/departments/ALA-POLICE/head"),
    "administration.index": page(ADMINISTRATOR, "/administration"),
    "administration.new_person": page(ADMINISTRATOR, "/administration/people/new"),
    "administration.new_role": page(ADMINISTRATOR, f"/administration/people/{MANAGER}/roles/new"),
    "administration.people": page(ADMINISTRATOR, "/administration/people"),
    "administration.person": page(ADMINISTRATOR, f"/administration/people/{MANAGER}"),
    "administration.reform": page(
        ADMINISTRATOR,
        "/administration/departments/reform",
        "/administration/departments/reform?close=ALA-POLICE&close=ALA-ES&new=1",
    ),
    "administration.next_rules": page(OFFICE_HEAD, "/administration/rules/next"),
    "administration.rules": lambda city: [Stop(person, "/administration/rules") for person in (OFFICE_HEAD, MANAGER)],
    "alerts.index": page(OFFICE, "/alerts", f"/alerts{BEFORE}"),
    "answers.acknowledgement": milestone(OWNER, "/milestones/{}/acknowledgement"),
    "answers.confirmation": milestone("head-es.alm", "/milestones/{}/forecast-confirmation", WorkingCity.OVERDUE),
    "answers.help_request": milestone(OWNER, "/milestones/{}/help-request"),
    "answers.muting": milestone(AKIM, "/milestones/{}/mute"),
    "answers.snoozing": milestone(OWNER, "/milestones/{}/snooze"),
    "authenticator.show": page(MANAGER, "/me/authenticator"),
    "change_requests.new": project(MANAGER, "/projects/{}/change-requests/new", "DP-13"),
    "change_requests.show": lambda city: [
        Stop(person, f"/change-requests/{city.change_request}") for person in (CURATOR, OFFICE)
    ],
    "comments.new": project(MANAGER, "/projects/{}/comments/new"),
    "comments.reply": lambda city: [
        Stop(MANAGER, f"/projects/{city.project(city.PROJECT)}/comments/{city.comment}/reply")
    ],
    "comments.withdrawal": lambda city: [
        Stop(OFFICE, f"/projects/{city.project(city.PROJECT)}/comments/{city.comment}/withdrawal")
    ],
    "completions.show": milestone(MANAGER, "/milestones/{}/completion"),
    "confirmation.show": page(MANAGER, "/me/confirmation"),
    "evidence.show": milestone(OFFICE, "/milestones/{}/evidence-decision", WorkingCity.CLAIMED),
    "forecasts.show": milestone(MANAGER, "/milestones/{}/forecast"),
    "imports.index": page(OFFICE, "/import"),
    "indicator_editing.edit": indicator(OFFICE, "/indicators/{}/edit"),
    "indicator_editing.new": project(OFFICE, "/projects/{}/indicators/new"),
    "indicators.show": indicator(OFFICE, "/indicators/{}", WorkingCity.INDICATOR, BEFORE),
    "jobs.index": page(OFFICE_HEAD, "/jobs", "/jobs?job=alerts"),
    "lifecycle.cancel_milestone": milestone(AKIM, "/milestones/{}/cancellation"),
    "lifecycle.cancel_project": project(AKIM, "/projects/{}/cancellation"),
    "lifecycle.override": project(OFFICE, "/projects/{}/override"),
    "lifecycle.pause_milestone": milestone(AKIM, "/milestones/{}/pause"),
    "lifecycle.pause_project": project(AKIM, "/projects/{}/pause"),
    "lifecycle.resume_milestone": milestone(AKIM, "/milestones/{}/resumption", WorkingCity.STOPPED_MILESTONE),
    "lifecycle.resume_project": project(AKIM, "/projects/{}/resumption", WorkingCity.STOPPED),
    "mailbox.index": page(AKIM, "/mailbox", "/mailbox?to=akim.alm"),
    "meeting.show": page(CURATOR, "/meeting"),
    "milestone_editing.edit": milestone(OFFICE, "/milestones/{}/edit"),
    "milestone_editing.new": project(OFFICE, "/projects/{}/milestones/new"),
    "milestones.show": milestone(OFFICE, "/milestones/{}", WorkingCity.LATE, BEFORE),
    "money.new_costs": project(MANAGER, "/projects/{}/costs/new"),
    "money.new_issue": project(MANAGER, "/projects/{}/issues/new"),
    "news.index": page(AKIM, "/changes", "/changes?since=2019-12-02"),
    "outbox.index": page(OFFICE_HEAD, "/outbox"),
    "outbox.show": lambda city: [Stop(OFFICE_HEAD, f"/outbox/{city.digest}")],
    "outbox.show_html": lambda city: [Stop(OFFICE_HEAD, f"/outbox/{city.digest}/html")],
    "access_tokens.index": page(MANAGER, "/me/tokens"),
    "access_tokens.new": page(MANAGER, "/me/tokens/new"),
    "accounts.new_holder": page(ADMINISTRATOR, f"/accounts/{MANAGER}/new-holder"),
    "access_tokens.of_city": page(ADMINISTRATOR, "/accounts/tokens"),
    "api_guide.show": lambda city: [Stop(None, "/api"), Stop(MANAGER, "/api")],
    "own_address.change": page(MANAGER, "/me/address"),
    "own_address.by_link": lambda city: [Stop(MANAGER, city.way_to_an_address)],
    "own_sign_in.show": page(MANAGER, "/me/sign-in"),
    "passkeys.add": page(MANAGER, "/me/passkeys"),
    "passwords.asked": page(None, "/password/asked"),
    "passwords.by_link": lambda city: [Stop(None, city.way_to_a_password)],
    "passwords.change": page(MANAGER, "/me/password"),
    "passwords.forgotten": page(None, "/password/forgotten"),
    "people.show_me": lambda city: [Stop(person, "/me") for person in (AKIM, MANAGER, ADMINISTRATOR)],
    "portfolio.index": page(
        AKIM,
        "/portfolio",
        "/portfolio?group=department",
        "/portfolio?q=no such project",
        f"/portfolio{BEFORE}",
        f"/portfolio{LONG_BEFORE}",
    ),
    "portfolio_charts.punctuality": page(AKIM, "/portfolio/punctuality"),
    "portfolio_charts.show": page(AKIM, "/portfolio/charts"),
    "portfolio_timeline.show": page(AKIM, "/portfolio/timeline"),
    "previews.index": page(
        OFFICE,
        "/alerts/preview?on=2020-02-10",
        "/alerts/preview?on=2020-01-31&item=DP-10-M3&person=akim.alm",
    ),
    "previews.mail": planned_mail("/alerts/preview/mail"),
    "previews.mail_html": planned_mail("/alerts/preview/mail/html"),
    "project_editing.edit": project(OFFICE, "/projects/{}/edit"),
    "project_editing.new": page(OFFICE, "/projects/new"),
    "project_templates.edit": template("/administration/templates/{}/edit"),
    "project_templates.from_project": project(OFFICE, "/projects/{}/template"),
    "project_templates.index": page(OFFICE, "/administration/templates"),
    "project_templates.indicator": template("/administration/templates/{}/indicators/I1"),
    "project_templates.milestone": template("/administration/templates/{}/milestones/M2"),
    "project_templates.new": page(OFFICE, "/administration/templates/new"),
    "project_templates.new_indicator": template("/administration/templates/{}/indicators/new"),
    "project_templates.new_milestone": template("/administration/templates/{}/milestones/new"),
    "project_templates.project": template("/administration/templates/{}/project"),
    "project_templates.show": template("/administration/templates/{}"),
    "projects.show": lambda city: [
        *(Stop(person, f"/projects/{city.project(city.PROJECT)}") for person in (AKIM, MANAGER, OFFICE)),
        Stop(AKIM, f"/projects/{city.project(city.STOPPED)}"),
        Stop(AKIM, f"/projects/{city.project(city.PROJECT)}{BEFORE}"),
    ],
    "readings.new": indicator(MANAGER, "/indicators/{}/readings/new"),
    "record.show": page(None, "/record"),
    "replies.indicator": indicator(CURATOR, "/indicators/{}/acknowledgement", WorkingCity.TOLD_INDICATOR),
    "replies.project": project(MANAGER, "/projects/{}/acknowledgement"),
    "replies.recovery_plan": project(OWNER, "/projects/{}/recovery-plan"),
    "rights.index": page(OFFICE_HEAD, "/rights", f"/rights?person={MANAGER}&project=10"),
    "sign_in.show": page(None, "/sign-in"),
    "tasks.index": lambda city: [Stop(person, "/tasks") for person in (MANAGER, CURATOR, OFFICE)],
    "unsubscribing.show": lambda city: [Stop(None, city.way_out_of_the_digest)],
    "updates.ask": lambda city: [
        Stop(CURATOR, f"/projects/{city.project(city.PROJECT)}/updates/{city.update}/question")
    ],
    "updates.confidence": project(OFFICE, "/projects/{}/confidence"),
    "updates.own_view": project(CURATOR, "/projects/{}/own-view"),
    "updates.done": page(MANAGER, "/update/done"),
    "updates.show": page(MANAGER, "/update", f"/update?item={WorkingCity.LATE}"),
    "voices.index": page(CURATOR, "/voices", "/voices?show=stale"),
}
"""Endpoint to the addresses at which it is looked at."""


def open_application(city: WorkingCity) -> Flask:
    """The application as the demonstration runs it, with its mailbox: no route is shut."""
    there = city.runtime
    app = create_app(Runtime(replace(there.settings, demo=True), there.engines, there.clock, there.transport))
    app.testing = True
    return app


def routes(app: Flask) -> set[str]:
    """Endpoints that answer to GET."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def tour(app: Flask, city: WorkingCity) -> list[tuple[str, Stop]]:
    """Every page of the application with its endpoint; fails where a route has no address or an address no route."""
    without = routes(app) - STOPS.keys() - NO_PAGES.keys()
    assert not without, f"give these routes an address in tests/tour/stops.py: {sorted(without)}"
    gone = (STOPS.keys() | NO_PAGES.keys()) - routes(app)
    assert not gone, f"these routes of tests/tour/stops.py are no more: {sorted(gone)}"
    found = [(endpoint, stop) for endpoint, example in STOPS.items() for stop in example(city)]
    lost = [f"{stop.path} is not of {endpoint}" for endpoint, stop in found if _endpoint(app, stop.path) != endpoint]
    assert not lost, lost
    return found


def _endpoint(app: Flask, path: str) -> str | None:
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method="GET")
    except HTTPException:
        return None
    return str(endpoint)
