"""Reports of mail that did not arrive: whose they are, and what they say (RFC 3464)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.returned import NotAReport, mail_of_return_path, read_report, return_path
from tests.reports import report

SECRET = SecretKeys(("a secret for tests only, long enough",))
BOUNCES = "bounces@pmo.example.kz"


@given(number=st.integers(1, 10**15))
def test_a_return_path_names_its_mail_and_fits_into_an_address(number: int) -> None:
    path = return_path(BOUNCES, SECRET, number)
    assert len(path.rpartition("@")[0]) <= 64
    assert path == path.lower()
    assert mail_of_return_path([path.upper()], BOUNCES, SECRET) == number


def test_a_return_path_of_somebody_else_names_nothing() -> None:
    good = return_path(BOUNCES, SECRET, 7)
    wrong = [
        good.replace("+7-", "+8-"),
        return_path(BOUNCES, "another secret, just as long as that", 7),
        good.replace("pmo.example.kz", "pmo.example.com"),
        good.replace("bounces", "answers"),
        "bounces@pmo.example.kz",
        "bounces+7@pmo.example.kz",
        "bounces+7-@pmo.example.kz",
        "",
    ]
    for address in wrong:
        assert mail_of_return_path([address], BOUNCES, SECRET) is None, address
    assert mail_of_return_path([*wrong, good], BOUNCES, SECRET) == 7


@pytest.mark.parametrize(
    ("action", "status", "final", "shuts"),
    [
        ("failed", "5.1.1", True, True),
        ("Failed", "5.1.1 (no such user)", True, True),
        ("failed", "4.4.7", True, False),
        ("failed", "", True, False),
        ("delayed", "4.4.1", False, False),
        ("delivered", "2.0.0", False, False),
        ("relayed", "2.0.0", False, False),
    ],
)
def test_only_a_final_failure_of_the_address_shuts_it(action: str, status: str, final: bool, shuts: bool) -> None:
    found = read_report(report("bounces+1-x@pmo.example.kz", action, status))
    assert (found.is_final, found.is_for_the_address) == (final, shuts)
    assert "bounces+1-x@pmo.example.kz" in found.addresses


def test_the_reason_is_what_the_server_wrote() -> None:
    assert read_report(report("x@y.example", "failed", "5.1.1")).reason == "5.1.1 550 5.1.1 no such user here"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: I am away\r\n\r\nUntil Monday.\r\n",
        b"\xff\xfe\x00",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n\n--x--\n",
    ],
)
def test_anything_else_is_no_report(content: bytes) -> None:
    with pytest.raises(NotAReport):
        read_report(content)


def test_a_message_nested_without_end_is_no_report() -> None:
    parts = [f"Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n" for depth in range(5000)]
    with pytest.raises(NotAReport):
        read_report("".join(parts).encode())


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    whole = report("x@y.example", "failed", "5.1.1")
    for message in (content, whole[:200] + content + whole[200:]):
        with suppress(NotAReport):
            read_report(message)
