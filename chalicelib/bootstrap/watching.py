"""The use case that watches prices, made from the adapters."""

from chalicelib.bootstrap.adapters import Adapters
from chalicelib.services.watch_prices import WatchPrices


def watch_prices(ports: Adapters) -> WatchPrices:
    """Return the watcher of prices."""
    interval_ms = ports.settings.triggers.watch_interval_ms
    return WatchPrices(ports.watch_registry, ports.clock, interval_ms=interval_ms)
