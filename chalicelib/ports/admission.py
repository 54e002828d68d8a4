"""Ports of admission: the counts behind an account's limits, and the trading switch."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.armed_risk import ArmedExposure
from chalicelib.domain.idempotency import Claim
from chalicelib.domain.limits import Limits
from chalicelib.domain.order import Order
from chalicelib.domain.risk import Exposure, OpenEntry
from chalicelib.domain.trading import Trading


@dataclass(frozen=True, slots=True)
class Admission:
    """The rest of an account's rate: `remaining` more requests within `reset_after` seconds.

    `open_orders` count as open, this one among them, though some may be closed already. `order_id` is the
    order as which the request is counted: another one's where an earlier copy of the request was counted.
    0 and empty where nothing was counted.
    """

    limit: int
    remaining: int
    reset_after: int
    open_orders: int = 0
    order_id: str = ""


class Exposures(Protocol):
    """The exposure of each account. Every method may raise StorageUnavailable."""

    def count(self, order: Order, limits: Limits, claim: Claim | None = None) -> Admission:
        """Count an order that is about to be stored: in its account's rate, daily amounts and open orders.

        Raises RateLimited, DailyAmountAboveLimit or OpenOrdersAtLimit, and then it wasn't counted. The same
        order counts once, and so do all copies of a request, which claim the same key for the same payload:
        all are told the id of the one that was counted, and must be stored under it. One that claims the key
        for another payload isn't counted: IdempotencyKeyReused. After StorageUnavailable it may have been
        counted, and whoever asks again does so with another order: to be counted twice only makes the limits
        a little narrower.
        """

    def count_request(self, order: Order, limits: Limits, claim: Claim | None = None) -> Admission:
        """Count the request for an order that is about to be stored armed: in its account's rate alone.

        All is as `count` has it, but no open order and no amount is counted, so that only RateLimited and
        IdempotencyKeyReused refuse it. Without a claim a call that is made twice may be counted twice.
        """

    def read(self, account: str) -> Exposure:
        """Read what counts against an account's limits, consistently, as it was last counted."""

    def forget(self, account: str, entries: Collection[OpenEntry]) -> None:
        """Count these orders as open no more. Doing so again changes nothing."""


class ArmedExposures(Protocol):
    """The armed exposure of each account. Every method may raise StorageUnavailable."""

    def count(self, order: Order, limits: Limits) -> int:
        """Count an order that is about to be stored armed, and return how many the account has now.

        Some of those may be closed already. Raises ArmedOrdersAtLimit or ArmedAmountAboveLimit, and then it
        wasn't counted. An order id counts once. After StorageUnavailable it may have been counted.
        """

    def read(self, account: str) -> ArmedExposure:
        """Read what counts against an account's limits on armed orders, consistently."""

    def forget(self, account: str, entries: Collection[OpenEntry]) -> None:
        """Count these orders as armed no more, and reserve nothing for them. Again it changes nothing."""


class TradingSwitch(Protocol):
    """The trading switch. Every method may raise StorageUnavailable: its state is never guessed."""

    def read(self) -> Trading:
        """Read the switch consistently; NEVER_TURNED if nobody has turned it."""

    def turn(self, to: Trading) -> None:
        """Store `to`, the turn after version `to.version - 1`. Raises TradingContended if another one is."""
