"""Names that want to be headers (RELIABILITY 6, test 13). With 10,000 names: docs/reliability.md."""

from __future__ import annotations

from benchmarks.faults.headers import build_with_such_names, render_with_such_names

SEED = 3


def test_no_generated_name_becomes_a_header_or_changes_on_its_way() -> None:
    found = build_with_such_names(1000, SEED)
    assert found.examples >= 1000, found
    assert found.is_well, found


def test_no_generated_name_breaks_a_rendered_alert() -> None:
    found = render_with_such_names(60, SEED)
    assert found.examples >= 60, found
    assert found.is_well, found


def test_without_the_cleaning_the_same_names_break_mails() -> None:
    """The negative twin. Where Python itself refuses to write such a header, the mail is lost instead of forged."""
    found = build_with_such_names(100, SEED, cleaning=str)
    assert found.injected + found.crashed >= 10, found
    assert found.changed >= 1, found
