"""The demonstration portfolio, and as many mails, files and comments around it as a benchmark asks for."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

from sqlalchemy import select

from config import ROOT
from pmo.clock import local_day
from pmo.db.models.files import FileRecord
from pmo.db.models.outbox import OutgoingMailRecord
from pmo.db.models.people import PersonRecord
from pmo.db.models.projects import ProjectRecord
from pmo.db.session import Session
from pmo.queries.people import actor_for
from pmo.runtime import Runtime, zone
from pmo.services import audit
from pmo.services.acts import Act
from pmo.services.comments import write_comment
from pmo.services.imports import apply_import, plan_import

NOW = datetime(2020, 1, 31, 13, tzinfo=UTC)
MAILS, BODY, PICTURES, COMMENTS = 120, 15_000, 30_000, 40
FILE = 1_500_000
"""What one portion holds: mails with their words and bytes, comments, one file; about 10 MB."""
PORTION_MB = 10


def settle_portfolio(runtime: Runtime) -> None:
    """Imports the demonstration portfolio into an empty database."""
    with runtime.writing() as session:
        plan = plan_import(session, ROOT / "pmo" / "demo" / "data" / "portfolio.yaml")
        assert not plan.faults, plan.faults[:3]
        apply_import(session, plan, NOW)


def analyst(session: Session, runtime: Runtime) -> Act:
    """An act of the analyst of the office, now."""
    person = session.scalars(select(PersonRecord.id).where(PersonRecord.role == "pmo_analyst").order_by("id")).first()
    today = local_day(runtime.now(), zone("Asia/Almaty"))
    actor = actor_for(session, str(person), today)
    assert actor is not None
    return Act(actor=actor, at=runtime.now(), on=today, recorded_at=runtime.now())


def fill(runtime: Runtime, megabytes: int) -> None:
    """Adds about so many megabytes, a tenth as many in one transaction at a time."""
    chance, numbers = random.Random(megabytes), count()
    for _ in range(round(megabytes / PORTION_MB)):
        with runtime.writing() as session:
            _portion(session, runtime, chance, numbers)


def _portion(session: Session, runtime: Runtime, chance: random.Random, numbers: count[int]) -> None:
    act = analyst(session, runtime)
    project = session.scalars(select(ProjectRecord).order_by(ProjectRecord.id)).first()
    assert project is not None
    content = chance.randbytes(FILE)
    session.add(
        FileRecord(
            project_id=project.id, name="act.pdf", media_type="application/pdf", size=FILE, content=content,
            sha256=sha256(content).hexdigest(), uploaded_by=act.actor.person, uploaded_at=NOW,
        )
    )  # fmt: skip
    for _ in range(MAILS):
        session.add(_mail(next(numbers), project.city_id, act.actor.person, chance))
    for _ in range(COMMENTS):
        write_comment(session, act, project.id, f"{next(numbers)} {'слово ' * 100}")
    audit.note(session, at=NOW, actor=None, action="filled", item=f"{project.city_id}/{project.code}")


def _mail(number: int, city: str, person: str, chance: random.Random) -> OutgoingMailRecord:
    words = chance.randbytes(BODY // 2).hex()
    return OutgoingMailRecord(
        dedupe_key=f"filled:{number}", message_id=f"<{number}@drill.example>", kind="weekly_digest", city_id=city,
        recipient_id=person, recipient_role="pmo_analyst", address="analyst@drill.example", language="ru",
        subject=f"Digest {number}", body_text=words, body_html=words, items=[], headers={},
        content=chance.randbytes(PICTURES), state="sent", created_at=NOW, not_before=NOW,
        expires_at=NOW + timedelta(days=1), sent_at=NOW, attempts=1, data_started=1, last_code=250,
    )  # fmt: skip
