"""What the watcher of prices is woken by, and how it knows whether anything is armed."""

from typing import Protocol

from chalicelib.domain.watching import Watching


class WatchRegistry(Protocol):
    """Says in which directions orders may be armed, and when somebody last looked at prices."""

    def read(self) -> Watching:
        """Return what stands in it. Raises StorageUnavailable."""


class Waker(Protocol):
    """Starts a watcher of prices, so that an order which was just armed isn't left to the next minute."""

    def wake(self) -> None:
        """Ask for a watcher, and don't wait for it. Never raises: each minute one is started anyway."""
