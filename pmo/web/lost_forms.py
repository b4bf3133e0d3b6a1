"""What somebody wrote into a form whose session was over when it was sent: shown to them once more, kept nowhere.

Pages are never cached, so going back would ask for a sign-in and the text would be gone. The cookie of a session does
not travel with a form of another site (SameSite=Lax), so nobody else can put words on this page.
"""

from __future__ import annotations

from flask import current_app, request

from pmo.web.access import guard_of

CSRF_FIELD = "csrf_token"


def words_written() -> list[str]:
    """The texts of the form, as they were typed: what has several words. Of forms that prove who somebody is, nothing:
    a password may have spaces too."""
    guard = guard_of(current_app, request.endpoint or "")
    if guard is None or guard.is_public or guard.while_enrolling or guard.is_fresh or guard.scope:
        return []
    typed = [text.strip() for name, text in request.form.items(multi=True) if name != CSRF_FIELD]
    return [text for text in typed if len(text.split()) > 1]


def form_address() -> str | None:
    """Where the form stands, to come back to after signing in; None where the address only takes what is sent."""
    rule = request.url_rule
    return request.full_path.rstrip("?") if rule and "GET" in (rule.methods or ()) else None
