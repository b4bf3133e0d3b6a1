"""One spelling for an event, whoever writes it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo.exchange.canonical_json import NotCanonical, canonical_json, read_canonical

# The example of RFC 8785, 3.2.2, and its canonical form as bytes, 3.2.4.
RFC_EXAMPLE = r"""{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}"""
RFC_CANONICAL = (
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    r'"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
)

keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False) | keys,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
).filter(lambda value: "inf" not in json.dumps(value).lower())


def test_the_example_of_the_standard_comes_out_as_published() -> None:
    assert canonical_json(json.loads(RFC_EXAMPLE)).decode() == RFC_CANONICAL
    assert read_canonical(RFC_CANONICAL) == json.loads(RFC_EXAMPLE)


def test_the_order_of_writing_does_not_matter_and_letters_stay_letters() -> None:
    written = canonical_json({"ә": "Көше", "seq": 1, "actor": "Аналитик"})
    assert written.decode() == '{"actor":"Аналитик","seq":1,"ә":"Көше"}'
    assert written == canonical_json({"actor": "Аналитик", "ә": "Көше", "seq": 1})


@given(st.dictionaries(keys, values, max_size=4))
def test_what_is_written_is_read_back_and_is_its_own_canonical_form(body: dict[str, Any]) -> None:
    text = canonical_json(body).decode()
    assert canonical_json(read_canonical(text)).decode() == text


@pytest.mark.parametrize("number", [2.0**53, -(2.0**53), 1e20, 123456789012345680000.0, 1e21])
def test_a_large_double_is_read_back_as_the_double_it_was(number: float) -> None:
    text = canonical_json({"value": number}).decode()
    assert read_canonical(text) == {"value": number}


def nested(depth: int) -> dict[str, object]:
    body: dict[str, object] = {}
    for _ in range(depth):
        body = {"in": body}
    return body


@pytest.mark.parametrize(
    "value",
    [
        Decimal("1.5"),
        date(2026, 5, 5),
        float("nan"),
        float("inf"),
        2**53,
        b"bytes",
        {1: "key"},
        {"a", "b"},
        "\ud800",
        {"\ud800": 1},
        nested(100_000),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_json({"value": value})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[1]",
        '"text"',
        "{",
        '{"a": 1}',
        '{"a":1} ',
        '{"b":1,"a":2}',
        '{"a":1,"a":1}',
        '{"a":1.0}',
        '{"a":1e2}',
        '{"a":-0}',
        '{"a":NaN}',
        '{"a":1e999}',
        '{"a":9007199254740993}',
        '{"a":"\\u0041"}',
        '{"a":"\\/"}',
        '{"a":"\\ud800"}',
        '{"a":"\ud800"}',
        '{"a":' * 100_000,
        '{"a":' + "9" * 5_000 + "}",
    ],
)
def test_every_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical):
        read_canonical(text)
