"""One statement for some projects or for all: narrowed once, however often it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Result, Select, bindparam
from sqlalchemy.orm import InstrumentedAttribute, Session


class WantedProjects:
    """The projects whose facts are wanted: some by their ids, or all (None), where there is nothing to narrow."""

    def __init__(self, session: Session, project_ids: Iterable[int] | None) -> None:
        self._session = session
        self._ids = None if project_ids is None else list(project_ids)

    def rows(
        self, statement: Select[*tuple[Any, ...]], project: InstrumentedAttribute[int]
    ) -> Result[*tuple[Any, ...]]:
        """The rows of a statement of a module, of the wanted projects; ``project`` is its column with their ids."""
        if self._ids is None:
            return self._session.execute(statement)
        return self._session.execute(_narrowed(statement, project), {"projects": self._ids})


@cache
def _narrowed(statement: Select[*tuple[Any, ...]], project: InstrumentedAttribute[int]) -> Select[*tuple[Any, ...]]:
    """To build a statement costs more than to run it; this one is kept as long as the module that made it."""
    return statement.where(project.in_(bindparam("projects", expanding=True)))
