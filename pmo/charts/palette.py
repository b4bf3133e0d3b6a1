"""The colours a chart may use. Each is a sentinel that becomes ``currentColor`` and a class of the style sheet."""

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
