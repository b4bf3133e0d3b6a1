"""A folder of copies: named by their moment, thinned out by ``domain.kept_copies``. Other files are left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pmo.domain.kept_copies import kept_copies

FORM = "pmo-%Y-%m-%dT%H%M%SZ.db"


def path_of_copy(folder: Path, moment: datetime) -> Path:
    """Where the copy of a moment (aware) lies; seconds count."""
    return folder / moment.astimezone(UTC).strftime(FORM)


def thin_out(folder: Path) -> list[Path]:
    """Removes the copies that need not stay; returns which, oldest first. The newest always stays."""
    copies = {moment: path for path in folder.iterdir() if (moment := _moment_of(path)) is not None}
    stays = kept_copies(copies)
    gone = [copies[moment] for moment in sorted(copies) if moment not in stays]
    for path in gone:
        path.unlink()
    return gone


def _moment_of(path: Path) -> datetime | None:
    """None for what is no copy of ours."""
    try:
        moment = datetime.strptime(path.name, FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if path.is_file() and path.name == moment.strftime(FORM) else None
