"""The small town of ``tests.cast`` behind the interface for programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from pmo.app import create_app
from pmo.domain.access_tokens import TokenScope
from tests.api.programs import Program, token_for
from tests.cast import Town, cast_url, town

__all__ = ["cast_url", "town"]

ProgramOf = Callable[..., Program]


@pytest.fixture
def app(town: Town) -> Flask:
    """The application over the town; a mistake of ours is an answer, as for a real program."""
    return create_app(town.runtime)


@pytest.fixture
def program_of(app: Flask, town: Town) -> ProgramOf:
    """A program that speaks for a post."""

    def made(person: str, scope: TokenScope = TokenScope.REPORT, language: str = "en") -> Program:
        return Program(app, token_for(town.runtime, person, scope), language)

    return made
