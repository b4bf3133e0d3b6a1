"""A small OpenID Connect provider on this machine: real addresses, real keys, real refusals, and knobs to lie with."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "pmo", "a secret of the provider"


@dataclass
class IdentityProvider:
    """``subject`` is who sits at the browser; ``lie`` changes the claims, ``forge`` replaces the whole token."""

    issuer: str
    now: Callable[[], int]
    subject: str = "5f0c-akim"
    lie: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[dict[str, Any]], str] | None = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def authorize(self, address: str) -> str:
        """Somebody signs in at the provider; the path and query to which the browser is sent back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert (query["client_id"], query["code_challenge_method"], query["scope"]) == (CLIENT, "S256", "openid")
        self.asked.append(query)
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        there = urlsplit(query["redirect_uri"])
        return f"{there.path}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token of a code: once, for the client and the verifier that it belongs to."""
        named, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        query = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            query is None
            or (unquote_plus(named), unquote_plus(secret)) != (CLIENT, SECRET)
            or challenge.decode().rstrip("=") != query["code_challenge"]
            or form.get("redirect_uri") != query["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = self.now()
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= {"nonce": query["nonce"], "auth_time": now, **self.lie}
        made = self.forge(claims) if self.forge else self.signed(claims)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": made}

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        """A token as it should be, or by a strange key."""
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key or self.key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        """``alg: none``."""
        parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
        return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."

    def signed_with_the_public_key(self, claims: dict[str, Any]) -> str:
        """``alg: HS256`` with the public key as the shared secret; made by hand, for no library does it any more."""
        parts = (json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "one"}, claims))
        said = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        mark = hmac.digest(self.key.as_pem(private=False), said.encode(), "sha256")
        return f"{said}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"

    @property
    def description(self) -> dict[str, Any]:
        """What the provider says of itself."""
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in names.items()}}


@contextmanager
def running_provider(now: Callable[[], int]) -> Iterator[IdentityProvider]:
    """The provider on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self._answer(200, provider.description)
            else:
                self._answer(200, {"keys": [provider.key.as_dict(private=False, use="sig", alg="RS256")]})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *about: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}", now)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()
