"""Names that people read exist in three languages; here the reader's one is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from pmo.i18n import LANGUAGES, current_language


def name_of(thing: object) -> str:
    """The name or title of a row, or of a mapping ``{"ru", "kk", "en"}``, in the reader's language.

    A row has ``name_ru``, ``name_kk``, ``name_en`` or ``title_ru`` and so on. Where the reader's language is empty the
    first one that is filled is taken, Russian first; where there is none, the empty string. None gives that too.
    """
    if thing is None:
        return ""
    for language in (current_language(), *LANGUAGES):
        name = _in_language(thing, language)
        if name:
            return name
    return ""


def name_within(thing: object, whole: object) -> str:
    """The title of a post without the name of its department, for a table that has the department beside it.

    ``Project manager 1: Transport Department`` is ``Project manager 1`` within that department; a title that does not
    hold the name, or nothing else, stays whole.
    """
    full, department = name_of(thing), name_of(whole)
    before, found, after = full.partition(department) if department else (full, "", "")
    rest = " ".join(f"{before} {after}".split()).strip(" :,;–—-")
    return rest[:1].upper() + rest[1:] if found and rest else full


def _in_language(thing: object, language: str) -> str:
    if isinstance(thing, Mapping):
        keys = (language, f"name_{language}", f"title_{language}")
        return next((str(thing[key]) for key in keys if thing.get(key)), "")
    return getattr(thing, f"name_{language}", None) or getattr(thing, f"title_{language}", None) or ""
