"""Draws the pictures that a mail points to (PRODUCT 3, digest): for its bytes, and for a page that shows it."""

from __future__ import annotations

from base64 import b64encode

import structlog

from pmo.charts.status_bars import status_bars
from pmo.mail.message import Picture
from pmo.mail.pictures import picture_names, points_of

log = structlog.get_logger(__name__)


def pictures_of(html: str) -> tuple[Picture, ...]:
    """The pictures of a mail, drawn; empty where it has none.

    A picture that cannot be drawn is left out: its numbers stand in the mail, and no mail waits for a picture.
    """
    drawn = []
    for name in picture_names(html):
        try:
            drawn.append(Picture(name, status_bars(points_of(name))))
        except Exception:
            log.exception("picture of a mail not drawn", picture=name)
    return tuple(drawn)


def with_pictures_inside(html: str) -> str:
    """The HTML with its pictures as ``data:``, for a browser that has no other parts of the mail."""
    for picture in pictures_of(html):
        html = html.replace(f"cid:{picture.name}", f"data:image/png;base64,{b64encode(picture.png).decode()}")
    return html
