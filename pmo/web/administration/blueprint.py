"""The one blueprint of the administration, and its first page."""

from __future__ import annotations

from flask import Blueprint, render_template

from pmo.domain.access import Action
from pmo.web.access import needs

administration = Blueprint("administration", __name__, url_prefix="/administration")

RIGHTS_OF_PAGES = (
    Action.MANAGE_PEOPLE,
    Action.MANAGE_DEPARTMENTS,
    Action.MANAGE_CALENDAR,
    Action.MANAGE_RULES,
)
"""Whoever holds one of these finds something on the first page."""


@administration.get("")
@needs(*RIGHTS_OF_PAGES)
def index() -> str:
    """What can be administered, with a line on what it is for."""
    return render_template("administration/index.html")
