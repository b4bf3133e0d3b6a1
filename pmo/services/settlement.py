"""What a transaction owes before it commits: new assessments of the projects it touched, the digests of the rows it
wrote, then the audit log.

Services only mark a project as touched, so that an import of a thousand facts judges each project once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from pmo.queries.rules import CityRules
from pmo.services import assessments, audit, written_rows

TOUCHED = "touched projects"


def touch(session: Session, project_id: int) -> None:
    """A fact about the project was entered."""
    session.info.setdefault(TOUCHED, set()).add(project_id)


def settle(session: Session, now: datetime, rules: CityRules) -> None:
    """Judges the touched projects as of ``now`` and appends to the audit log. The last thing before a commit."""
    touched: set[int] = session.info.pop(TOUCHED, set())
    if touched:
        session.flush()
        assessments.reassess(session, sorted(touched), now, rules)
    written_rows.note_rows(session, now)
    audit.append_notes(session)
