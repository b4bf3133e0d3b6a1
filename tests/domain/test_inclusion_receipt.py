"""Receipts: one event, proved to somebody who has the receipt and the log's public key and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo.domain.checkpoint import sign_checkpoint
from pmo.domain.inclusion_receipt import NotIncluded, issue_receipt, open_receipt, parse_receipt
from pmo.domain.signed_note import MalformedNote, UntrustedNote
from pmo.domain.transparency import frontier_of, leaf_hash
from tests.domain.note_keys import HashKey

LOG = HashKey("audit.city.example")
STRANGER = HashKey("audit.city.example", b"another secret")
EVENTS = [f"e{number}".encode() for number in range(11)]
LEAVES = [leaf_hash(event) for event in EVENTS]
CHECKPOINT = sign_checkpoint(frontier_of(LEAVES[:7]), LOG)
RECEIPT = issue_receipt(LEAVES, 5, CHECKPOINT, extra=EVENTS[5])


def test_a_receipt_proves_its_event_against_an_older_checkpoint_of_a_longer_log() -> None:
    checkpoint = open_receipt(parse_receipt(str(RECEIPT)), EVENTS[5], [LOG])
    assert checkpoint.size == 7


def test_a_receipt_has_the_form_of_the_standard() -> None:
    lines = str(RECEIPT).split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == "extra ZTU="
    assert lines[2] == "index 5"
    assert lines[6] == ""
    assert str(RECEIPT).endswith(f"\n\n{CHECKPOINT}")


def test_the_only_event_of_a_log_needs_no_hashes() -> None:
    receipt = issue_receipt(LEAVES[:1], 0, sign_checkpoint(frontier_of(LEAVES[:1]), LOG))
    assert receipt.proof == ()
    read = parse_receipt(str(receipt))
    assert read == receipt
    assert open_receipt(read, EVENTS[0], [LOG]).size == 1


def test_a_receipt_does_not_prove_anything_else() -> None:
    with pytest.raises(NotIncluded):
        open_receipt(RECEIPT, EVENTS[4], [LOG])
    with pytest.raises(NotIncluded):
        open_receipt(replace(RECEIPT, index=4), EVENTS[5], [LOG])
    with pytest.raises(NotIncluded):
        open_receipt(replace(RECEIPT, proof=RECEIPT.proof[::-1]), EVENTS[5], [LOG])
    with pytest.raises(UntrustedNote):
        open_receipt(RECEIPT, EVENTS[5], [STRANGER])


def test_what_is_carried_along_proves_nothing_by_itself() -> None:
    forged = parse_receipt(str(replace(RECEIPT, extra=b"another promise")))
    with pytest.raises(NotIncluded):
        open_receipt(forged, forged.extra, [LOG])


def test_no_receipt_is_issued_that_would_not_hold() -> None:
    with pytest.raises(IndexError):
        issue_receipt(LEAVES, 7, CHECKPOINT)
    with pytest.raises(IndexError):
        issue_receipt(LEAVES[:6], 5, CHECKPOINT)
    with pytest.raises(NotIncluded):
        issue_receipt(LEAVES[::-1], 5, CHECKPOINT)


@pytest.mark.parametrize(
    ("part", "spoilt"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("extra ZTU=", "extra "),
        ("extra ZTU=", "extra ZTV="),
        ("index 5", "index 05"),
        ("index 5\n", ""),
        ("index 5\n", "index 5\nZTU=\n"),
        ("audit.city.example\n7\n", "audit.city.example\n"),
        ("\n\n", "\n"),
    ],
)
def test_a_receipt_of_another_form_is_refused(part: str, spoilt: str) -> None:
    text = str(RECEIPT)
    assert part in text
    with pytest.raises(MalformedNote):
        parse_receipt(text.replace(part, spoilt))


@given(st.integers(0, len(str(RECEIPT)) - 1), st.sampled_from(["", "\n", " ", "=", "0", "A", "—", "\r"]))
def test_a_receipt_changed_by_one_character_is_refused_or_proves_the_same(at: int, sign: str) -> None:
    text = str(RECEIPT)
    changed = text[:at] + sign + text[at + 1 :]
    try:
        receipt = parse_receipt(changed)
        assert str(receipt) == changed
        checkpoint = open_receipt(receipt, EVENTS[5], [LOG])
    except (MalformedNote, UntrustedNote, NotIncluded):
        return
    assert (checkpoint.size, receipt.index) == (7, 5)
