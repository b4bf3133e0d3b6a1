"""Whose word an imported fact is: the post that a log names, or the one whose duty it is (notes of the portfolio file).

A duty that nobody holds is entered by the post as such: with its rights, and without a person's name.
"""

from __future__ import annotations

from collections.abc import Iterable

from pmo.domain.access import Action, Actor, ProjectScope, Role

ANALYST, CURATOR, AKIM, MANAGER = "role_analyst", "role_curator", "role_akim", "role_manager"
ROLE_WORDS = (ANALYST, CURATOR, AKIM, MANAGER)

DUTY = {
    "completion_claimed": (MANAGER, Action.CLAIM),
    "evidence_accepted": (ANALYST, Action.DECIDE_EVIDENCE),
    "evidence_rejected": (ANALYST, Action.DECIDE_EVIDENCE),
    "forecast": (MANAGER, Action.FORECAST),
    "indicator": (MANAGER, Action.READING),
    "change_requested": (MANAGER, Action.REQUEST_CHANGE),
    "rebaseline": (CURATOR, Action.RULE_CHANGE),
    "pause": (CURATOR, Action.PAUSE),
    "resume": (CURATOR, Action.RESUME),
    "cancel": (AKIM, Action.CANCEL),
}
"""Type of event to the post that enters it unless another is named, and the right it needs."""


class Authors:
    """The posts of all cities, by their own rights: an entry in a log is made by its author, not by a substitute."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._actors = {actor.person: actor for actor in actors}
        self._by_role: dict[tuple[str, Role], Actor] = {}
        for actor in self._actors.values():
            self._by_role.setdefault((actor.city, actor.role), actor)

    def author_of(self, kind: str, named: str | None, scope: ProjectScope) -> Actor | None:
        """Who enters an event of a type about a project. None for a named post that does not exist."""
        word = named or DUTY[kind][0]
        if word == ANALYST:
            return self.analyst_of(scope.city)
        if word == CURATOR:
            return self._actors.get(scope.curator or "") or self.akim_of(scope.city)
        if word == AKIM:
            return self.akim_of(scope.city)
        if word == MANAGER:
            return self.manager_of(scope)
        return self._actors.get(word)

    def analyst_of(self, city: str) -> Actor:
        """The PMO analyst of a city, else its head."""
        analyst = self._by_role.get((city, Role.PMO_ANALYST)) or self._by_role.get((city, Role.PMO_HEAD))
        return analyst or Actor("", city, Role.PMO_ANALYST)

    def akim_of(self, city: str) -> Actor:
        """The akim of a city."""
        return self._by_role.get((city, Role.AKIM)) or Actor("", city, Role.AKIM)

    def manager_of(self, scope: ProjectScope) -> Actor:
        """The manager of a project; without one the department speaks."""
        manager = self._actors.get(scope.manager or "") or self._actors.get(scope.owner or "")
        return manager or Actor("", scope.city, Role.DEPARTMENT_HEAD, scope.department)
