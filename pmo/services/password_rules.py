"""What a password must be: long, and not made of what everybody tries first (ASVS 6.2.1 to 6.2.12).

No letter, digit or sign is demanded and nothing expires: such rules make people write the same word with a number.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from pmo.domain.access import Role
from pmo.domain.errors import RuleBroken

SHORTEST_PASSWORD = 12
SHORTEST_OF_ADMINISTRATOR = 15
LONGEST_PASSWORD = 128
FEWEST_OWN_LETTERS = 5
"""Signs that must be left when known words, runs and repetitions are taken out."""

_WORDS = Path(__file__).with_name("common_passwords.txt")
_LOOKALIKES = str.maketrans("013457@$", "oieastas")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_SIGNS = re.compile(r"[\W_]+")


def check_password(password: str, role: Role, email: str) -> None:
    """Raises RuleBroken ``password_too_short``, ``password_too_long``, ``password_common``."""
    least = SHORTEST_OF_ADMINISTRATOR if role is Role.ADMINISTRATOR else SHORTEST_PASSWORD
    if len(password) < least:
        raise RuleBroken("password_too_short", "password", least=least)
    if len(password) > LONGEST_PASSWORD:
        raise RuleBroken("password_too_long", "password", most=LONGEST_PASSWORD)
    if password.lower() in leaked():
        raise RuleBroken("password_common", "password")
    own = tuple(part for part in _SIGNS.split(email.lower()) if len(part) > 3)
    plain = password.lower()
    if min(_own_letters(plain, own), _own_letters(plain.translate(_LOOKALIKES), own)) < FEWEST_OWN_LETTERS:
        raise RuleBroken("password_common", "password")


def _own_letters(text: str, own: tuple[str, ...]) -> int:
    """How many signs are neither of a known word nor the next of a run or a repetition."""
    for word in sorted((*common_words(), *own), key=len, reverse=True):
        text = text.replace(word, " ")
    letters = _SIGNS.sub("", text)
    pairs = zip(f" {letters}", letters, strict=False)
    return sum(1 for before, letter in pairs if not _follows(before, letter))


def _follows(before: str, letter: str) -> bool:
    """Whether a sign needs no thought after the one before: 1 2, a a, q w."""
    return abs(ord(letter) - ord(before)) <= 1 or any(before + letter in row for row in _ROWS)


@lru_cache(maxsize=1)
def leaked() -> frozenset[str]:
    """Leaked passwords, and words and names, that are as long as we ask for: the lists of zxcvbn."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 100,000 words, wanted when a password is set

    words = (word for ranked in FREQUENCY_LISTS.values() for word in ranked)
    return frozenset(word for word in words if len(word) >= SHORTEST_PASSWORD)


@lru_cache(maxsize=1)
def common_words() -> tuple[str, ...]:
    """The list of the package, without its remarks."""
    lines = _WORDS.read_text("utf-8").splitlines()
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith("#")))
