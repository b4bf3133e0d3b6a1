"""What a mail carries of the record: a sentence in its body, and files that a program can check (RELIABILITY 3.1).

A signed note is for technical readers, and words around it could mislead: so it stands in an attachment, never in the
body.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import escape

from pmo.i18n import gettext, speaking
from pmo.i18n.formats import number
from pmo.mail.text_lines import wrapped

PLACE_IN_HTML = "<!--record-->"
"""Where the layout of mails wants the sentence."""
CHECKPOINT_FILE = "checkpoint.txt"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A small text that goes with a mail; ``name`` is ASCII without spaces and quotes."""

    name: str
    text: str


def sentence(size: int, fingerprint: str, language: str) -> str:
    """The sentence for a person: how many events there are, and a fingerprint to compare by eye."""
    with speaking(language):
        return gettext(
            "The record of all changes held %(size)s events when this mail left; its fingerprint is %(fingerprint)s. "
            "Keep this mail: with the attached checkpoint anybody can check later that nothing before it was changed.",
            size=number(size),
            fingerprint=fingerprint,
        )


def with_sentence(text: str, html: str, words: str) -> tuple[str, str]:
    """Both parts of a mail with the sentence at their end."""
    return f"{text.rstrip()}\n\n{wrapped(words)}\n", html.replace(PLACE_IN_HTML, f"<p>{escape(words)}</p>", 1)
