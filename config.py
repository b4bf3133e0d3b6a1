"""Settings of one installation, from the environment; refuses nonsense and fails closed.

``Settings.for_facts`` serves the commands that only need the database, ``Settings.for_service`` everything that talks
to people: it demands every secret, and only the demonstration may make its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pmo.domain.access import Role
from pmo.domain.retention import BOUNDS, STANDARD_TERMS, Terms
from pmo.domain.secret_keys import SecretKeys
from pmo.domain.sign_in import IDLE_SESSION, LONGEST_SESSION, SECOND_FACTOR_ROLES
from pmo.domain.working_rate import CALLS_PER_MINUTE, CHANGES_PER_MINUTE, FEWEST, MOST

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
SHORTEST_TOKEN = 16
FEWEST_LETTERS, FEWEST_LETTERS_HERE = 10, 1
"""Different letters of a secret; a trial on this machine, which scripts start, may have a simple one."""
"""Different letters in a secret: 32 random hexadecimal digits have 10 or more in all but one of 1,000 cases."""
LONGEST_BOUNCE_NAME = 28
DATABASES = ("sqlite", "postgresql")
KNOWN_SECRETS = {"changeme", "secret", "dev", "development", "password", "insecure"}


class SettingsError(ValueError):
    """A setting is missing or wrong; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """An OpenID Connect provider. ``acr``: what it says of a sign-in with a second factor; None: ours is asked for."""

    issuer: str
    client_id: str
    client_secret: str
    acr: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation is told. URLs are whole URLs; sizes are bytes."""

    database_url: str
    secret_key: str | None = None
    base_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "pmo@localhost"
    demo: bool = False
    audit_key_file: Path | None = None
    max_upload: int = 10 * 1024 * 1024
    proxy_hops: int = 0
    mails_per_minute: int = 120
    """Zero sends without pauses."""
    calls_per_minute: int | None = None
    """Of one access token; None: as many as come. From the environment the standard, unless it says otherwise."""
    changes_per_minute: int | None = None
    """The same of what one post sends."""
    bounce_address: str | None = None
    """Where reports of mail that did not arrive go; each mail adds its signed number to it. None: to the sender."""
    metrics_token: str | None = None
    """What Prometheus must show; without one ``/metrics`` answers this machine only."""
    former_secret_keys: tuple[str, ...] = ()
    """What was signed with these still holds while the secret is changed; nothing new is signed with them."""

    idle_session: timedelta = IDLE_SESSION
    """How long a session may stand still."""
    second_factor_roles: frozenset[str] = frozenset()
    """Roles that must have a second factor; from the environment the standard ones, unless it says otherwise."""

    single_sign_on: SingleSignOn | None = None
    """None: people sign in here only."""

    clamd: Path | tuple[str, int] | None = None
    """Where the virus scanner listens: a socket file, or host and port of this machine. None: nothing is scanned."""

    terms: Terms = STANDARD_TERMS
    """How long is kept what is neither a fact nor the record."""

    @classmethod
    def for_facts(cls, environment: Mapping[str, str]) -> Settings:
        """Settings for commands that need the database only. Raises SettingsError."""
        url = environment.get("PMO_DATABASE_URL", "").strip()
        if not url:
            raise SettingsError("PMO_DATABASE_URL is not set: give a SQLAlchemy URL, such as sqlite:////srv/pmo/pmo.db")
        if "://" not in url:
            raise SettingsError("PMO_DATABASE_URL is no database URL: it must look like sqlite:////srv/pmo/pmo.db")
        if url.partition("://")[0].partition("+")[0] not in DATABASES:
            raise SettingsError(f"PMO_DATABASE_URL must begin with one of: {', '.join(DATABASES)}")
        key_file = environment.get("PMO_AUDIT_KEY_FILE")
        return cls(
            database_url=url,
            secret_key=environment.get("PMO_SECRET_KEY") or None,
            base_url=(environment.get("PMO_BASE_URL") or "").rstrip("/") or None,
            smtp_url=environment.get("PMO_SMTP_URL") or None,
            mail_from=environment.get("PMO_MAIL_FROM") or "pmo@localhost",
            demo=environment.get("PMO_DEMO", "") == "1",
            audit_key_file=Path(key_file) if key_file else None,
            max_upload=_whole_number(environment, "PMO_MAX_UPLOAD", 10 * 1024 * 1024),
            proxy_hops=_whole_number(environment, "PMO_PROXY_HOPS", 0),
            mails_per_minute=_whole_number(environment, "PMO_MAILS_PER_MINUTE", 120),
            calls_per_minute=_rate(environment, "PMO_CALLS_PER_MINUTE", CALLS_PER_MINUTE),
            changes_per_minute=_rate(environment, "PMO_CHANGES_PER_MINUTE", CHANGES_PER_MINUTE),
            bounce_address=_address(environment, "PMO_BOUNCE_ADDRESS"),
            metrics_token=_token(environment, "PMO_METRICS_TOKEN"),
            former_secret_keys=_former_secrets(environment.get("PMO_SECRET_KEY_FALLBACKS", "")),
            idle_session=_idle_session(environment),
            second_factor_roles=_roles(environment, "PMO_REQUIRE_SECOND_FACTOR"),
            single_sign_on=_single_sign_on(environment),
            clamd=_clamd(environment.get("PMO_CLAMD", "").strip()),
            terms=_terms(environment),
        )

    @classmethod
    def for_service(cls, environment: Mapping[str, str]) -> Settings:
        """Settings for the web, the scheduler and sending mail. Raises SettingsError naming what is missing."""
        settings = cls.for_facts(environment)
        _refuse_debugging(environment, settings.base_url)
        if settings.demo:
            return settings.with_demo_secrets()
        if not settings.secret_key:
            raise SettingsError("PMO_SECRET_KEY is not set: give at least 32 random characters")
        if is_weak(settings.secret_key, FEWEST_LETTERS_HERE if settings.is_local else FEWEST_LETTERS):
            raise SettingsError("PMO_SECRET_KEY is too weak: give at least 32 random characters")
        if not settings.base_url:
            raise SettingsError("PMO_BASE_URL is not set: give the address people open, such as https://pmo.example.kz")
        if not settings.base_url.startswith("https://") and not is_loopback(settings.base_url):
            raise SettingsError("PMO_BASE_URL must begin with https:// unless it is on this machine")
        if not settings.smtp_url:
            raise SettingsError(
                "PMO_SMTP_URL is not set: give the mail server, such as smtp+tls://user:word@mail.example.kz"
            )
        _refuse_open_mail(settings.smtp_url)
        _refuse_open_database(settings.database_url)
        return settings

    @classmethod
    def for_sending(cls, environment: Mapping[str, str]) -> Settings:
        """Settings for what signs the record and sends mail; the web needs no key and should not be able to read it.

        An installation that only this machine can reach may go without: its mails then carry no checkpoint.
        """
        settings = cls.for_service(environment)
        if settings.audit_key_file is None and not settings.is_local:
            raise SettingsError(
                "PMO_AUDIT_KEY_FILE is not set: make a key with `pmo audit keygen audit.city.kz FILE` and name it"
            )
        return settings

    def with_demo_secrets(self) -> Settings:
        """The demonstration's settings: secrets made on the spot, everything on this machine. Raises SettingsError."""
        base_url = self.base_url or "http://127.0.0.1:8000"
        smtp_url = self.smtp_url or "smtp://127.0.0.1:2525"
        for name, url in (("PMO_BASE_URL", base_url), ("PMO_SMTP_URL", smtp_url)):
            if not is_loopback(url):
                raise SettingsError(f"PMO_DEMO=1 is refused: {name} is not on this machine")
        return replace(
            self,
            secret_key=self.secret_key or secrets.token_urlsafe(48),
            base_url=base_url,
            smtp_url=smtp_url,
            mail_from="pmo@demo.example",
            mails_per_minute=0,  # its mailbox is on this machine, and a visitor waits while the clock moves
        )

    @property
    def is_local(self) -> bool:
        """Whether people open it on this machine only: the demonstration, a trial, a test."""
        return self.demo or (self.base_url is not None and is_loopback(self.base_url))

    @property
    def secret_keys(self) -> SecretKeys:
        """The secret and the former ones: everything that is signed or sealed goes by these (docs/operations.md)."""
        return SecretKeys((self.secret_key, *self.former_secret_keys) if self.secret_key else ())

    @property
    def mail_domain(self) -> str:
        """The domain of message ids: that of the sender, never the host's name."""
        return self.mail_from.rsplit("@", 1)[-1].strip(">") or "localhost"


