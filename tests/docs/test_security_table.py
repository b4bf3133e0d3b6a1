"""docs/security.md says of every requirement of ASVS 5.0.0, levels 1 and 2, how it is met, and names what is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from config import ROOT

STATES = ("met", "partly", "not applicable", "operator's", "open")
DOCUMENT = (ROOT / "docs" / "security.md").read_text("utf-8")
NUMBER = re.compile(r"\d+\.\d+\.\d+")
CHAPTERS = (
    "Ways to sign in",
    "Sessions",
    "Input",
    "Uploads",
    "Limits",
    "Data",
    "Keys",
    "Connections",
    "Logs",
    "Components",
)
PLACE = re.compile(r"`([\w./-]+/[\w./-]+)(?:::(\w+))?`")


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    number: str
    level: str
    asks: str
    state: str
    how: str
    tested: str


def rows_of(text: str) -> list[Row]:
    lines = (line.strip("|").split("|") for line in text.splitlines() if re.match(r"\| \d+\.", line))
    return [Row(*(cell.strip() for cell in cells)) for cells in lines]


def asked() -> dict[str, str]:
    """Number to level, as the standard has them."""
    lines = Path(__file__).with_name("asvs_5_0_0_levels_1_and_2.txt").read_text("utf-8").splitlines()
    return dict(line.split() for line in lines if NUMBER.match(line))  # type: ignore[misc]


def counts_of(text: str) -> dict[str, list[int]]:
    """The table of counts at the beginning: what to the figures."""
    lines = (line.strip("|").split("|") for line in text.splitlines() if re.match(r"\| (Level \d|Both) \|", line))
    return {cells[0].strip(): [int(cell) for cell in cells[1:]] for cells in lines}


@cache
def names_in(path: Path) -> frozenset[str]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def faults_of(text: str) -> list[str]:
    """Everything that is wrong with the document."""
    rows, wanted = rows_of(text), asked()
    numbers = [row.number for row in rows]
    faults = [f"{number} is missing" for number in wanted if number not in numbers]
    faults += [f"{number} stands there twice" for number, count in Counter(numbers).items() if count > 1]
    for row in rows:
        if wanted.get(row.number) != row.level:
            faults.append(f"{row.number} is not of level {row.level}")
        if row.state not in STATES:
            faults.append(f"{row.number}: {row.state!r} is no state")
        if not row.asks or not row.how:
            faults.append(f"{row.number} says too little")
        if row.state in ("met", "partly") and "::test_" not in row.tested:
            faults.append(f"{row.number} is {row.state} without a test")
        if row.state == "operator's" and "operations.md" not in row.how:
            faults.append(f"{row.number} does not say where the operator reads it")
        if row.state == "partly" and "Left: " not in row.how:
            faults.append(f"{row.number} does not say what is left")
    for path, test in PLACE.findall(text):
        place = ROOT / path
        if not place.exists():
            faults.append(f"{path} is not there")
        elif test and test not in names_in(place):
            faults.append(f"{path} has no {test}")
    for name, levels in (("Level 1", "1"), ("Level 2", "2"), ("Both", "12")):
        found = Counter(row.state for row in rows if row.level in levels)
        counted = [found[state] for state in STATES]
        if counts_of(text).get(name) != [*counted, sum(counted)]:
            faults.append(f"{name} counts {counted}")
    return faults


def test_every_requirement_of_levels_1_and_2_is_answered_with_tests_that_exist() -> None:
    assert Counter(asked().values()) == {"1": 70, "2": 183}
    assert not faults_of(DOCUMENT)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("| 6.2.1 |", "| 6.2.99 |", "6.2.1 is missing"),
        ("| 6.2.2 |", "| 6.2.1 |", "6.2.1 stands there twice"),
        ("test_a_code_is_good_once", "test_a_code_is_good_twice", "has no test_a_code_is_good_twice"),
        (
            "`pmo/services/passwords.py`",
            "`pmo/services/words_of_pass.py`",
            "pmo/services/words_of_pass.py is not there",
        ),
        ("| not applicable |", "| no matter |", "'no matter' is no state"),
        ("| Both | ", "| Both | 9", "Both counts"),
    ],
)
def test_what_is_wrong_in_the_table_is_found(before: str, after: str, fault: str) -> None:
    assert before in DOCUMENT
    assert [said for said in faults_of(DOCUMENT.replace(before, after, 1)) if fault in said]


def test_every_chapter_that_the_table_leans_on_is_there() -> None:
    for name in CHAPTERS:
        assert f"\n## {name}\n" in DOCUMENT
    quoted = set(re.findall(r"“([^”]+)” below", DOCUMENT))
    assert quoted <= set(CHAPTERS)
    settings = set(re.findall(r"`(PMO_\w+)`", DOCUMENT))
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert not [name for name in settings if name not in operations]
    for anchor in re.findall(r"operations\.md#([\w-]+)", DOCUMENT):
        assert f"\n## {anchor.replace('-', ' ')}\n" in operations.lower()


def test_nothing_in_the_package_runs_text_or_unpacks_objects() -> None:
    for path in (ROOT / "pmo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile", "__import__"), path
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            source = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {"pickle", "marshal", "shelve", "dill", "subprocess"} & {*names, *source}, path
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("unsafe_load", "full_load", "UnsafeLoader", "system", "popen"), path


def test_randomness_comes_from_the_system_only() -> None:
    for path in (ROOT / "pmo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert not [alias for alias in node.names if alias.name in ("random", "uuid")], path
            if isinstance(node, ast.ImportFrom):
                assert node.module not in ("random", "uuid"), path


def test_no_script_of_ours_writes_markup() -> None:
    ours = [path for path in (ROOT / "static" / "js").glob("*.js") if not path.name.endswith(".min.js")]
    assert len(ours) >= 4
    for path in ours:
        text = path.read_text("utf-8")
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "postMessage",
        ):
            assert way not in text, (path.name, way)
