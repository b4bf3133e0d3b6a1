"""Uploads that want to hurt: refused in less than a second of work and 200 MB (RELIABILITY 4.3, test 24).

Each runs in a process of its own, which tells how long it worked and how much memory it took beyond what it began with.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from multiprocessing.connection import Connection

import pytest

from pmo.domain.errors import RuleBroken
from pmo.exchange.evidence_files import read_evidence
from pmo.exchange.faults import ImportRefused
from pmo.exchange.workbook import read_workbook
from tests.services.test_files import PDF, huge_png, picture

LIMIT = 10 * 1024 * 1024
MOST_SECONDS, MOST_KILOBYTES = 1.0, 200 * 1024
TYPES = "[Content_Types].xml"


def package(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def unpacks_to(megabytes: int, heart: str) -> bytes:
    return package((TYPES, b"<x/>"), (heart, b"\0" * (megabytes * 1024 * 1024)))


def lying_about_its_size() -> bytes:
    """The directory says ten bytes, the content is sixty megabytes."""
    real = unpacks_to(60, "xl/workbook.xml")
    size = (60 * 1024 * 1024).to_bytes(4, "little")
    return real.replace(size, (10).to_bytes(4, "little"))


def many_members() -> bytes:
    return package((TYPES, b""), ("word/document.xml", b""), *((f"word/media/{n}.png", b"") for n in range(3000)))


def sheet(rows: int) -> bytes:
    cells = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, rows + 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    of_package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return package(
        (TYPES, b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
            '<sheet name="Projects" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{of_package}"><Relationship Id="r1" Type="{links}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
        ),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'.encode()),
    )


def evidence(name: str, content: bytes) -> str:
    try:
        read_evidence(name, content, LIMIT)
    except RuleBroken as refused:
        return refused.code
    return "taken"


def workbook(name: str, content: bytes) -> str:
    try:
        _, faults = read_workbook(content, name)
    except ImportRefused as refused:
        return refused.faults[0].code
    return faults[0].code if faults else "taken"


def _measured(read: Callable[[str, bytes], str], name: str, content: bytes, told: Connection) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    code = read(name, content)
    used = time.process_time() - began
    told.send((code, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))


def measured(read: Callable[[str, bytes], str], name: str, content: bytes) -> tuple[str, float, int]:
    """What was said, seconds of work, kilobytes beyond what the process had."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_measured, args=(read, name, content, there))
    process.start()
    found: tuple[str, float, int] = here.recv() if here.poll(60) else ("hung", 60.0, 0)
    process.kill() if found[0] == "hung" else None
    process.join()
    return found


@pytest.mark.parametrize(
    ("read", "name", "make", "code"),
    [
        (evidence, "a.png", huge_png, "picture_too_large"),
        (evidence, "a.docx", lambda: unpacks_to(104, "word/document.xml"), "file_broken"),
        (evidence, "a.docx", many_members, "file_broken"),
        (evidence, "a.pdf", lambda: PDF + package(("evil.html", b"<script>")), "file_type_refused"),
        (evidence, "a.pdf", lambda: PDF.replace(b"<<>>", b"<</S/JavaScript/JS(app.alert(1))>>"), "file_has_macros"),
        (evidence, "a.pdf", lambda: PDF.replace(b"<<>>", b"<</Type/EmbeddedFile>>"), "file_has_macros"),
        (evidence, "a.pdf", lambda: b"<script>alert(1)</script>" + PDF, "file_type_refused"),
        (evidence, "a.jpg", lambda: b"GIF89a" + picture("JPEG"), "file_type_refused"),
        (evidence, "a.png", lambda: package(("a.png", picture("PNG"))), "file_type_refused"),
        (evidence, "a.docx", lambda: package(("a/b.docx", b"PK\x03\x04"), (TYPES, b"")), "file_type_refused"),
        (workbook, "a.xlsx", lambda: unpacks_to(104, "xl/workbook.xml"), "workbook_too_large"),
        (workbook, "a.xlsx", lying_about_its_size, "not_a_workbook"),
        (workbook, "a.xlsx", lambda: sheet(10_001), "too_many_rows"),
    ],
)
@pytest.mark.filterwarnings("ignore:Image size")
def test_a_bomb_is_refused_quickly_and_small(
    read: Callable[[str, bytes], str], name: str, make: Callable[[], bytes], code: str
) -> None:
    said, seconds, kilobytes = measured(read, name, make())
    assert said == code
    assert seconds < MOST_SECONDS
    assert kilobytes < MOST_KILOBYTES


def test_what_hides_behind_a_picture_is_gone_when_it_is_kept() -> None:
    for kind, name in (("PNG", "a.png"), ("JPEG", "a.jpg")):
        hidden = package(("evil.html", b"<script>"))
        kept = read_evidence(name, picture(kind) + hidden + b"<?php", LIMIT).content
        assert not zipfile.is_zipfile(BytesIO(kept))
        assert b"<?php" not in kept


def test_ten_thousand_rows_are_read() -> None:
    assert workbook("a.xlsx", sheet(10_000)) != "too_many_rows"
