"""Prints the tables of docs/status.md: counts per status on the six suggested days, and receipts of three reds.

    python scripts/status_tables.py > docs/status.md

It asks ``pmo status`` over a fresh database with the portfolio and its whole log, nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "pmo" / "demo" / "data"
DAYS = ("2019-09-30", "2019-12-31", "2020-01-31", "2020-03-31", "2020-06-30", "2020-12-31")
REDS = (("DP-10", "2020-01-31"), ("DP-13", "2020-03-31"), ("DP-26", "2020-06-30"))
STATUSES = (
    "on_track",
    "at_risk",
    "off_track",
    "closing",
    "completed",
    "completed_with_shortfall",
    "not_started",
    "paused",
    "cancelled",
    "no_data",
)


def main() -> None:
    """Writes the document to standard output."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'status.db'}"
        pmo(url, "db", "upgrade")
        for name in ("portfolio", "demo_log"):
            pmo(url, "import", str(DATA / f"{name}.yaml"))
        print((ROOT / "docs" / "status.head.md").read_text("utf-8").rstrip())
        print("\n## Counts per status\n")
        print(counts_table({day: status(url, "--as-of", day) for day in DAYS}))
        print("\n## Three receipts\n")
        for code, day in REDS:
            [project] = status(url, code, "--as-of", day)
            print(f"### {code} on {day}: `{project['status']}`\n\n{receipt_table(project)}\n")
            notes = ROOT / "docs" / "receipts" / f"{code}.md"
            print(notes.read_text("utf-8").rstrip() + "\n")


def counts_table(days: dict[str, list[dict[str, Any]]]) -> str:
    """One row a status, one column a day; all three cities together."""
    lines = [f"| Status | {' | '.join(days)} |", f"|---|{'---:|' * len(days)}"]
    for word in STATUSES:
        cells = [Counter(project["status"] for project in projects)[word] for projects in days.values()]
        lines.append(f"| `{word}` | {' | '.join(str(cell) for cell in cells)} |")
    lines.append(f"| all | {' | '.join(str(len(projects)) for projects in days.values())} |")
    return "\n".join(lines)


def receipt_table(project: dict[str, Any]) -> str:
    """The reasons of a project as the receipt holds them."""
    lines = ["| Rule | Item | Severity | Inputs | Limit |", "|---|---|---:|---|---|"]
    for reason in project["reasons"]:
        values = ", ".join(f"{name} {value}" for name, value in reason["values"].items() if value is not None)
        limit = "" if reason["limit"] is None else reason["limit"]
        lines.append(f"| {reason['rule']} | {reason['item']} | {reason['severity']} | {values} | {limit} |")
    components = ", ".join(f"{name} {value}" for name, value in project["components"].items() if value is not None)
    return "\n".join([*lines, "", f"Components: {components}. Changes by itself on {project['changes_on']}."])


def status(url: str, *words: str) -> list[dict[str, Any]]:
    """``pmo status`` as a script reads it."""
    found: list[dict[str, Any]] = json.loads(pmo(url, "status", *words, "--format", "json"))
    return found


def pmo(url: str, *words: str) -> str:
    """What a ``pmo`` command prints."""
    command = [str(Path(sys.executable).parent / "pmo"), *words]
    environment = {**os.environ, "PMO_DATABASE_URL": url}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


if __name__ == "__main__":
    main()
