"""Another person takes a post. The post, its title, its mailbox and what was entered in its name stay."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from config import Settings
from pmo.db.models.people import PersonRecord
from pmo.db.models.sign_in import SingleSignOnRecord
from pmo.domain.access import Actor
from pmo.services import audit
from pmo.services.addresses import void_links, void_waiting
from pmo.services.password_links import Moments, invite
from pmo.services.second_factors import remove_all_factors


def welcome_holder(session: Session, actor: Actor, person: str, at: Moments, settings: Settings) -> None:
    """Nothing that the former holder signs in with is good any more, and a link to set a password goes to the address.

    Nobody does this to oneself, and only an administrator to an administrator. Raises NotFound, NotAllowed; RuleBroken
    ``links_need_settings``.
    """
    remove_all_factors(session, actor, person, at.wall)
    session.get_one(PersonRecord, person).password_hash = None
    session.execute(delete(SingleSignOnRecord).where(SingleSignOnRecord.person_id == person))
    void_links(session, person, at.wall)
    void_waiting(session, person, at.wall)
    audit.note(session, at=at.wall, actor=actor.person, action="post_has_new_holder", item=person)
    invite(session, actor, person, at, settings)
