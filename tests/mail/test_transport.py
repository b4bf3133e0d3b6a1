"""SMTP: what each stage of the protocol means for a mail."""

from __future__ import annotations

import pytest

from config import Settings, SettingsError
from pmo.mail.transport import (
    Envelope,
    NoTransport,
    OurFault,
    PermanentFailure,
    RecordingTransport,
    Sent,
    SmtpTransport,
    TemporaryFailure,
    Withheld,
    transport_for,
)
from tests.fakes_smtp import Sink

MAIL = Envelope("pmo@city.example", "to@city.example", b"Message-ID: <1@city.example>\r\n\r\n.leading dot\nlast line")


def yes() -> bool:
    return True


def sent_to(sink: Sink, *envelopes: Envelope) -> list[object]:
    transport = SmtpTransport(sink.url, mails_per_minute=0)
    try:
        return [transport.send(envelope, yes) for envelope in envelopes]
    finally:
        transport.close()


def test_a_mail_arrives_as_it_was_built() -> None:
    with Sink() as sink:
        assert sent_to(sink, MAIL) == [Sent(250, "taken")]
        assert sink.contents == [b"Message-ID: <1@city.example>\r\n\r\n.leading dot\r\nlast line\r\n"]


def test_several_mails_share_a_connection() -> None:
    with Sink() as sink:
        assert all(isinstance(receipt, Sent) for receipt in sent_to(sink, MAIL, MAIL, MAIL))
        assert sink.connections == 1


@pytest.mark.parametrize(
    ("fault", "kind", "is_uncertain", "blames_server"),
    [
        ("mail 4xx", TemporaryFailure, False, False),
        ("rcpt 4xx", TemporaryFailure, False, False),
        ("rcpt drop", TemporaryFailure, False, False),
        ("rcpt 421", TemporaryFailure, False, True),
        ("data 4xx", TemporaryFailure, False, False),
        ("data drop", TemporaryFailure, False, False),
        ("dot 4xx", TemporaryFailure, False, False),
        ("dot drop", TemporaryFailure, True, False),
        ("accepted drop", TemporaryFailure, True, False),
    ],
)
def test_a_temporary_trouble_says_whether_the_mail_may_have_arrived(
    fault: str, kind: type[object], is_uncertain: bool, blames_server: bool
) -> None:
    told = MAIL.sender if fault.startswith("mail") else MAIL.recipient
    with Sink({told: [fault]}) as sink:
        (receipt,) = sent_to(sink, MAIL)
    assert isinstance(receipt, TemporaryFailure)
    assert (receipt.is_uncertain, receipt.blames_server) == (is_uncertain, blames_server)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rcpt 5xx", PermanentFailure),
        ("data 5xx", PermanentFailure),
        ("dot 5xx", PermanentFailure),
        ("rcpt 530", OurFault),
        ("mail 5xx", OurFault),
        ("mail 530", OurFault),
    ],
)
def test_a_final_refusal_says_whose_fault_it_is(fault: str, kind: type[object]) -> None:
    told = MAIL.sender if fault.startswith("mail") else MAIL.recipient
    with Sink({told: [fault]}) as sink:
        (receipt,) = sent_to(sink, MAIL)
    assert isinstance(receipt, kind)


def test_a_refused_mail_leaves_nothing_behind_for_the_next() -> None:
    other = Envelope(MAIL.sender, "other@city.example", MAIL.content)
    with Sink({MAIL.recipient: ["rcpt 5xx"]}) as sink:
        first, second = sent_to(sink, MAIL, other)
        assert isinstance(first, PermanentFailure)
        assert isinstance(second, Sent)
        assert [recipient for recipient, _ in sink.accepted] == ["other@city.example"]


@pytest.mark.parametrize("greeting", ["drop", "421", "4xx"])
def test_a_server_that_does_not_let_us_in_says_nothing_about_the_mail(greeting: str) -> None:
    with Sink(greetings=[greeting]) as sink:
        first, second = sent_to(sink, MAIL, MAIL)
    assert isinstance(first, TemporaryFailure)
    assert first.blames_server
    assert isinstance(second, Sent)


def test_nobody_listening_is_a_trouble_of_the_server() -> None:
    with Sink() as sink:
        url = sink.url
    receipt = SmtpTransport(url).send(MAIL, yes)
    assert isinstance(receipt, TemporaryFailure)
    assert receipt.blames_server


def test_a_server_that_leaves_between_two_mails_is_called_again() -> None:
    with Sink({MAIL.recipient: ["accepted drop"]}) as sink:
        transport = SmtpTransport(sink.url, mails_per_minute=0)
        transport.send(MAIL, yes)
        assert isinstance(transport.send(MAIL, yes), Sent)
        transport.close()


def test_nothing_is_transmitted_when_somebody_else_took_the_mail_over() -> None:
    with Sink() as sink:
        assert isinstance(SmtpTransport(sink.url).send(MAIL, lambda: False), Withheld)
        assert sink.accepted == []
    assert isinstance(RecordingTransport().send(MAIL, lambda: False), Withheld)


def test_encryption_is_demanded_and_never_given_up_silently() -> None:
    with Sink() as sink:
        receipt = SmtpTransport(sink.url.replace("smtp://", "smtp+tls://")).send(MAIL, yes)
        assert isinstance(receipt, TemporaryFailure)
        assert sink.accepted == []


def test_a_log_in_that_the_server_does_not_offer_is_our_fault() -> None:
    with Sink() as sink:
        receipt = SmtpTransport(sink.url.replace("smtp://", "smtp://user:word@")).send(MAIL, yes)
    assert isinstance(receipt, OurFault)


def test_mail_in_the_clear_to_another_machine_is_refused() -> None:
    for url in ("smtp://mail.example.kz", "http://localhost", "mail.example.kz"):
        with pytest.raises(SettingsError):
            SmtpTransport(url)


def test_mails_are_spaced_out_evenly() -> None:
    waits: list[float] = []
    with Sink() as sink:
        transport = SmtpTransport(sink.url, mails_per_minute=60, sleep=waits.append)
        for _ in range(3):
            transport.send(MAIL, yes)
        transport.close()
    assert len(waits) == 2
    assert 0.5 < waits[0] <= 1.0
    assert waits[0] + 0.5 < waits[1] <= 2.0


def test_an_installation_without_a_server_says_so() -> None:
    transport = transport_for(Settings(database_url="sqlite://"))
    assert isinstance(transport, NoTransport)
    receipt = transport.send(MAIL, yes)
    assert isinstance(receipt, OurFault)
    assert "PMO_SMTP_URL" in receipt.text
