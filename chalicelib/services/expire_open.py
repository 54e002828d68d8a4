"""Close every open order of which no transaction is recorded, at an operator's word."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order
from chalicelib.domain.quotes import Reason
from chalicelib.domain.trading import TradingState
from chalicelib.errors import ClosedByOperator, TradingActive, VersionConflict
from chalicelib.ports import Clock, Identifiers, OrderRepository, Telemetry, TradingSwitch
from chalicelib.services.inspect_orders import read_each


@dataclass(frozen=True, slots=True)
class Closed:
    """Ids of orders: `expired` were closed, `submitted` are left to be resolved by what the chain says.

    `busy` were changed by somebody else at that moment; `unreadable` are of a newer release, or damaged.
    """

    expired: Sequence[str]
    submitted: Sequence[str]
    busy: Sequence[str]
    unreadable: Sequence[str]


class ExpireOpen:
    """Close the open orders without a recorded transaction, while trading is reducing or halted."""

    def __init__(
        self,
        *,
        orders: OrderRepository,
        switch: TradingSwitch,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
    ) -> None:
        self._orders = orders
        self._switch = switch
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry

    def run(self) -> Closed:
        """Go through the open orders once; the index may lag by a moment, so a second run may find more.

        Raises
        ------
        TradingActive
            New orders would come meanwhile, and good ones would be lost.
        StorageUnavailable
            What was closed until then stays closed; running it again goes on.
        """
        if self._switch.read().state is TradingState.ACTIVE:
            raise TradingActive("Trading is active: turn it to reducing or halted first")
        expired, submitted, busy = list[str](), list[str](), list[str]()
        seen = self._orders.open_orders(max(1, self._orders.count_waiting() + self._orders.count_landing()))
        orders, unreadable = read_each(self._orders, seen)
        for order in orders:
            if order.submission is not None:
                submitted.append(order.order_id)
            else:
                (expired if self._expire(order) else busy).append(order.order_id)
        return Closed(expired, submitted, busy, unreadable)

    def _expire(self, order: Order) -> bool:
        closed = ClosedByOperator("An operator closed the order; no transaction of it was recorded")
        stamp = Stamp(self._clock.now(), self._identifiers.write_id())
        expired = transitions.expire(order, Reason.of(closed), stamp)
        try:
            self._orders.save(expired)
        except VersionConflict:
            return False
        self._telemetry.order_moved(expired)
        return True
