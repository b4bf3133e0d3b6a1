"""Rules of the house that no linter knows."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT

CODE = sorted((ROOT / "pmo").rglob("*.py"))
LONGEST_ROOM = 430
"""Lines; a habit, not a law: whoever needs more asks whether two nouns live in one room."""


def calls_of(name: str, files: list[Path]) -> list[str]:
    """Places where a method of this name is called."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_commit_is_written_once() -> None:
    assert [place.split(":")[0] for place in calls_of("commit", CODE)] == ["pmo/db/session.py"]


def test_only_the_clock_reads_the_time() -> None:
    reading = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|time\.monotonic)\(")
    readers = {str(path.relative_to(ROOT)) for path in CODE if reading.search(path.read_text("utf-8"))}
    assert readers <= {"pmo/clock.py"}


def test_the_domain_imports_nothing_but_itself_and_the_standard_library() -> None:
    allowed = set(sys.stdlib_module_names)
    strangers = [
        f"{path.name}: {module}"
        for path in sorted((ROOT / "pmo" / "domain").glob("*.py"))
        for module in imports_of(path)
        if module.split(".")[0] not in allowed and not module.startswith("pmo.domain")
    ]
    assert strangers == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_room_is_too_long_to_know_ones_place_in(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_ROOM


def test_names_say_what_a_room_is_for() -> None:
    vague = {"utils", "helpers", "common", "misc", "manager", "data", "info"}
    assert [path.name for path in CODE if path.stem in vague and path.parent.name != "cli"] == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile("TO" + "DO|FIX" + "ME|X" + "XX|raise NotImplemented" + "Error")
    assert [str(path.relative_to(ROOT)) for path in CODE if marks.search(path.read_text("utf-8"))] == []


def test_lock_files_name_no_host() -> None:
    for path in ROOT.glob("requirements*.txt"):
        assert "://" not in path.read_text("utf-8"), path.name


def test_what_signs_or_seals_goes_by_all_secrets() -> None:
    """``settings.secret_keys``: by the present secret alone, things become void on the day when it is changed."""
    alone = re.compile(r"\.secret_key\b")
    found = [path.relative_to(ROOT).as_posix() for path in CODE if alone.search(path.read_text("utf-8"))]
    assert found == ["pmo/app.py"], "Flask's own setting; everybody else takes settings.secret_keys"
