"""The colours a chart may use. Each is a sentinel that becomes ``currentColor`` and a class of the style sheet.

A picture in a mail has no style sheet: there a sentinel becomes the colour that the light theme gives its class.
"""

from __future__ import annotations

INK = "#010101"
MUTED = "#020202"
PLAN = "#030303"
FACT = "#040404"
BAND = "#050505"
RED = "#060606"
AMBER = "#070707"
GREEN = "#080808"
PAPER = "#090909"

CLASSES = {
    INK: "c-ink",
    MUTED: "c-muted",
    PLAN: "c-plan",
    FACT: "c-fact",
    BAND: "c-band",
    RED: "c-red",
    AMBER: "c-amber",
    GREEN: "c-green",
    PAPER: "c-paper",
}
BY_SEVERITY = {0: GREEN, 1: AMBER, 2: RED}
ON_PAPER = {
    INK: "#17262d",
    MUTED: "#5c6f78",
    PLAN: "#6a7f89",
    FACT: "#0b6470",
    BAND: "#dbe7ea",
    RED: "#b3261e",
    AMBER: "#b26a00",
    GREEN: "#1b7a4b",
    PAPER: "#ffffff",
}
"""Sentinel to colour on white, as in ``static/css/app.css``."""
