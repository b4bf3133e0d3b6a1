"""The form of signed notes, and which signatures count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo.domain.signed_note import (
    MalformedNote,
    UntrustedNote,
    decode_base64,
    decode_decimal,
    key_id,
    open_note,
    parse_note,
    sign_note,
)
from tests.domain.note_keys import HashKey

LOG = HashKey("audit.city.example")
WITNESS = HashKey("archive.example", b"another secret")
STRANGER = HashKey("audit.city.example", b"stolen name")

TEXT = "first line\n\nafter an empty line\n"


def test_a_note_is_read_as_it_was_written() -> None:
    note = sign_note(TEXT, LOG, WITNESS)
    parsed = parse_note(note)
    assert parsed.text == TEXT
    assert [signature.name for signature in parsed.signatures] == ["audit.city.example", "archive.example"]
    assert str(parsed) == note


def test_only_signatures_of_known_keys_count() -> None:
    note = sign_note(TEXT, LOG, WITNESS)
    assert [signature.name for signature in open_note(note, [WITNESS]).signatures] == ["archive.example"]
    assert len(open_note(note, [LOG, WITNESS]).signatures) == 2


def test_a_note_without_a_known_key_is_not_trusted() -> None:
    for verifiers in ([], [WITNESS], [STRANGER]):
        with pytest.raises(UntrustedNote):
            open_note(sign_note(TEXT, LOG), verifiers)


def test_an_unknown_key_that_borrows_a_known_name_is_passed_over() -> None:
    (signature,) = open_note(sign_note(TEXT, STRANGER, LOG), [LOG]).signatures
    assert signature.key_id == LOG.key_id


def test_a_wrong_signature_by_a_known_key_spoils_the_whole_note() -> None:
    forged = sign_note(TEXT, LOG, WITNESS).replace("first", "fir5t")
    with pytest.raises(UntrustedNote, match="wrong signature"):
        open_note(forged, [LOG])
    # The witness signed the true text, the log another: a good signature does not make up for a wrong one.
    mixed = parse_note(sign_note(TEXT, WITNESS)).signatures[0].line
    with pytest.raises(UntrustedNote, match="wrong signature"):
        open_note(sign_note(TEXT, LOG).replace("first", "fir5t") + mixed, [LOG, WITNESS])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n— name c2lnbmF0dXJl\n",
        "text\n\n— name c2lnbmF0dXJl",
        "text\n\n- name c2lnbmF0dXJl\n",
        "text\n\n—name c2lnbmF0dXJl\n",
        "text\n\n— name\n",
        "text\n\n— name \n",
        "text\n\n—  c2lnbmF0dXJl\n",
        "text\n\n— na+me c2lnbmF0dXJl\n",
        "text\n\n— na\u00a0me c2lnbmF0dXJl\n",
        "text\n\n— name c2ln\n",
        "text\n\n— name c2lnbmF0dXJ\n",
        "text\n\n— name c2lnbmF0dXJm \n",
        "text\n\n— name c2lnbmF0dXI_\n",
        "text\n\n— name c2lnbmF0dX==\n",
        "text\n\n— name c2lnbmF0dXJl\nmore\n",
        "te\txt\n\n— name c2lnbmF0dXJl\n",
        "text\r\n\r\n— name c2lnbmF0dXJl\r\n",
        "text\n\n" + "— name c2lnbmF0dXJl\n" * 101,
    ],
)
def test_a_note_of_another_form_is_refused(note: str) -> None:
    with pytest.raises(MalformedNote):
        parse_note(note)


def test_the_form_that_the_table_above_spoils_is_accepted() -> None:
    assert parse_note("text\n\n— name c2lnbmF0dXJl\n").signatures[0].value == b"ature"


@pytest.mark.parametrize("text", ["", "no newline at the end", "a\rb\n", "tab\t\n"])
def test_a_text_that_no_note_can_have_is_not_signed(text: str) -> None:
    with pytest.raises(MalformedNote):
        sign_note(text, LOG)


def test_a_note_is_not_signed_by_nobody_or_by_a_key_without_a_proper_name() -> None:
    for signers in ([], [HashKey("two words")], [HashKey("a+b")], [HashKey("")]):
        with pytest.raises(MalformedNote):
            sign_note(TEXT, *signers)


def test_half_a_surrogate_pair_is_no_note() -> None:
    with pytest.raises(MalformedNote):
        open_note("\ud800\n\n— name c2lnbmF0dXJl\n", [LOG])


def test_key_ids_are_those_of_the_published_example() -> None:
    public_key = decode_base64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    assert key_id("PeterNeumann", public_key).hex() == "c74f20a3"


@pytest.mark.parametrize("text", ["", "01", "-1", "+1", " 1", "1 ", "1.0", "٣", "²", "1" * 20])
def test_a_number_has_one_spelling(text: str) -> None:
    with pytest.raises(MalformedNote):
        decode_decimal(text)


def test_numbers_are_read() -> None:
    assert [decode_decimal(text) for text in ("0", "7", "20852163")] == [0, 7, 20852163]


note_like = st.lists(st.sampled_from(["\n", "\n\n", "— ", "name", " ", "c2lnbmF0dXJl", "=", "ә", "\r"])).map("".join)


@given(st.one_of(st.text(), note_like, note_like.map(lambda start: f"{start}\n\n— name c2lnbmF0dXJl\n")))
def test_whatever_is_read_is_either_refused_or_written_back_the_same(text: str) -> None:
    try:
        parsed = parse_note(text)
    except MalformedNote:
        return
    assert str(parsed) == text
