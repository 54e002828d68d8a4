"""Decide whether an account may place one more order: is there trading, can the backlog take it, its rate."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.backlog import Backlog
from chalicelib.domain.trading import TradingState
from chalicelib.errors import EngineError, Overloaded, TradingHalted, TradingReducing
from chalicelib.ports import Admission, Clock, OrderRepository, RateLimiter
from chalicelib.services.watch_trading import WatchTrading

BACKLOG_KEPT_MS = 1_000
"""How long a worker trusts the backlog that it read."""


_STOPPED: Mapping[TradingState, type[EngineError]] = {
    TradingState.REDUCING: TradingReducing,
    TradingState.HALTED: TradingHalted,
}


@dataclass(frozen=True, slots=True)
class _Reading:
    backlog: Backlog
    at: int


class AdmitOrder:
    """Guard the way in: one conditional write a request, and two reads when the last are over a second old.

    Switch and backlog are asked first because they count nothing: what they refuse leaves the rate untouched.
    """

    def __init__(
        self,
        orders: OrderRepository,
        trading: WatchTrading,
        limiter: RateLimiter,
        clock: Clock,
        average_execution_ms: int,
    ) -> None:
        self._orders = orders
        self._trading = trading
        self._limiter = limiter
        self._clock = clock
        self._average_execution_ms = average_execution_ms
        self._reading: _Reading | None = None

    def admit(self, caller: str, valid_for_seconds: int) -> Admission:
        """Count the request in the caller's rate.

        Raises
        ------
        TradingReducing, TradingHalted
            An operator stopped it; nothing was counted.
        Overloaded
            The estimated wait is too long for the order's life; nothing was counted.
        RateLimited
            The caller asked too often; the request wasn't counted.
        """
        stopped = _STOPPED.get(self._trading.state())
        if stopped is not None:
            raise stopped
        too_long = self.backlog().seconds_too_long(valid_for_seconds)
        if too_long:
            raise Overloaded(too_long + BACKLOG_KEPT_MS // 1000)  # by then no worker trusts today's reading
        return self._limiter.admit(caller, self._clock.now())

    def backlog(self) -> Backlog:
        """The backlog as it was within the last second. Raises StorageUnavailable."""
        now = self._clock.now()
        if self._reading is None or now - self._reading.at >= BACKLOG_KEPT_MS:
            backlog = Backlog(self._orders.count_open(), self._average_execution_ms)
            self._reading = _Reading(backlog, now)
        return self._reading.backlog
