"""``pmo alerts``."""

from __future__ import annotations

from datetime import date

import click

from pmo.cli.frame import FORMAT, Day, chosen_cities, print_json, refuse, runtime_for_facts
from pmo.domain.errors import NotFound
from pmo.i18n import speaking
from pmo.i18n.explanations import explained
from pmo.jobs.why import Answer
from pmo.jobs.why import why as reasons


@click.group()
def alerts() -> None:
    """Alerts and the ladder."""


@alerts.command()
@click.argument("item")
@click.option("--person", required=True, help="Id of the post, as `pmo outbox list` names recipients.")
@click.option("--on", "on", type=Day(), help="The morning that is asked about; today without it.")
@click.option("--city", help="One city only.")
@FORMAT
def why(item: str, person: str, on: date | None, city: str | None, form: str) -> None:
    """Why a post was told of ITEM (a milestone, indicator or project) on a day, or why not."""
    runtime = runtime_for_facts()
    for place in chosen_cities(runtime, city):
        day = on or runtime.today(place.timezone)
        try:
            with runtime.reading() as session:
                found = reasons(runtime, session, place, item, person, day)
        except NotFound:
            continue
        _show(found, form)
        return
    refuse(f"There is no item {item!r} or no post {person!r} in one city.")


def _show(found: Answer, form: str) -> None:
    with speaking("en"):
        told = [(one, explained(one, found.people)) for one in found.explanations]
    if form == "json":
        print_json(
            {
                "item": found.item,
                "person": found.person,
                "on": found.on.isoformat(),
                "reasons": [
                    {
                        "code": one.code.value,
                        "values": {name: _plain(value) for name, value in one.values.items()},
                        "text": text,
                    }
                    for one, text in told
                ],
            }
        )
        return
    for _, text in told:
        click.echo(text)


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value
