"""Programs at the door: ``Program(app, token)`` calls, ``token_for(runtime, "manager")`` makes it speak for a post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from pmo.db.models.entries import EntryRecord
from pmo.domain.access_tokens import TokenScope
from pmo.runtime import Runtime
from pmo.services.access_tokens import make_token
from pmo.web.context import EXTENSION

ROOT = "/api/v1"


def token_for(runtime: Runtime, person: str, scope: TokenScope = TokenScope.REPORT) -> str:
    """A token of a post, good for a month."""
    with runtime.writing() as session:
        return make_token(session, person, "a system of the tests", scope, 30, runtime.clock_on_the_wall.now())


def facts_in(runtime: Runtime) -> int:
    """How many entries there are."""
    with runtime.reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRecord)) or 0


@dataclass
class Program:
    """A program without cookies; ``language`` is what it prefers."""

    app: Flask
    token: str | None
    language: str = "en"

    def get(self, path: str, status: int = 200, **headers: str) -> TestResponse:
        """Asks, and expects a status."""
        return self.call("GET", path, status, headers)

    def post(self, path: str, body: Any, status: int = 201, **headers: str) -> TestResponse:
        """Sends JSON, and expects a status."""
        return self.call("POST", path, status, headers, json=body)

    def call(self, method: str, path: str, status: int, headers: dict[str, str], **sent: Any) -> TestResponse:
        """Any request; an underscore in the name of a header is a hyphen."""
        named = {"Accept-Language": self.language}
        if self.token is not None:
            named["Authorization"] = f"Bearer {self.token}"
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        client = self.app.test_client(use_cookies=False)
        base_url = self.app.extensions[EXTENSION].settings.base_url
        answer = client.open(ROOT + path, method=method, base_url=base_url, headers=named, **sent)
        assert answer.status_code == status, f"{method} {path}: {answer.status}\n{answer.text[:600]}"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        if status >= 400:
            assert answer.mimetype == "application/problem+json", answer.mimetype
            assert answer.json is not None
            assert answer.json["status"] == status
        return answer


def told(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    assert answer.json is not None
    return answer.json
