"""Refusals: the engine does not do what a client or an operator asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.errors.root import EngineError


@dataclass(frozen=True)
class FieldError:
    """One refused field: a JSON pointer into the request and what to do about it."""

    pointer: str
    detail: str


class Refusal(EngineError):
    """The engine does not do what it was asked for. Unless a refusal says otherwise, nothing was changed."""


class InvalidRequest(Refusal):
    """The caller's input was refused."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(f"{e.pointer}: {e.detail}" for e in errors))
        self.errors = errors


class BodyTooLarge(InvalidRequest):
    """The body was longer than the engine reads."""


class UnsupportedMediaType(Refusal):
    """The Content-Type of the body was missing or not JSON."""


class NotAuthenticated(Refusal):
    """The request had no API key, or one that is unknown or revoked."""


class ScopeMissing(Refusal):
    """The key doesn't allow this; `needed` is the scope that does."""

    def __init__(self, needed: str) -> None:
        super().__init__(f"the key has no scope {needed}")
        self.needed = needed


class ApiKeyNotFound(Refusal):
    """There is no API key of this id."""


class TicketRefused(Refusal):
    """The ticket was used already, is too old, or never was one."""


class OriginRefused(Refusal):
    """Pages of this origin may not open sockets."""


class SocketsAtLimit(Refusal):
    """The account has as many open sockets as it may have; `follows_all` when it is those of all orders."""

    def __init__(self, limit: int, *, follows_all: bool = False) -> None:
        super().__init__(f"{limit} sockets are open")
        self.limit = limit
        self.follows_all = follows_all


class OrdersFollowedAtLimit(Refusal):
    """The socket follows as many orders as one may."""


class OrderNotFound(Refusal):
    """There is no such order, or it belongs to another account."""


class IdempotencyKeyReused(Refusal):
    """The Idempotency-Key was used within its window with another payload."""


class PairNotTraded(Refusal):
    """There is no pool of these two tokens; `token_in` can be traded for `others`. All are symbols."""

    def __init__(self, token_in: str, token_out: str, others: Sequence[str]) -> None:
        super().__init__(f"there is no pool of {token_in} and {token_out}")
        self.token_in = token_in
        self.token_out = token_out
        self.others = others


class RouteUnknown(Refusal):
    """The engine answers nothing at this address, as it is set up."""


class MarketContended(Refusal):
    """Somebody else moved the market at the same moment."""


class RateLimited(Refusal):
    """The account asked too often; the same request is fine in `retry_after` seconds."""

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(f"more than {limit} requests a minute")
        self.limit = limit
        self.retry_after = retry_after


class LimitRefusal(Refusal):
    """A limit of the account forbids the order: nothing was created or counted.

    `numbers` are the limit and what meets it, by their names on the wire, amounts in whole tokens.
    """

    def __init__(self, **numbers: str) -> None:
        super().__init__(", ".join(f"{name} {number}" for name, number in numbers.items()))
        self.numbers = numbers


class TokenNotAllowed(LimitRefusal):
    """The account may not trade this token."""


class OrderAmountAboveLimit(LimitRefusal):
    """The order swaps more of its tokenIn than one order may."""


class DailyAmountAboveLimit(LimitRefusal):
    """With this order the account would order more of its tokenIn than it may in a day (UTC)."""


class OpenOrdersAtLimit(LimitRefusal):
    """The account has as many open orders as it may have."""


class OrderAmountBelowMinimum(LimitRefusal):
    """The order swaps less of its tokenIn than one order must."""


class ArmedOrdersAtLimit(LimitRefusal):
    """The account has as many armed orders as it may have."""


class ArmedAmountAboveLimit(LimitRefusal):
    """With this order the account's armed orders would swap more of its tokenIn than they may."""


class TriggerRefusal(Refusal):
    """What the order waits for makes no sense, or not now: nothing was created or changed.

    `numbers` are the prices that say so, by their names on the wire: in `price_in`, for one `other`.
    """

    def __init__(self, price_in: str, other: str, **numbers: str) -> None:
        super().__init__(", ".join(f"{name} {number} {price_in}" for name, number in numbers.items()))
        self.price_in = price_in
        self.other = other
        self.numbers = numbers


class TriggerAlreadyMet(TriggerRefusal):
    """The market is at the trigger or past it already, and the order was not to fire then."""


class TriggerImplausible(TriggerRefusal):
    """The trigger is so far from the market that it looks like a mistake."""


class TriggerBelowFloor(TriggerRefusal):
    """The limit of a stop is better than its trigger: when it fires it could not be had."""


class PriceUnavailable(Refusal):
    """There is no price that is new enough to judge the order by."""


class AmendmentsAtLimit(Refusal):
    """The order was amended as often as one may be, which is `limit` times."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"it was amended {limit} times")
        self.limit = limit


class OrderNotAmendable(Refusal):
    """The order doesn't wait for its price: it has fired, is final, or never waits."""

    def __init__(self, status: str, sequence: int) -> None:
        super().__init__(f"the order is {status}")
        self.status = status
        self.sequence = sequence


class OrderChanged(Refusal):
    """The order is not at the sequence that the caller named, but at this one."""

    def __init__(self, sequence: int) -> None:
        super().__init__(f"the order is at sequence {sequence}")
        self.sequence = sequence


class Overloaded(Refusal):
    """The backlog can't be worked off within the order's life; it can in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"the estimated wait is {retry_after} s too long")
        self.retry_after = retry_after


class TradingReducing(Refusal):
    """An operator lets what was sent be resolved, and nothing new begin."""


class TradingHalted(Refusal):
    """An operator stopped all trading."""


class TradingActive(Refusal):
    """The command would harm live orders: trading must be reducing or halted first."""


class NotCancellable(Refusal):
    """Something was sent, or the order is final."""

    def __init__(self, status: str) -> None:
        super().__init__(f"the order is {status}")
        self.status = status


class TradingContended(Refusal):
    """Somebody else turned the trading switch at the same moment."""
