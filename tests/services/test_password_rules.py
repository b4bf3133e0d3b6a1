"""Which passwords are refused: short ones, and those that everybody tries first."""

from __future__ import annotations

import pytest

from pmo.domain.access import Role
from pmo.domain.errors import RuleBroken
from pmo.services.password_rules import check_password, common_words, leaked

EMAIL = "nurgul.tasks@almaty.example"


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd!2026",
        "qwertyuiop123",
        "aaaaaaaaaaaa",
        "123456789012",
        "almatyalmaty",
        "Akimat-2026!!",
        "Алматы2026!!",
        "әкімдікәкімдік",
        "йцукенгшщзхъ",
        "nurgul.tasks1",
        "welcomewelcome",
        "qazaqstan2026",
        "1qaz2wsx3edc",
        "Manchesterunited",
        "polniypizdec0211",
        "international",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(RuleBroken, match="password_common"):
        check_password(password, Role.AKIM, EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "кот читает газету",
        "жеті қасқыр жүгірді",
        "xq7vn2hd9bzt",
        "839201746512",
        "w" * 3 + "plum yacht",
    ],
)
def test_length_is_enough_whatever_the_signs(password: str) -> None:
    check_password(password, Role.AKIM, EMAIL)


def test_administrators_need_fifteen_signs_and_nobody_more_than_128() -> None:
    check_password("plum yacht fog", Role.AKIM, EMAIL)
    with pytest.raises(RuleBroken, match="password_too_short"):
        check_password("plum yacht fog", Role.ADMINISTRATOR, EMAIL)
    check_password("plum yacht foggy", Role.ADMINISTRATOR, EMAIL)
    check_password("plum yacht f" + "xq" * 58, Role.AKIM, EMAIL)
    with pytest.raises(RuleBroken, match="password_too_long"):
        check_password("plum yacht f" + "xq" * 58 + "z", Role.AKIM, EMAIL)


def test_more_than_three_thousand_leaked_passwords_of_the_length_we_ask_for_are_known() -> None:
    assert len(leaked()) > 3000
    assert min(map(len, leaked())) == 12
    assert all(word == word.lower() for word in leaked())


def test_the_list_is_in_the_package_and_knows_the_place() -> None:
    assert {"password", "пароль", "құпиясөз", "almaty", "akim", "pmo"} <= set(common_words())
    assert all(word == word.lower() and not word.startswith("#") for word in common_words())
