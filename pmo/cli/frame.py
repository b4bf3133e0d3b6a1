"""What all commands share: settings, a runtime, output, and how a refusal ends."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NoReturn

import click

from config import Settings, SettingsError
from pmo.clock import local_moment, utc_text
from pmo.db import migrate
from pmo.db.session import DatabaseError
from pmo.exchange.faults import ImportFault, sentence_of
from pmo.exchange.signed_notes import KeyFileRefused
from pmo.i18n import speaking
from pmo.jobs.dangers import dangers_of
from pmo.queries.places import City, cities
from pmo.runtime import Runtime
from pmo.services.checkpoints import signer_of

REFUSED, UNUSABLE = 1, 2
COMMAND_LANGUAGE = "en"
"""Commands speak English, as their help does; pages and mails speak the reader's language."""

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Form of the result.",
)


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date, or wrong usage."""
        if isinstance(value, date):
            return value
        try:
            if len(value) != len("2020-01-31"):
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date: write it as 2020-01-31", param, ctx)


class Moment(click.ParamType[datetime]):
    """An ISO date and time; without an offset it is in the city's zone."""

    name = "datetime"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, perhaps still naive, or wrong usage."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment: write it as 2020-01-31T08:20", param, ctx)


def runtime_for_facts() -> Runtime:
    """An installation for commands that only need its database, at the newest migration."""
    runtime = bare_runtime()
    try:
        at, needed = migrate.current_revision(runtime.engines), migrate.newest_revision()
    except DatabaseError as error:
        unusable(f"The database cannot be reached: {error}")
    if at != needed:
        refuse("The database is not at the newest migration: run `pmo db upgrade` first.")
    return runtime


def bare_runtime() -> Runtime:
    """An installation whose database may still be empty."""
    try:
        return Runtime(Settings.for_facts(os.environ))
    except (SettingsError, DatabaseError) as error:
        unusable(str(error))


def runtime_for_service() -> Runtime:
    """An installation that shows pages: every setting is demanded, and nothing that endangers it is there."""
    return _started(Settings.for_service)


def runtime_for_sending() -> Runtime:
    """An installation that signs the record and sends mail: the same, and its key."""
    runtime = _started(Settings.for_sending)
    try:
        signer_of(runtime.settings)
    except KeyFileRefused as error:
        unusable(f"PMO_AUDIT_KEY_FILE: {KEY_WORDS[error.code]} ({error.path})")
    return runtime


KEY_WORDS = {
    "key_missing": "the file cannot be read; make one with `pmo audit keygen`",
    "key_exposed": "others than its owner can read or write the file; run `chmod 600` on it",
    "key_malformed": "the file holds no key; make one with `pmo audit keygen`",
}


def _started(read: Callable[[Mapping[str, str]], Settings]) -> Runtime:
    try:
        runtime = Runtime(read(os.environ))
        dangers = dangers_of(runtime)
    except SettingsError as error:
        unusable(str(error))
    except DatabaseError as error:
        unusable(f"The database of PMO_DATABASE_URL cannot be reached: {error}")
    if dangers:
        refuse("\n".join(dangers))
    return runtime


def chosen_cities(runtime: Runtime, city_id: str | None) -> list[City]:
    """The named city, or all of them."""
    with runtime.reading() as session:
        known = cities(session)
    if city_id is None:
        return known
    chosen = [city for city in known if city.id == city_id]
    if not chosen:
        names = ", ".join(city.id for city in known) or "none is loaded yet"
        refuse(f"There is no city {city_id!r}; known: {names}.")
    return chosen


def moment_in(city: City, moment: datetime | None, runtime: Runtime) -> datetime:
    """The given moment, naive ones read in the city's zone; without one the present of the installation."""
    if moment is None:
        return runtime.now()
    if moment.tzinfo is None:
        return local_moment(moment.date(), moment.time(), city.zone)
    return moment.astimezone(UTC)


def say(message: str) -> None:
    """Something for the person at the terminal."""
    click.echo(message, err=True)


def say_faults(faults: Iterable[ImportFault]) -> None:
    """What is wrong with a file, a line each: file and line, the place, the sentence with value and expectation."""
    with speaking(COMMAND_LANGUAGE):
        for fault in faults:
            place = fault.file if fault.line is None else f"{fault.file}:{fault.line}"
            say(": ".join(part for part in (place, fault.path, sentence_of(fault)) if part))


def refuse(message: str) -> NoReturn:
    """Ends with status 1: understood, but not done."""
    say(message)
    sys.exit(REFUSED)


def unusable(message: str) -> NoReturn:
    """Ends with status 2: a setting, an option or a file that cannot be used."""
    say(message)
    sys.exit(UNUSABLE)


def print_json(value: Any) -> None:
    """A result for a script: sorted as built, dates as ISO texts, letters as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A result for a person: columns as wide as their widest cell."""
    lines = [tuple(head), *(tuple("" if cell is None else str(cell) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for number, line in enumerate(lines):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if number == 0:
            click.echo("  ".join("-" * width for width in widths))


def utc(moment: datetime | None) -> str | None:
    """An instant as the contract writes it: UTC, with a Z."""
    return utc_text(moment) if moment else None


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return utc(value) or ""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
