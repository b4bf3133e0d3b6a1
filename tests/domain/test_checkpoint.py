"""Checkpoints: their three lines, and who may speak for a log."""

from __future__ import annotations

import pytest

from pmo.domain.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint, sign_checkpoint
from pmo.domain.signed_note import MalformedNote, UntrustedNote, parse_note, sign_note
from pmo.domain.transparency import EMPTY_ROOT, Frontier, frontier_of, leaf_hash
from tests.domain.note_keys import HashKey

LOG = HashKey("audit.city.example")
OTHER_LOG = HashKey("audit.neighbour.example", b"another secret")
TREE = frontier_of(leaf_hash(f"e{number}".encode()) for number in range(2))

# The example of C2SP tlog-checkpoint.
PUBLISHED = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501


def test_the_published_example_is_read() -> None:
    note = parse_note(PUBLISHED)
    checkpoint = parse_checkpoint(note.text)
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20852163
    assert checkpoint.root.hex().startswith("0ac5186a91863e8e")
    assert checkpoint.text == note.text


def test_a_checkpoint_says_origin_size_and_root_and_is_signed_by_the_origin() -> None:
    note = sign_checkpoint(TREE, LOG)
    assert note.startswith("audit.city.example\n2\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to0=\n\n— audit.city")
    assert open_checkpoint(note, [LOG]) == Checkpoint("audit.city.example", 2, TREE.root)


def test_the_empty_log_has_a_checkpoint_too() -> None:
    assert open_checkpoint(sign_checkpoint(Frontier(), LOG), [LOG]) == Checkpoint(LOG.name, 0, EMPTY_ROOT)


def test_a_fingerprint_is_short_enough_to_compare_by_eye() -> None:
    assert Checkpoint("log", 2, TREE.root).fingerprint == "718f a036 9d74 7509"


def test_further_lines_of_other_implementations_are_kept_and_covered_by_the_signature() -> None:
    checkpoint = Checkpoint(LOG.name, 2, TREE.root, ("timestamp 1234",))
    note = sign_note(checkpoint.text, LOG)
    assert open_checkpoint(note, [LOG]) == checkpoint
    with pytest.raises(UntrustedNote):
        open_checkpoint(note.replace("1234", "1235"), [LOG])


@pytest.mark.parametrize("changed", ["size", "root", "origin"])
def test_a_changed_checkpoint_is_not_trusted(changed: str) -> None:
    lines = sign_checkpoint(TREE, LOG).split("\n")
    replacements = {
        "origin": (0, "audit.city2.example"),
        "size": (1, "3"),
        "root": (2, sign_checkpoint(TREE.append(TREE.root), LOG).split("\n")[2]),
    }
    position, value = replacements[changed]
    lines[position] = value
    with pytest.raises(UntrustedNote):
        open_checkpoint("\n".join(lines), [LOG])


def test_a_key_trusted_for_one_log_cannot_speak_for_another() -> None:
    forged = sign_note(Checkpoint(LOG.name, 2, TREE.root).text, OTHER_LOG)
    with pytest.raises(UntrustedNote, match="not signed by the key of"):
        open_checkpoint(forged, [LOG, OTHER_LOG])


def test_a_former_key_of_the_log_still_opens_its_old_checkpoints() -> None:
    former = HashKey(LOG.name, b"last year's secret")
    assert open_checkpoint(sign_checkpoint(TREE, former), [LOG, former]).size == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n2\n",
        "log\n2\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to0=",
        "\n2\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to0=\n",
        "log\n02\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to0=\n",
        "log\n-2\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to0=\n",
        "log\ntwo\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to0=\n",
        "log\n2\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to0\n",
        "log\n2\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to1=\n",
        "log\n2\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/\n",
        "log\n2\ncY+gNp10dQmbxstDJ+OCOklyKF+SvUmXGlg8nwj/to0=\n\nextension\n",
    ],
)
def test_a_checkpoint_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedNote):
        parse_checkpoint(text)
