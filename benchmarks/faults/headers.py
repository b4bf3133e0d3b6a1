"""Names that want to be headers: what they become in a mail (RELIABILITY 2.4 and 6, test 13).

    python -m benchmarks.faults.headers --examples 10000 --rendered 2000 --seed 1
    python -m benchmarks.faults.headers --examples 2000 --rendered 0 --seed 1 --uncleaned      the negative twin

Hypothesis makes the texts. They stand in the subject, in both parts and in the names of the sender and of Reply-To; the
rendered examples are whole alerts of a project and a milestone with such names. Exit status 1 where anything is found.
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from pmo.clock import monotonic
from pmo.mail import message
from pmo.mail.message import Headers, build_message
from pmo.mail.render import Reader, render
from tests.post_office import TUESDAY, a_draft, a_line

HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id",
    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Language", "Content-Type",
]  # fmt: skip
ATTACKS = [
    "=?utf-8?q?hi=0ABcc=3A_evil=40x?=",
    "=?utf-8?b?aGkKQmNjOiBldmlsQHg=?=",
    "a\r\nBcc: evil@x",
    "a\n\n.\r\nMAIL FROM:<evil@x>",
    "a\x00b",
    "\u2028Bcc: x",
    "\x85Bcc: x",
    "=?=?x",
    "\ud800",
    '" <evil@x>, "',
]
PIECES = ["=?", "?=", "utf-8", "?q?", "?b?", "=0A", "\r", "\n", "Bcc: e@x", "ә", "<", ">", '"', ",", " ", "=", "?", "."]
WORDS = ["Ашық", "есік", "күндері", "рабочих", "дней", "—", "7", "DP-01-M1", "мерзімнен", "кешігу", "просрочено", "на"]
NASTY = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join),
    st.tuples(st.text(max_size=20), st.sampled_from(ATTACKS), st.text(max_size=20)).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=20).map("".join),
)
UNDERSTOOD = ("Subject", "From", "To", "Reply-To")
PMO, READER = "pmo@city.example", "to@city.example"


@dataclass(slots=True)
class Found:
    """``injected``: headers nobody built; ``strangers``: other addresses in them; ``changed``: a subject that does not
    arrive as it was cleaned; ``crashed``: no mail at all; ``broken``: a part that is missing or not complete."""

    seed: int
    python: str
    examples: int = 0
    injected: int = 0
    strangers: int = 0
    changed: int = 0
    crashed: int = 0
    broken: int = 0
    seconds: float = 0.0

    @property
    def is_well(self) -> bool:
        """Nothing was found."""
        return not (self.injected or self.strangers or self.changed or self.crashed or self.broken)

    def note(self, subject: str, text: str, html: str, name: str) -> None:
        """Builds one mail as the outbox does, reads it as a mail client does, and counts what is wrong."""
        self.examples += 1
        try:
            self._count(message_from_bytes(_built(subject, text, html, name)), subject, text, html)
        except Exception:
            self.crashed += 1

    def _count(self, read: Message, subject: str, text: str, html: str) -> None:
        self.injected += read.keys() != HEADERS
        understood = {name: policy.default.header_fetch_parse(name, read[name]) for name in UNDERSTOOD}
        addresses = [address.addr_spec for name in UNDERSTOOD[1:] for address in understood[name].addresses]
        self.strangers += addresses != [PMO, READER, PMO]
        self.changed += understood["Subject"] != clean_header_text(subject)
        parts = [part.get_payload(decode=True).decode() for part in read.get_payload()]
        self.broken += [_as_lines(part) for part in parts] != [_as_lines(message._lines(body)) for body in (text, html)]


clean_header_text = message.clean_header_text
"""The one that is tested, also where a twin replaces it."""


def build_with_such_names(
    examples: int,
    chosen_seed: int,
    cleaning: Callable[[str], str] = clean_header_text,
    folding: policy.EmailPolicy = message.POLICY,
) -> Found:
    """Mails built from generated texts. ``cleaning`` and ``folding`` take the place of the product's (for twins)."""
    found, begun = Found(chosen_seed, platform.python_version()), monotonic()

    @_examples(examples, chosen_seed)
    @given(subject=NASTY, text=NASTY)
    def each(subject: str, text: str) -> None:
        found.note(subject, text, f"<p>{text}</p>", text[:30])

    with mock.patch.multiple(message, clean_header_text=cleaning, POLICY=folding):
        each()
    found.seconds = round(monotonic() - begun, 1)
    return found


def render_with_such_names(examples: int, chosen_seed: int) -> Found:
    """Whole alerts of projects and milestones with generated names, in the three languages."""
    found, begun = Found(chosen_seed, platform.python_version()), monotonic()

    @_examples(examples, chosen_seed)
    @given(name=NASTY, project=NASTY, title=NASTY, language=st.sampled_from(["ru", "kk", "en"]))
    def each(name: str, project: str, title: str, language: str) -> None:
        line: dict[str, Any] = a_line(name=_in_all(name), department=_in_all(title))
        line["project"] = line["project"] | {"name": _in_all(project)}
        line["told"] = [{"rung": "R-1", "on": "2019-12-30", "people": [_in_all(title)]}]
        draft = a_draft(facts={"on": "2020-01-14", "line": line})
        reader = Reader(language, _in_all(title), "manager", ZoneInfo("Asia/Almaty"))
        try:
            words = render(draft, reader, _City(), TUESDAY, "http://localhost")
        except Exception:
            found.examples += 1
            found.crashed += 1
            return
        found.note(words.subject, words.text, words.html, title[:30])
        found.broken += _bare(name) not in _bare(words.text)

    each()
    found.seconds = round(monotonic() - begun, 1)
    return found


@dataclass(frozen=True, slots=True)
class _City:
    name_ru: str = "Алматы"
    name_kk: str = "Алматы"
    name_en: str = "Almaty"
    has_demonstration_data: bool = True


def _built(subject: str, text: str, html: str, name: str) -> bytes:
    return build_message(
        sender=f"{name} <{PMO}>",
        recipient=READER,
        subject=subject,
        text=text,
        html=html,
        message_id="<1@city.example>",
        date=datetime(2020, 1, 14, 3, 0, tzinfo=UTC),
        language="ru",
        headers=Headers("<0@city.example>", "digest_weekly", f"{name} <{PMO}>"),
    )


def _examples(count: int, chosen_seed: int) -> Callable[[Any], Any]:
    """Exactly so many examples, the same for the same seed; nothing is shrunk, for nothing raises."""
    chosen = settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: seed(chosen_seed)(chosen(test))


def _in_all(text: str) -> dict[str, str]:
    return {"ru": text, "kk": text, "en": text}


def _bare(text: str) -> str:
    """Without the places where a text mail may break its lines."""
    return "".join(message._lines(text).split())


def _as_lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n")


def main(arguments: list[str]) -> int:
    """Prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--rendered", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--uncleaned", action="store_true", help="the negative twin: must find injections")
    asked = parser.parse_args(arguments)
    print(f"seed {asked.seed}", flush=True)
    found = [build_with_such_names(asked.examples, asked.seed, str if asked.uncleaned else clean_header_text)]
    if asked.rendered:
        found.append(render_with_such_names(asked.rendered, asked.seed))
    for each in found:
        print(each)
    return 0 if all(each.is_well for each in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