def is_weak(secret: str, fewest_letters: int = FEWEST_LETTERS) -> bool:
    """Whether somebody could guess a secret: too short, a known word (also repeated), or few different letters."""
    letters = secret.lower().strip()
    is_known = any(letters.replace(word, "").strip("-_ .!0123456789") == "" for word in KNOWN_SECRETS)
    return len(secret.encode()) < SHORTEST_SECRET or is_known or len(set(letters)) < fewest_letters


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_debugging(environment: Mapping[str, str], base_url: str | None) -> None:
    """A page that shows its insides, or runs what is typed into it, belongs on one's own machine."""
    is_on = environment.get("FLASK_DEBUG", "").strip().lower() not in ("", "0", "false", "no")
    if is_on and (base_url is None or not is_loopback(base_url)):
        raise SettingsError("FLASK_DEBUG is refused where PMO_BASE_URL is not on this machine: unset it")


def _refuse_open_mail(url: str) -> None:
    """Mail goes over TLS with a verified certificate, or stays on this machine; no option of the URL loosens that."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp+tls", "smtps") and not (parts.scheme == "smtp" and is_loopback(url)):
        raise SettingsError("PMO_SMTP_URL must use smtp+tls:// or smtps:// unless the server is on this machine")
    if not parts.hostname or parts.query or parts.fragment or parts.path not in ("", "/"):
        raise SettingsError("PMO_SMTP_URL has a scheme, user, word, host and port, and no options: leave them out")


def _refuse_open_database(url: str) -> None:
    """What goes to a database on another machine is encrypted, and its certificate names that machine.

    The driver's own standard (``prefer``) goes on in the clear where the server, or somebody between, knows no TLS.
    """
    parts = urlsplit(url)
    words = parse_qs(parts.query)
    hosts = words.get("host", []) + words.get("hostaddr", [])  # where there are any, the address itself is not asked
    is_here = (
        all(host.startswith("/") or is_loopback(f"//{host}") for host in hosts)
        if hosts
        else parts.hostname is None or is_loopback(url)
    )
    if parts.scheme.startswith("postgresql") and not is_here and words.get("sslmode", [])[-1:] != ["verify-full"]:
        raise SettingsError(
            "PMO_DATABASE_URL names another machine: add ?sslmode=verify-full, and sslrootcert= with its authority"
        )


def _former_secrets(text: str) -> tuple[str, ...]:
    """Comma-separated, the newest first; each as strong as the present one."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if any(is_weak(secret) for secret in found):
        raise SettingsError("PMO_SECRET_KEY_FALLBACKS holds a weak secret: name former secrets only, or leave it out")
    return found


