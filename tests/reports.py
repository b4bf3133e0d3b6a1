"""Reports of delivery as mail servers write them (RFC 3464)."""

from __future__ import annotations

_REPORT = """\
Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="parts"

--parts
Content-Type: text/plain; charset=us-ascii

This is the mail system at relay.example.

--parts
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Tue, 14 Jan 2020 08:30:04 +0600

Final-Recipient: rfc822; manager-0@city.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user here

--parts
Content-Type: message/rfc822

From: pmo@city.example
To: manager-0@city.example
Subject: Overdue

The mail itself.

--parts--
"""


def report(to: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A report to a return path."""
    return _REPORT.format(to=to, action=action, status=status).replace("\n", "\r\n").encode()
