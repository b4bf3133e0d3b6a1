"""Keeps loaded histories as long as no new entry makes them old.

Facts are append-only, so the newest entry of a project says whether a loaded history is still complete. Only read
through a session that has not written facts itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import TypeVar, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pmo.db.models.entries import EntryRecord
from pmo.domain.project import Project
from pmo.queries.history import project_histories

Result = TypeVar("Result")


class Histories:
    """Histories of projects by id, loaded once per newest entry; safe to share between threads."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, Project]] = {}
        self._computed: dict[int, tuple[Project, dict[Hashable, object]]] = {}
        self._lock = Lock()

    def load(self, session: Session, project_ids: Iterable[int] | None = None) -> dict[int, Project]:
        """The histories of the given projects, or of all, by id; in the order of the ids."""
        newest = {
            row[0]: row[1]
            for row in session.execute(
                select(EntryRecord.project_id, func.max(EntryRecord.id)).group_by(EntryRecord.project_id)
            )
        }
        wanted = sorted(newest if project_ids is None else set(project_ids))
        with self._lock:
            kept = {number: self._kept[number][1] for number in wanted if self._is_current(number, newest)}
        missing = [number for number in wanted if number not in kept]
        if missing:
            loaded = project_histories(session, missing)
            with self._lock:
                for number, project in loaded.items():
                    self._kept[number] = (newest.get(number, 0), project)
            kept |= loaded
        return {number: kept[number] for number in wanted if number in kept}

    def remembered(self, project: Project, key: Hashable, compute: Callable[[], Result]) -> Result:
        """What was computed of this very history under ``key``; forgotten as soon as a newer one is loaded.

        ``key`` must name everything else that the result rests on: day, calendar version, rule set.
        """
        with self._lock:
            history, results = self._computed.get(project.id, (None, {}))
            if history is not project:
                results = {}
                self._computed[project.id] = (project, results)
            if key in results:
                return cast(Result, results[key])
        result = compute()
        with self._lock:
            results[key] = result
        return result

    def _is_current(self, number: int, newest: dict[int, int]) -> bool:
        return number in self._kept and self._kept[number][0] == newest.get(number, 0)
