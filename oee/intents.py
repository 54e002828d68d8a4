"""What a person at a command line wants to place: the order, and how it is said."""

from dataclasses import dataclass, replace
from decimal import Decimal

from oee.bodies import plain_amount, plain_time
from oee.orders import LimitOrder, MarketOrder, NewOrder, PricedOrder, StopOrder, TakeProfitOrder
from oee.records import Quote
from oee.wording import SwapText, plain


@dataclass(frozen=True, slots=True)
class Intent:
    """An order, and its slippage in percent as it was given."""

    order: NewOrder
    slippage: Decimal | None

    @property
    def swap(self) -> SwapText:
        """The texts of its swap."""
        order = self.order
        return SwapText(plain_amount("amount", order.amount), order.token_in, order.token_out)

    def bound_to(self, offer: Quote) -> "Intent":
        """Return the intent that never gives less than this offer's minimum, unless it is bound already."""
        order = self.order
        if not isinstance(order, MarketOrder) or order.minimum_amount_out is not None:
            return self
        return replace(self, order=replace(order, minimum_amount_out=plain(offer.minimum_amount_out)))

    def terms(self) -> str:
        """Return what follows its swap in a sentence."""
        order = self.order
        slippage = f", slippage {plain(self.slippage)} %" if self.slippage is not None else ""
        if isinstance(order, MarketOrder):
            least = f", at least {order.minimum_amount_out}" if order.minimum_amount_out is not None else ""
            return f"{slippage}{least}"
        return f"{_price(order)}{_until(order)}{slippage}"

    def again(self, key: str) -> str:
        """Return the sentence that tells how the command repeats this very order."""
        order = self.order
        options = f"--key {key}"
        if isinstance(order, MarketOrder) and order.minimum_amount_out is not None:
            options += f" --minimum {order.minimum_amount_out}"
        if isinstance(order, PricedOrder) and order.expires_at is not None:
            options += f" --good-till {plain_time('expires_at', order.expires_at)}"
        return f"Given again with {options} within five minutes, the command can't place a second one."


def _price(order: NewOrder) -> str:
    if isinstance(order, LimitOrder):
        return f" at {order.price} {order.price_in} or better, {order.in_force}"
    if isinstance(order, StopOrder):
        floor = f", floor {order.limit_price} {order.price_in}" if order.limit_price is not None else ""
        return f", stop at {order.trigger} {order.price_in}{floor}, {order.in_force}"
    if isinstance(order, TakeProfitOrder):
        return f", take-profit at {order.trigger} {order.price_in}, {order.in_force}"
    return ""


def _until(order: NewOrder) -> str:
    if not isinstance(order, PricedOrder) or order.expires_at is None:
        return ""
    return f" until {plain_time('expires_at', order.expires_at)}"


def fraction_of(percent: Decimal | None) -> Decimal | None:
    """Return a percentage as the fraction that the API expects: 0.01 is 1 %."""
    return None if percent is None else percent / 100
