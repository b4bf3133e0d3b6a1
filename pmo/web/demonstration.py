"""What the demonstration adds to the pages: the printed password, and the button that moves its clock."""

from __future__ import annotations

from collections.abc import Callable, Sized
from dataclasses import dataclass
from typing import cast

from flask import current_app

EXTENSION = "pmo_demonstration"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """``password`` is printed at the start and shown on the sign-in page.

    ``move_clock`` goes so many days forward and gives back the events of the log that it had to skip.
    """

    password: str
    move_clock: Callable[[int], Sized] | None = None


def demonstration() -> Demonstration | None:
    """The demonstration this application is, or None."""
    return cast("Demonstration | None", current_app.extensions.get(EXTENSION))
