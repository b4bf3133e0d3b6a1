"""Runs ``pmo`` as a shell would, over the database of a test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from click.testing import CliRunner

from pmo.cli import main
from pmo.runtime import Runtime


@dataclass(frozen=True)
class Answer:
    """What a command gave back."""

    status: int
    output: str
    messages: str

    @property
    def json(self) -> Any:
        """The result as a script reads it."""
        return json.loads(self.output)


def pmo(runtime: Runtime | None, *words: str, typed: str = "", **settings: str) -> Answer:
    """``pmo words…`` with ``PMO_DATABASE_URL`` set to the runtime's database, or unset without one."""
    names = (
        "PMO_DATABASE_URL",
        "PMO_SECRET_KEY",
        "PMO_BASE_URL",
        "PMO_SMTP_URL",
        "PMO_DEMO",
        "PMO_AUDIT_KEY_FILE",
        "PMO_BOUNCE_ADDRESS",
        "PMO_SECRET_KEY_FALLBACKS",
        "FLASK_DEBUG",
    )
    environment: dict[str, str | None] = dict.fromkeys(names)
    if runtime is not None:
        environment["PMO_DATABASE_URL"] = runtime.settings.database_url
    environment.update(settings)
    result = CliRunner(env=environment).invoke(main, words, input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)
