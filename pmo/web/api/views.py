"""The interface for programs: reading the portfolio, reporting readings and forecasts; all else is done on pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType
from werkzeug.wrappers import Response

from pmo.clock import end_of_day
from pmo.db.session import Session
from pmo.domain.access_tokens import TokenScope
from pmo.domain.errors import RuleBroken
from pmo.i18n import current_language
from pmo.queries.names import Name, reason_codes
from pmo.queries.open_alerts import threads_of_project
from pmo.queries.overview import Moment, overview, sorted_lines
from pmo.queries.overview_filter import Wanted
from pmo.queries.past_weeks import weeks_of_project
from pmo.queries.project_page import project_page, visible_project
from pmo.queries.revisions import as_it_was
from pmo.queries.standing_facts import forecasts_of, indicator_code, milestone_code, standing_readings
from pmo.queries.status import stored_assessments
from pmo.services.acts import Act
from pmo.services.system_reports import ToldForecast, ToldReading, report_forecast, report_reading
from pmo.web.access import by_token, public
from pmo.web.acts import act
from pmo.web.api import answers
from pmo.web.api.answers import Answer, labelled
from pmo.web.api.description import description
from pmo.web.api.fields import FromAddress, Request
from pmo.web.api.json_text import json_object, json_text
from pmo.web.api.problems import Fault, Faulty
from pmo.web.api.shapes import ForecastReport, MomentQuery, NoQuery, PortfolioQuery, ProjectsQuery, ReadingReport
from pmo.web.context import actor, caller, city, now, runtime, today, zone

MEDIA_TYPE = "application/json"
LARGEST_BODY = 64 * 1024

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.before_request
def check_formats() -> None:
    """Raises NotAcceptable where the program takes no JSON; a larger body than is ever needed is refused unread."""
    request.max_content_length = LARGEST_BODY
    if request.accept_mimetypes and not request.accept_mimetypes.best_match([MEDIA_TYPE]):
        raise NotAcceptable


@api.after_request
def say_language(response: Response) -> Response:
    """Sentences are in one language; another reader of the same address may get another."""
    response.headers["Content-Language"] = current_language()
    response.vary.update(("Accept-Language", "Authorization"))
    return response


@api.get("/openapi.json")
@public
def openapi() -> Response:
    """What there is, for programs that write programs (OpenAPI 3.1)."""
    _query(NoQuery())
    return Response(json_text(description(runtime().settings.base_url or "")), mimetype=MEDIA_TYPE)


@api.get("/portfolio")
@by_token(TokenScope.READ)
def portfolio() -> Response:
    """How many projects stand how."""
    asked = _query(PortfolioQuery())
    with runtime().reading() as session:
        found = overview(session, actor(), _wanted(asked), _moment(asked), runtime().rules, runtime().histories)
    return _answer(answers.portfolio_answer(found))


@api.get("/projects")
@by_token(TokenScope.READ)
def projects() -> Response:
    """A page of projects, by code."""
    asked = _query(ProjectsQuery())
    page, size = asked["page"], asked["size"]
    with runtime().reading() as session:
        found = overview(session, actor(), _wanted(asked), _moment(asked), runtime().rules, runtime().histories)
        chosen = sorted_lines(found.chosen, "code")
        lines = chosen[(page - 1) * size : page * size]
        assessments = {**stored_assessments(session, [line.id for line in lines]), **found.computed}
        words = _words(session)
    listed = [answers.line_answer(line, assessments[line.id], words) for line in lines]
    told = {"on": found.day.isoformat(), "total": len(chosen), "page": page, "size": size, "projects": listed}
    return _answer(told)


@api.get("/projects/<int:project_id>")
@by_token(TokenScope.READ)
def project(project_id: int) -> Response:
    """One project with milestones, indicators and open alerts."""
    moment = _moment(_query(MomentQuery()))
    with runtime().reading() as session:
        page = project_page(session, actor(), project_id, moment, runtime().rules, runtime().histories)
        then = as_it_was(session, visible_project(session, actor(), project_id), moment.at)
        forecasts = forecasts_of(session, [line.facts.id for line in page.milestones], moment.at)
        readings = standing_readings(session, [line.facts.id for line in page.indicators], moment.at)
        alerts = threads_of_project(session, actor(), then.city_id, project_id, moment)
        words = _words(session)
    place = then.department_id, then.area_id
    return _answer(answers.project_answer(page, place, forecasts, readings, alerts, words))


@api.get("/projects/<int:project_id>/weeks")
@by_token(TokenScope.READ)
def weeks(project_id: int) -> Response:
    """How a project stood week by week."""
    moment = _moment(_query(MomentQuery()))
    with runtime().reading() as session:
        record = visible_project(session, actor(), project_id)
        found = weeks_of_project(session, project_id, moment, zone(), runtime().rules, runtime().histories)
    place = {"id": record.id, "code": record.code, "city": record.city_id}
    return _answer({**place, "weeks": answers.weeks_answer(found)})


@api.get("/indicators/<int:indicator_id>/readings")
@by_token(TokenScope.READ)
def readings(indicator_id: int) -> Response:
    """The values of an indicator that stand, with their versions."""
    _query(NoQuery())
    with runtime().reading() as session:
        code = indicator_code(session, actor(), indicator_id)
        told = standing_readings(session, [indicator_id], now()).get(indicator_id, ())
    listed = [answers.reading_answer(one) for one in told]
    return _answer({"id": indicator_id, "code": code, "readings": listed})


@api.post("/indicators/<int:indicator_id>/readings")
@by_token(TokenScope.REPORT)
def report_of_indicator(indicator_id: int) -> Response:
    """A value for a period: 201 when it is entered, 200 when it stood already."""
    _query(NoQuery())
    told = ToldReading(**_body(ReadingReport()))
    with runtime().writing() as session:
        reported = report_reading(session, _act(), indicator_id, told)
    reading = answers.reading_answer(reported.fact)
    answer = _answer({"id": indicator_id, "code": reported.code, "reading": reading}, 201 if reported.is_new else 200)
    answer.headers["Location"] = url_for("api.readings", indicator_id=indicator_id)
    return answer


@api.get("/milestones/<int:milestone_id>/forecasts")
@by_token(TokenScope.READ)
def forecasts(milestone_id: int) -> Response:
    """Every forecast of a milestone; the last one stands."""
    _query(NoQuery())
    with runtime().reading() as session:
        code = milestone_code(session, actor(), milestone_id)
        told = forecasts_of(session, [milestone_id], now()).get(milestone_id, ())
    listed = [answers.forecast_answer(one) for one in told]
    return _answer({"id": milestone_id, "code": code, "forecasts": listed})


@api.post("/milestones/<int:milestone_id>/forecasts")
@by_token(TokenScope.REPORT)
def report_of_milestone(milestone_id: int) -> Response:
    """A new forecast: 201 when it is entered, 200 when it stood already."""
    _query(NoQuery())
    told = ToldForecast(**_body(ForecastReport()))
    with runtime().writing() as session:
        reported = report_forecast(session, _act(), milestone_id, told)
    forecast = answers.forecast_answer(reported.fact)
    answer = _answer({"id": milestone_id, "code": reported.code, "forecast": forecast}, 201 if reported.is_new else 200)
    answer.headers["Location"] = url_for("api.forecasts", milestone_id=milestone_id)
    return answer


def _answer(told: Answer, status: int = 200) -> Response:
    return Response(json_text(labelled(told)), status, mimetype=MEDIA_TYPE)


def _query(shape: Request) -> dict[str, Any]:
    """The parameters of the address. Raises Faulty."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise Faulty(Fault(name, "field_twice", {}) for name in twice)
    return shape.read(FromAddress(request.args.items()))


