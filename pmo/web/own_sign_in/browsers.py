"""What to call a browser in a list of sessions: the names of its maker and of its system, which need no translation."""

from __future__ import annotations

_BROWSERS = (
    ("Edg/", "Edge"),
    ("YaBrowser/", "Yandex"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """``Firefox, Windows`` from a User-Agent; an unknown one as it calls itself, cut short, or a dash."""
    named = [next((name for mark, name in known if mark in agent), None) for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in named if name) or agent[:40] or "—"
