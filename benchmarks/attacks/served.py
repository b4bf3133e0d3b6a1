"""The demonstration as ``pmo demo`` runs it, with a list of what was asked, and holes on request.

    python -m benchmarks.attacks.served FOLDER PORT LOG [planted]

Every request becomes a line of LOG: status, method, address. ``planted`` adds, behind the sign-in, one page that echoes
what it is given, one that puts it into a statement, and for both the same page done properly: tools that do not tell
these apart prove nothing. They exist in this process only; nothing of the application leads here.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, request
from markupsafe import Markup, escape

from pmo.app import create_app
from pmo.cli import demo
from pmo.runtime import Runtime
from pmo.web.access import signed_in
from pmo.web.demonstration import Demonstration

KEPT_AWAY = (
    "/sign-out", "/sign-in/as", "/me/password", "/me/sessions", "/me/authenticator", "/me/recovery-codes",
    "/me/passkeys", "/me/sso", "/me/confirmation", "/accounts/", "/demo/clock",
)  # fmt: skip
"""No POST goes on to these: they would end the session of the visit, change how one signs in, or move the clock, and
have tests of their own. They are kept away here because wapiti 3.0.4 cannot leave anything out on Python 3.11 (its
patterns have their flags in the middle)."""
PLANTED = "/planted"
ECHO, SEARCH = f"{PLANTED}/echo", f"{PLANTED}/search"
SAFE_ECHO, SAFE_SEARCH = f"{PLANTED}/safe-echo", f"{PLANTED}/safe-search"

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


class Listed:
    """Writes down every request with the status of its answer."""

    def __init__(self, inner: Wsgi, log: Path) -> None:
        self.inner = inner
        self._log = log.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Passes the request on."""

        def started(status: str, *arguments: Any) -> Any:
            query = environ.get("QUERY_STRING", "")
            address = ascii(environ.get("PATH_INFO", "") + (f"?{query}" if query else ""))[1:-1]
            with self._lock:
                self._log.write(f"{status[:3]} {environ.get('REQUEST_METHOD')} {address}\n")
            return start(status, *arguments)

        if environ.get("REQUEST_METHOD") == "POST" and environ.get("PATH_INFO", "").startswith(KEPT_AWAY):
            started("403 Kept away", [("Content-Type", "text/plain")])
            return [b""]
        return self.inner(environ, started)


def plant(app: Flask) -> None:
    """Two holes and their sound twins."""
    holes = Blueprint("planted", __name__, url_prefix=PLANTED)
    table = sqlite3.connect(":memory:", check_same_thread=False)
    table.execute("create table words (id integer, word text)")
    table.executemany("insert into words values (?, ?)", enumerate(["school", "bridge", "clinic", "park"]))
    turn = threading.Lock()

    def found(statement: str, *values: str) -> str:
        with turn:
            return Markup("<p>{}</p>").format(", ".join(str(row[1]) for row in table.execute(statement, values)))

    @holes.get("/")
    @signed_in
    def index() -> str:
        paths = (ECHO, SAFE_ECHO, SEARCH, SAFE_SEARCH)
        return "".join(f'<p><a href="{path}?word=bridge">{path}</a></p>' for path in paths)

    @holes.get("/echo")
    @signed_in
    def echo() -> str:
        return f"<p>{request.args.get('word', '')}</p>"

    @holes.get("/safe-echo")
    @signed_in
    def safe_echo() -> str:
        return f"<p>{escape(request.args.get('word', ''))}</p>"

    @holes.get("/search")
    @signed_in
    def search() -> str:
        return found(f"select id, word from words where word = '{request.args.get('word', '')}'")  # noqa: S608

    @holes.get("/safe-search")
    @signed_in
    def safe_search() -> str:
        return found("select id, word from words where word = ?", request.args.get("word", ""))

    app.register_blueprint(holes)


def main() -> None:
    """Serves until it is ended."""
    folder, port, log, *more = sys.argv[1:]

    def listed_app(runtime: Runtime, demonstration: Demonstration | None = None) -> Flask:
        app = create_app(runtime, demonstration)
        if "planted" in more:
            plant(app)
        app.wsgi_app = Listed(app.wsgi_app, Path(log))  # type: ignore[method-assign]
        return app

    demo.create_app = listed_app  # type: ignore[attr-defined]
    demo.demo.main(["--folder", folder, "--port", port], standalone_mode=False)


if __name__ == "__main__":
    main()
