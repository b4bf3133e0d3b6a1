"""The eleven attacks of RELIABILITY 3.2 on a real database, each tried alone and against checkpoints of old mails.

The attacker holds the database, and in the strongest cases the key. What is checked is the command, from the database
and from an export. The table is printed, and must be the one that ``/record`` shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from pmo.db import append_only
from pmo.db.models.audit import AuditCheckpointRecord, AuditEventRecord, AuditHeadRecord
from pmo.domain.checkpoint import sign_checkpoint
from pmo.domain.transparency import Frontier, leaf_hash
from pmo.exchange.signed_notes import Ed25519Signer, generate_signing_key, write_signing_key
from pmo.runtime import Runtime
from pmo.services import audit
from pmo.services.checkpoints import current_checkpoint
from tests.cli.terminal import pmo
from tests.conftest import NOW

EVENTS, EVERY, MAILED_UP_TO = 120, 20, 80
Event, Head, Kept = AuditEventRecord, AuditHeadRecord, AuditCheckpointRecord


@dataclass
class Ground:
    """A record with its key and the checkpoints that lie in mailboxes."""

    runtime: Runtime
    signer: Ed25519Signer
    folder: Path

    def connect(self) -> Connection:
        return self.runtime.engines.writing.connect()

    def verdicts(self) -> dict[str, bool]:
        """Whether the command finds something: from the database and an export, alone and with the old mails."""
        keys = self.folder / "keys"
        mails = [f"--checkpoint={path}" for path in sorted(self.folder.glob("mail-*.txt"))]
        exported = self.folder / "record.jsonl"
        exported.unlink(missing_ok=True)
        assert pmo(self.runtime, "audit", "export", str(exported)).status == 0
        found = {}
        for name, more in (("alone", []), ("with mails", mails)):
            here = pmo(self.runtime, "audit", "verify", f"--keys={keys}", *more)
            there = pmo(None, "audit", "verify", f"--export={exported}", f"--keys={keys}", *more)
            assert (here.status, here.output) == (there.status, there.output)
            assert here.status in (0, 1)
            found[name] = here.status == 1
        return found


@pytest.fixture
def ground(runtime: Runtime, tmp_path: Path) -> Ground:
    signer = generate_signing_key("audit.city.example")
    write_signing_key(tmp_path / "audit.key", signer)
    (tmp_path / "keys").write_text(f"# the record of the city\n{signer.verifier}\n", "utf-8")
    for number in range(EVENTS):
        with runtime.writing() as session:
            audit.note(session, at=NOW, actor="head", action="decided", item=f"almaty/P-{number}", after={"n": number})
        if (number + 1) % EVERY == 0:
            with runtime.writing() as session:
                note = current_checkpoint(session, signer, NOW)
            if number < MAILED_UP_TO:
                # Mail programs on Windows save with other line ends.
                (tmp_path / f"mail-{number + 1:03}.txt").write_bytes(note.replace("\n", "\r\n").encode())
    return Ground(runtime, signer, tmp_path)


def rewritten(text: str) -> str:
    return text.replace('"actor":"head"', '"actor":"nobody"')


def put(connection: Connection, texts: list[str], since: int) -> None:
    """Replaces everything from a number on by these events, with leaves and head as an insider would leave them."""
    connection.execute(delete(Event).where(Event.seq >= since))
    kept = connection.scalars(select(Event.leaf).order_by(Event.seq)).all()
    frontier = Frontier()
    for leaf in kept:
        frontier = frontier.append(bytes.fromhex(leaf))
    rows = []
    for seq, text in enumerate(texts, since):
        leaf = leaf_hash(text.encode())
        rows.append({"seq": seq, "body": text, "leaf": leaf.hex()})
        frontier = frontier.append(leaf)
    if rows:
        connection.execute(insert(Event), rows)
    connection.execute(update(Head).values(size=frontier.size, frontier=frontier.to_hex()))


def texts_from(connection: Connection, since: int) -> list[str]:
    return list(connection.scalars(select(Event.body).where(Event.seq >= since).order_by(Event.seq)))


def sign_again(connection: Connection, signer: Ed25519Signer) -> None:
    """New checkpoints over what the log has become, in the place of the old ones."""
    leaves = connection.scalars(select(Event.leaf).order_by(Event.seq)).all()
    sizes = set(connection.scalars(select(Kept.size)))
    log = Frontier()
    for leaf in leaves:
        log = log.append(bytes.fromhex(leaf))
        if log.size in sizes:
            connection.execute(update(Kept).where(Kept.size == log.size).values(note=sign_checkpoint(log, signer)))


def renumbered(text: str, seq: int, new: int) -> str:
    return text.replace(f'"seq":{seq}}}', f'"seq":{new}}}')


def edit_a_field(one: Connection, _: Ground) -> None:
    one.execute(update(Event).where(Event.seq == 43).values(body=rewritten(texts_from(one, 43)[0])))


def edit_with_leaf_and_head(one: Connection, _: Ground) -> None:
    first, *rest = texts_from(one, 43)
    put(one, [rewritten(first), *rest], 43)


def delete_an_event(one: Connection, _: Ground) -> None:
    one.execute(delete(Event).where(Event.seq == 43))


def delete_and_renumber(one: Connection, _: Ground) -> None:
    put(one, [renumbered(text, seq, seq - 1) for seq, text in enumerate(texts_from(one, 44), 44)], 43)


def swap_two(one: Connection, _: Ground) -> None:
    first, second, *rest = texts_from(one, 43)
    put(one, [renumbered(second, 44, 43), renumbered(first, 43, 44), *rest], 43)


def respell(one: Connection, _: Ground) -> None:
    first, *rest = texts_from(one, 43)
    put(one, [first.replace('":', '": '), *rest], 43)


def cut_the_tail_and_its_checkpoints(one: Connection, _: Ground) -> None:
    put(one, [], 70)
    one.execute(delete(Kept).where(Kept.size > 70))


def rewrite_and_sign_with_the_real_key(one: Connection, ground: Ground) -> None:
    put(one, [rewritten(text) for text in texts_from(one, 0)], 0)
    sign_again(one, ground.signer)


def rewrite_and_sign_with_another_key(one: Connection, ground: Ground) -> None:
    put(one, [rewritten(text) for text in texts_from(one, 0)], 0)
    sign_again(one, generate_signing_key(ground.signer.name))


def edit_what_is_newer_than_the_mails(one: Connection, ground: Ground) -> None:
    first, *rest = texts_from(one, MAILED_UP_TO)
    put(one, [rewritten(first), *rest], MAILED_UP_TO)
    sign_again(one, ground.signer)


def cut_what_is_newer_than_the_mails(one: Connection, _: Ground) -> None:
    put(one, [], MAILED_UP_TO)
    one.execute(delete(Kept).where(Kept.size > MAILED_UP_TO))


Attack = Callable[[Connection, Ground], None]
TABLE: list[tuple[Attack, bool, bool]] = [
    (edit_a_field, True, True),
    (edit_with_leaf_and_head, True, True),
    (delete_an_event, True, True),
    (delete_and_renumber, True, True),
    (swap_two, True, True),
    (respell, True, True),
    (rewrite_and_sign_with_another_key, True, True),
    (cut_the_tail_and_its_checkpoints, False, True),
    (rewrite_and_sign_with_the_real_key, False, True),
    (edit_what_is_newer_than_the_mails, False, False),
    (cut_what_is_newer_than_the_mails, False, False),
]


def test_the_untouched_record_is_sound_with_and_without_mails(ground: Ground) -> None:
    assert ground.verdicts() == {"alone": False, "with mails": False}


@pytest.mark.parametrize(
    ("attack", "alone", "with_mails"), TABLE, ids=[attack.__name__.replace("_", " ") for attack, *_ in TABLE]
)
def test_each_attack_is_found_out_or_not_as_the_help_says(
    ground: Ground, attack: Attack, alone: bool, with_mails: bool
) -> None:
    with ground.connect() as connection, connection.begin(), append_only.opened(connection):
        before = [tuple(row) for row in connection.execute(select(Event.seq, Event.body).order_by(Event.seq))]
        attack(connection, ground)
        after = [tuple(row) for row in connection.execute(select(Event.seq, Event.body).order_by(Event.seq))]
    assert before != after, "the attack did nothing"
    assert ground.verdicts() == {"alone": alone, "with mails": with_mails}


def test_the_next_mail_closes_the_window(ground: Ground) -> None:
    with ground.runtime.writing() as session:
        note = current_checkpoint(session, ground.signer, NOW)
    (ground.folder / "mail-120.txt").write_text(note, "utf-8")
    with ground.connect() as connection, connection.begin(), append_only.opened(connection):
        edit_what_is_newer_than_the_mails(connection, ground)
    assert ground.verdicts() == {"alone": False, "with mails": True}


def test_a_receipt_of_the_command_proves_its_event(ground: Ground) -> None:
    from pmo.domain.inclusion_receipt import open_receipt, parse_receipt

    answer = pmo(ground.runtime, "audit", "prove", "43", PMO_AUDIT_KEY_FILE=str(ground.folder / "audit.key"))
    receipt = parse_receipt(answer.output)
    assert open_receipt(receipt, receipt.extra, [ground.signer.verifier]).size == EVENTS
    assert b"almaty/P-43" in receipt.extra
    assert pmo(ground.runtime, "audit", "prove", "120").status == 1


@pytest.fixture
def receipt(ground: Ground) -> Path:
    """A receipt as somebody keeps it who has neither the database nor the key."""
    path = ground.folder / "of-43.tlog-proof"
    answer = pmo(ground.runtime, "audit", "prove", "43", PMO_AUDIT_KEY_FILE=str(ground.folder / "audit.key"))
    path.write_text(answer.output, "utf-8")
    return path


def test_a_receipt_is_checked_without_the_database(ground: Ground, receipt: Path) -> None:
    answer = pmo(None, "audit", "check", str(receipt), f"--keys={ground.folder / 'keys'}")
    assert answer.status == 0
    assert "almaty/P-43" in answer.output
    assert f"Event 43 is in the record audit.city.example, of {EVENTS} events then." in answer.messages
    assert pmo(None, "audit", "check", str(receipt)).status == 2


def test_a_receipt_with_another_event_index_or_key_proves_nothing(ground: Ground, receipt: Path) -> None:
    keys, text = f"--keys={ground.folder / 'keys'}", receipt.read_text("utf-8")
    another = pmo(ground.runtime, "audit", "prove", "42", PMO_AUDIT_KEY_FILE=str(ground.folder / "audit.key")).output
    foreign = ground.folder / "foreign.keys"
    foreign.write_text(f"{generate_signing_key('audit.city.example').verifier}\n", "utf-8")
    its_event, others = (next(line for line in one.split("\n") if line.startswith("extra ")) for one in (text, another))
    for forged in (text.replace(its_event, others), text.replace("index 43", "index 42")):
        receipt.write_text(forged, "utf-8")
        assert pmo(None, "audit", "check", str(receipt), keys).status == 1
    receipt.write_text(text, "utf-8")
    assert pmo(None, "audit", "check", str(receipt), f"--keys={foreign}").status == 1
    receipt.write_text("no receipt\n", "utf-8")
    assert pmo(None, "audit", "check", str(receipt), keys).status == 2


def test_a_key_is_made_once_and_its_checkpoint_verifies(ground: Ground) -> None:
    path = ground.folder / "second.key"
    made = pmo(None, "audit", "keygen", "audit.second.example", str(path))
    assert made.status == 0
    assert path.stat().st_mode & 0o777 == 0o600
    again = pmo(None, "audit", "keygen", "audit.second.example", str(path))
    assert (again.status, "exists already" in again.messages) == (2, True)
    (ground.folder / "second.keys").write_text(made.output, "utf-8")
    note = pmo(ground.runtime, "audit", "checkpoint", PMO_AUDIT_KEY_FILE=str(path))
    (ground.folder / "second.txt").write_text(note.output, "utf-8")
    keys, file = f"--keys={ground.folder / 'second.keys'}", f"--checkpoint={ground.folder / 'second.txt'}"
    exported = ground.folder / "second.jsonl"
    pmo(ground.runtime, "audit", "export", str(exported))
    answer = pmo(None, "audit", "verify", f"--export={exported}", keys, f"--keys={ground.folder / 'second.keys'}", file)
    assert answer.status in (0, 1)
    assert "outside_checkpoint" not in answer.output


@pytest.mark.parametrize("content", ["", "{}\n", "[]\n", '{"form":"pmo audit export 1"}\n', "no json\n"])
def test_a_file_that_is_no_export_is_unusable(tmp_path: Path, content: str) -> None:
    path = tmp_path / "record.jsonl"
    path.write_text(content, "utf-8")
    assert pmo(None, "audit", "verify", f"--export={path}").status == 2
