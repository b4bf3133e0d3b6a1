"""Eight people at once add one to the same number, 25 times each: 200 of 200 arrive, on both databases."""

from __future__ import annotations

from dataclasses import asdict
from threading import Barrier, Thread

from sqlalchemy import select

from pmo.db.models.projects import ProjectRecord
from pmo.db.session import DatabaseAway
from pmo.domain.errors import Conflict
from pmo.queries.audit_replay import in_one_moment, replay
from pmo.queries.form_fields import project_fields
from pmo.services.projects import ProjectPlan, edit_project
from tests.cast import Town, cast_url, town

__all__ = ["cast_url", "town"]

WRITERS, TIMES = 8, 25


def add_one(town: Town, number: int) -> bool:
    """Opens the form, adds one to the weight, saves; False where somebody was faster and nothing was changed."""
    with town.runtime.reading() as session:
        standing = asdict(project_fields(session, number))
    seen = standing.pop("version")
    plan = ProjectPlan(
        **{name: standing[name] for name in ProjectPlan.__slots__ if name in standing and name != "districts"},
        districts=tuple(standing["districts"]),
    )
    plan = ProjectPlan(**{**{name: getattr(plan, name) for name in ProjectPlan.__slots__}, "weight": plan.weight + 1})
    try:
        with town.writing() as session:
            edit_project(session, town.act("analyst"), number, plan, seen)
    except Conflict:
        return False
    return True


def test_no_addition_is_lost_and_the_record_is_whole(town: Town) -> None:
    number = town.project()
    with town.runtime.reading() as session:
        before = session.scalar(select(ProjectRecord.weight).where(ProjectRecord.id == number)) or 0.0
    start, conflicts, busy, broken = Barrier(WRITERS), [0] * WRITERS, [0] * WRITERS, []

    def work(which: int) -> None:
        start.wait()
        done = 0
        while done < TIMES:
            try:
                if add_one(town, number):
                    done += 1
                else:
                    conflicts[which] += 1
            except DatabaseAway:  # SQLite gave up waiting on a slow disk: told, and nothing of it is there
                busy[which] += 1
            except Exception as error:
                broken.append(error)
                return

    threads = [Thread(target=work, args=(which,)) for which in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    with town.runtime.reading() as session:
        row = session.execute(
            select(ProjectRecord.weight, ProjectRecord.version).where(ProjectRecord.id == number)
        ).one()
    print(
        f"\n{town.runtime.engines.dialect}: {WRITERS * TIMES} additions, {sum(conflicts)} conflicts, {sum(busy)} busy"
    )
    assert row.weight == before + WRITERS * TIMES
    assert town.audit_findings() == []
    with town.runtime.reading() as session:
        assert replay(in_one_moment(session)).findings == [], "the record's last word is not the row that stayed"
    assert sum('"action":"project_edited"' in body for body in town.audit_actions()) == WRITERS * TIMES
