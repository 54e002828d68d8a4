"""Decide whether an account may place one more order.

Never, when there is no pool of its tokens. Not now, when trading is stopped or the backlog is too long for
the order's life. Not you, when a limit of the account stands against it: those that need no counting are held
in the domain (`risk.check_order`), the others in the one conditional write that counts the order
(`Exposures.count`, by the rule of `risk.count`). An order that waits for its price counts as armed instead
(`ArmedExposures.count`, by the rule of `armed_risk.count`), and only its request in the account's rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.backlog import Backlog, Slots
from chalicelib.domain.idempotency import Claim
from chalicelib.domain.limits import Limits, own_limits
from chalicelib.domain.order import Order
from chalicelib.domain.pairs import PairList
from chalicelib.domain.risk import check_order
from chalicelib.domain.tokens import TokenList
from chalicelib.domain.trading import TradingState
from chalicelib.errors import (
    ArmedAmountAboveLimit,
    ArmedOrdersAtLimit,
    EngineError,
    OpenOrdersAtLimit,
    Overloaded,
    TradingHalted,
    TradingReducing,
)
from chalicelib.ports import Admission, ArmedExposures, Clock, Exposures, OrderRepository
from chalicelib.services.forget_closed import ForgetClosed
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
    """Decide on admission: one conditional write an order, and two reads when the last ones are too old.

    An order that waits for its price takes two writes; the backlog is not its concern.

    Switch and backlog are asked first because they count nothing: what they refuse leaves no trace. `limits`
    are those of an account that has none of its own.
    """

    def __init__(
        self,
        *,
        orders: OrderRepository,
        exposures: Exposures,
        armed: ArmedExposures,
        trading: WatchTrading,
        limits: Limits,
        tokens: TokenList,
        pairs: PairList,
        clock: Clock,
        slots: Slots,
    ) -> None:
        self._orders = orders
        self._exposures = exposures
        self._forget = ForgetClosed(exposures, orders)
        self._armed = armed
        self._forget_armed = ForgetClosed(armed, orders)
        self._trading = trading
        self._limits = limits
        self._tokens = tokens
        self._pairs = pairs
        self._clock = clock
        self._slots = slots
        self._reading: _Reading | None = None

    def admit(self, order: Order, own: str, claim: Claim | None = None) -> Admission:
        """Count an order that is about to be stored against its account's limits.

        `own` is the account's own limits as JSON text. `claim` names a request that came with a key:
        copies of it that are under way at once count as one order, whose id is told.

        Raises
        ------
        PairNotTraded
            There is no pool of its tokens.
        TradingReducing, TradingHalted
            An operator stopped it.
        Overloaded
            The estimated wait is too long for the order's life.
        RateLimited
            The account asked too often.
        TokenNotAllowed, OrderAmountAboveLimit, DailyAmountAboveLimit, OpenOrdersAtLimit
            It is more than the account may order.
        OrderAmountBelowMinimum
            It is less than an order must be.
        IdempotencyKeyReused
            A request with another payload uses the key. None of these and the ones above counts the order.
        ArmedOrdersAtLimit, ArmedAmountAboveLimit
            It is one more armed order, or a larger amount of them, than the account may have. The request
            counts in the rate.
        UnsupportedSchemaVersion
            The account's own limits can't be read.
        StorageUnavailable
            Whether it was counted is unknown.
        """
        self._pairs.require(order.token_in, order.token_out)
        self._check_now(order)
        limits = own_limits(own, self._limits, self._tokens)
        check_order(order, limits)
        if order.good_till is not None:
            return self._admit_armed(order, limits, claim)
        try:
            admission = self._exposures.count(order, limits, claim)
        except OpenOrdersAtLimit:
            if not self._forget.forget_closed(order.account, order.accepted_at):
                raise
            return self._exposures.count(order, limits, claim)
        self._forget.keep_small(order.account, admission.open_orders, order.accepted_at)
        return admission

    def _admit_armed(self, order: Order, limits: Limits, claim: Claim | None) -> Admission:
        admission = self._exposures.count_request(order, limits, claim)
        order = replace(order, order_id=admission.order_id)
        try:
            counted = self._armed.count(order, limits)
        except (ArmedOrdersAtLimit, ArmedAmountAboveLimit):
            if not self._forget_armed.forget_closed(order.account, order.accepted_at):
                raise
            self._armed.count(order, limits)
        else:
            self._forget_armed.keep_small(order.account, counted, order.accepted_at)
        return admission

    def backlog(self, valid_for_seconds: int = 0) -> Backlog:
        """Return the backlog, read within the time for which it holds for an order with this life.

        Raises StorageUnavailable.
        """
        now, read = self._clock.now(), self._reading
        if read is None or now - read.at >= read.backlog.trusted_ms(valid_for_seconds):
            read = _Reading(Backlog(self._orders.count_waiting(), self._slots), now)
            self._reading = read
        return read.backlog

    def _check_now(self, order: Order) -> None:
        stopped = _STOPPED.get(self._trading.state())
        if stopped is not None:
            raise stopped
        if order.good_till is not None:
            return
        life = (order.expires_at - order.accepted_at) // 1000
        backlog = self.backlog(life)
        too_long = backlog.seconds_too_long(life)
        if too_long:  # and when that is over, no worker trusts today's reading any more
            raise Overloaded(too_long + -(-backlog.trusted_ms(life) // 1000))
