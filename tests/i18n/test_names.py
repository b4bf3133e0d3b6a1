"""Names in the reader's language, and a post's title beside its department."""

from __future__ import annotations

import pytest

from pmo.i18n import speaking
from pmo.i18n.names import name_within

DEPARTMENT = {"ru": "Управление мобильности", "kk": "Мобильділік басқармасы", "en": "Mobility Department"}


@pytest.mark.parametrize(
    ("language", "title", "shown"),
    [
        ("ru", "Менеджер проектов 1: Управление мобильности", "Менеджер проектов 1"),
        ("kk", "Мобильділік басқармасы жобаларының менеджері 1", "Жобаларының менеджері 1"),
        ("en", "Project manager 1: Mobility Department", "Project manager 1"),
        ("en", "Mobility Department, project manager", "Project manager"),
        ("en", "Project manager of another place", "Project manager of another place"),
        ("en", "Mobility Department", "Mobility Department"),
    ],
)
def test_a_title_leaves_out_the_department_that_stands_beside_it(language: str, title: str, shown: str) -> None:
    with speaking(language):
        assert name_within({language: title}, DEPARTMENT) == shown


def test_a_vacant_post_and_an_unknown_department_are_left_as_they_are() -> None:
    with speaking("en"):
        assert name_within(None, DEPARTMENT) == ""
        assert name_within({"en": "Project manager"}, None) == "Project manager"
