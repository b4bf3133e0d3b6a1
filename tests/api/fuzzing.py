"""schemathesis over the interface, with what came in and went out counted: ``fuzz(app, token, …)`` gives a ``Run``.

The dictionaries name what is really there, so that most requests get beyond the door; the rest is made up. The seed is
fixed: the same commit sends the same requests.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.transport.wsgi import WSGI_TRANSPORT

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SEED = 20_200_131
DESCRIPTION = "/api/v1/openapi.json"


@dataclass
class Run:
    """``failures`` are (check, operation, words); ``statuses`` counts (method, status) of everything that was sent."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: set[tuple[str, str, str]] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    checks: Counter[str] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """How many were sent."""
        return self.statuses.total()

    def answered(self, status: int, method: str | None = None) -> int:
        """How many got a status."""
        return sum(n for (how, code), n in self.statuses.items() if code == status and method in (None, how))

    @property
    def failed_checks(self) -> set[str]:
        """Names of the checks that found something."""
        return {check for check, _, _ in self.failures}


@dataclass
class Watched:
    """The application between schemathesis and us: every request is counted, and shown to ``after``."""

    app: Wsgi
    run: Run
    after: Callable[[str, int], None]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen: list[int] = []

        def start(status: str, *arguments: Any) -> Any:
            seen.append(int(status.split()[0]))
            return start_response(status, *arguments)

        body = list(self.app(environ, start))
        if environ["PATH_INFO"] != DESCRIPTION:
            self.run.statuses[environ["REQUEST_METHOD"], seen[-1]] += 1
            self.after(environ["REQUEST_METHOD"], seen[-1])
        return body


def fuzz(
    app: Flask,
    token: str,
    known: dict[str, Sequence[str | int]],
    examples: int,
    after: Callable[[str, int], None] = lambda method, status: None,
    only: str | None = None,
) -> Run:
    """Sends about so many examples to each operation, or to one. ``known`` is parameter to values that mean something.

    ``after`` is told method and status of each request when it has been answered.
    """
    run = Run()
    # What a shape cannot say, a rule may still refuse: an answer of 422 names the field.
    accepted = ["2xx", "404", "409", "422"]
    settings = {
        "seed": SEED,
        "headers": {"Authorization": f"Bearer {token}"},
        "dictionaries": {name.replace(".", "-"): {"values": list(values)} for name, values in known.items()},
        "parameters": {
            name: {"dictionary": name.replace(".", "-"), "probability": 0.4 if name == "body.version" else 0.8}
            for name in known
        },
        "generation": {"max-examples": examples, "deterministic": True, "no-shrink": True, "database": "none"},
        "phases": {"stateful": {"enabled": False}},
        "checks": {"positive_data_acceptance": {"expected-statuses": accepted}},
    }
    schema = schemathesis.openapi.from_wsgi(
        DESCRIPTION, Watched(app, run, after), config=SchemathesisConfig.from_dict(settings)
    )
    if only is not None:
        schema = schema.include(operation_id=only)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WSGI_TRANSPORT, "send", without_sockets(WSGI_TRANSPORT.send))
        for event in from_schema(schema).execute():
            if isinstance(event, events.NonFatalError | events.FatalError):
                run.errors.append(getattr(event, "traceback", None) or "".join(traceback.format_exception(event.value)))
            elif isinstance(event, events.ScenarioFinished):
                for nodes in event.recorder.checks.values():
                    for node in nodes:
                        run.checks[node.name] += 1
                        if node.status is Status.FAILURE and node.failure_info is not None:
                            words = f"{node.failure_info.failure}\n{node.failure_info.code_sample}"
                            run.failures.add((node.name, event.recorder.label, words))
    return run


def without_sockets(send: Callable[..., Any]) -> Callable[..., Any]:
    """Probes that schemathesis sends without a session of its own hand settings of sockets on to the application."""

    def sending(case: Any, **keywords: Any) -> Any:
        for name in ("max_redirects", "verify", "cert", "proxies"):
            keywords.pop(name, None)
        return send(case, **keywords)

    return sending
