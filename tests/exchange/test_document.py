"""A YAML file is read into plain values that know their lines; what no honest file contains is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pmo.exchange import document
from pmo.exchange.document import read_file, read_yaml
from pmo.exchange.faults import ImportRefused, sentence_of
from pmo.i18n import speaking


def refusal(raw: bytes) -> ImportRefused:
    with pytest.raises(ImportRefused) as refused:
        read_yaml(raw, "bad.yaml")
    return refused.value


def test_values_know_the_line_of_their_field() -> None:
    read = read_yaml(b"meta:\n  since: 2019-09-16\nprojects:\n- id: DP-1\n  weight: 2\n- id: DP-2\n", "good.yaml")
    assert read.content == {
        "meta": {"since": date(2019, 9, 16)},
        "projects": [{"id": "DP-1", "weight": 2}, {"id": "DP-2"}],
    }
    assert read.lines["meta",] == 1
    assert read.lines["meta", "since"] == 2
    assert read.lines["projects", 0, "weight"] == 5
    assert read.lines["projects", 1, "id"] == 6


def test_a_fault_at_a_missing_field_names_the_line_of_what_it_is_missing_from() -> None:
    read = read_yaml(b"projects:\n- id: DP-1\n- id: DP-2\n", "good.yaml")
    fault = read.fault(("projects", 1, "name", "kk"), "missing_field", field="kk")
    assert (fault.path, fault.line) == ("projects[1].name.kk", 3)


def test_a_date_that_is_no_date_stays_a_text_for_the_reader_of_the_field() -> None:
    assert read_yaml(b"day: 2020-02-31", "x.yaml").content == {"day": "2020-02-31"}


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: 1", "x.yaml").content == {"a": 1}


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        pytest.param(b"", "file_empty", None, id="empty"),
        pytest.param(b"# nothing\n\n", "file_empty", None, id="only a comment"),
        pytest.param(b"null", "file_empty", None, id="null"),
        pytest.param(b"\xff\xfea\x00", "not_utf8", None, id="utf-16"),
        pytest.param("имя: x".encode("cp1251"), "not_utf8", None, id="windows-1251"),
        pytest.param(b"a: [1, 2", "not_yaml", None, id="open bracket"),
        pytest.param(b"a:\n  b: 1\n c: 2", "not_yaml", 3, id="wrong indent"),
        pytest.param(b"\x89PNG\r\n", "not_utf8", None, id="picture"),
        pytest.param(b"a: b\x00c", "not_yaml", None, id="control character"),
        pytest.param(b"- a\n- b", "not_a_mapping", 1, id="list at the top"),
        pytest.param(b"just words", "not_a_mapping", 1, id="text at the top"),
        pytest.param(b"a: 1\n---\nb: 2", "several_documents", 2, id="two documents"),
        pytest.param(b"a: &x [*x]", "unknown_alias", 1, id="alias inside itself"),
        pytest.param(b"a: 1\nb: *x", "unknown_alias", 2, id="alias to nowhere"),
        pytest.param(b"a: !!python/object/apply:os.getcwd []", "tag_not_accepted", 1, id="code in a tag"),
        pytest.param(b"? [a, b]\n: 1", "key_not_text", 1, id="key that is a list"),
        pytest.param(b"a: " + b"[" * 50_000, "nested_too_deep", 1, id="deep nesting"),
    ],
)
def test_an_unreadable_file_is_refused_with_its_reason(raw: bytes, code: str, line: int | None) -> None:
    (fault,) = refusal(raw).faults
    assert fault.code == code
    if line is not None:
        assert fault.line == line
    with speaking("en"):
        assert sentence_of(fault)


def test_an_alias_stands_for_what_it_repeats() -> None:
    assert read_yaml(b"a: &x [1, {b: 2}]\nc: *x", "x.yaml").content == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}


def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n".encode()
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (fault,) = refusal(bomb).faults
    assert (fault.code, fault.line) == ("too_many_values", 6)


def test_every_field_that_is_given_twice_is_named_with_both_lines() -> None:
    faults = refusal(b"a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 4\n").faults
    assert [(fault.code, fault.path, fault.line, fault.values["first_line"]) for fault in faults] == [
        ("duplicate_key", "b.c", 5, 3),
        ("duplicate_key", "a", 6, 1),
    ]


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "LARGEST", 10)
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: 12345678901")
    with pytest.raises(ImportRefused) as refused:
        read_file(path)
    assert refused.value.faults[0].code == "file_too_large"
    assert refusal(b"a: 12345678901").faults[0].code == "file_too_large"


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(ImportRefused) as refused:
            read_file(path)
        assert refused.value.faults[0].code == "file_missing"
