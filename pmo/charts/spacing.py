"""Labels side by side without covering each other."""

from __future__ import annotations

from collections.abc import Sequence


def spread(wanted: Sequence[float], step: float, lowest: float, highest: float) -> list[float]:
    """Places at least ``step`` apart, in the order of the wanted ones and as near to them as a simple walk gets.

    Between ``lowest`` and ``highest`` where there is room for all; the answer is in the order of the input.
    """
    order = sorted(range(len(wanted)), key=lambda number: (wanted[number], number))
    places: list[float] = []
    for number in order:
        at_least = places[-1] + step if places else lowest
        places.append(max(wanted[number], at_least))
    limit = highest
    for rank in range(len(places) - 1, -1, -1):
        places[rank] = min(places[rank], limit)
        limit = places[rank] - step
    by_number = dict(zip(order, places, strict=True))
    return [by_number[number] for number in range(len(wanted))]
