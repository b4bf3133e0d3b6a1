"""A search finds what was meant, with the keyboard that was at hand."""

import pytest

from pmo.domain.search import folded, matches


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("ВИДЕО", "видеомониторинг"),
        ("шуғыл", "Шұғыл қызмет 112"),
        ("шугыл кызмет", "Шұғыл қызмет 112"),
        ("озен", "Өзен жағалауы"),
        ("һат", "Хат"),
        ("елка", "Ёлка"),
        ("ёлка", "Елка"),
        ("қызмет 112", "Шұғыл қызмет 112"),
        ("", "что угодно"),
    ],
)
def test_letters_that_a_keyboard_lacks_are_found_by_those_typed_instead(wanted: str, text: str) -> None:
    assert matches(wanted, text)


def test_every_word_must_be_found_in_one_of_the_texts() -> None:
    assert matches("dp-11 112", "DP-11", "Экстренная служба 112")
    assert not matches("dp-11 113", "DP-11", "Экстренная служба 112")


def test_what_is_missing_matches_nothing() -> None:
    assert not matches("служба", None, "")


def test_folding_twice_is_folding_once() -> None:
    text = "Ұлттық ЁЛКА Ғ ﬁ"
    assert folded(folded(text)) == folded(text)
