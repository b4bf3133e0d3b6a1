"""The bytes of a mail: headers as they were meant. Names that want to be headers: tests/faults/test_headers.py."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from pmo.mail.message import (
    AddressRefused,
    Headers,
    Picture,
    ascii_address,
    build_message,
    clean_header_text,
    message_id,
)

NAMES = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id",
    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Language", "Content-Type",
]  # fmt: skip


def built(
    subject: str = "Тема",
    text: str = "текст",
    html: str = "<p>текст</p>",
    recipient: str = "to@city.example",
    pictures: tuple[Picture, ...] = (),
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
        pictures=pictures,
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


def test_a_digest_offers_to_be_ended_at_one_press_and_the_address_is_never_broken() -> None:
    for length in (10, 400):
        address = "https://pmo.example.kz/unsubscribe/" + "a" * length
        content = build_message(
            sender="pmo@city.example",
            recipient="to@city.example",
            subject="Тема",
            text="текст",
            html="<p>текст</p>",
            message_id="<1@city.example>",
            date=datetime(2020, 1, 14, 3, 0, tzinfo=UTC),
            language="ru",
            headers=Headers(list_name="digest_weekly", unsubscribe=address),
        )
        assert f"<{address}>\r\n".encode() in content
        message = parsed(content)
        assert message["List-Unsubscribe"].strip() == f"<{address}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "List-Unsubscribe" not in parsed(built())


def test_text_comes_first_and_both_parts_survive() -> None:
    message = parsed(built(text="Қазақша мәтін\n", html="<p>Қазақша мәтін</p>\n"))
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()] == [
        "Қазақша мәтін\n",
        "<p>Қазақша мәтін</p>\n",
    ]


def test_a_picture_forms_one_part_with_the_html_that_shows_it() -> None:
    png = bytes(range(256)) * 40
    message = parsed(built(pictures=(Picture(f"s{'0z' * 27}@pmo", png),)))

    words, shown = message.iter_parts()
    assert [message.get_content_type(), words.get_content_type(), shown.get_content_type()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
    ]
    html, picture = shown.iter_parts()
    assert html.get_content_type() == "text/html"
    assert (picture.get_content_type(), picture.get_content()) == ("image/png", png)
    assert picture["Content-ID"] == f"<s{'0z' * 27}@pmo>"
    assert picture.get_content_disposition() == "inline"
    assert message.defects == shown.defects == picture.defects == []


def test_the_same_mail_is_the_same_bytes() -> None:
    assert built(pictures=(Picture("s@pmo", b"x"),)) == built(pictures=(Picture("s@pmo", b"x"),))


def test_a_line_that_looks_like_the_boundary_ends_nothing() -> None:
    seen = re.findall(rb'boundary="([^"]+)"', built())
    text = f"--{seen[0].decode()}--\n"

    assert parsed(built(text=text)).get_body(("plain",)).get_content().replace("\r\n", "\n") == text  # type: ignore[union-attr]


@pytest.mark.parametrize("subject", ["x" * 69, "x" * 70, "x y " * 40, "ә" * 200, "= ?  ¡ " * 20, "", "🏗" * 60])
def test_a_subject_comes_back_as_it_was_whatever_its_length(subject: str) -> None:
    content = built(subject=subject)

    assert parsed(content)["Subject"] == clean_header_text(subject)
    assert max(map(len, content.split(b"\r\n"))) <= 78


def test_everything_is_ascii_in_lines_that_servers_take() -> None:
    content = built(
        subject="Мерзімнен кешігу: 7 жұмыс күні — " + "ұзақ атау " * 12,
        pictures=(Picture(f"s{'0z' * 27}@pmo", b"x" * 999),),
    )
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
