"""The shapes of requests and answers, named as the command line's JSON names them (PRODUCT 5).

Requests are read by them; answers are written by ``pmo.web.api.answers`` and held to them by the tests. In an answer
nothing is ever absent: what is unknown is null.
"""

from __future__ import annotations

from marshmallow import Schema, fields

from pmo.domain.indicator import Direction, Frequency, IndicatorStatus, Kind
from pmo.domain.milestone import MilestoneStatus
from pmo.domain.project import ProjectStatus
from pmo.queries.overview import ATTENTION
from pmo.web.api.fields import LONGEST_NOTE, Amount, Day, Line, Request, Whole

LONGEST_CODE = 60
LARGEST_PAGE = 100
STATUSES = tuple(status.value for status in ProjectStatus)


class PortfolioQuery(Request):
    """Which projects, and as of which day; as on the overview."""

    city = Line(LONGEST_CODE)
    department = Line(LONGEST_CODE)
    area = Line(LONGEST_CODE)
    on = Day()


class ProjectsQuery(PortfolioQuery):
    """One page of a list."""

    status = Line(LONGEST_CODE, choices=(*STATUSES, ATTENTION))
    page = Whole(1, 100_000, load_default=1)
    size = Whole(1, LARGEST_PAGE, load_default=50)


class MomentQuery(Request):
    """As of which day."""

    on = Day()


class NoQuery(Request):
    """An address without parameters."""


class ReadingReport(Request):
    """The value of an indicator for a period."""

    period_end = Day(required=True)
    value = Amount(required=True)
    note = Line(LONGEST_NOTE, allow_none=True, load_default=None)
    version = Whole(allow_none=True, load_default=None)


class ForecastReport(Request):
    """The day on which a milestone is expected, and why."""

    expected_on = Day(required=True)
    reason = Line(LONGEST_CODE, required=True)
    note = Line(LONGEST_NOTE, allow_none=True, load_default=None)
    version = Whole(allow_none=True, load_default=None)


def word(*choices: str, allow_none: bool = False) -> fields.String:
    """One of some words."""
    return fields.String(allow_none=allow_none, metadata={"enum": [*choices, *([None] if allow_none else [])]})


def severity() -> fields.Integer:
    """0, 1, 2, or null where there is none."""
    return fields.Integer(allow_none=True, metadata={"enum": [0, 1, 2, None]})


class NameShape(Schema):
    """A name in three languages."""

    ru = fields.String()
    kk = fields.String()
    en = fields.String()


class ReasonShape(Schema):
    """Why a project has its colour: the rule with its numbers, and the same as a sentence in the reader's language."""

    rule = fields.String()
    item = fields.String()
    values = fields.Dict(keys=fields.String())
    limit = fields.Raw(allow_none=True)
    severity = severity()
    sentence = fields.String()


class ForecastShape(Schema):
    """An expected day."""

    version = fields.Integer()
    expected_on = fields.Date()
    reason = fields.String()
    note = fields.String(allow_none=True)
    entered_at = fields.DateTime()


class ReadingShape(Schema):
    """A value for a period."""

    version = fields.Integer()
    period_end = fields.Date()
    value = fields.Float()
    note = fields.String(allow_none=True)
    is_correction = fields.Boolean()
    entered_at = fields.DateTime()


class MilestoneShape(Schema):
    """A milestone as it is judged, and the forecast that stands."""

    id = fields.Integer()
    code = fields.String()
    name = fields.Nested(NameShape)
    status = word(*(status.value for status in MilestoneStatus))
    severity = severity()
    rule = fields.String()
    critical = fields.Boolean()
    weight = fields.Float()
    due_on = fields.Date(allow_none=True)
    effective_due_on = fields.Date(allow_none=True)
    expected_on = fields.Date(allow_none=True)
    days_overdue = fields.Integer()
    forecast = fields.Nested(ForecastShape, allow_none=True)


