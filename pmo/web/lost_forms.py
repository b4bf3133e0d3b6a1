"""What somebody wrote into a form that was refused as a whole: shown to them once more, kept nowhere.

Pages are never cached, so going back would load an empty form, or ask for a sign-in. The cookie of a session does not
travel with a form of another site (SameSite=Lax), so nobody else can put words on this page.
"""

from __future__ import annotations

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from pmo.web.access import guard_of
from pmo.web.context import has_ended, visitor

CSRF_FIELD = "csrf_token"


def words_written() -> list[str]:
    """The texts of the form, as they were typed: what has several words; nothing where no session came with it. Of
    forms that prove who somebody is, nothing: a password may have spaces too."""
    if request.method != "POST" or not (visitor() or has_ended()):
        return []
    guard = guard_of(current_app, request.endpoint or "")
    if guard is None or guard.is_public or guard.while_enrolling or guard.is_fresh or guard.scope:
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # what cannot be read cannot be shown
        return []
    typed = [text.strip() for name, text in sent if name != CSRF_FIELD and "\0" not in text]
    return [text for text in typed if len(text.split()) > 1]


def form_address() -> str | None:
    """Where the form stands, to come back to after signing in; None where the address only takes what is sent."""
    rule = request.url_rule
    return request.full_path.rstrip("?") if rule and "GET" in (rule.methods or ()) else None
