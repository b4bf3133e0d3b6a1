"""The page about the interface, for the people who write the programs."""

from __future__ import annotations

from flask import Blueprint, render_template

from pmo.web.access import public
from pmo.web.api.description import OPERATIONS, PARAMETERS
from pmo.web.api.problems import KINDS
from pmo.web.context import runtime

api_guide = Blueprint("api_guide", __name__)


@api_guide.get("/api")
@public
def show() -> str:
    """What a newcomer needs: how to get a token, the first call, all operations, what each problem means."""
    return render_template(
        "api_guide/show.html",
        base_url=runtime().settings.base_url,
        operations=OPERATIONS,
        parameters=PARAMETERS,
        kinds=KINDS,
        calls_per_minute=runtime().settings.calls_per_minute,
    )
