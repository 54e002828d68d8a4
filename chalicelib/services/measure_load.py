"""Say whether there is trading, and how much work there is."""

from dataclasses import dataclass

from chalicelib.domain.backlog import Backlog
from chalicelib.domain.trading import TradingState
from chalicelib.errors import Unavailable
from chalicelib.ports import OrderQueue
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.watch_trading import WatchTrading


@dataclass(frozen=True, slots=True)
class Load:
    """The switch and the backlog that admission goes by, and about how many executions run."""

    trading: TradingState
    backlog: Backlog
    executing: int


class MeasureLoad:
    """Measure the load; asked often, because it costs next to nothing."""

    def __init__(self, trading: WatchTrading, admit_order: AdmitOrder, queue: OrderQueue) -> None:
        self._trading = trading
        self._admit_order = admit_order
        self._queue = queue

    def measure(self) -> Load | None:
        """The load now; None when the table or the queue doesn't answer."""
        try:
            return Load(self._trading.state(), self._admit_order.backlog(), self._queue.running())
        except Unavailable:
            return None
