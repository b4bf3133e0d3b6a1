"""The Flask application: settings, extensions, blueprints, headers. Business is elsewhere."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask.sessions import SecureCookieSessionInterface
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from itsdangerous import TimestampSigner
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response
from whitenoise import WhiteNoise

from config import ROOT, Settings, SettingsError, is_loopback
from pmo.domain.secret_keys import oldest_first
from pmo.domain.sign_in import LONGEST_SESSION
from pmo.i18n import LOCALES, current_language
from pmo.runtime import Runtime
from pmo.web import access, arrivals, blueprints, context, demonstration, errors, filters, rates, security_log
from pmo.web.demonstration import Demonstration

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = "Strict-Transport-Security"
HTTPS_ONLY = f"max-age={365 * 24 * 60 * 60}; includeSubDomains"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ACTING_BY_TOKEN = frozenset({"unsubscribing.show"})
"""Routes that act by the signed token in their address: mail programs post there, and no session could be borrowed."""


TimestampSigner.default_digest_method = staticmethod(sha256)
"""Form tokens: Flask-WTF makes their signer itself and leaves its hash to this attribute, which is SHA-1 at first."""


class SignedCookie(SecureCookieSessionInterface):
    """The cookie signed with HMAC-SHA-256; the standard is SHA-1 (ASVS 11.4.1)."""

    digest_method = staticmethod(sha256)


def create_app(runtime: Runtime, demo: Demonstration | None = None) -> Flask:
    """The application of one installation. Raises SettingsError where the settings are not those of a service."""
    settings = runtime.settings
    if not settings.secret_key or not settings.base_url:
        raise SettingsError("the web needs PMO_SECRET_KEY and PMO_BASE_URL")
    app = Flask("pmo", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.from_mapping(_configuration(settings))
    app.extensions[context.EXTENSION] = runtime
    app.extensions[demonstration.EXTENSION] = demo
    app.url_map.converters["int"] = arrivals.RowNumberConverter
    app.session_interface = SignedCookie()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    security_log.register(app)
    app.before_request(context.recognise)
    app.before_request(security_log.name_visitor)
    app.before_request(_refuse_other_sites)
    app.before_request(arrivals.refuse_nul)
    Babel(app, locale_selector=lambda: LOCALES[current_language()])  # type: ignore[no-untyped-call]
    csrf = CSRFProtect(app)  # type: ignore[no-untyped-call]
    app.before_request(access.enforce)
    app.before_request(rates.count_change)
    app.after_request(_add_headers)
    app.after_request(security_log.tell_refusal)
    filters.register(app)
    errors.register(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    csrf.exempt(app.blueprints["api"])  # type: ignore[no-untyped-call]  # no cookie opens it: nothing to borrow
    for endpoint in ACTING_BY_TOKEN:
        csrf.exempt(app.view_functions[endpoint])  # type: ignore[no-untyped-call]
    if shut := access.unguarded(app):
        raise RuntimeError(f"routes without a guard: {', '.join(shut)}")
    _wrap(app, settings)
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    assert settings.base_url is not None
    address = urlsplit(settings.base_url)
    is_https = address.scheme == "https"
    hosts = ["127.0.0.1", "localhost", "[::1]"] if is_loopback(settings.base_url) else [address.hostname]
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.former_secret_keys),
        "TRUSTED_HOSTS": hosts,
        "MAX_CONTENT_LENGTH": settings.max_upload + 64 * 1024,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "SESSION_COOKIE_NAME": "__Host-pmo" if is_https else "pmo",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": LONGEST_SESSION,
        "PREFERRED_URL_SCHEME": address.scheme,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SECRET_KEY": oldest_first(settings.secret_keys),  # a form that is open while the secret changes
        "BABEL_DEFAULT_LOCALE": LOCALES["ru"],
        "BABEL_DEFAULT_TIMEZONE": "UTC",
    }


def _refuse_other_sites() -> None:
    """A change must come from our own pages: browsers say so in Sec-Fetch-Site. The CSRF token is checked besides."""
    if request.endpoint in ACTING_BY_TOKEN:
        return
    if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers[STRICT_TRANSPORT] = HTTPS_ONLY
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _wrap(app: Flask, settings: Settings) -> None:
    """Static files before Flask; the proxy's word believed for exactly as many hops as there are."""
    secure = {STRICT_TRANSPORT: HTTPS_ONLY} if app.config["SESSION_COOKIE_SECURE"] else {}
    files = WhiteNoise(
        app.wsgi_app,
        root=str(ROOT / "static"),
        prefix="static/",
        max_age=30 * 24 * 60 * 60,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: not url.endswith((".woff2", ".ttf")),
        add_headers_function=lambda headers, path, url: [
            headers.add_header(*one) for one in (HEADERS | secure).items()
        ],
    )
    app.wsgi_app = files  # type: ignore[method-assign]
    if hops := settings.proxy_hops:
        app.wsgi_app = ProxyFix(files, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
