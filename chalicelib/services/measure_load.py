"""Measure the engine's load, and read whether it trades."""

from dataclasses import dataclass

from chalicelib.domain.backlog import Backlog
from chalicelib.domain.trading import TradingState
from chalicelib.domain.watching import Watching, WatchState
from chalicelib.errors import Outage
from chalicelib.ports import Clock, OrderQueue, OrderRepository, WatchRegistry
from chalicelib.services.admit_order import AdmitOrder
from chalicelib.services.watch_trading import TRUSTED_MS, WatchTrading


@dataclass(frozen=True, slots=True)
class Load:
    """The switch and the backlog that admission goes by.

    `landing` orders are submitted and not final; about `executing` executions run. `watching` is whether the
    prices of armed orders are watched, and `look_age_ms` for how long nobody looked at them.
    """

    trading: TradingState
    backlog: Backlog
    landing: int
    executing: int
    watching: WatchState = WatchState.IDLE
    look_age_ms: int | None = None


class MeasureLoad:
    """Measure the load. Readings are kept for a second, so that anybody may ask as often as they like."""

    def __init__(
        self,
        *,
        trading: WatchTrading,
        admit_order: AdmitOrder,
        orders: OrderRepository,
        executions: OrderQueue,
        registry: WatchRegistry,
        clock: Clock,
    ) -> None:
        self._trading = trading
        self._admit_order = admit_order
        self._orders = orders
        self._executions = executions
        self._registry = registry
        self._clock = clock
        self._reading: tuple[int, int, Watching] | None = None
        self._read_at = 0

    def measure(self) -> Load | None:
        """Return the load now; None when the table or the queue doesn't answer."""
        try:
            landing, executing, watching = self._counts()
            now, trading = self._clock.now(), self._trading.state()
            return Load(
                trading,
                self._admit_order.backlog(),
                landing,
                executing,
                watching.state(now),
                watching.look_age(now),
            )
        except Outage:
            return None

    def _counts(self) -> tuple[int, int, Watching]:
        now = self._clock.now()
        if self._reading is None or now - self._read_at >= TRUSTED_MS:
            self._reading = (
                self._orders.count_landing(),
                self._executions.running(),
                self._registry.read(),
            )
            self._read_at = now
        return self._reading
