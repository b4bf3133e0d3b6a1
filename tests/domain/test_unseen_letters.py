"""What nobody sees is taken out of what people enter; what scripts need stays."""

from __future__ import annotations

import pytest

from pmo.domain.unseen_letters import without_unseen


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("DP\u200b-10\ufeff", "DP-10"),
        ("\u2066left\u2069 \u2067right\u2069", "left right"),
        ("one\x0btwo\x7f\x85three\u2028four", "onetwothreefour"),
        ("Қала\tпаркі\nекінші жол", "Қала\tпаркі\nекінші жол"),
        ("👩\u200d🔧 می\u200cخواهم", "👩\u200d🔧 می\u200cخواهم"),
    ],
)
def test_a_text_becomes_what_it_looks_like(entered: str, kept: str) -> None:
    assert without_unseen(entered) == kept
