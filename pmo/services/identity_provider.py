"""The city's identity provider: OpenID Connect, code flow with PKCE and nonce (RELIABILITY 4.1, ASVS 10).

Three short calls: what the provider is, the code for a token, its public keys. Each goes to an address of the
settings or of the provider's own description, over https unless it is this machine, without redirects. The token is
judged by Authlib's claims and by joserfc, with asymmetric signatures only: ``none`` and shared secrets are refused.
"""

from __future__ import annotations

import base64
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from config import SingleSignOn, is_loopback
from pmo.domain.errors import RuleBroken

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
PATIENCE = 5.0
LARGEST_ANSWER = 256 * 1024
LEEWAY = 60
"""Seconds that two clocks may differ."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What the provider says of itself."""

    issuer: str
    authorization: str
    token: str
    keys: str


@dataclass(frozen=True, slots=True)
class Started:
    """What the browser's session remembers until the provider sends it back. ``since``: demand a proof newer than."""

    state: str
    nonce: str
    verifier: str
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to the provider. ``is_strong``: it vouches for a second factor, as the settings ask."""

    issuer: str
    subject: str
    is_strong: bool


def begin(settings: SingleSignOn, redirect_uri: str, since: datetime | None = None) -> tuple[str, Started]:
    """Where to send the browser, and what to remember. ``since`` asks for a new proof of who it is.

    Raises RuleBroken ``sso_away``.
    """
    provider = discover(settings)
    proof_since = int(since.timestamp()) if since else None
    started = Started(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), proof_since)
    query = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid",
        "state": started.state,
        "nonce": started.nonce,
        "code_challenge": create_s256_code_challenge(started.verifier),
        "code_challenge_method": "S256",
    }
    if settings.acr:
        query["acr_values"] = settings.acr
    if since:
        query |= {"prompt": "login", "max_age": "0"}
    mark = "&" if "?" in provider.authorization else "?"
    return f"{provider.authorization}{mark}{urlencode(query)}", started


def finish(settings: SingleSignOn, redirect_uri: str, started: Started, code: str, now: datetime) -> Identity:
    """Whom the code stands for. Raises RuleBroken ``sso_away``, ``sso_refused``."""
    provider = discover(settings)
    credentials = f"{quote_plus(settings.client_id)}:{quote_plus(settings.client_secret)}".encode()
    answer = _answer_of(
        provider.token,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": started.verifier,
        },
        {"Authorization": f"Basic {base64.b64encode(credentials).decode()}"},
    )
    keys = _answer_of(provider.keys)
    return _identity(settings, started, str(answer.get("id_token", "")), answer.get("access_token"), keys, now)


def discover(settings: SingleSignOn) -> Provider:
    """The provider's own description; it must be of the issuer of the settings. Raises RuleBroken."""
    said = _answer_of(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration")
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    issuer, authorization, token, keys = (str(said.get(name, "")) for name in names)
    if issuer != settings.issuer or not all(map(_is_safe, (authorization, token, keys))):
        raise RuleBroken("sso_refused")
    return Provider(issuer, authorization, token, keys)


def _identity(
    settings: SingleSignOn, started: Started, id_token: str, access_token: object, keys: dict[str, Any], now: datetime
) -> Identity:
    try:
        token = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
            },
            {"nonce": started.nonce, "client_id": settings.client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise RuleBroken("sso_refused") from error
    subject, proved = claims.get("sub"), claims.get("auth_time")
    if not isinstance(subject, str) or not subject or len(subject) > 255:
        raise RuleBroken("sso_refused")
    if started.since is not None and (not isinstance(proved, int) or proved < started.since - LEEWAY):
        raise RuleBroken("sso_refused")
    return Identity(settings.issuer, subject, settings.acr is not None and claims.get("acr") == settings.acr)


def _exactly(value: str) -> dict[str, object]:
    return {"essential": True, "value": value}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *about: Any) -> None:
        """A provider that sends us elsewhere is not the one we asked."""


def _answer_of(url: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    body = urlencode(form).encode() if form else None
    asked = urllib.request.Request(url, body, {"Accept": "application/json", **(headers or {})})
    try:
        with urllib.request.build_opener(_NoRedirects).open(asked, timeout=PATIENCE) as answer:
            said = json.loads(answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        raise RuleBroken("sso_refused" if error.code < 500 else "sso_away") from error
    except OSError as error:
        raise RuleBroken("sso_away") from error
    except ValueError as error:
        raise RuleBroken("sso_refused") from error
    if not isinstance(said, dict):
        raise RuleBroken("sso_refused")
    return said


def _is_safe(url: str) -> bool:
    return url.startswith("https://") or (url.startswith("http://") and is_loopback(url))