def _body(shape: Request) -> dict[str, Any]:
    """What was sent. Raises UnsupportedMediaType, BadRequest, RequestEntityTooLarge, Faulty."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != MEDIA_TYPE or charset != "utf-8":
        raise UnsupportedMediaType
    return shape.read(json_object(request.get_data()))


def _words(session: Session) -> dict[str, Name]:
    """Words of the codes that a reason may name."""
    return {code: name for code, name in reason_codes(session).items() if code}


def _wanted(asked: dict[str, Any]) -> Wanted:
    """As on the overview: without a city it is the post's own; ``all`` is all that it sees."""
    place = asked.get("city") or city().id
    return Wanted(
        city="" if place == "all" else place,
        area=asked.get("area") or "",
        department=asked.get("department") or "",
        status=asked.get("status") or "",
    )


def _moment(asked: dict[str, Any]) -> Moment:
    """Now, or the end of the past day that is asked for. Raises RuleBroken ``day_ahead``."""
    day: date | None = asked.get("on")
    if day is None or day == today():
        return Moment(now(), today())
    if day > today():
        raise RuleBroken("day_ahead", "on", day=day, today=today())
    return Moment(end_of_day(day, zone()), day, is_past=True)


def _act() -> Act:
    """What the program does, with the number of its token."""
    found = caller()
    assert found is not None
    return replace(act(), source=f"api:{found.token.id}")
