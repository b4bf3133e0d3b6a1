"""A week of mail through OpenSMTPD, read back from its mailbox (RELIABILITY 6, test 12)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from benchmarks.faults import real_server
from benchmarks.faults.real_server import Server
from pmo.runtime import Runtime

pytestmark = [pytest.mark.smtpd, pytest.mark.surface]


@pytest.fixture
def server() -> Iterator[Server]:
    """A mail server; without one the test is left out, or fails where it is required."""
    if reason := real_server.why_not():
        if os.environ.get("PMO_REQUIRE_SMTPD") == "1":
            pytest.fail(f"PMO_REQUIRE_SMTPD=1, and {reason}")
        pytest.skip(reason)
    with real_server.running() as running:
        yield running


def test_a_week_of_mail_arrives_once_and_word_for_word_in_three_languages(simulated: Runtime, server: Server) -> None:
    sent_before = real_server.sent_mails(simulated)
    found = real_server.send_a_week(simulated, server)
    assert found.sent >= 50, found
    assert {"digest_daily", "digest_weekly"} <= set(found.kinds), found
    assert found.is_well, found
    # The negative twin: the same mailbox, after somebody lost a mail, doubled another and cut a third.
    delivered = server.delivered()
    spoilt = [*delivered[2:], delivered[2], delivered[1][: len(delivered[1]) // 2]]
    found = real_server.compare(simulated, sent_before, spoilt)
    assert (found.missing, found.twice, found.altered, found.incomplete) == (1, 1, 1, 1), found
