"""One table from what was refused to what the reader sees (ARCHITECTURE 5)."""

from __future__ import annotations

from flask import Flask, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError
from werkzeug.wrappers import Response

from pmo.domain.errors import Conflict, NotAllowed, NotFound, NotTrackedYet, Refusal, RuleBroken
from pmo.i18n.refusals import sentence
from pmo.web.api.problems import Faulty, problem, problem_of_faults, problem_of_http, problem_of_refusal
from pmo.web.context import has_ended, is_for_programs
from pmo.web.lost_forms import form_address, words_written
from pmo.web.security_log import note_refusal

STATUS: dict[type[Refusal], int] = {RuleBroken: 422, NotFound: 404, NotTrackedYet: 404, NotAllowed: 403, Conflict: 409}
"""A RuleBroken that belongs to a form's field never gets here: the form shows it (``Form.answering``)."""

WITH_OWN_PAGE = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500)

WITH_WORDS = (400, 403, 404, 405, 409, 422, 429, 500)
"""Pages that show what was written into the refused form; of a body that is too large nothing was read."""

Answer = tuple[str, int] | Response


def register(app: Flask) -> None:
    """Gives every refusal and every HTTP error a page in the reader's language."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(Faulty, problem_of_faults)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)


def _refused(refusal: Refusal) -> Answer:
    note_refusal(refusal)
    status = STATUS[type(refusal)]
    if is_for_programs():
        return problem_of_refusal(status, refusal)
    detail = sentence(refusal.code, refusal.values) if isinstance(refusal, RuleBroken) else None
    current = refusal.current if isinstance(refusal, Conflict) else None
    since = refusal.since if isinstance(refusal, NotTrackedYet) else None
    return _page(status, detail=detail, current=current, tracked_since=since)


def _expired_form(_error: CSRFError) -> Answer:
    g.refusal = "form without a good token"
    if has_ended():
        return _page(400, has_ended=True, back_to=form_address())
    return _page(400, is_expired_form=True)


def _foreign_host(_error: SecurityError) -> Answer:
    """Somebody used a name that is not ours: no address of ours can be made for them, so no page either."""
    g.refusal = "foreign host"
    return "400 Bad Request", 400


def _http_error(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if is_for_programs():
        return problem_of_http(error)
    answer = make_response(_page(error.code))
    answer.headers.extend((name, value) for name, value in error.get_headers() if name == "Retry-After")
    return answer


def _broken(error: Exception) -> Answer:
    if current_app.testing:
        raise error
    current_app.logger.exception("%s %s failed", request.method, request.endpoint)  # a path may hold a link
    if is_for_programs():
        return problem(500)
    return _page(InternalServerError.code or 500)


def _page(status: int, **about: object) -> Answer:
    shown = status if status in WITH_OWN_PAGE else 400 if status < 500 else 500
    written = words_written() if status in WITH_WORDS else []
    return render_template(
        "errors/show.html", status=shown, request_number=g.get("request_number", ""), written=written, **about
    ), status
