"""``pmo audit verify --replay``: what is done past the program is named, what the program does raises no alarm."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, update

import pmo.db.models
from pmo.db.base import Base
from pmo.db.models.audit import AuditSaltRecord
from pmo.db.models.comments import CommentRecord
from pmo.db.models.milestones import BaselineDateRecord, ClaimRecord, EvidenceDecisionRecord, MilestoneRecord
from pmo.db.models.organisation import CuratorAreaRecord
from pmo.db.models.people import PersonRecord, RoleGrantRecord
from pmo.db.models.projects import ProjectDistrictRecord
from pmo.db.replayed_tables import LEFT_OUT, NOT_COVERED_COLUMNS, PERSONAL, REPLAYED
from pmo.queries.audit_replay import RowFinding, RowFlaw, in_one_moment, replay
from pmo.queries.row_digests import TABLES, form_of
from pmo.runtime import Runtime
from pmo.services import written_rows
from pmo.services.comments import withdraw_comment, write_comment
from pmo.services.written_rows import erase_salts, take_over
from tests.cast import Town, cast_url, town
from tests.cli.terminal import pmo
from tests.conftest import NOW, Databases

__all__ = ["cast_url", "town"]


def found(runtime: Runtime) -> list[RowFinding]:
    with runtime.reading() as session:
        return replay(in_one_moment(session)).findings


def test_every_table_is_in_one_of_the_two_lists() -> None:
    tables = set(Base.metadata.tables)
    assert REPLAYED | set(LEFT_OUT) == tables, "a new table is neither replayed nor left out with a reason"
    assert not REPLAYED & set(LEFT_OUT)
    assert all(LEFT_OUT.values())
    assert PERSONAL | set(NOT_COVERED_COLUMNS) <= REPLAYED


@pytest.mark.parametrize("name", ["replayed", "simulated", "working_city"])
def test_what_the_program_does_raises_no_alarm(name: str, databases: Databases, request: pytest.FixtureRequest) -> None:
    """The portfolio and its log imported; four weeks with every job and mail; a city in full work."""
    with databases.lent(request.getfixturevalue(f"{name}_url")) as runtime:
        with runtime.reading() as session:
            result = replay(in_one_moment(session))
        print(f"\n{databases.dialect} {name}: {result.rows} rows compared, {len(result.findings)} findings")
        assert result.findings == []
        assert result.rows > 1000
        assert not result.outdated
        answer = pmo(runtime, "audit", "verify", "--replay")
    assert answer.status == 0, answer
    assert "user_sessions" in answer.messages


def _say(town: Town, chance: random.Random) -> None:
    with town.writing() as session:
        write_comment(session, town.act("analyst"), town.project(), f"word {chance.random()}")


def _take_back(town: Town, chance: random.Random) -> None:
    with town.runtime.reading() as session:
        said = list(session.scalars(select(CommentRecord.id)))
    if said:
        with town.writing() as session:
            withdraw_comment(session, town.act("analyst"), town.project(), chance.choice(said))


def _rename(town: Town, chance: random.Random) -> None:
    with town.writing() as session:
        milestone = session.get_one(MilestoneRecord, town.milestone())
        milestone.name_en = f"Name {chance.randrange(3)}"


def _change_many(town: Town, chance: random.Random) -> None:
    with town.writing() as session:
        session.execute(
            update(MilestoneRecord).where(MilestoneRecord.weight >= 0).values(weight=chance.choice([0.1, 1 / 3, 2]))
        )


def _leave_districts(town: Town, chance: random.Random) -> None:
    with town.writing() as session:
        session.execute(delete(ProjectDistrictRecord).where(ProjectDistrictRecord.project_id == town.project()))
        if chance.random() < 0.5:
            session.add(ProjectDistrictRecord(project_id=town.project(), district_id="medeu"))


def _grant(town: Town, chance: random.Random) -> None:
    with town.writing() as session:
        session.add(
            RoleGrantRecord(
                person_id="analyst", role="pmo_head", starts_on=date(2020, 2, 1), ends_on=date(2020, 2, 9),
                reason=f"reason {chance.random()}", entered_at=NOW, entered_by="pmo-head",
            )
        )  # fmt: skip


def _withdraw_grants(town: Town, chance: random.Random) -> None:
    with town.writing() as session:
        session.execute(update(RoleGrantRecord).values(withdrawn_at=NOW + timedelta(seconds=chance.random())))


def _undo_half(town: Town, chance: random.Random) -> None:
    with town.writing() as session:
        nested = session.begin_nested()
        session.get_one(MilestoneRecord, town.milestone()).position = chance.randrange(99)
        session.add(
            RoleGrantRecord(
                person_id="analyst", role="pmo_head", starts_on=date(2020, 2, 1), ends_on=date(2020, 2, 9),
                reason="undone", entered_at=NOW, entered_by="pmo-head",
            )
        )  # fmt: skip
        session.flush()
        nested.rollback()
        session.get_one(PersonRecord, "owner").title_en = f"Head {chance.randrange(9)}"


def _fail(town: Town, chance: random.Random) -> None:
    def change_and_fail() -> None:
        with town.writing() as session:
            session.get_one(MilestoneRecord, town.milestone()).position = chance.randrange(99)
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()


ACTS: list[Callable[[Town, random.Random], None]] = [
    _say, _take_back, _rename, _change_many, _leave_districts, _grant, _withdraw_grants, _undo_half, _fail,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_no_order_of_changes_raises_an_alarm(town: Town, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(60):
        act = chance.choice(ACTS)
        act(town, chance)
        if number % 20 == 19:
            assert found(town.runtime) == [], (seed, number, act.__name__)
    assert town.audit_findings() == []


def move_a_date(one: Connection) -> RowFinding:
    number = one.scalars(select(BaselineDateRecord.id).order_by(BaselineDateRecord.id)).first()
    one.execute(update(BaselineDateRecord).where(BaselineDateRecord.id == number).values(due_on=date(2020, 12, 31)))
    return RowFinding("baseline_dates", str(number), RowFlaw.CHANGED, 0)


def accept_evidence(one: Connection) -> RowFinding:
    entry, claim = one.execute(
        select(ClaimRecord.entry_id, ClaimRecord.id).where(
            ClaimRecord.id.not_in(select(EvidenceDecisionRecord.claim_id))
        )
    ).first() or (None, None)
    assert claim is not None
    one.execute(insert(EvidenceDecisionRecord).values(id=987654, entry_id=entry, claim_id=claim, accepted=True))
    return RowFinding("evidence_decisions", "987654", RowFlaw.NOT_RECORDED, None)


def remove_a_comment(one: Connection) -> RowFinding:
    number = one.scalars(select(CommentRecord.id).order_by(CommentRecord.id.desc())).first()
    one.execute(delete(CommentRecord).where(CommentRecord.id == number))
    return RowFinding("comments", str(number), RowFlaw.MISSING, 0)


def give_a_role(one: Connection) -> RowFinding:
    number = one.scalars(select(PersonRecord.id).where(PersonRecord.role == "observer")).first()
    one.execute(update(PersonRecord).where(PersonRecord.id == number).values(role="administrator"))
    return RowFinding("people", str(number), RowFlaw.CHANGED, 0)


def take_an_area(one: Connection) -> RowFinding:
    number = one.scalars(select(CuratorAreaRecord.id).order_by(CuratorAreaRecord.id)).first()
    one.execute(update(CuratorAreaRecord).where(CuratorAreaRecord.id == number).values(holder_id=None))
    return RowFinding("curator_areas", str(number), RowFlaw.CHANGED, 0)


def throw_away_a_salt(one: Connection) -> RowFinding:
    number = one.scalars(select(PersonRecord.id).order_by(PersonRecord.id)).first()
    one.execute(delete(AuditSaltRecord).where(AuditSaltRecord.name == f"people/{number}"))
    return RowFinding("people", str(number), RowFlaw.SALT_MISSING, 0)


Tampering = Callable[[Connection], RowFinding]
TABLE: list[Tampering] = [
    move_a_date, accept_evidence, remove_a_comment, give_a_role, take_an_area, throw_away_a_salt,
]  # fmt: skip


@pytest.mark.parametrize("tampering", TABLE, ids=[one.__name__.replace("_", " ") for one in TABLE])
def test_what_is_done_past_the_program_is_named_with_replay_and_unseen_without(
    working_city: object, tampering: Tampering
) -> None:
    runtime: Runtime = working_city.runtime  # type: ignore[attr-defined]
    with runtime.engines.migrating.begin() as connection:
        wanted = tampering(connection)
    assert pmo(runtime, "audit", "verify").status == 0
    answer = pmo(runtime, "audit", "verify", "--replay")
    assert answer.status == 1
    (finding,) = found(runtime)
    assert (finding.table, finding.key, finding.flaw) == (wanted.table, wanted.key, wanted.flaw)
    assert (finding.event is None) == (wanted.event is None)
    assert f"{wanted.table} {wanted.key}: {wanted.flaw.value}" in answer.output


def test_an_export_cannot_be_replayed(runtime: Runtime, tmp_path: object) -> None:
    path = f"{tmp_path}/record.jsonl"
    pmo(runtime, "audit", "export", path)
    answer = pmo(None, "audit", "verify", "--replay", f"--export={path}")
    assert answer.status == 2
    assert "needs the database" in answer.messages


def test_erased_digests_are_counted_and_not_called_forged(town: Town) -> None:
    with town.writing() as session:
        assert erase_salts(session, "people", ["owner"], NOW, "admin") >= 1
    with town.runtime.reading() as session:
        result = replay(in_one_moment(session))
    assert (result.findings, result.erased) == ([], 1)
    assert "1 rows whose digests were erased" in pmo(town.runtime, "audit", "verify", "--replay").messages
    with town.writing() as session:
        session.get_one(PersonRecord, "owner").title_en = "Another title"
    with town.runtime.reading() as session:
        assert replay(in_one_moment(session)).erased == 0
    with town.runtime.engines.migrating.begin() as connection:
        connection.execute(update(PersonRecord).where(PersonRecord.id == "owner").values(title_en="Forged"))
    assert [finding.flaw for finding in found(town.runtime)] == [RowFlaw.CHANGED]


def test_a_small_value_cannot_be_guessed_from_its_digest(town: Town) -> None:
    """Two rows with the same words, and one row told twice, have different digests."""
    with town.runtime.reading() as session:
        salts = list(session.scalars(select(AuditSaltRecord.salt)))
    assert len(set(salts)) == len(salts)
    assert all(len(bytes.fromhex(salt)) == written_rows.SALT_BYTES for salt in salts)


def test_rows_from_before_are_taken_over_once_and_answered_for_from_then_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after the migration: rows stand there of which no event tells."""
    with monkeypatch.context() as before:
        before.setattr(written_rows, "note_rows", lambda session, at: 0)
        with town.writing() as session:
            session.add(CuratorAreaRecord(id="old", city_id="almaty", name_ru="а", name_kk="б", name_en="c"))
            session.flush()
            session.info.clear()
    assert [finding.key for finding in found(town.runtime)] == ["old"]
    answer = pmo(town.runtime, "db", "upgrade")
    assert answer.status == 0
    assert f"rows of {len(REPLAYED)} tables" in answer.messages
    assert found(town.runtime) == []
    assert "compared with what they were then" in pmo(town.runtime, "audit", "verify", "--replay").messages
    with town.runtime.engines.migrating.begin() as connection:
        connection.execute(update(CuratorAreaRecord).where(CuratorAreaRecord.id == "old").values(name_en="d"))
    assert "answers for" not in pmo(town.runtime, "db", "upgrade").messages
    assert [finding.key for finding in found(town.runtime)] == ["old"]


