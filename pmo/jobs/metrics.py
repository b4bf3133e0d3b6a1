"""The checks of the health page as Prometheus wants them: 1 is well, 0 is red, and every figure a gauge."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.registry import Collector

from pmo.jobs.health import Check, Health

__all__ = ["CONTENT_TYPE", "exposition"]

PREFIX = "pmo"


def exposition(health: Health) -> bytes:
    """The text that Prometheus fetches."""
    registry = CollectorRegistry()
    registry.register(_Checks(health))
    return generate_latest(registry)


class _Checks(Collector):
    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterable[GaugeMetricFamily]:
        well = GaugeMetricFamily(f"{PREFIX}_ok", "1 where nothing is red.")
        well.add_metric([], float(self._health.is_well))
        yield well
        families: dict[str, GaugeMetricFamily] = {}
        for check in self._health.checks:
            _add(
                families, f"{PREFIX}_{check.name}_ok", f"1 where the check {check.name} is well.", check, check.is_well
            )
            for name, value in check.figures.items():
                if isinstance(value, int | float):
                    _add(families, f"{PREFIX}_{check.name}_{name}", f"{name} of the check {check.name}.", check, value)
        yield from families.values()


def _add(families: dict[str, GaugeMetricFamily], name: str, text: str, check: Check, value: float) -> None:
    if name not in families:
        families[name] = GaugeMetricFamily(name, text, labels=list(check.labels))
    families[name].add_metric(list(check.labels.values()), float(value))
