"""People choose which regular mail they get (DOMAIN 3.2, digest)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from pmo.db.models.people import MailChoiceRecord, PersonRecord
from pmo.domain.errors import NotFound, RuleBroken
from pmo.domain.mail_choices import MailChoice, changed, offered_to
from pmo.queries.mail_choices import choices_of
from pmo.services import audit
from pmo.services.acts import Act


def choose_mails(session: Session, act: Act, wanted: Mapping[MailChoice, bool]) -> int:
    """Enters one's own choices; those that stand already are not entered again. Returns how many changed.

    Raises NotFound for a post that is gone, RuleBroken ``choice_not_offered``.
    """
    if not set(wanted) <= set(offered_to(act.actor)):
        raise RuleBroken("choice_not_offered")
    return _enter(session, act, wanted)


def unsubscribe(session: Session, act: Act, digest: MailChoice) -> int:
    """Switches a digest off at the word of a signed link, which only this digest's own reader got.

    A link may be older than the reader's post: what is not offered any more may still be switched off. Raises NotFound.
    """
    return _enter(session, act, {digest: False})


def _enter(session: Session, act: Act, wanted: Mapping[MailChoice, bool]) -> int:
    """One after the other for each person, so that two clicks at once are one change."""
    person = session.scalar(
        select(PersonRecord).where(PersonRecord.id == act.actor.person).with_for_update(key_share=True)
    )
    if person is None:
        raise NotFound
    fresh = list(changed(choices_of(session, person.id, act.at), wanted))
    for choice, value in fresh:
        session.add(
            MailChoiceRecord(
                person_id=person.id,
                choice=choice.value,
                wanted=value,
                entered_at=act.at,
                recorded_at=act.recorded_at,
                entered_by=act.actor.person,
                source=act.source,
            )
        )
        audit.note(
            session,
            at=act.recorded_at,
            actor=act.actor.person,
            action="mail_chosen",
            item=f"{person.city_id}/{person.id}",
            before={choice.value: not value},
            after={choice.value: value, "source": act.source},
        )
    session.flush()
    return len(fresh)
