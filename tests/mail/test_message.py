"""The bytes of a mail: headers as they were meant. Names that want to be headers: tests/faults/test_headers.py."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from pmo.mail.message import (
    AddressRefused,
    Headers,
    ascii_address,
    build_message,
    message_id,
)

NAMES = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id",
    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Language",
]  # fmt: skip


def built(
    subject: str = "Тема", text: str = "текст", html: str = "<p>текст</p>", recipient: str = "to@city.example"
) -> bytes:
    return build_message(
        sender="pmo@city.example",
        recipient=recipient,
        subject=subject,
        text=text,
        html=html,
        message_id="<1@city.example>",
        date=datetime(2020, 1, 14, 3, 0, tzinfo=UTC),
        language="ru",
        headers=Headers("<0@city.example>", "digest_weekly", "pmo-head@city.example"),
    )  # fmt: skip


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_headers_are_those_of_an_automatic_mail() -> None:
    message = parsed(built())
    assert list(message.keys()) == NAMES
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "<digest-weekly.pmo.city.example>"
    assert message["References"] == message["In-Reply-To"] == "<0@city.example>"
    assert message["Date"] == "Tue, 14 Jan 2020 03:00:00 +0000"


def test_text_comes_first_and_both_parts_survive() -> None:
    message = parsed(built(text="Қазақша мәтін\n", html="<p>Қазақша мәтін</p>\n"))
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()] == [
        "Қазақша мәтін\n",
        "<p>Қазақша мәтін</p>\n",
    ]


def test_everything_is_ascii_in_lines_that_servers_take() -> None:
    content = built(subject="Мерзімнен кешігу: 7 жұмыс күні — " + "ұзақ атау " * 12)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert parsed(content)["Subject"].startswith("Мерзімнен кешігу")


def test_a_long_subject_keeps_its_spaces_where_it_is_folded() -> None:
    """The library's own folding lost the one before "дней"."""
    subject = "Просрочено на 7 рабочих дней — DP-01-M1 Дни открытых дверей"
    for cut in range(20, len(subject)):
        assert parsed(built(subject=subject[:cut].strip()))["Subject"] == subject[:cut].strip()


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("a@city.example", "a@city.example"),
        ("a@ПРИМЕР.рф", "a@xn--e1afmkfd.xn--p1ai"),
        ("a.b+c@City.Example", "a.b+c@city.example"),
    ],
)
def test_addresses_are_what_servers_understand(address: str, envelope: str) -> None:
    assert ascii_address(address) == envelope


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b, evil@x", "a@", "@b", "а@city.example", "a b@c", "a@b\r\nRCPT TO:<e@x>", "a@@b"]
)
def test_anything_but_one_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        ascii_address(address)


def test_the_message_id_is_made_from_the_key_alone() -> None:
    assert message_id("alert:1", "city.example") == message_id("alert:1", "city.example")
    assert message_id("alert:1", "city.example") != message_id("alert:2", "city.example")
    assert message_id("alert:1", "city.example").endswith("@city.example>")
