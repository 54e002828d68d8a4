"""Measure the engine's load, and read whether it trades."""

from dataclasses import dataclass

from chalicelib.domain.backlog import Backlog
from chalicelib.domain.trading import TradingState
from chalicelib.errors import Outage
from chalicelib.ports import Clock, OrderQueue, OrderRepository
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.watch_trading import TRUSTED_MS, WatchTrading


@dataclass(frozen=True, slots=True)
class Load:
    """The switch and the backlog that admission goes by.

    `landing` orders are submitted and not final; about `executing` executions run.
    """

    trading: TradingState
    backlog: Backlog
    landing: int
    executing: int


class MeasureLoad:
    """Measure the load. Readings are kept for a second, so that anybody may ask as often as they like."""

    def __init__(
        self,
        *,
        trading: WatchTrading,
        admit_order: AdmitOrder,
        orders: OrderRepository,
        executions: OrderQueue,
        clock: Clock,
    ) -> None:
        self._trading = trading
        self._admit_order = admit_order
        self._orders = orders
        self._executions = executions
        self._clock = clock
        self._reading: tuple[int, int] | None = None
        self._read_at = 0

    def measure(self) -> Load | None:
        """Return the load now; None when the table or the queue doesn't answer."""
        try:
            landing, executing = self._counts()
            return Load(self._trading.state(), self._admit_order.backlog(), landing, executing)
        except Outage:
            return None

    def _counts(self) -> tuple[int, int]:
        now = self._clock.now()
        if self._reading is None or now - self._read_at >= TRUSTED_MS:
            self._reading = self._orders.count_landing(), self._executions.running()
            self._read_at = now
        return self._reading
