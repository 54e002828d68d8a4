"""Watch prices while orders are armed, and end at once when none is."""

from chalicelib.ports import Clock, WatchRegistry


class WatchPrices:
    """Look at the registry of armed orders again and again; what they wait for isn't looked at yet."""

    def __init__(self, registry: WatchRegistry, clock: Clock, *, interval_ms: int) -> None:
        self._registry = registry
        self._clock = clock
        self._interval_ms = interval_ms

    def run(self, *, until: int) -> None:
        """Look each `interval_ms` until this time (ms), or until nothing is armed.

        Raises StorageUnavailable: a younger watcher starts within a minute.
        """
        while self._registry.read().directions and self._clock.now() + self._interval_ms < until:
            self._clock.sleep(self._interval_ms)
