"""The small town of ``tests.cast`` behind the application: ``pages_in_town("manager")`` is a browser of that post."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from pmo.app import create_app
from tests.cast import Town, cast_url, town
from tests.web.pages import Pages

__all__ = ["app_in_town", "cast_url", "pages_in_town", "town"]

PagesOf = Callable[[str], Pages]


@pytest.fixture
def app_in_town(town: Town) -> Flask:
    """The application over the town."""
    app = create_app(town.runtime)
    app.testing = True
    return app


@pytest.fixture
def pages_in_town(app_in_town: Flask) -> PagesOf:
    """A browser of one post."""
    return lambda person: Pages(app_in_town).sign_in(person)
