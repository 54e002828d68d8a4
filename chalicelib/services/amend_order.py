"""Amend an order that waits for its price: in one write, so that it is never without its terms."""

from dataclasses import replace

from chalicelib.domain.amendments import Amendment, amended_terms
from chalicelib.domain.firing import MOST_AMENDMENTS, amend
from chalicelib.domain.lifecycle import Stamp, is_armed
from chalicelib.domain.new_order import IfMet
from chalicelib.domain.order import Order
from chalicelib.domain.terms import LimitTerms, TriggeredTerms
from chalicelib.domain.trading import TradingState
from chalicelib.errors import (
    AmendmentsAtLimit,
    OrderChanged,
    OrderNotAmendable,
    TradingHalted,
    VersionConflict,
)
from chalicelib.ports import Clock, Identifiers, OrderRepository, Telemetry
from chalicelib.services.judge_trigger import JudgeTrigger
from chalicelib.services.read_orders import ReadOrders
from chalicelib.services.watch_trading import WatchTrading

TRIES = 3
"""How often, in all, an amendment is tried that another write overtakes."""


class AmendOrder:
    """Amend orders. The version condition decides between this and whoever fires or cancels."""

    def __init__(
        self,
        *,
        orders: OrderRepository,
        reader: ReadOrders,
        judge: JudgeTrigger,
        trading: WatchTrading,
        clock: Clock,
        identifiers: Identifiers,
        telemetry: Telemetry,
    ) -> None:
        self._orders = orders
        self._reader = reader
        self._judge = judge
        self._trading = trading
        self._clock = clock
        self._identifiers = identifiers
        self._telemetry = telemetry

    def amend(self, order_id: str, account: str, amendment: Amendment, if_sequence: int | None) -> Order:
        """Amend the order and return it; one that is so already is returned as it is, and nothing written.

        `if_sequence` is the sequence that it has to be at; None is any. A price is judged like that of a new
        order, and a limit order that could have its price fires. Whatever is raised, nothing was changed.

        Raises
        ------
        OrderNotFound
            There is none with this id, or it belongs to another account.
        OrderChanged
            It is at another sequence.
        OrderNotAmendable
            It doesn't wait: it has fired, is final, never waits, or its time is over.
        InvalidRequest, TriggerBelowFloor
            It can't have these terms.
        AmendmentsAtLimit
            It was amended as often as it may be.
        TradingHalted
            Trading is halted, and a price would change.
        TriggerAlreadyMet, TriggerImplausible, PriceUnavailable
            As the judge says.
        VersionConflict
            Other writes overtook every try; asking again decides anew.
        """
        for _ in range(TRIES):
            order = self._reader.get(order_id, account)
            amended = self._decide(order, amendment, if_sequence)
            if amended is order:
                return order
            try:
                self._orders.save(amended, expires_after=amended.events[-1].at)
            except VersionConflict:
                continue
            self._telemetry.order_moved(amended)
            return amended
        raise VersionConflict(f"{order_id} was overtaken {TRIES} times")

    def _decide(self, order: Order, amendment: Amendment, if_sequence: int | None) -> Order:
        """Return the order as amended, or the very same if nothing changes."""
        if if_sequence is not None and order.version != if_sequence:
            raise OrderChanged(order.version)
        if not is_armed(order) or order.expires_at <= self._clock.now():
            raise OrderNotAmendable(order.status, order.version)
        terms, good_till = amended_terms(order, amendment)
        if (terms, good_till) == (order.terms, order.good_till):
            return order
        if order.amendments >= MOST_AMENDMENTS:
            raise AmendmentsAtLimit(MOST_AMENDMENTS)
        stamp = Stamp(self._clock.now(), self._identifiers.write_id())
        amended = amend(order, terms, good_till, stamp)
        if replace(terms, slippage_bps=order.terms.slippage_bps) != order.terms:
            self._check_price(amended, terms)
        return amended

    def _check_price(self, amended: Order, terms: TriggeredTerms) -> None:
        if self._trading.state() is TradingState.HALTED:
            raise TradingHalted
        self._judge.check(amended, IfMet.FIRE if isinstance(terms, LimitTerms) else IfMet.REFUSE)
