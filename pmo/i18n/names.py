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


def _in_language(thing: object, language: str) -> str:
    if isinstance(thing, Mapping):
        keys = (language, f"name_{language}", f"title_{language}")
        return next((str(thing[key]) for key in keys if thing.get(key)), "")
    return getattr(thing, f"name_{language}", None) or getattr(thing, f"title_{language}", None) or ""
