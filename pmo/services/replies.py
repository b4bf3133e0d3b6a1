"""Replies to alerts about projects and indicators: heard, and the owner's recovery plan (DOMAIN 3.2)."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pmo.db.models.alerts import AlertRecord
from pmo.db.models.answers import ReplyRecord
from pmo.db.models.entries import EntryRecord
from pmo.db.models.projects import ProjectRecord
from pmo.domain.access import Action
from pmo.domain.alerts import AlertState, PastAlert
from pmo.domain.answers import ReplyKind
from pmo.domain.errors import NotAllowed, RuleBroken
from pmo.domain.ladder import EP_1
from pmo.queries.replies import own_replies
from pmo.services.acts import Act, enter, indicator_for, project_for
from pmo.services.answers import ANSWER


def give_recovery_plan(session: Session, act: Act, project_id: int, text: str | None) -> None:
    """The owner says how the project comes back on track; then nobody above is asked for it.

    A later plan stands beside the earlier one. Raises NotFound, NotAllowed; RuleBroken ``text_missing``.
    """
    project = project_for(session, act.actor, Action.VIEW, project_id)
    wanted = own_replies(session, project.city_id, project.id, project.code, act.actor, act.on, act.at).plan
    if wanted is None:
        raise NotAllowed(ANSWER)
    _reply(session, act, project, wanted, ReplyKind.RECOVERY_PLAN, text)


def acknowledge_project(session: Session, act: Act, project_id: int, text: str | None) -> None:
    """Somebody who was told of a project says so. Raises NotFound, NotAllowed; RuleBroken ``text_missing``."""
    project = project_for(session, act.actor, Action.VIEW, project_id)
    _acknowledge(session, act, project, project.code, text)


def acknowledge_indicator(session: Session, act: Act, indicator_id: int, text: str | None) -> None:
    """The same of an indicator; what is owed stays owed. Raises NotFound, NotAllowed; RuleBroken ``text_missing``."""
    indicator, project = indicator_for(session, act.actor, Action.VIEW, indicator_id)
    _acknowledge(session, act, project, indicator.code, text)


def _acknowledge(session: Session, act: Act, project: ProjectRecord, item: str, text: str | None) -> None:
    alert = own_replies(session, project.city_id, project.id, item, act.actor, act.on, act.at).alert
    if alert is None:
        raise NotAllowed(ANSWER)
    _reply(session, act, project, alert, ReplyKind.ACKNOWLEDGED, text)


def _reply(
    session: Session, act: Act, project: ProjectRecord, alert: PastAlert, kind: ReplyKind, text: str | None
) -> None:
    if not text:
        raise RuleBroken("text_missing", "text")
    if _was_just_said(session, act, project, alert, kind, text):
        return
    entry = enter(
        session,
        act,
        project,
        kind.value,
        alert.item,
        rung=alert.rung.value,
        period=alert.period,
        role=alert.role.value,
        told=alert.recipient,
        rule_set=EP_1.version,
    )
    session.add(
        ReplyRecord(
            entry_id=entry.id,
            person_id=alert.recipient,
            role=alert.role.value,
            kind=kind.value,
            rung=alert.rung.value,
            period=alert.period,
            text=text,
        )
    )
    # What is still on its way keeps its state: the mail decides whether it counts as sent.
    session.execute(
        update(AlertRecord)
        .where(
            AlertRecord.project_id == project.id,
            AlertRecord.item == alert.item,
            AlertRecord.recipient_id == alert.recipient,
            AlertRecord.state == AlertState.SENT.value,
            AlertRecord.ended_at.is_(None),
        )
        .values(state=AlertState.ACKNOWLEDGED.value)
    )
    session.flush()


def _was_just_said(
    session: Session, act: Act, project: ProjectRecord, alert: PastAlert, kind: ReplyKind, text: str
) -> bool:
    """Whether the person's last reply says the same of the same alert, on the same day: a button pressed twice."""
    last = session.execute(
        select(ReplyRecord.kind, ReplyRecord.rung, ReplyRecord.period, ReplyRecord.text, EntryRecord.event_on)
        .join(EntryRecord, EntryRecord.id == ReplyRecord.entry_id)
        .where(
            EntryRecord.project_id == project.id,
            EntryRecord.item == alert.item,
            ReplyRecord.person_id == alert.recipient,
        )
        .order_by(ReplyRecord.id.desc())
        .limit(1)
    ).one_or_none()
    return last is not None and tuple(last) == (kind.value, alert.rung.value, alert.period, text, act.on)
