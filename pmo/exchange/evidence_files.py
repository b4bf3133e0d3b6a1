"""What may be uploaded as evidence: judged by its content, never by what it is called (RELIABILITY 4.3).

PDF, PNG, JPEG, DOCX and XLSX without macros. Pictures are drawn anew, so that nothing but the picture is kept.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from pmo.domain.errors import RuleBroken

LARGEST_PICTURE = 25_000_000
"""Pixels. A PNG of 17 kB can hold 144 million of them."""
MOST_MEMBERS = 2_000
LARGEST_UNPACKED = 100 * 1024 * 1024
LONGEST_NAME = 150

OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}
"""Extension to media type: everything that is taken."""
SPELLINGS = {"jpeg": "jpg", "jpe": "jpg"}
HEART = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
ACTIVE = re.compile(r"vba|macrosheets|activex|\.bin$|embeddings/|externallinks/", re.IGNORECASE)
ACTIVE_IN_PDF = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia)\b")
"""Scripts, programs to start and files inside a PDF, where they are not compressed away."""
HARMLESS_BINARY = re.compile(r"printersettings\d*\.bin$", re.IGNORECASE)

Image.MAX_IMAGE_PIXELS = LARGEST_PICTURE


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that may be kept: a harmless name, its real type, and the content to store."""

    name: str
    media_type: str
    content: bytes


def read_evidence(name: str, content: bytes, limit: int) -> EvidenceFile:
    """Checks an upload of at most ``limit`` bytes.

    Raises RuleBroken on field ``file``: ``file_empty``, ``file_too_large``, ``file_type_refused``,
    ``extension_differs``, ``file_has_macros``, ``file_broken``, ``picture_too_large``.
    """
    if not content:
        raise RuleBroken("file_empty", "file")
    if len(content) > limit:
        raise RuleBroken("file_too_large", "file", megabytes=limit // (1024 * 1024))
    kind = _kind_of(content)
    if kind is None:
        raise RuleBroken("file_type_refused", "file")
    stem, _, extension = _plain_name(name).rpartition(".")
    told = SPELLINGS.get(extension.lower(), extension.lower())
    if not stem or told != kind:
        raise RuleBroken("extension_differs", "file", kind=kind.upper())
    if kind == "pdf":
        _refuse_double_meaning(content)
    if kind in ("png", "jpg"):
        content = _drawn_anew(content, kind)
    return EvidenceFile(f"{stem[:LONGEST_NAME]}.{kind}", MEDIA_TYPES[kind], content)


def _kind_of(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_package(content)
    return None


def _kind_of_package(content: bytes) -> str | None:
    """The kind of an Office document by the part that makes it one; other archives are None."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise RuleBroken("file_broken", "file") from error
    names = [part.filename for part in parts]
    kind = next((HEART[name] for name in names if name in HEART), None)
    if kind is None or "[Content_Types].xml" not in names:
        return None
    if len(names) > MOST_MEMBERS or len(set(names)) != len(names):
        raise RuleBroken("file_broken", "file")
    if any(part.flag_bits & 1 for part in parts) or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise RuleBroken("file_broken", "file")
    if any(ACTIVE.search(name) and not HARMLESS_BINARY.search(name) for name in names):
        raise RuleBroken("file_has_macros", "file")
    return kind


def _refuse_double_meaning(content: bytes) -> None:
    """A PDF that is an archive besides, or brings something to run."""
    if ACTIVE_IN_PDF.search(content):
        raise RuleBroken("file_has_macros", "file")
    if zipfile.is_zipfile(BytesIO(content)):
        raise RuleBroken("file_type_refused", "file")


def _drawn_anew(content: bytes, kind: str) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as picture:
            if picture.width * picture.height > LARGEST_PICTURE:
                raise RuleBroken("picture_too_large", "file", megapixels=LARGEST_PICTURE // 1_000_000)
            upright = ImageOps.exif_transpose(picture)
            upright.info.clear()
            drawn = BytesIO()
            if kind == "png":
                upright.save(drawn, "PNG")
            else:
                upright.convert("RGB").save(drawn, "JPEG", quality=90)
    except Image.DecompressionBombError as error:
        raise RuleBroken("picture_too_large", "file", megapixels=LARGEST_PICTURE // 1_000_000) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise RuleBroken("file_broken", "file") from error
    return drawn.getvalue()


def _plain_name(name: str) -> str:
    """The last part of a path, without control characters and what file systems and headers stumble over."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r'[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"|?*;]', "", last).strip(" .")
