"""Comments: what people say beside the facts. No rule of status, silence or alert reads them."""

from __future__ import annotations

from pmo.domain.access import Action, Actor, ProjectScope, may

ASIDE = ("comment", "comment_withdrawn")
"""Kinds of entries that change nothing of a project: they overtake no form, and are no sign of work on it."""


def may_withdraw(actor: Actor, author: str | None, project: ProjectScope) -> bool:
    """Whether the actor may take a comment back: who wrote it, and the office for all others."""
    own = actor.person == author and may(actor, Action.COMMENT, project)
    return own or may(actor, Action.WITHDRAW_COMMENT, project)
