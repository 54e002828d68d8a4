"""Doubts about an order that a person is shown, and asked about, before it is placed."""

from collections.abc import Iterator
from decimal import Decimal

from oee.orders import LimitOrder, NewOrder
from oee.records import Quote
from oee.wording import percent, plain, said

MUCH_SLIPPAGE = 5
"""Slippage in per cent above which the person is asked."""

NOTABLE_IMPACT_BPS = 100
MUCH_IMPACT_BPS = 500
"""Price impact in basis points from which it is shown as a warning, and from which the person is asked."""


def doubts_of_slippage(slippage: Decimal | None) -> list[str]:
    """Return the doubts about an order with this slippage (in per cent)."""
    if slippage is None or slippage <= MUCH_SLIPPAGE:
        return []
    much = plain(slippage)
    return [f"A slippage of {much} % lets the order give up to {much} % less than quoted."]


def doubts_of_offer(order: NewOrder, offer: Quote) -> list[str]:
    """Return the doubts about an order with this quote."""
    if order.waits:
        return [*_doubts_of_waiting(order, offer)]
    doubts = []
    if offer.denied is not None:
        doubts.append(f"The order would fail: {said(offer.denied)}")
    elif (offer.price_impact_bps or 0) >= MUCH_IMPACT_BPS:
        impact = percent(offer.price_impact_bps or 0)
        doubts.append(f"The price impact is {impact}: so much moves the price, and trades at the moved one.")
    return doubts


def _doubts_of_waiting(order: NewOrder, offer: Quote) -> Iterator[str]:
    """Yield the doubts about an order that waits: that its price can't be had now is none."""
    if offer.denied is not None and offer.denied.code != "ROUTE_BELOW_MINIMUM":
        yield f"It could not trade now: {said(offer.denied)}"
    if offer.would_fire and not isinstance(order, LimitOrder):
        yield "Its trigger is met now: unless it is refused for that, it trades at once."
