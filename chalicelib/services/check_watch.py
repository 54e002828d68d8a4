"""Tell when nobody looks at prices though orders are armed: a watcher that is dead can't tell it itself."""

from chalicelib.errors import StorageUnavailable
from chalicelib.ports import Clock, Telemetry, WatchRegistry


class CheckWatch:
    """Read the signs of life that watchers leave in the registry of armed orders."""

    def __init__(self, registry: WatchRegistry, clock: Clock, telemetry: Telemetry) -> None:
        self._registry = registry
        self._clock = clock
        self._telemetry = telemetry

    def check(self) -> None:
        """Tell of a watcher that is silent. A registry that can't be read is told too, and nothing raises."""
        try:
            silence = self._registry.read().silent_for(self._clock.now())
        except StorageUnavailable as error:
            self._telemetry.record_failed("watch registry", error)
            return
        if silence:
            self._telemetry.watcher_silent(silence)
