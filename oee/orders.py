"""The orders that can be placed, by their type, and the keywords that name their terms.

An order says what its body holds; the client sends it. None leaves a term to the API.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Required, TypedDict

from oee.bodies import Amount, IfFar, IfMet, IfRecovered, Time, TimeInForce, plain_amount, plain_time


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A swap of exactly `amount` of token_in into token_out, both by symbol or mint.

    `slippage` is a fraction of what is quoted: "0.01" is 1 %. The bodies raise a TypeError for an amount or
    a price that is a float or a bool, and for a time without a zone.
    """

    TYPE: ClassVar[str]

    token_in: str
    token_out: str
    amount: Amount
    slippage: Amount | None = field(default=None, kw_only=True)

    @property
    def waits(self) -> bool:
        """Whether it waits for its price instead of trading at once."""
        return False

    def body(self) -> dict[str, Any]:
        """Return what is sent to place it."""
        return {**self._swap(), "type": self.TYPE}

    def quote_body(self) -> dict[str, Any]:
        """Return what is sent to ask what it would give now."""
        return self.body()

    def _swap(self) -> dict[str, Any]:
        amount = plain_amount("amount", self.amount)
        swap = {"tokenIn": self.token_in, "tokenOut": self.token_out, "amount": amount}
        return (
            swap if self.slippage is None else {**swap, "slippage": plain_amount("slippage", self.slippage)}
        )


@dataclass(frozen=True, slots=True)
class MarketOrder(NewOrder):
    """A market order: swap at once. It never gives less than `minimum_amount_out`."""

    TYPE: ClassVar[str] = "market"

    minimum_amount_out: Amount | None = field(default=None, kw_only=True)

    def body(self) -> dict[str, Any]:
        """Return what is sent to place it."""
        body = {**self._swap(), "type": self.TYPE}
        if self.minimum_amount_out is not None:
            body["minimumAmountOut"] = plain_amount("minimum_amount_out", self.minimum_amount_out)
        return body

    def quote_body(self) -> dict[str, Any]:
        """Return its swap: what that gives doesn't depend on the minimum."""
        return self._swap()


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedOrder(NewOrder):
    """An order with a price, in whole tokens of `price_in`, which is one of the two, for one of the other.

    It waits until `expires_at`, or for as long as the API lets orders wait. `if_met` says what becomes of it
    if its price is met when it comes: a limit order fires unless that says otherwise, every other one is
    refused. A price that is far from the market's is refused unless `if_far` is "accept".
    """

    price_in: str
    expires_at: Time | None = None
    if_met: IfMet | None = None
    if_far: IfFar | None = None

    @property
    def waits(self) -> bool:
        """Whether it waits for its price instead of trading at once."""
        return True

    @property
    def in_force(self) -> TimeInForce:
        """How long it waits: GTD until its time, if it has one, else GTC."""
        return _until(self.expires_at)

    def body(self) -> dict[str, Any]:
        """Return what is sent to place it."""
        body = {**self._swap(), "type": self.TYPE, **self._price()}
        body |= {"priceIn": self.price_in, "timeInForce": self.in_force}
        if self.expires_at is not None:
            body["expiresAt"] = plain_time("expires_at", self.expires_at)
        named = {"ifMet": self.if_met, "ifFar": self.if_far}
        return body | {name: said for name, said in named.items() if said is not None}

    def _price(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOrder(PricedOrder):
    """A limit order: swap at `price` or a better one, net of all fees; when it can be had, or at once.

    `time_in_force` is GTC or GTD unless it is given; FOK and IOC don't wait.
    """

    TYPE: ClassVar[str] = "limit"

    price: Amount
    time_in_force: TimeInForce | None = None

    @property
    def waits(self) -> bool:
        """Whether it waits for its price instead of trading at once."""
        return self.in_force in {"GTC", "GTD"}

    @property
    def in_force(self) -> TimeInForce:
        """How long it waits: as is given, else GTD until its time, if it has one, else GTC."""
        return self.time_in_force or _until(self.expires_at)

    def _price(self) -> dict[str, Any]:
        return {"limitPrice": plain_amount("price", self.price)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOrder(PricedOrder):
    """A stop: swap at the market when the price is at the `trigger` or worse.

    With a `limit_price` it gives no less than that price, and waits for it once it has fired. `if_recovered`
    says what it does when it has fired and the market is better than the trigger again: "hold" waits on,
    "trade" swaps all the same; it holds unless that is given.
    """

    TYPE: ClassVar[str] = "stop"

    trigger: Amount
    limit_price: Amount | None = None
    if_recovered: IfRecovered | None = None

    def _price(self) -> dict[str, Any]:
        price: dict[str, Any] = {"trigger": {"price": plain_amount("trigger", self.trigger)}}
        if self.limit_price is not None:
            price["limitPrice"] = plain_amount("limit_price", self.limit_price)
        return price if self.if_recovered is None else {**price, "ifRecovered": self.if_recovered}


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeProfitOrder(PricedOrder):
    """A take-profit: swap at the market when the price is at the `trigger` or better."""

    TYPE: ClassVar[str] = "takeProfit"

    trigger: Amount

    def _price(self) -> dict[str, Any]:
        return {"trigger": {"price": plain_amount("trigger", self.trigger)}}


def _until(expires_at: Time | None) -> TimeInForce:
    return "GTC" if expires_at is None else "GTD"


class PricedTerms(TypedDict, total=False):
    """The terms of a PricedOrder, as keywords."""

    price_in: Required[str]
    slippage: Amount | None
    expires_at: Time | None
    if_met: IfMet | None
    if_far: IfFar | None


class LimitTerms(PricedTerms, total=False):
    """The terms of a LimitOrder, as keywords."""

    price: Required[Amount]
    time_in_force: TimeInForce | None


class StopTerms(PricedTerms, total=False):
    """The terms of a StopOrder, as keywords."""

    trigger: Required[Amount]
    limit_price: Amount | None
    if_recovered: IfRecovered | None


class TakeProfitTerms(PricedTerms, total=False):
    """The terms of a TakeProfitOrder, as keywords."""

    trigger: Required[Amount]
