"""The orders that the command line places: how each is quoted, said, and sent."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol, Self

from oee.bodies import TimeInForce
from oee.client import Client
from oee.records import Placed, Quote
from oee.wording import SwapText, plain


@dataclass(frozen=True, slots=True)
class Sending:
    """How an order is sent: its key, its life (s), and whether it waits while it is refused for now."""

    key: str
    valid_for_seconds: int | None
    wait: bool


class Order(Protocol):
    """An order that a person wants to place."""

    @property
    def swap(self) -> SwapText:
        """The texts of its swap."""

    def quote(self, client: Client) -> Quote:
        """Ask, once, what it would give now."""

    def bound_to(self, offer: Quote) -> Self:
        """Return the order that never gives less than this offer's minimum."""

    def place(self, client: Client, how: Sending) -> Placed:
        """Place it."""

    def terms(self) -> str:
        """Return what follows its swap in a sentence."""

    def binding(self) -> str:
        """Return the options that a person has to add, so that the command repeats this very order."""


@dataclass(frozen=True, slots=True)
class MarketOrder:
    """A market order; `slippage` is in percent."""

    swap: SwapText
    slippage: Decimal | None
    minimum: str | None

    def quote(self, client: Client) -> Quote:
        """Ask, once, what it would give now."""
        swap = self.swap
        return client.quote(
            swap.token_in, swap.token_out, swap.amount, slippage=fraction_of(self.slippage), wait=False
        )

    def bound_to(self, offer: Quote) -> Self:
        """Return the order with the offer's minimum, unless it has one of its own."""
        return replace(self, minimum=self.minimum or plain(offer.minimum_amount_out))

    def place(self, client: Client, how: Sending) -> Placed:
        """Place it."""
        swap = self.swap
        return client.place(
            swap.token_in,
            swap.token_out,
            swap.amount,
            slippage=fraction_of(self.slippage),
            minimum_amount_out=self.minimum,
            valid_for_seconds=how.valid_for_seconds,
            key=how.key,
            wait=how.wait,
        )

    def terms(self) -> str:
        """Return its slippage and its minimum, as far as they are given."""
        least = f", at least {self.minimum}" if self.minimum is not None else ""
        return f"{_slippage(self.slippage)}{least}"

    def binding(self) -> str:
        """Return the option of the minimum."""
        return f" --minimum {self.minimum}" if self.minimum is not None else ""


@dataclass(frozen=True, slots=True)
class LimitOrder:
    """A limit order that doesn't wait; `slippage` is in percent."""

    swap: SwapText
    slippage: Decimal | None
    price: str
    price_in: str
    time_in_force: TimeInForce

    def quote(self, client: Client) -> Quote:
        """Ask, once, what it would give now."""
        swap = self.swap
        return client.quote_limit(
            swap.token_in,
            swap.token_out,
            swap.amount,
            price=self.price,
            price_in=self.price_in,
            time_in_force=self.time_in_force,
            slippage=fraction_of(self.slippage),
            wait=False,
        )

    def bound_to(self, _offer: Quote) -> Self:
        """Return the order: its price binds it already."""
        return self

    def place(self, client: Client, how: Sending) -> Placed:
        """Place it."""
        swap = self.swap
        return client.place_limit(
            swap.token_in,
            swap.token_out,
            swap.amount,
            price=self.price,
            price_in=self.price_in,
            time_in_force=self.time_in_force,
            slippage=fraction_of(self.slippage),
            valid_for_seconds=how.valid_for_seconds,
            key=how.key,
            wait=how.wait,
        )

    def terms(self) -> str:
        """Return its price and its slippage, as far as it is given."""
        return f" at {self.price} {self.price_in} or better, {self.time_in_force}{_slippage(self.slippage)}"

    def binding(self) -> str:
        """Return nothing: the same command is the same order."""
        return ""


def _slippage(percent: Decimal | None) -> str:
    return f", slippage {plain(percent)} %" if percent is not None else ""


def fraction_of(percent: Decimal | None) -> Decimal | None:
    """Return a percentage as the fraction that the API expects: 0.01 is 1 %."""
    return None if percent is None else percent / 100