class IndicatorShape(Schema):
    """An indicator as it is judged, with its last readings."""

    id = fields.Integer()
    code = fields.String()
    name = fields.Nested(NameShape)
    unit = fields.Nested(NameShape, allow_none=True)
    status = word(*(status.value for status in IndicatorStatus))
    severity = severity()
    rule = fields.String()
    critical = fields.Boolean()
    weight = fields.Float()
    direction = word(*(one.value for one in Direction))
    kind = word(*(one.value for one in Kind))
    frequency = word(*(one.value for one in Frequency))
    target = fields.Float(allow_none=True)
    target_on = fields.Date()
    actual = fields.Float(allow_none=True)
    expected = fields.Float(allow_none=True)
    ratio = fields.Float(allow_none=True)
    observed_on = fields.Date(allow_none=True)
    readings = fields.List(fields.Nested(ReadingShape))


class AlertShape(Schema):
    """An open alert: about what, which kind or rung was reached, since when."""

    item = fields.String()
    rung = fields.String()
    since = fields.Date()


class LineShape(Schema):
    """A project in a list."""

    id = fields.Integer()
    code = fields.String()
    city = fields.String()
    name = fields.Nested(NameShape)
    department = fields.String()
    area = fields.String()
    status = word(*STATUSES)
    severity = severity()
    since = fields.Date()
    slip_days = fields.Integer(allow_none=True)
    flagship = fields.Boolean()
    reasons = fields.List(fields.Nested(ReasonShape))


class PortfolioAnswer(Schema):
    """How many projects stand how: the counts of the overview."""

    demonstration = fields.Boolean()
    on = fields.Date()
    total = fields.Integer()
    attention = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class ProjectsAnswer(Schema):
    """One page of projects by code; ``total`` is of all pages."""

    demonstration = fields.Boolean()
    on = fields.Date()
    total = fields.Integer()
    page = fields.Integer()
    size = fields.Integer()
    projects = fields.List(fields.Nested(LineShape))


class ComponentsShape(Schema):
    """Severities of the components of a status."""

    M = severity()
    S = severity()
    I = severity()  # noqa: E741 - the letter of the rule book
    C = severity()
    R = severity()


class ProjectAnswer(Schema):
    """One project with everything that is judged in it."""

    demonstration = fields.Boolean()
    on = fields.Date()
    id = fields.Integer()
    code = fields.String()
    city = fields.String()
    name = fields.Nested(NameShape)
    department = fields.String()
    area = fields.String()
    status = word(*STATUSES)
    severity = severity()
    since = fields.Date()
    reasons = fields.List(fields.Nested(ReasonShape))
    components = fields.Nested(ComponentsShape)
    changes_on = fields.Date(allow_none=True)
    milestones = fields.List(fields.Nested(MilestoneShape))
    indicators = fields.List(fields.Nested(IndicatorShape))
    alerts = fields.List(fields.Nested(AlertShape))


class WeekShape(Schema):
    """The status at the end of a week; the last one is of the day itself."""

    on = fields.Date()
    status = word(*STATUSES)


class WeeksAnswer(Schema):
    """How a project stood week by week."""

    demonstration = fields.Boolean()
    id = fields.Integer()
    code = fields.String()
    city = fields.String()
    weeks = fields.List(fields.Nested(WeekShape))


class ReadingsAnswer(Schema):
    """All readings of an indicator that stand."""

    demonstration = fields.Boolean()
    id = fields.Integer()
    code = fields.String()
    readings = fields.List(fields.Nested(ReadingShape))


class ForecastsAnswer(Schema):
    """All forecasts of a milestone; the last one stands."""

    demonstration = fields.Boolean()
    id = fields.Integer()
    code = fields.String()
    forecasts = fields.List(fields.Nested(ForecastShape))


class ReadingAnswer(Schema):
    """The reading that stands after a report."""

    demonstration = fields.Boolean()
    id = fields.Integer()
    code = fields.String()
    reading = fields.Nested(ReadingShape)


class ForecastAnswer(Schema):
    """The forecast that stands after a report."""

    demonstration = fields.Boolean()
    id = fields.Integer()
    code = fields.String()
    forecast = fields.Nested(ForecastShape)


class FaultShape(Schema):
    """What is wrong with one field, or with the whole."""

    field = fields.String(allow_none=True)
    code = fields.String()
    detail = fields.String()


class Problem(Schema):
    """RFC 9457, with what is wrong by field, and what stands there now after a conflict."""

    type = fields.URL()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.List(fields.Nested(FaultShape))
    current = fields.Dict(allow_none=True)
