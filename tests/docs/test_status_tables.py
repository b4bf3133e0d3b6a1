"""docs/status.md says what the program says."""

from collections import Counter

from config import ROOT
from pmo.runtime import Runtime
from tests.cli.terminal import pmo


def rows_of_the_document() -> dict[str, list[int]]:
    text = (ROOT / "docs" / "status.md").read_text("utf-8").split("## Three receipts")[0]
    lines = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| `")]
    return {cells[0].strip(" `"): [int(cell) for cell in cells[1:]] for cells in lines}


def test_the_counts_in_the_document_are_those_of_the_program(replayed: Runtime) -> None:
    days = ("2019-09-30", "2019-12-31", "2020-01-31", "2020-03-31", "2020-06-30", "2020-12-31")
    counted = [
        Counter(project["status"] for project in pmo(replayed, "status", "--as-of", day, "--format", "json").json)
        for day in days
    ]
    written = rows_of_the_document()
    assert sum(sum(row) for row in written.values()) == 64 * len(days)
    assert written == {word: [day[word] for day in counted] for word in written}


def test_the_receipts_in_the_document_are_those_of_the_program(replayed: Runtime) -> None:
    text = (ROOT / "docs" / "status.md").read_text("utf-8")
    for code, day in (("DP-10", "2020-01-31"), ("DP-13", "2020-03-31"), ("DP-26", "2020-06-30")):
        [project] = pmo(replayed, "status", code, "--as-of", day, "--format", "json").json
        section = text.split(f"### {code} on {day}")[1].split("###")[0]
        for reason in project["reasons"]:
            assert f"| {reason['rule']} | {reason['item']} | {reason['severity']} |" in section
