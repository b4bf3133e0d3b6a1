"""Alerts and digests carry the current checkpoint, escalations their receipt; the body has only a human sentence."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from pmo.domain.checkpoint import open_checkpoint
from pmo.domain.inclusion_receipt import NotIncluded, open_receipt, parse_receipt
from pmo.exchange.signed_notes import Ed25519Signer, generate_signing_key, note_of_file, write_signing_key
from pmo.jobs.checkpoints import make_checkpoint
from pmo.jobs.deliver import deliver_due
from pmo.mail.drafts import MailItem
from pmo.mail.transport import RecordingTransport
from pmo.queries.audit import event_text, newest_checkpoint
from pmo.runtime import Runtime
from pmo.services import audit
from tests.post_office import TUESDAY, a_draft, a_line, put_in_outbox, settle_city


@pytest.fixture
def signer(tmp_path: Path) -> Ed25519Signer:
    key = generate_signing_key("audit.city.example")
    write_signing_key(tmp_path / "audit.key", key)
    return key


@pytest.fixture
def here(runtime: Runtime, signer: Ed25519Signer, tmp_path: Path) -> Runtime:
    settle_city(runtime)
    runtime.settings = replace(runtime.settings, audit_key_file=tmp_path / "audit.key")
    with runtime.writing() as session:
        for number in range(40):
            audit.note(session, at=TUESDAY, actor="pmo-head.almaty", action="tested", item=f"almaty/X-{number}")
        audit.note(
            session, at=TUESDAY, actor=None, action="alert_raised", item="almaty/DP-01-M0",
            after={"rung": "O+3", "alerts": {"manager-0.almaty": 1}},
        )  # fmt: skip
        for number in range(6):  # 48 events with the one that answers for the city's rows
            audit.note(session, at=TUESDAY, actor=None, action="tested", item=f"almaty/Y-{number}")
    return runtime.at(TUESDAY)


def sent(here: Runtime) -> list[EmailMessage]:
    deliver_due(here)
    transport = here.transport
    assert isinstance(transport, RecordingTransport)
    return [message_from_bytes(one.content, policy=SMTP) for one in transport.envelopes]  # type: ignore[misc]


def attached(mail: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_payload(decode=True) for part in mail.iter_attachments()}  # type: ignore[misc]


def test_an_escalation_carries_checkpoint_and_receipt_that_prove_it_without_the_server(
    here: Runtime, signer: Ed25519Signer
) -> None:
    put_in_outbox(here, a_draft(rung="O+3", items=(MailItem("DP-01-M0", "O+3"),)))
    (mail,) = sent(here)
    files = attached(mail)
    assert sorted(files) == ["DP-01-M0.tlog-proof", "checkpoint.txt"]
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["text/plain", "text/plain"]
    note = note_of_file(files["checkpoint.txt"])
    said = open_checkpoint(note, [signer.verifier])
    assert said.size == 48
    receipt = parse_receipt(note_of_file(files["DP-01-M0.tlog-proof"]))
    assert open_receipt(receipt, receipt.extra, [signer.verifier]) == said
    with here.reading() as session:
        assert receipt.extra.decode() == event_text(session, receipt.index)
        kept = newest_checkpoint(session)
    assert kept is not None
    assert kept.note == note
    with pytest.raises(NotIncluded):
        open_receipt(receipt, receipt.extra.replace(b"O+3", b"O+7"), [signer.verifier])


def test_the_body_has_a_sentence_with_size_and_fingerprint_and_no_note(here: Runtime, signer: Ed25519Signer) -> None:
    put_in_outbox(here, a_draft(rung="O+3", items=(MailItem("DP-01-M0", "O+3"),)))
    (mail,) = sent(here)
    said = open_checkpoint(note_of_file(attached(mail)["checkpoint.txt"]), [signer.verifier])
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert max(map(len, text.get_content().splitlines())) <= 76
    for part in (" ".join(text.get_content().split()), html.get_content()):
        assert "было событий: 48" in part
        assert said.fingerprint in part
        assert "— audit.city.example" not in part
        assert "<!--record-->" not in part


def test_reminders_and_digests_carry_the_checkpoint_alone(here: Runtime) -> None:
    facts = {"on": "2020-01-14", "line": a_line("DP-01-M0")}
    put_in_outbox(here, a_draft(rung="R-1", items=(MailItem("DP-01-M0", "R-1"),), facts=facts))
    (mail,) = sent(here)
    assert sorted(attached(mail)) == ["checkpoint.txt"]
    assert mail.get_content_type() == "multipart/mixed"


def test_a_repeat_is_the_same_bytes_although_the_record_went_on(here: Runtime) -> None:
    from pmo.services import outbox

    put_in_outbox(here, a_draft())
    with here.writing() as session:
        first = outbox.claim(session, TUESDAY, ["almaty"], here.settings)
        assert first is not None
        outbox.mark_retry(session, first, TUESDAY, _lost_reply())
        audit.note(session, at=TUESDAY, actor=None, action="tested", item="almaty/later")
    later = here.at(TUESDAY.replace(hour=5))
    with later.writing() as session:
        second = outbox.claim(session, later.now(), ["almaty"], here.settings)
    assert second is not None
    assert second.content == first.content


def test_without_a_key_mails_leave_as_they_are(here: Runtime) -> None:
    here.settings = replace(here.settings, audit_key_file=None)
    put_in_outbox(here, a_draft())
    (mail,) = sent(here)
    assert attached(mail) == {}
    assert make_checkpoint(here) is None


def test_the_hourly_checkpoint_is_kept_once_for_each_size(here: Runtime, signer: Ed25519Signer) -> None:
    first = make_checkpoint(here)
    assert first == make_checkpoint(here)
    with here.writing() as session:
        audit.note(session, at=TUESDAY, actor=None, action="tested", item="almaty/later")
    second = make_checkpoint(here)
    assert first is not None
    assert second is not None
    sizes = [open_checkpoint(note, [signer.verifier]).size for note in (first, second)]
    assert sizes == [48, 49]


def _lost_reply() -> object:
    from pmo.mail.transport import TemporaryFailure

    return TemporaryFailure(None, "connection lost", is_uncertain=True)
