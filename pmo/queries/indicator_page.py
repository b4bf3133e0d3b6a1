"""One indicator with its facts and its judgement, as known at a moment."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from pmo.clock import local_day
from pmo.db.models.indicators import IndicatorRecord
from pmo.domain.access import Actor, ProjectScope
from pmo.domain.errors import NotFound, NotTrackedYet
from pmo.queries.histories import Histories
from pmo.queries.names import Name, names_of_people, units
from pmo.queries.overview import Moment
from pmo.queries.places import city_zone
from pmo.queries.project_page import IndicatorLine, known_and_judged, visible_project
from pmo.queries.replies import OwnReplies, own_replies
from pmo.queries.revisions import as_it_was
from pmo.queries.rules import CityRules
from pmo.queries.visibility import scope_of


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """Everything on the page of an indicator."""

    id: int
    line: IndicatorLine
    project_id: int
    project_code: str
    project_name: Name
    manager: Name | None
    scope: ProjectScope
    replies: OwnReplies


def indicator_page(
    session: Session, actor: Actor, indicator_id: int, moment: Moment, rules: CityRules, histories: Histories
) -> IndicatorPage:
    """The page of an indicator whose project the actor may see. Raises NotFound."""
    record = session.get(IndicatorRecord, indicator_id)
    if record is None:
        raise NotFound
    project = as_it_was(session, visible_project(session, actor, record.project_id), moment.at)
    record = as_it_was(session, record, moment.at)
    known, assessment = known_and_judged(session, project, moment, rules, histories)
    facts = next((item for item in known.indicators if item.id == indicator_id), None)
    judged = next((item for item in assessment.indicators if item.id == indicator_id), None)
    if facts is None or judged is None:
        raise NotTrackedYet(local_day(record.entered_at, city_zone(session, project.city_id)))
    name = Name.of(record)
    return IndicatorPage(
        id=record.id,
        line=IndicatorLine(name, units(session).get(record.unit_id), record.source, facts, judged),
        project_id=project.id,
        project_code=project.code,
        project_name=Name.of(project),
        manager=names_of_people(session, [project.manager_id]).get(project.manager_id),
        scope=scope_of(session, project.id),
        replies=own_replies(session, project.city_id, project.id, record.code, actor, moment.on, moment.at),
    )
