"""Ed25519 notes against published vectors, and the files that keys lie in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pmo.domain.checkpoint import open_checkpoint, parse_checkpoint, sign_checkpoint
from pmo.domain.signed_note import MalformedNote, UntrustedNote, open_note, sign_note
from pmo.domain.transparency import frontier_of, leaf_hash
from pmo.exchange.signed_notes import (
    Ed25519Signer,
    Ed25519Verifier,
    KeyFileRefused,
    MalformedKey,
    generate_signing_key,
    note_of_file,
    parse_signing_key,
    parse_verifier_key,
    read_signing_key,
    read_verifier_keys,
    write_signing_key,
)

# Published with golang.org/x/mod/sumdb/note: two keys and a note that both signed.
GO_SIGNING_KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECOND_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
GO_SECOND_SIGNATURE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)

# The example of C2SP signed-note.
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)

# An early tree head of the Go checksum database, which is a checkpoint but for its origin with spaces.
SUMDB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUMDB_NOTE = (
    "go.sum database tree\n13485\n/ZWur4obeiqK+ASdnPK+/Rmz6LPQMUeSmHh0+UkL54Y=\n\n— sum.golang.org "
    "Az3grnQReYTvpCrRxT+w50vixbqBlB/aPS8bL8f8KW4HHP+UjLSXOJgCh4f54n8hO6lrESglzyRXMXnhaWzaeY3zqw8=\n"
)

SIGNER = Ed25519Signer("audit.city.example", bytes(range(32)))
TREE = frontier_of(leaf_hash(f"e{number}".encode()) for number in range(3))


# --- published vectors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "note"), [(GO_VERIFIER_KEY, GO_NOTE), (C2SP_KEY, C2SP_NOTE), (SUMDB_KEY, SUMDB_NOTE)])
def test_published_notes_verify_and_changed_ones_do_not(key: str, note: str) -> None:
    verifier = parse_verifier_key(key)
    assert str(verifier) == key
    assert len(open_note(note, [verifier]).signatures) == 1
    with pytest.raises(UntrustedNote):
        open_note(note.replace("a", "e", 1), [verifier])


def test_our_signature_is_the_published_one_byte_for_byte() -> None:
    signer = parse_signing_key(GO_SIGNING_KEY)
    assert signer.secret_text() == GO_SIGNING_KEY
    assert str(signer.verifier) == GO_VERIFIER_KEY
    assert sign_note(GO_TEXT, signer) == GO_NOTE


def test_a_note_of_two_signers_verifies_with_either_key_and_with_both() -> None:
    peter, enoch = parse_verifier_key(GO_VERIFIER_KEY), parse_verifier_key(GO_SECOND_KEY)
    for verifiers in ([peter], [enoch], [peter, enoch]):
        assert len(open_note(GO_NOTE + GO_SECOND_SIGNATURE, verifiers).signatures) == len(verifiers)


def test_a_tree_head_of_the_go_checksum_database_is_read() -> None:
    opened = open_note(SUMDB_NOTE, [parse_verifier_key(SUMDB_KEY)])
    assert parse_checkpoint(opened.text).size == 13485


# --- signing and verifying ----------------------------------------------------------------------------------


def test_a_checkpoint_of_ours_is_short_and_opens_with_the_public_key_alone() -> None:
    note = sign_checkpoint(TREE, SIGNER)
    assert len(note.encode()) < 200
    assert open_checkpoint(note, [parse_verifier_key(str(SIGNER.verifier))]).root == TREE.root


def test_another_key_of_the_same_name_is_not_trusted() -> None:
    imposter = generate_signing_key(SIGNER.name)
    with pytest.raises(UntrustedNote):
        open_checkpoint(sign_checkpoint(TREE, imposter), [SIGNER.verifier])


def test_a_signature_of_a_wrong_length_is_wrong_not_an_error() -> None:
    assert not SIGNER.verifier.verify(b"message", b"")
    assert not SIGNER.verifier.verify(b"message", SIGNER.sign(b"message")[:-1])
    assert SIGNER.verifier.verify(b"message", SIGNER.sign(b"message"))


def test_a_public_key_that_is_no_point_of_the_curve_verifies_nothing() -> None:
    assert not Ed25519Verifier("audit.city.example", b"\xff" * 32).verify(b"message", bytes(64))


def test_two_new_keys_are_different() -> None:
    assert str(generate_signing_key("log").verifier) != str(generate_signing_key("log").verifier)


def test_printing_a_signing_key_does_not_show_the_secret() -> None:
    secret = SIGNER.secret_text().rsplit("+", 1)[1]
    assert secret not in repr(SIGNER)
    assert secret not in str(SIGNER)


# --- keys as text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+!!!!",
        GO_VERIFIER_KEY.replace("c74f20a3", "c74f20a4"),
        GO_VERIFIER_KEY.replace("c74f20a3", "C74F20A3"),
        GO_VERIFIER_KEY.replace("PeterNeumann", "Peter Neumann"),
        GO_VERIFIER_KEY.replace("PeterNeumann", ""),
        GO_VERIFIER_KEY.replace("+ARpc", "+BRpc"),
        GO_VERIFIER_KEY[:-4],
        GO_VERIFIER_KEY + "\n",
    ],
)
def test_a_verifier_key_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_verifier_key(text)


@pytest.mark.parametrize(
    "text",
    [GO_VERIFIER_KEY, GO_SIGNING_KEY.replace("c74f20a3", "c74f20a4"), GO_SIGNING_KEY[:-4], "PRIVATE+KEY+"],
)
def test_a_signing_key_of_another_form_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(MalformedKey) as refused:
        parse_signing_key(text)
    assert "AYEKFALV" not in str(refused.value)


def test_a_key_of_a_wrong_length_is_refused() -> None:
    with pytest.raises(MalformedKey):
        Ed25519Signer("log", bytes(31))
    with pytest.raises(MalformedKey):
        Ed25519Verifier("log", bytes(33))


# --- key files ----------------------------------------------------------------------------------------------


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "audit.key"
    write_signing_key(path, SIGNER)
    return path


def test_a_new_key_file_is_readable_by_its_owner_only_and_reads_back(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert str(read_signing_key(key_file).verifier) == str(SIGNER.verifier)


def test_a_key_file_is_never_overwritten(key_file: Path) -> None:
    with pytest.raises(FileExistsError):
        write_signing_key(key_file, generate_signing_key("audit.city.example"))
    assert read_signing_key(key_file).key_id == SIGNER.key_id


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o601, 0o644, 0o666, 0o620, 0o660])
def test_a_key_file_open_to_others_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(KeyFileRefused) as refused:
        read_signing_key(key_file)
    assert refused.value.code == "key_exposed"
    assert str(key_file) in str(refused.value)


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o440, 0o640])
def test_a_key_file_for_its_owner_or_a_reading_group_is_accepted(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    assert read_signing_key(key_file).key_id == SIGNER.key_id


def test_an_exposed_key_is_refused_behind_a_link_too(key_file: Path, tmp_path: Path) -> None:
    key_file.chmod(0o644)
    link = tmp_path / "link.key"
    link.symlink_to(key_file)
    with pytest.raises(KeyFileRefused) as refused:
        read_signing_key(link)
    assert refused.value.code == "key_exposed"


@pytest.mark.parametrize("content", [b"", b"not a key", b"\xff\xfe", GO_VERIFIER_KEY.encode()])
def test_a_file_without_a_signing_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "audit.key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(KeyFileRefused) as refused:
        read_signing_key(path)
    assert refused.value.code == "key_malformed"


def test_a_missing_key_file_is_said_to_be_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        for read in (read_signing_key, read_verifier_keys):
            with pytest.raises(KeyFileRefused) as refused:
                read(path)
            assert refused.value.code == "key_missing"


def test_trusted_keys_are_read_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "trusted.keys"
    path.write_text(f"# this year\n{SIGNER.verifier}\n\n# last year\n{GO_VERIFIER_KEY}\n", encoding="utf-8")
    assert [key.name for key in read_verifier_keys(path)] == ["audit.city.example", "PeterNeumann"]


@pytest.mark.parametrize("content", ["", "# nothing\n", f"{GO_VERIFIER_KEY}\nnot a key\n", GO_SIGNING_KEY])
def test_a_file_of_trusted_keys_with_none_or_a_wrong_one_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trusted.keys"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KeyFileRefused) as refused:
        read_verifier_keys(path)
    assert refused.value.code == "key_malformed"


def test_a_private_key_is_written_with_its_rights_from_the_start(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_signing_key(tmp_path / "audit.key", SIGNER)
    finally:
        os.umask(before)
    assert (tmp_path / "audit.key").stat().st_mode & 0o777 == 0o600


# --- saved attachments --------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoil", ["crlf", "mark", "no_last_newline", "more_newlines", "all"])
def test_a_checkpoint_saved_by_a_mail_program_still_opens(spoil: str) -> None:
    text = sign_checkpoint(TREE, SIGNER)
    content = {
        "crlf": text.replace("\n", "\r\n"),
        "mark": f"\ufeff{text}",
        "no_last_newline": text[:-1],
        "more_newlines": f"{text}\n\n",
        "all": "\ufeff" + text.replace("\n", "\r\n") + "\r\n",
    }[spoil].encode()
    assert open_checkpoint(note_of_file(content), [SIGNER.verifier]).root == TREE.root


def test_a_file_that_is_not_utf_8_is_no_note() -> None:
    with pytest.raises(MalformedNote):
        note_of_file(b"\xe2\x80 log")
