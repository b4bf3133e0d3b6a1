"""The interface as OpenAPI 3.1: one table of operations, the shapes of ``pmo.web.api.shapes``."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema

from pmo.domain.access_tokens import TokenScope
from pmo.i18n import current_language, gettext
from pmo.i18n import lazy_gettext as _
from pmo.web.api import shapes
from pmo.web.api.fields import Request
from pmo.web.api.problems import KINDS

VERSION = "1.0"
ID = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
ALWAYS = (401, 404, 406, 422, 429, 500)
WHEN_WRITING = (400, 403, 409, 413, 415)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    endpoint: str
    method: str
    path: str
    summary: str
    query: type[Request]
    answer: type[Schema]
    body: type[Request] | None = None

    @property
    def scope(self) -> TokenScope:
        """What the token must carry."""
        return TokenScope.READ if self.body is None else TokenScope.REPORT


OPERATIONS = (
    Operation(
        "portfolio",
        "get",
        "/portfolio",
        _("How many projects have which status, as above the overview"),
        shapes.PortfolioQuery,
        shapes.PortfolioAnswer,
    ),
    Operation(
        "projects",
        "get",
        "/projects",
        _("Projects by code, page by page, each with the reasons of its status"),
        shapes.ProjectsQuery,
        shapes.ProjectsAnswer,
    ),
    Operation(
        "project",
        "get",
        "/projects/{project_id}",
        _("One project with milestones, indicators, latest readings and open alerts"),
        shapes.MomentQuery,
        shapes.ProjectAnswer,
    ),
    Operation(
        "weeks",
        "get",
        "/projects/{project_id}/weeks",
        _("The status of a project at the end of each week"),
        shapes.MomentQuery,
        shapes.WeeksAnswer,
    ),
    Operation(
        "readings",
        "get",
        "/indicators/{indicator_id}/readings",
        _("All readings of an indicator, with their versions"),
        shapes.NoQuery,
        shapes.ReadingsAnswer,
    ),
    Operation(
        "report_of_indicator",
        "post",
        "/indicators/{indicator_id}/readings",
        _("Report a reading of an indicator"),
        shapes.NoQuery,
        shapes.ReadingAnswer,
        shapes.ReadingReport,
    ),
    Operation(
        "forecasts",
        "get",
        "/milestones/{milestone_id}/forecasts",
        _("All forecasts of a milestone, the last one stands"),
        shapes.NoQuery,
        shapes.ForecastsAnswer,
    ),
    Operation(
        "report_of_milestone",
        "post",
        "/milestones/{milestone_id}/forecasts",
        _("Report a new forecast date of a milestone"),
        shapes.NoQuery,
        shapes.ForecastAnswer,
        shapes.ForecastReport,
    ),
)

PARAMETERS: Mapping[str, str] = {
    "city": _("A city by its id; without it the post's own, “all” for all that it sees"),
    "department": _("A department by its id"),
    "area": _("A curator's area by its id"),
    "status": _("A status, or “attention” for what is at risk or off track"),
    "on": _("As it was known at the end of this past day"),
    "page": _("Which page, from 1"),
    "size": _("How many projects a page has"),
    "project_id": _("The number in the address of the project's page"),
    "indicator_id": _("The number in the address of the indicator's page"),
    "milestone_id": _("The number in the address of the milestone's page"),
}


def description(base_url: str) -> dict[str, Any]:
    """The document in the reader's language."""
    return deepcopy(_description(base_url, current_language()))


@lru_cache(maxsize=8)
def _description(base_url: str, _language: str) -> dict[str, Any]:
    plugin = MarshmallowPlugin()
    spec = APISpec(
        gettext("Portfolio of the city's projects"),
        VERSION,
        "3.1.0",
        plugins=[plugin],
        servers=[{"url": f"{base_url}/api/v1"}],
        security=[{"token": []}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", schema=shapes.Problem)
    assert plugin.converter is not None
    for operation in OPERATIONS:
        spec.path(operation.path, operations={operation.method: _operation(plugin.converter, operation)})
    document = spec.to_dict()
    answers = {name: shape for name, shape in document["components"]["schemas"].items() if not name.endswith("Report")}
    for shape in answers.values():
        shape["required"] = sorted(shape["properties"])
    for shape in document["components"]["schemas"].values():
        shape["additionalProperties"] = False
    return document


def _operation(converter: OpenAPIConverter, operation: Operation) -> dict[str, Any]:
    named = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    told: dict[str, Any] = {
        "operationId": operation.endpoint,
        "summary": str(operation.summary),
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": ID, **_words(name)} for name in named),
            *_query(converter, operation.query),
        ],
        "responses": {
            "200": _answer(operation.answer),
            **({"201": _answer(operation.answer)} if operation.body else {}),
            **{str(status): _problem(status) for status in (*ALWAYS, *(WHEN_WRITING if operation.body else ()))},
        },
    }
    if operation.body:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body}}}
    return told


def _query(converter: OpenAPIConverter, query: type[Request]) -> list[dict[str, Any]]:
    shown = []
    for name, field in query().fields.items():
        schema = converter.field2property(field)
        shown.append({"name": name, "in": "query", "required": False, "schema": schema, **_words(name)})
    return shown


def _words(name: str) -> dict[str, str]:
    return {"description": str(PARAMETERS[name])}


def _answer(shape: type[Schema]) -> dict[str, Any]:
    return {"description": gettext("What was asked for"), "content": {"application/json": {"schema": shape}}}


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": str(KINDS[status].title),
        "content": {"application/problem+json": {"schema": shapes.Problem}},
    }
    header = {401: "WWW-Authenticate", 429: "Retry-After"}.get(status)
    if header:
        told["headers"] = {header: {"required": True, "schema": {"type": "integer" if status == 429 else "string"}}}
    return told