def test_a_repair_by_hand_is_accepted_with_its_reason_in_the_record(town: Town) -> None:
    number = str(town.milestone())
    with town.runtime.engines.migrating.begin() as connection:
        connection.execute(update(MilestoneRecord).where(MilestoneRecord.id == int(number)).values(name_en="Repaired"))
    assert [finding.key for finding in found(town.runtime)] == [number]
    for wrong in (["songs", "1"], ["milestones", "one"], ["milestones", "1|2"]):
        assert pmo(town.runtime, "audit", "accept", *wrong, "--reason", "a repair").status == 1
    assert pmo(town.runtime, "audit", "accept", "milestones", number).status == 2
    answer = pmo(town.runtime, "audit", "accept", "milestones", number, "--reason", "misspelt by the import")
    assert answer.status == 0
    assert found(town.runtime) == []
    assert "misspelt by the import" in town.audit_actions()[-1]
    assert town.audit_findings() == []


def test_a_table_of_another_form_waits_for_the_upgrade(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with town.writing() as session:
        take_over(session, NOW)
    with monkeypatch.context() as newer:
        newer.setitem(NOT_COVERED_COLUMNS, "milestones", frozenset({"position"}))
        assert form_of(TABLES["milestones"]) != ""
        answer = pmo(town.runtime, "audit", "verify", "--replay")
        assert answer.status == 1
        assert "Digests of milestones are of an older form" in answer.messages
        assert "rows of 1 tables" in pmo(town.runtime, "db", "upgrade").messages
        assert pmo(town.runtime, "audit", "verify", "--replay").status == 0


def test_rows_inserted_past_the_record_are_refused_at_once(town: Town) -> None:
    unmarked = insert(ProjectDistrictRecord).values(project_id=town.project(), district_id="medeu")
    with town.runtime.reading() as session, pytest.raises(RuntimeError, match="past the record"):
        session.execute(unmarked)
