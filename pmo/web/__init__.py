"""The pages: a folder a feature, each with one blueprint. A new feature is one line in ``blueprints``."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """Every feature, in the order of the menu."""
    from pmo.web.demo_clock.views import demo_clock
    from pmo.web.home.views import home
    from pmo.web.languages.views import languages
    from pmo.web.people.views import people
    from pmo.web.sign_in.views import sign_in

    return [home, sign_in, languages, people, demo_clock]
