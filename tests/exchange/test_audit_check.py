"""The table of RELIABILITY 3.2: caught from the database alone, only with copies outside, or never."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from pmo.domain.checkpoint import Checkpoint, sign_checkpoint
from pmo.domain.signed_note import sign_note
from pmo.domain.transparency import EMPTY_ROOT, Frontier
from pmo.exchange.audit_check import Finding, Flaw, Place, StoredHead, check_log
from pmo.exchange.signed_notes import Ed25519Signer
from tests.exchange.log_in_memory import StoredLog, head_for, honest_log, row_for, row_of

KEY = Ed25519Signer("audit.city.example", bytes(range(32)))
OTHER_KEY = Ed25519Signer("audit.city.example", bytes(range(1, 33)))
KEYS = [KEY.verifier]

# 320 events; a stored checkpoint every 50; the mails that carried those up to 250 lie outside.
LOG = honest_log(320, 50, KEY)
MAILED = [note for size, note in LOG.checkpoints.items() if size <= 250]
NEWEST_MAILED = 250


def kinds(findings: list[Finding]) -> set[tuple[Place, Flaw]]:
    return {(finding.place, finding.flaw) for finding in findings}


def test_an_untouched_log_is_sound_alone_and_with_copies_from_outside() -> None:
    assert LOG.findings(KEYS) == []
    assert LOG.findings(KEYS, MAILED) == []


def test_an_empty_log_is_sound_and_contains_the_checkpoint_of_the_empty_log() -> None:
    empty = StoredLog((), StoredHead(0, ()), {})
    assert empty.findings(KEYS, [sign_checkpoint(Frontier(), KEY)]) == []


# --- caught from the database alone -------------------------------------------------------------------------


def edit_a_field(log: StoredLog) -> StoredLog:
    seq, text, leaf = log.rows[123]
    return log.with_row(123, (seq, text.replace("2026-06-15", "2026-05-15"), leaf))


def edit_a_field_and_its_leaf(log: StoredLog) -> StoredLog:
    return log.with_row(123, row_for(123, actor="owner-9"))


def edit_a_field_its_leaf_and_the_head(log: StoredLog) -> StoredLog:
    return log.with_rows(edit_a_field_and_its_leaf(log).rows)


def delete_an_event(log: StoredLog) -> StoredLog:
    return log.with_rows(log.rows[:123] + log.rows[124:])


def delete_an_event_and_renumber_the_rows(log: StoredLog) -> StoredLog:
    rows = delete_an_event(log).rows
    return log.with_rows([(number, text, leaf) for number, (_, text, leaf) in enumerate(rows)])


def delete_an_event_and_renumber_everything(log: StoredLog) -> StoredLog:
    texts = [text.replace(f'"seq":{seq}}}', f'"seq":{seq - 1}}}') for seq, text, _ in log.rows[124:]]
    return log.with_rows([*log.rows[:123], *(row_of(seq, text) for seq, text in enumerate(texts, 123))])


def delete_the_first_event(log: StoredLog) -> StoredLog:
    return log.with_rows(log.rows[1:])


def double_an_event(log: StoredLog) -> StoredLog:
    return log.with_rows([*log.rows[:124], *log.rows[123:]])


def swap_two_rows(log: StoredLog) -> StoredLog:
    rows = list(log.rows)
    rows[123], rows[124] = (123, *rows[124][1:]), (124, *rows[123][1:])
    return log.with_rows(rows)


def swap_two_events_number_and_all(log: StoredLog) -> StoredLog:
    rows = list(log.rows)
    rows[123], rows[124] = (row_for(123, actor="owner-5"), row_for(124, actor="owner-4"))
    return log.with_rows(rows)


def spell_the_json_with_spaces(log: StoredLog) -> StoredLog:
    return log.with_rows([row_of(seq, text.replace('":', '": ') if seq == 123 else text) for seq, text, _ in log.rows])


def spell_a_letter_as_an_escape(log: StoredLog) -> StoredLog:
    return log.with_rows(
        [row_of(seq, text.replace("П", "\\u041f") if seq == 123 else text) for seq, text, _ in log.rows]
    )


def replace_an_event_by_something_else(log: StoredLog) -> StoredLog:
    return log.with_rows([*log.rows[:123], row_of(123, '["no event"]'), *log.rows[124:]])


def cut_the_tail_only(log: StoredLog) -> StoredLog:
    return replace(log, rows=log.rows[:290])


def cut_the_tail_and_set_the_head_back(log: StoredLog) -> StoredLog:
    return log.with_rows(log.rows[:290])


def rewrite_and_sign_with_another_key(log: StoredLog) -> StoredLog:
    return edit_a_field_its_leaf_and_the_head(log).signed_again(OTHER_KEY)


def rewrite_and_leave_the_checkpoints(log: StoredLog) -> StoredLog:
    return log.with_rows([row_for(seq, actor="owner-9") for seq in range(320)])


EVENT, HEAD, STORED, OUTSIDE = Place.EVENT, Place.HEAD, Place.STORED_CHECKPOINT, Place.OUTSIDE_CHECKPOINT


@pytest.mark.parametrize(
    ("attack", "place", "flaw", "at"),
    [
        (edit_a_field, EVENT, Flaw.LEAF_DIFFERS, 123),
        (edit_a_field, HEAD, Flaw.ROOT_DIFFERS, 320),
        (edit_a_field, STORED, Flaw.ROOT_DIFFERS, 150),
        (edit_a_field_and_its_leaf, HEAD, Flaw.ROOT_DIFFERS, 320),
        (edit_a_field_its_leaf_and_the_head, STORED, Flaw.ROOT_DIFFERS, 150),
        (delete_an_event, EVENT, Flaw.GAP, 124),
        (delete_an_event_and_renumber_the_rows, EVENT, Flaw.SEQ_DIFFERS, 123),
        (delete_an_event_and_renumber_everything, STORED, Flaw.ROOT_DIFFERS, 150),
        (delete_the_first_event, EVENT, Flaw.GAP, 1),
        (double_an_event, EVENT, Flaw.GAP, 123),
        (swap_two_rows, EVENT, Flaw.SEQ_DIFFERS, 123),
        (swap_two_events_number_and_all, STORED, Flaw.ROOT_DIFFERS, 150),
        (spell_the_json_with_spaces, EVENT, Flaw.NOT_CANONICAL, 123),
        (spell_a_letter_as_an_escape, EVENT, Flaw.NOT_CANONICAL, 123),
        (replace_an_event_by_something_else, EVENT, Flaw.NOT_CANONICAL, 123),
        (cut_the_tail_only, HEAD, Flaw.SIZE_DIFFERS, 320),
        (cut_the_tail_and_set_the_head_back, STORED, Flaw.BEYOND_LOG, 300),
        (rewrite_and_sign_with_another_key, STORED, Flaw.UNTRUSTED, 0),
        (rewrite_and_leave_the_checkpoints, STORED, Flaw.ROOT_DIFFERS, 50),
    ],
)
def test_caught_from_the_database_alone(
    attack: Callable[[StoredLog], StoredLog], place: Place, flaw: Flaw, at: int
) -> None:
    findings = attack(LOG).findings(KEYS)
    assert at in [finding.at for finding in findings if (finding.place, finding.flaw) == (place, flaw)]


def test_the_stronger_attacks_leave_the_stored_checkpoints_as_the_only_trace() -> None:
    # So those cases above really test the checkpoints and not a slip of the attacker.
    for attack in (
        edit_a_field_its_leaf_and_the_head,
        delete_an_event_and_renumber_everything,
        swap_two_events_number_and_all,
        rewrite_and_leave_the_checkpoints,
        cut_the_tail_and_set_the_head_back,
    ):
        assert {place for place, _ in kinds(attack(LOG).findings(KEYS))} == {STORED}


def test_a_single_changed_character_anywhere_is_caught() -> None:
    random = Random(302)
    log = honest_log(40, 10, KEY)

    def spoilt(text: str) -> str:
        position = random.randrange(len(text))
        return text[:position] + random.choice("0aЖ {") + text[position + 1 :]

    caught = 0
    for _ in range(300):
        seq, text, leaf = random.choice(log.rows)
        row = random.choice([(seq, spoilt(text), leaf), (seq, text, spoilt(leaf))])
        assert (log.with_row(seq, row).findings(KEYS) == []) == (row == (seq, text, leaf))
        caught += row != (seq, text, leaf)
    assert caught > 250


# --- not seen from the database alone, caught with copies outside -------------------------------------------


def cut_the_tail_and_its_checkpoints(log: StoredLog) -> StoredLog:
    return log.with_rows(log.rows[:120]).without_checkpoints_after(120)


def rewrite_and_sign_with_the_real_key(log: StoredLog) -> StoredLog:
    return rewrite_and_leave_the_checkpoints(log).signed_again(KEY)


def edit_an_event_and_drop_the_checkpoints_after_it(log: StoredLog) -> StoredLog:
    return edit_a_field_its_leaf_and_the_head(log).without_checkpoints_after(123)


@pytest.mark.parametrize(
    ("attack", "flaw", "at"),
    [
        (cut_the_tail_and_its_checkpoints, Flaw.BEYOND_LOG, 150),
        (rewrite_and_sign_with_the_real_key, Flaw.ROOT_DIFFERS, 50),
        (edit_an_event_and_drop_the_checkpoints_after_it, Flaw.ROOT_DIFFERS, 150),
    ],
)
def test_caught_only_with_copies_from_outside(attack: Callable[[StoredLog], StoredLog], flaw: Flaw, at: int) -> None:
    tampered = attack(LOG)
    assert tampered.findings(KEYS) == []
    findings = tampered.findings(KEYS, MAILED)
    assert [(finding.place, finding.flaw, finding.at) for finding in findings] == [(OUTSIDE, flaw, at)]
    # One copy that is recent enough is as good as all of them.
    assert kinds(tampered.findings(KEYS, MAILED[-1:])) == {(OUTSIDE, flaw)}


def test_replacing_the_trusted_key_too_does_not_help_against_copies_outside() -> None:
    tampered = rewrite_and_sign_with_another_key(LOG)
    assert tampered.findings([OTHER_KEY.verifier]) == []
    assert kinds(tampered.findings([OTHER_KEY.verifier], MAILED)) == {(OUTSIDE, Flaw.UNTRUSTED)}


# --- never seen: what is newer than the newest copy outside -------------------------------------------------


def rewrite_one_event(log: StoredLog, seq: int) -> StoredLog:
    rows = [*log.rows[:seq], row_for(seq, actor="owner-9"), *log.rows[seq + 1 :]]
    return log.with_rows(rows).signed_again(KEY)


def test_an_edit_newer_than_the_newest_copy_outside_is_not_seen() -> None:
    tampered = rewrite_one_event(LOG, NEWEST_MAILED)
    assert tampered.rows != LOG.rows
    assert tampered.findings(KEYS, MAILED) == []


def test_an_edit_of_the_last_event_under_the_newest_copy_outside_is_seen() -> None:
    findings = rewrite_one_event(LOG, NEWEST_MAILED - 1).findings(KEYS, MAILED)
    assert [(finding.place, finding.flaw, finding.at) for finding in findings] == [(OUTSIDE, Flaw.ROOT_DIFFERS, 250)]


def test_the_next_mail_closes_the_window() -> None:
    one_mail_more = [*MAILED, LOG.checkpoints[300]]
    assert kinds(rewrite_one_event(LOG, NEWEST_MAILED).findings(KEYS, one_mail_more)) == {(OUTSIDE, Flaw.ROOT_DIFFERS)}


def test_a_cut_down_to_the_newest_copy_outside_is_not_seen_and_one_event_deeper_is() -> None:
    at_the_copy = LOG.with_rows(LOG.rows[:NEWEST_MAILED]).without_checkpoints_after(NEWEST_MAILED)
    assert at_the_copy.findings(KEYS, MAILED) == []
    deeper = LOG.with_rows(LOG.rows[: NEWEST_MAILED - 1]).without_checkpoints_after(NEWEST_MAILED - 1)
    assert kinds(deeper.findings(KEYS, MAILED)) == {(OUTSIDE, Flaw.BEYOND_LOG)}


# --- what is reported ---------------------------------------------------------------------------------------


def test_only_the_first_place_of_each_kind_is_reported() -> None:
    tampered = LOG
    for seq in (40, 80, 200):
        tampered = tampered.with_row(seq, (seq, LOG.rows[seq][1], "00"))
    assert [(finding.flaw, finding.at) for finding in tampered.findings(KEYS)] == [(Flaw.LEAF_DIFFERS, 40)]


def test_a_finding_says_what_was_expected_and_what_was_there() -> None:
    (finding,) = LOG.with_row(7, (7, LOG.rows[7][1], "00")).findings(KEYS)
    assert finding == Finding(EVENT, Flaw.LEAF_DIFFERS, 7, LOG.rows[7][2], "00")
    gap = delete_an_event(LOG).findings(KEYS)[0]
    assert gap == Finding(EVENT, Flaw.GAP, 124, "123", "124")


@pytest.mark.parametrize("number", ["true", "1.5", '"1"', "null"])
def test_a_number_inside_the_event_that_only_looks_right_is_caught(number: str) -> None:
    rows = [row_for(0), row_of(1, f'{{"seq":{number}}}')]
    log = StoredLog(tuple(rows), head_for(rows), {})
    assert kinds(log.findings(KEYS)) == {(EVENT, Flaw.SEQ_DIFFERS)}


def test_an_event_without_its_number_or_that_is_no_utf_8_is_a_finding_not_an_error() -> None:
    for text, flaw in (("{}", Flaw.SEQ_DIFFERS), ('{"seq":0,"x":"\ud800"}', Flaw.NOT_CANONICAL)):
        log = StoredLog(((0, text, ""),), StoredHead(1, ()), {})
        assert (EVENT, flaw) in kinds(log.findings(KEYS))


@pytest.mark.parametrize(
    ("head", "flaw"),
    [
        (StoredHead(0, ()), Flaw.SIZE_DIFFERS),
        (StoredHead(321, LOG.head.hashes), Flaw.SIZE_DIFFERS),
        (StoredHead(320, LOG.head.hashes[:-1]), Flaw.UNREADABLE),
        (StoredHead(320, [text.upper() for text in LOG.head.hashes]), Flaw.UNREADABLE),
        (StoredHead(320, LOG.head.hashes[::-1]), Flaw.ROOT_DIFFERS),
    ],
)
def test_a_head_that_is_lost_damaged_or_wrong_is_caught(head: StoredHead, flaw: Flaw) -> None:
    assert kinds(replace(LOG, head=head).findings(KEYS)) == {(HEAD, flaw)}


@pytest.mark.parametrize(
    ("note", "flaw"),
    [
        ("no note", Flaw.UNREADABLE),
        (sign_note("a note, not a checkpoint\n", KEY), Flaw.UNREADABLE),
        (sign_note(Checkpoint("another.log", 50, EMPTY_ROOT).text, KEY), Flaw.UNTRUSTED),
        (sign_checkpoint(Frontier(), OTHER_KEY), Flaw.UNTRUSTED),
        (LOG.checkpoints[100].replace("\n100\n", "\n101\n"), Flaw.UNTRUSTED),
        (sign_note(Checkpoint(KEY.name, 0, b"\x01" * 32).text, KEY), Flaw.ROOT_DIFFERS),
        (sign_note(Checkpoint(KEY.name, 321, b"\x01" * 32).text, KEY), Flaw.BEYOND_LOG),
    ],
)
def test_a_checkpoint_that_does_not_vouch_for_this_log_is_reported_wherever_it_lies(note: str, flaw: Flaw) -> None:
    stored = replace(LOG, checkpoints={**LOG.checkpoints, -1: note})
    assert kinds(stored.findings(KEYS)) == {(STORED, flaw)}
    assert kinds(LOG.findings(KEYS, [*MAILED, note])) == {(OUTSIDE, flaw)}


def test_checkpoints_of_a_former_key_count_as_long_as_it_is_among_the_trusted() -> None:
    early = replace(LOG, checkpoints=dict(list(LOG.checkpoints.items())[:3])).signed_again(OTHER_KEY)
    both = replace(LOG, checkpoints=LOG.checkpoints | early.checkpoints)
    assert both.findings([KEY.verifier, OTHER_KEY.verifier], MAILED) == []
    assert kinds(both.findings(KEYS)) == {(STORED, Flaw.UNTRUSTED)}


def test_the_log_is_read_as_a_stream() -> None:
    def rows() -> Iterator[tuple[int, str, str]]:
        for seq in range(2_000):
            yield row_for(seq)

    tracemalloc.start()
    try:
        findings = check_log(rows(), StoredHead(0, ()), [], [], KEYS)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kinds(findings) == {(HEAD, Flaw.SIZE_DIFFERS)}
    # The rows together take more than 1 MB.
    assert peak < 100_000
