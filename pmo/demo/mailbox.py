"""The demonstration's mail server: takes everything on a port of this machine and keeps it in a Maildir."""

from __future__ import annotations

import mailbox
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


class Keep:
    """Keeps every message that arrives."""

    def __init__(self, folder: Path) -> None:
        self.box = mailbox.Maildir(str(folder), create=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by the server for each message."""
        message = mailbox.MaildirMessage(message_from_bytes(envelope.content))
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.box.add(message)
        return "250 kept"


def open_mailbox(folder: Path, port: int) -> Controller:
    """A running mail server; stop it with ``.stop()``."""
    server = Controller(Keep(folder), hostname="127.0.0.1", port=port)
    server.start()
    return server