def _address(environment: Mapping[str, str], name: str) -> str | None:
    """One plain address. Its local part leaves room for ``+<number>-<signature>`` (64 letters in all, RFC 5321)."""
    address = environment.get(name, "").strip()
    if not address:
        return None
    local, at, domain = address.rpartition("@")
    plain = address.isascii() and not any(letter in ' <>,;:\\"()[]@+' for letter in local)
    known_letters = all(letter.isalnum() or letter in ".-" for letter in domain)
    if not at or not domain or not local or not plain or not known_letters or len(local) > LONGEST_BOUNCE_NAME:
        raise SettingsError(f"{name} must be a plain address with a short name, such as bounces@pmo.example.kz")
    return address


def _token(environment: Mapping[str, str], name: str) -> str | None:
    token = environment.get(name, "").strip()
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii()):
        raise SettingsError(f"{name} is too weak: give at least {SHORTEST_TOKEN} random letters and digits")
    return token or None


def _single_sign_on(environment: Mapping[str, str]) -> SingleSignOn | None:
    """All three settings or none; the issuer is told apart from others letter by letter."""
    names = ("PMO_OIDC_ISSUER", "PMO_OIDC_CLIENT_ID", "PMO_OIDC_CLIENT_SECRET")
    issuer, client_id, client_secret = (environment.get(name, "").strip() for name in names)
    if not issuer and not client_id and not client_secret:
        return None
    for name in names:
        if not environment.get(name, "").strip():
            raise SettingsError(f"{name} is not set: single sign-on needs {', '.join(names)}")
    if not issuer.startswith("https://") and not is_loopback(issuer):
        raise SettingsError("PMO_OIDC_ISSUER must begin with https:// unless it is on this machine")
    return SingleSignOn(issuer, client_id, client_secret, environment.get("PMO_OIDC_ACR", "").strip() or None)


