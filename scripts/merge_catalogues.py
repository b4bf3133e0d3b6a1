"""Maintainer's tool: collects the texts of code and templates, merges translations into the catalogues, compiles them.

    python scripts/merge_catalogues.py [FRAGMENT.LANGUAGE.po ...]

A fragment is an ordinary .po file whose name ends in ``.ru.po`` or ``.kk.po``. What a catalogue already has is kept,
unless a fragment says it anew; texts that are no longer used are dropped. Exit status 1 with a list of the texts that
have no translation yet, or whose placeholders differ from the English text's.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "pmo" / "i18n" / "translations"
LANGUAGES = ("ru", "kk")
SOURCES = ("pmo", "templates")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_in": ((1, "c"), 2),
}
MADE_AT = datetime(2020, 1, 31, tzinfo=UTC)
"""The same bytes for the same texts: no date of today in the files."""
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def main(fragments: Sequence[str]) -> int:
    """Merges and compiles; 0 when every text has its translations."""
    template = extracted()
    gaps: list[str] = []
    for language in LANGUAGES:
        sources = [read(catalogue_path(language), language)]
        sources += [read(Path(name), language) for name in fragments if name.endswith(f".{language}.po")]
        catalogue = merged(template, sources, language)
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalogue))
        path.with_suffix(".mo").write_bytes(as_mo(read(path, language)))
        gaps += [f"{language}: {gap}" for gap in gaps_in(catalogue)]
    if gaps:
        print("\n".join(gaps), file=sys.stderr)
        print(f"{len(gaps)} texts without a good translation", file=sys.stderr)
    return 1 if gaps else 0


def extracted() -> Catalog:
    """Every text of the code and the templates, with the files it stands in."""
    catalogue = Catalog(project="pmo-tracker", creation_date=MADE_AT, charset="utf-8")
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for folder in SOURCES:
        found = extract_from_dir(ROOT / folder, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",))
        for name, _line, message, comments, context in found:
            catalogue.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def read(path: Path, language: str) -> Catalog:
    """A catalogue from a file; an empty one where there is none."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def merged(template: Catalog, sources: Iterable[Catalog], language: str) -> Catalog:
    """The template's texts with their translations; of several translations the last one counts."""
    catalogue = Catalog(
        locale=language,
        project="PMO tracker",
        version="1",
        header_comment=f"# Texts of the PMO tracker, {language}. Words are those of the glossary.",
        msgid_bugs_address="none",
        creation_date=MADE_AT,
        revision_date=MADE_AT,
        last_translator="PMO tracker contributors",
        language_team=language,
        charset="utf-8",
        fuzzy=False,
    )
    known = {
        (message.context, _key(message)): message.string
        for source in sources
        for message in source
        if _is_translated(message)
    }
    for message in sorted(template, key=lambda message: (sorted(message.locations), str(message.id))):
        if message.id:
            string = known.get((message.context, _key(message)))
            locations = sorted(set(message.locations))
            catalogue.add(message.id, string, locations, auto_comments=message.auto_comments, context=message.context)
    return catalogue


def gaps_in(catalogue: Catalog) -> list[str]:
    """Texts without translation, with an empty plural form, or with other placeholders than the English text."""
    gaps = []
    for message in catalogue:
        if not message.id:
            continue
        if not _is_translated(message):
            gaps.append(_shown(message))
        elif any(_placeholders(form) != _wanted(message) for form in _forms(message.string)):
            gaps.append(f"placeholders differ: {_shown(message)}")
    return gaps


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as text, one file name for each place and no line numbers, so that diffs stay small."""
    file = io.BytesIO()
    write_po(file, catalogue, width=116, include_lineno=False, sort_by_file=False)
    return file.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue compiled; the same bytes for the same texts."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def catalogue_path(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(string: str | Sequence[str] | None) -> list[str]:
    if string is None:
        return []
    return [string] if isinstance(string, str) else list(string)


def _is_translated(message: Message) -> bool:
    return bool(message.id) and not message.fuzzy and bool(message.string) and all(_forms(message.string))


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _wanted(message: Message) -> set[str]:
    return _placeholders(_forms(message.id)[-1])


def _shown(message: Message) -> str:
    return f"[{message.context}] {_key(message)}" if message.context else _key(message)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
