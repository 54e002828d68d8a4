"""Decide whether an account may place one more order: is there trading, the backlog, the account's limits."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.backlog import Backlog
from chalicelib.domain.order import Order
from chalicelib.domain.trading import TradingState
from chalicelib.errors import EngineError, Overloaded, TradingHalted, TradingReducing
from chalicelib.ports import Admission, Clock, OrderRepository
from chalicelib.services.guard_exposure import GuardExposure
from chalicelib.services.watch_trading import WatchTrading

_STOPPED: Mapping[TradingState, type[EngineError]] = {
    TradingState.REDUCING: TradingReducing,
    TradingState.HALTED: TradingHalted,
}


@dataclass(frozen=True, slots=True)
class _Reading:
    backlog: Backlog
    at: int


class AdmitOrder:
    """Guard the way in: one conditional write an order, and two reads when the last are too old.

    Switch and backlog are asked first because they count nothing: what they refuse leaves no trace.
    """

    def __init__(
        self,
        orders: OrderRepository,
        trading: WatchTrading,
        gate: GuardExposure,
        clock: Clock,
        average_execution_ms: int,
    ) -> None:
        self._orders = orders
        self._trading = trading
        self._gate = gate
        self._clock = clock
        self._average_execution_ms = average_execution_ms
        self._reading: _Reading | None = None

    def admit(self, order: Order, own_limits: str, claim: str = "") -> Admission:
        """Count an order that is about to be stored against its account's limits, `own_limits` among them.

        What has the same `claim` as another order of this minute was counted with it, unless it is "".

        Raises
        ------
        TradingReducing, TradingHalted
            An operator stopped it; nothing was counted.
        Overloaded
            The estimated wait is too long for the order's life; nothing was counted.
        RateLimited, TokenNotAllowed, OrderAmountAboveLimit, DailyAmountAboveLimit, OpenOrdersAtLimit
            A limit of the account stands against it; the order wasn't counted.
        """
        stopped = _STOPPED.get(self._trading.state())
        if stopped is not None:
            raise stopped
        life = (order.expires_at - order.accepted_at) // 1000
        backlog = self.backlog(life)
        too_long = backlog.seconds_too_long(life)
        if too_long:  # and when that is over, no worker trusts today's reading any more
            raise Overloaded(too_long + -(-backlog.trusted_ms(life) // 1000))
        return self._gate.admit(order, own_limits, claim)

    def backlog(self, valid_for_seconds: int = 0) -> Backlog:
        """The backlog as it was a moment ago, as exact as an order with this life needs it.

        Raises StorageUnavailable.
        """
        now, read = self._clock.now(), self._reading
        if read is None or now - read.at >= read.backlog.trusted_ms(valid_for_seconds):
            read = _Reading(Backlog(self._orders.count_open(), self._average_execution_ms), now)
            self._reading = read
        return read.backlog
