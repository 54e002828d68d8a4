"""Know how the trading switch stands, without a read for each question."""

from chalicelib.domain.trading import TradingState
from chalicelib.ports import Clock, TradingSwitch

TRUSTED_MS = 1_000
"""How long a worker trusts what it read: so long it may take until a turn of the switch is obeyed."""


class WatchTrading:
    """The switch as it stood within the last second. It is never guessed: what can't be read is raised."""

    def __init__(self, switch: TradingSwitch, clock: Clock) -> None:
        self._switch = switch
        self._clock = clock
        self._reading: tuple[TradingState, int] | None = None

    def state(self) -> TradingState:
        """How far trading may go now. Raises StorageUnavailable."""
        now = self._clock.now()
        if self._reading is None or now - self._reading[1] >= TRUSTED_MS:
            self._reading = (self._switch.read().state, now)
        return self._reading[0]
