"""``/`` leads everybody to where their day begins."""

from __future__ import annotations

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from pmo.web.access import signed_in
from pmo.web.context import actor
from pmo.web.navigation import first_page

home = Blueprint("home", __name__)


@home.get("/")
@signed_in
def show() -> Response:
    """To the first page of the visitor's post."""
    return redirect(first_page(actor()))
