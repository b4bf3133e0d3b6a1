"""Histories of some projects: the same as among all, and nothing of the others is read for them."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from pmo.db.session import Session
from pmo.queries.history import project_histories
from pmo.runtime import Runtime


@contextmanager
def statements_of(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []
    engine = session.get_bind().engine

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_project_alone_has_the_history_that_it_has_among_all(replayed: Runtime) -> None:
    with replayed.reading() as session:
        everything = project_histories(session)
        alone = {number: project_histories(session, [number])[number] for number in everything}
    assert alone == everything
    assert any(milestone.claims for project in alone.values() for milestone in project.milestones)
    assert any(project.pauses for project in alone.values())
    assert any(project.rebaselines for project in alone.values())


def test_several_projects_come_in_the_order_of_city_and_code(replayed: Runtime) -> None:
    with replayed.reading() as session:
        everything = project_histories(session)
        wanted = sorted(everything)[::3]
        some = project_histories(session, wanted)
    assert list(some.items()) == [(number, one) for number, one in everything.items() if number in wanted]


def test_for_a_few_projects_no_statement_reads_what_belongs_to_others(replayed: Runtime) -> None:
    with replayed.reading() as session:
        number = min(project_histories(session))
        session.expunge_all()
        with statements_of(session) as seen:
            project_histories(session, [number])
    assert seen
    assert [statement for statement in seen if " IN (" not in statement] == []
