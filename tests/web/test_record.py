"""The open page of the record: what it proves and what not, in three languages, and its newest checkpoint."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from pmo.domain.checkpoint import open_checkpoint
from pmo.exchange.signed_notes import generate_signing_key
from pmo.services.checkpoints import current_checkpoint
from tests.cast import NOW, Town
from tests.web.pages import Pages
from tests.web.town import app_in_town, cast_url, town

__all__ = ["app_in_town", "cast_url", "town"]


@pytest.mark.surface
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "изменяет или отрезает то, что новее последней контрольной отметки в чужих руках не видно не видно"),
        ("kk", "басқалардың қолындағы соңғы бақылау белгісінен жаңа жазбаны өзгертеді"),
        ("en", "changes or cuts off what is newer than the last checkpoint that somebody else holds not seen not seen"),
    ],
)
def test_everybody_reads_what_is_not_caught(app_in_town: Flask, language: str, words: str) -> None:
    page = Pages(app_in_town).get(f"/record?lang={language}")
    assert page.language == language
    assert words in page.text


def test_the_newest_checkpoint_is_open_and_verifies(app_in_town: Flask, town: Town, tmp_path: Path) -> None:
    visitor = Pages(app_in_town)
    assert visitor.client.get("/record/checkpoint.txt", base_url=visitor.base_url).status_code == 404
    signer = generate_signing_key("audit.city.example")
    with town.writing() as session:
        note = current_checkpoint(session, signer, NOW)
        assert current_checkpoint(session, signer, NOW) == note
    answer = visitor.client.get("/record/checkpoint.txt", base_url=visitor.base_url)
    assert (answer.mimetype, answer.text) == ("text/plain", note)
    said = open_checkpoint(answer.text, [signer.verifier])
    assert said.size == len(town.audit_actions())
    assert said.fingerprint in visitor.get("/record").text
