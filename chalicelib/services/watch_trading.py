"""Read the trading switch at most once a second per worker."""

from chalicelib.domain.trading import TradingState
from chalicelib.ports import Clock, TradingSwitch

TRUSTED_MS = 1_000
"""Milliseconds for which a worker trusts a reading, and so until it obeys a turn of the switch."""


class WatchTrading:
    """The trading switch as read within the last second. A failed read is raised and never guessed."""

    def __init__(self, switch: TradingSwitch, clock: Clock) -> None:
        self._switch = switch
        self._clock = clock
        self._reading: tuple[TradingState, int] | None = None

    def state(self) -> TradingState:
        """Return the state of the switch. Raises StorageUnavailable."""
        now = self._clock.now()
        if self._reading is None or now - self._reading[1] >= TRUSTED_MS:
            self._reading = (self._switch.read().state, now)
        return self._reading[0]
