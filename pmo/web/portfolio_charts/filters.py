"""The overview's filter as these pages carry it along and say it."""

from __future__ import annotations

from collections.abc import Mapping

from pmo.i18n import gettext
from pmo.i18n.names import name_of
from pmo.queries.choices import FilterChoices
from pmo.queries.overview_filter import Wanted
from pmo.web.portfolio.views import PLACE


def query_of_filter(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of place in an address, for links that keep them; a status makes no sense where all are counted."""
    return {name: query[name] for name in PLACE if query.get(name)}


def chosen_filters(wanted: Wanted, choices: FilterChoices) -> list[tuple[str, str]]:
    """What is filtered by, in words: (what, which)."""
    by_choice = [
        (gettext("Curator"), wanted.area, choices.areas),
        (gettext("Department"), wanted.department, choices.departments),
        (gettext("Priority"), wanted.priority, choices.priorities),
        (gettext("Sector"), wanted.sector, choices.sectors),
        (gettext("District"), wanted.district, choices.districts),
    ]
    found = [(word, name_of(dict(offered).get(chosen))) for word, chosen, offered in by_choice if chosen]
    if len(choices.cities) > 1:
        city = name_of(dict(choices.cities).get(wanted.city)) if wanted.city else gettext("All cities")
        found.insert(0, (gettext("City"), city))
    if wanted.text:
        found.append((gettext("Code or name"), f"«{wanted.text}»"))
    if wanted.mine:
        found.append((gettext("Only mine"), ""))
    return found
