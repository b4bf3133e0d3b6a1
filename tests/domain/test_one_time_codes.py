"""One-time codes against the vectors of RFC 6238, appendix B (its eight digits cut to our six)."""

from datetime import UTC, datetime

import pytest

from pmo.domain.one_time_codes import address_of, code_of, counter_at, matching_counter, written

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert code_of(SECRET, counter_at(moment)) == code
    assert matching_counter(SECRET, code, moment) == seconds // 30


def test_a_neighbouring_step_is_taken_and_a_farther_one_is_not() -> None:
    moment = datetime(2026, 11, 22, 8, tzinfo=UTC)
    now = counter_at(moment)
    found = [matching_counter(SECRET, code_of(SECRET, now + away), moment) for away in (-2, -1, 0, 1, 2)]
    assert found == [None, now - 1, now, now + 1, None]


def test_what_is_no_code_matches_nothing() -> None:
    moment = datetime(2026, 11, 22, 8, tzinfo=UTC)
    for text in ("", "12345", "абвгде", "1234567", "-12345"):
        assert matching_counter(SECRET, text, moment) is None


def test_the_address_carries_the_secret_without_spaces() -> None:
    assert written(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert address_of(SECRET, "akim@city.example", "pmo.city.kz") == (
        "otpauth://totp/pmo.city.kz:akim%40city.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=pmo.city.kz"
    )
