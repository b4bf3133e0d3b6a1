"""Logs: one JSON line each on standard error, ours and the libraries' alike; letters as they are."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]*\w")
_SALT = secrets.token_bytes(16)


class StandardError(logging.Handler):
    """Writes to the standard error of the moment, should it be replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:  # as every handler of the library: a log that is full stops no work
            self.handleError(record)


def tell_from(level: int) -> None:
    """Writes log lines of this level and above. Commands tell warnings, the long-running processes everything."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_addresses,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),  # the one of now, should it be replaced
        cache_logger_on_first_use=False,
    )
    handler = StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_as_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)


def without_addresses(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """No e-mail address gets into a log, wherever a line has it from: it is told apart by a hash of this process."""
    for name, value in line.items():
        if isinstance(value, str) and "@" in value:
            line[name] = ADDRESS.sub(_mask, value)
    return line


def _mask(found: re.Match[str]) -> str:
    return f"address-{hashlib.sha256(_SALT + found[0].lower().encode()).hexdigest()[:12]}"


def _as_json(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
