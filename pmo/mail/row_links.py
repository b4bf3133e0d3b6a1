"""What a link of a mail names: a row of the database, by its number and the second in which it was made.

The number alone is not enough. SQLite gives a number again once the rows from it on were deleted, as old ones are
after a while; an old mail would then open what was made for somebody else, and a mail with a known key is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from itsdangerous import BadSignature

from pmo.domain.secret_keys import SecretKeys
from pmo.mail.signing import signer_of_links


@dataclass(frozen=True, slots=True)
class RowLink:
    """A row that a link leads to. ``second`` counts from 1970 in UTC."""

    number: int
    second: int

    @classmethod
    def to(cls, number: int, made_at: datetime) -> Self:
        """The link to a row that was made at an instant."""
        return cls(number, int(made_at.timestamp()))

    @classmethod
    def read(cls, text: object) -> Self | None:
        """What ``str`` wrote; None for anything else."""
        number, _, second = text.partition(".") if isinstance(text, str) else ("", "", "")
        return cls(int(number), int(second)) if number.isdecimal() and second.isdecimal() else None

    def __str__(self) -> str:
        return f"{self.number}.{self.second}"

    def token(self, keys: SecretKeys, salt: str) -> str:
        """The signed form, as it stands in the mail that leaves. ``keys`` are not empty."""
        return str(signer_of_links(keys, salt).dumps(str(self)))

    @classmethod
    def of_token(cls, token: str, keys: SecretKeys, salt: str) -> Self | None:
        """The link of a token; None for one that this installation did not sign."""
        if not keys:
            return None
        try:
            return cls.read(signer_of_links(keys, salt).loads(token))
        except BadSignature:
            return None
