"""Uploaded evidence: what is taken, what is refused, who may read it (RELIABILITY 4.3)."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image

from pmo.domain.errors import NotAllowed, NotFound, RuleBroken
from pmo.queries.files import file_content, file_seen_by
from pmo.services.files import check_evidence, store_evidence
from tests.cast import Town, refusal

LIMIT = 1024 * 1024
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def office(heart: str = "word/document.xml", *more: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Duplicate name")  # a package with one part twice is made on purpose
        for name in ("[Content_Types].xml", heart, *more):
            package.writestr(name, "<x/>")
    return file.getvalue()


def picture(kind: str, size: tuple[int, int] = (8, 6)) -> bytes:
    file = BytesIO()
    image = Image.new("RGB", size, "teal")
    exif = image.getexif()
    exif[0x010E] = "taken at a secret place"
    exif[0x0112] = 6  # on its side
    image.save(file, kind, exif=exif)
    return file.getvalue()


def huge_png() -> bytes:
    """A few bytes that say they are 144 megapixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 6000, 5000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def store(town: Town, name: str, content: bytes, person: str = "manager", limit: int = LIMIT) -> int:
    with town.writing() as session:
        checked = check_evidence(name, content, limit, None)
        return store_evidence(session, town.act(person), town.project(), checked).id


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("Акт №17.pdf", PDF, "application/pdf"),
        ("ACT.PDF", PDF, "application/pdf"),
        ("letter.docx", office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("table.xlsx", office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("photo.png", picture("PNG"), "image/png"),
        ("photo.JPEG", picture("JPEG"), "image/jpeg"),
    ],
)
def test_documents_and_pictures_are_kept(town: Town, name: str, content: bytes, media_type: str) -> None:
    number = store(town, name, content)
    with town.runtime.reading() as session:
        file = file_seen_by(session, town.act("curator").actor, number)
        kept = file_content(session, file)
    assert (file.media_type, file.size) == (media_type, len(kept))
    assert file.name.rpartition(".")[0] == name.rpartition(".")[0]
    assert '"action":"file_stored"' in town.audit_actions()[-1]
    assert file.sha256 in town.audit_actions()[-1]
    assert town.audit_findings() == []


def test_a_picture_is_drawn_anew_upright_and_without_its_secrets(town: Town) -> None:
    content = picture("JPEG")
    assert b"secret" in content
    number = store(town, "photo.jpg", content + b"<script>alert(1)</script>")
    with town.runtime.reading() as session:
        kept = file_content(session, file_seen_by(session, town.act("manager").actor, number))
    assert b"secret" not in kept
    assert b"script" not in kept
    with Image.open(BytesIO(kept)) as drawn:
        assert drawn.size == (6, 8)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "file_empty"),
        ("a.pdf", PDF + b"x" * LIMIT, "file_too_large"),
        ("a.html", b"<!doctype html><script>alert(1)</script>", "file_type_refused"),
        ("a.pdf", b"<!doctype html><script>alert(1)</script>", "file_type_refused"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_type_refused"),
        ("a.txt", b"just words", "file_type_refused"),
        ("a.exe", b"MZ\x90\x00", "file_type_refused"),
        ("a.zip", office("readme.txt"), "file_type_refused"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_type_refused"),
        ("a.html", PDF, "extension_differs"),
        ("a.png", PDF, "extension_differs"),
        ("pdf", PDF, "extension_differs"),
        (".pdf", PDF, "extension_differs"),
        ("a.xlsx", office(), "extension_differs"),
        ("a.docm", office("word/document.xml", "word/vbaProject.bin"), "file_has_macros"),
        ("a.xlsx", office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "file_has_macros"),
        ("a.docx", office("word/document.xml", "word/embeddings/oleObject1.bin"), "file_has_macros"),
        ("a.docx", office("word/document.xml", "word/document.xml"), "file_broken"),
        ("a.docx", b"PK\x03\x04 and nothing more", "file_broken"),
        ("a.png", b"\x89PNG\r\n\x1a\n and nothing more", "file_broken"),
        ("a.jpg", picture("JPEG")[:40], "file_broken"),
        ("a.png", huge_png(), "picture_too_large"),
    ],
)
@pytest.mark.filterwarnings("ignore:Image size")
def test_a_file_that_is_not_what_it_should_be_is_refused(town: Town, name: str, content: bytes, code: str) -> None:
    with pytest.raises(RuleBroken) as raised:
        store(town, name, content)
    assert refusal(raised) == (code, "file")


def test_a_name_is_made_harmless(town: Town) -> None:
    number = store(town, '..\\..\\etc/pass"wd\r\nSet-Cookie: x=1;\u202egpj.pdf', PDF)
    with town.runtime.reading() as session:
        file = file_seen_by(session, town.act("manager").actor, number)
    assert file.name == "passwdSet-Cookie x=1gpj.pdf"
    long_one = store(town, "ы" * 300 + ".pdf", PDF)
    with town.runtime.reading() as session:
        assert len(file_seen_by(session, town.act("manager").actor, long_one).name) == 154


def test_only_those_who_may_claim_upload(town: Town) -> None:
    for person, error in (
        ("colleague", NotAllowed),
        ("analyst", NotAllowed),
        ("observer", NotAllowed),
        ("outsider", NotFound),
    ):
        with pytest.raises(error):
            store(town, "a.pdf", PDF, person)


def test_only_those_who_see_the_project_read(town: Town) -> None:
    number = store(town, "a.pdf", PDF)
    with town.runtime.reading() as session:
        for person in ("manager", "colleague", "owner", "curator", "akim", "analyst", "observer"):
            assert file_seen_by(session, town.act(person).actor, number).project_id == town.project()
        for person in ("manager-b", "curator-b", "outsider"):
            with pytest.raises(NotFound):
                file_seen_by(session, town.act(person).actor, number)
        with pytest.raises(NotFound):
            file_seen_by(session, town.act("analyst").actor, 10_000)