def _clamd(text: str) -> Path | tuple[str, int] | None:
    """``unix:/path`` or ``host:port``. clamd knows neither TLS nor passwords, so it listens on this machine."""
    if not text:
        return None
    kind, _, path = text.partition(":")
    if kind == "unix":
        if not path.startswith("/"):
            raise SettingsError("PMO_CLAMD must name the whole path, such as unix:/run/clamav/clamd.ctl")
        return Path(path)
    parts = urlsplit(f"//{text}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.netloc != text or "@" in text:
        raise SettingsError("PMO_CLAMD must look like unix:/run/clamav/clamd.ctl or 127.0.0.1:3310")
    if not is_loopback(f"//{text}"):
        raise SettingsError(
            "PMO_CLAMD must be on this machine, for clamd speaks in the clear: lead a tunnel to another"
        )
    return host, port


def _idle_session(environment: Mapping[str, str]) -> timedelta:
    """Minutes, from five to the longest session; in the demonstration nobody is signed out for looking long."""
    longest = LONGEST_SESSION // timedelta(minutes=1)
    standard = longest if environment.get("PMO_DEMO") == "1" else IDLE_SESSION // timedelta(minutes=1)
    minutes = _whole_number(environment, "PMO_IDLE_MINUTES", standard)
    if not 5 <= minutes <= longest:
        raise SettingsError(f"PMO_IDLE_MINUTES must lie between 5 and {longest}")
    return timedelta(minutes=minutes)


def _rate(environment: Mapping[str, str], name: str, standard: int) -> int | None:
    """So many in a minute; the demonstration, which one machine shows and measures, counts where it is told to."""
    if environment.get("PMO_DEMO") == "1" and not environment.get(name, "").strip():
        return None
    number = _whole_number(environment, name, standard)
    if not FEWEST <= number <= MOST:
        raise SettingsError(f"{name} must lie between {FEWEST} and {MOST}")
    return number


def _terms(environment: Mapping[str, str]) -> Terms:
    """``PMO_KEEP_…_DAYS``, each within its bounds."""
    found = {}
    for name, (fewest, most) in BOUNDS.items():
        setting = f"PMO_KEEP_{name.upper()}_DAYS"
        found[name] = _whole_number(environment, setting, getattr(STANDARD_TERMS, name))
        if not fewest <= found[name] <= most:
            raise SettingsError(f"{setting} must lie between {fewest} and {most}")
    return Terms(**found)


def _roles(environment: Mapping[str, str], name: str) -> frozenset[str]:
    """Roles parted by commas, or ``none``; without the setting the standard ones, in the demonstration none."""
    text = environment.get(name, "").strip()
    if not text:
        return frozenset() if environment.get("PMO_DEMO") == "1" else frozenset(map(str, SECOND_FACTOR_ROLES))
    if text == "none":
        return frozenset()
    named = frozenset(part.strip() for part in text.split(","))
    if strangers := named - {role.value for role in Role}:
        raise SettingsError(f"{name} names no role: {', '.join(sorted(strangers))}")
    return named


def _whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise SettingsError(f"{name} must be a whole number, not {text!r}")
    return int(text)
