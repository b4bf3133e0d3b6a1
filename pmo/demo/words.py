"""What people say in the demonstration: updates, replies, confidence, own views, comments, as of their days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from pmo.clock import start_of_day
from pmo.db.session import Session
from pmo.domain.errors import Refusal
from pmo.domain.voices import Confidence, Level
from pmo.queries.people import actor_for
from pmo.queries.projects import project_posts
from pmo.queries.voices import voices_of
from pmo.runtime import Runtime
from pmo.services.acts import Act
from pmo.services.comments import write_comment
from pmo.services.updates import Said, acknowledge_update, ask_back, give_confidence, give_curator_view, send_update

WORDS = Path(__file__).parent / "data" / "demo_words.yaml"
CITY, OFFICE = "almaty", "analyst.alm"

Word = Mapping[str, Any]


def read_words(path: Path = WORDS) -> list[Word]:
    """Everything that is said, in order. ``voice`` is manager, owner, curator or office."""
    with path.open(encoding="utf-8") as file:
        words: list[Word] = yaml.safe_load(file)["words"]
    return words


def enter_words(runtime: Runtime, words: Iterable[Word], zone: ZoneInfo) -> None:
    """Enters what is said on a day. ``runtime`` stands at its beginning; what contradicts a visitor is left out."""
    for word in words:
        try:
            with runtime.writing() as session:
                _enter(session, runtime, word, zone)
        except Refusal:
            continue


def _enter(session: Session, runtime: Runtime, word: Word, zone: ZoneInfo) -> None:
    posts = project_posts(session, CITY, word["project"])
    if posts is None:
        return
    person = OFFICE if word["voice"] == "office" else getattr(posts, word["voice"])
    actor = actor_for(session, person, word["day"]) if person else None
    if actor is None:
        return
    at = start_of_day(word["day"], zone)
    act = Act(actor=actor, at=at, on=word["day"], recorded_at=runtime.clock_on_the_wall.now(), source="import")
    voices = voices_of(session, [posts.id], at)[posts.id]
    if "comment" in word:
        write_comment(session, act, posts.id, word["comment"], word.get("item"))
    elif word["voice"] == "curator" and "view" in word:
        give_curator_view(session, act, posts.id, word["view"], word["text"])
    elif word["voice"] == "office":
        give_confidence(session, act, posts.id, Confidence(word["confidence"]), word["text"])
    elif word["voice"] == "manager":
        send_update(session, act, posts.id, _said(word, voices.questions[0].id if voices.questions else None))
    elif voices.update and "question" in word:
        ask_back(session, act, voices.update.id, word["question"])
    elif voices.update:
        acknowledge_update(session, act, voices.update.id)


def _said(word: Word, question_id: int | None) -> Said:
    return Said(
        view=word["view"],
        text=word["text"],
        decision=word.get("decision"),
        level=Level(word["level"]) if "level" in word else None,
        question_id=question_id if "answer" in word else None,
        answer=word.get("answer") if question_id else None,
    )
