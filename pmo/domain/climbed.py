"""What climbed to a senior and stands unanswered: the first thing on the page of their tasks (DOMAIN 3.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from pmo.domain.alerts import PastAlert, thread_of
from pmo.domain.answers import ANSWERED_AS_LADDER, Answered
from pmo.domain.ladder import Delivery, Rung
from pmo.domain.recipients import Role

SENIOR_ROLES = (Role.CURATOR, Role.CHIEF_OF_STAFF, Role.AKIM)
ANSWERED_BY_A_RULING = Rung.CHANGE_WAITING
"""It is a task of its own: the request to rule on."""


def unanswered_above(
    past: Iterable[PastAlert], answered: Answered, people: Collection[str], on: date
) -> list[PastAlert]:
    """The newest row of each open alert of a project that one of these people was told as a senior and none answered.

    ``people`` are a post and those it stands in for. What a substitute answered counts as said by the post itself; a
    repeat that comes after the answer has run out asks anew.
    """
    known = [alert for alert in past if _stands(alert)]
    newest: dict[tuple[str, str], PastAlert] = {}
    for alert in known:
        if alert.recipient in people and alert.role in SENIOR_ROLES:
            newest[alert.item, thread_of(alert.rung, alert.period)] = alert
    voices = {*people, *(alert.recipient for alert in known if alert.stands_for in people)}
    return [alert for alert in newest.values() if not _is_answered(alert, answered, voices, on)]


def _stands(alert: PastAlert) -> bool:
    told_above = not alert.rung.is_reminder and alert.rung is not ANSWERED_BY_A_RULING
    return told_above and alert.is_open and alert.delivery is not Delivery.LAPSED


def _is_answered(alert: PastAlert, answered: Answered, voices: Collection[str], on: date) -> bool:
    if alert.rung in ANSWERED_AS_LADDER:
        climb = (alert.item, alert.version, alert.run)
        return any(
            one.person in voices
            and (one.item, one.version, one.run) == climb
            and (one.on >= alert.raised_on or one.until is None or on <= one.until)
            for one in answered.answers
        )
    return any(
        reply.person in voices and (reply.item, reply.rung, reply.period) == (alert.item, alert.rung, alert.period)
        for reply in answered.replies
    )
