"""Say whether there is trading, and how much work there is."""

from dataclasses import dataclass

from chalicelib.domain.backlog import Backlog
from chalicelib.domain.trading import TradingState
from chalicelib.errors import Outage
from chalicelib.ports import Clock, OrderQueue
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.watch_trading import TRUSTED_MS, WatchTrading


@dataclass(frozen=True, slots=True)
class Load:
    """The switch and the backlog that admission goes by, and about how many executions run."""

    trading: TradingState
    backlog: Backlog
    executing: int


class MeasureLoad:
    """Measure the load. Anybody may ask, as often as they like: what was read is kept for a second."""

    def __init__(
        self, trading: WatchTrading, admit_order: AdmitOrder, queue: OrderQueue, clock: Clock
    ) -> None:
        self._trading = trading
        self._admit_order = admit_order
        self._queue = queue
        self._clock = clock
        self._reading: tuple[int, int] | None = None

    def measure(self) -> Load | None:
        """The load now; None when the table or the queue doesn't answer."""
        try:
            return Load(self._trading.state(), self._admit_order.backlog(), self._executing())
        except Outage:
            return None

    def _executing(self) -> int:
        now = self._clock.now()
        if self._reading is None or now - self._reading[1] >= TRUSTED_MS:
            self._reading = (self._queue.running(), now)
        return self._reading[0]
