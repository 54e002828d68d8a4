"""What the watcher of prices is woken by, and how it knows whether anything is armed."""

from collections.abc import Mapping
from typing import Protocol


class WatchRegistry(Protocol):
    """The directions in which orders may be armed."""

    def directions(self) -> Mapping[str, int]:
        """Return the directions (tokenIn's mint, ">", tokenOut's) and when each was last armed (ms).

        Raises StorageUnavailable.
        """


class Waker(Protocol):
    """Starts a watcher of prices, so that an order which was just armed isn't left to the next minute."""

    def wake(self) -> None:
        """Ask for a watcher, and don't wait for it. Never raises: each minute one is started anyway."""
