"""``pmo retention``."""

from __future__ import annotations

from collections import Counter

import click

from pmo.cli.frame import FORMAT, chosen_cities, print_json, print_table, runtime_for_facts, say
from pmo.runtime import Runtime
from pmo.services.retention import Occasion, carry_out, due


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would go; nothing is changed.")
@click.option("--city", help="One city only.")
@FORMAT
def retention(dry_run: bool, city: str | None, form: str) -> None:
    """Removes what has been kept long enough, as the scheduler does every night, until nothing is left to remove.

    Facts, alerts, events of the record and the keys of mails are never removed.
    """
    runtime = runtime_for_facts()
    found: Counter[str] = Counter()
    for place in chosen_cities(runtime, city):
        found += _would_go(runtime, place.id) if dry_run else _gone(runtime, place.id)
    if form == "json":
        print_json(dict(sorted(found.items())))
    else:
        print_table(("kind", "rows"), sorted(found.items()))
    say("Nothing was changed." if dry_run else f"{found.total()} rows were removed or emptied.")


def _occasion(runtime: Runtime, city: str) -> Occasion:
    return Occasion(city, runtime.settings.terms, runtime.now(), runtime.clock_on_the_wall.now())


def _would_go(runtime: Runtime, city: str) -> Counter[str]:
    with runtime.reading() as session:
        return Counter(due(session, _occasion(runtime, city)))


def _gone(runtime: Runtime, city: str) -> Counter[str]:
    total: Counter[str] = Counter()
    while True:
        with runtime.writing() as session:
            found = carry_out(session, _occasion(runtime, city))
        if not found:
            return total
        total.update(found)
