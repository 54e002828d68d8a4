"""An account's exposure: what counts against its limits, and whether one more order fits.

Notional is what an order swaps of its tokenIn, in base units. It counts from acceptance until midnight UTC,
whatever becomes of the order: an order that expires unfilled was still an exposure while it lived.
"""

from dataclasses import dataclass, field, replace

from chalicelib.domain.amounts import format_amount
from chalicelib.domain.idempotency import Claim
from chalicelib.domain.limits import Amounts, Limits
from chalicelib.domain.order import Order
from chalicelib.errors import (
    DailyAmountAboveLimit,
    IdempotencyKeyReused,
    OpenOrdersAtLimit,
    OrderAmountAboveLimit,
    OrderAmountBelowMinimum,
    RateLimited,
    TokenNotAllowed,
)

MINUTE_MS = 60_000
DAY_MS = 86_400_000

NEVER = -1
"""The minute and the day in the exposure of an account that has never ordered."""


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """An order that counts as open: its id, and when it was accepted (ms)."""

    order_id: str
    accepted_at: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """The exposure of an account: what counts against its limits.

    `requests` are the orders of the minute, `amounts` those of the day, both numbered from the Unix epoch.
    `claims` are of the minute's requests that came with an Idempotency-Key: each counts once.
    `open_orders` may hold orders that were closed since, and such as were never stored.
    """

    minute: int = NEVER
    requests: int = 0
    day: int = NEVER
    amounts: Amounts = field(default_factory=dict)
    open_orders: frozenset[OpenEntry] = frozenset()
    claims: frozenset[Claim] = frozenset()

    def at(self, now: int) -> "Exposure":
        """Return the exposure at this time (ms), without what counted in a minute or a day that is over.

        A worker whose clock is a moment behind counts in the minute or day that another one has begun.
        """
        minute, day = _window(self.minute, now // MINUTE_MS), _window(self.day, now // DAY_MS)
        requests, claims = (self.requests, self.claims) if minute == self.minute else (0, frozenset[Claim]())
        amounts = self.amounts if day == self.day else {}
        return replace(self, minute=minute, requests=requests, claims=claims, day=day, amounts=amounts)

    def counted_as(self, order: Order, claim: Claim | None) -> str | None:
        """Return the id of the order as which this very request is counted already; None when it isn't.

        A claim also holds in the minute after its own, until an order begins that one. Raises
        IdempotencyKeyReused when its key is claimed for another payload.
        """
        if entry_of(order) in self.open_orders:
            return order.order_id
        if claim is None or abs(self.minute - order.accepted_at // MINUTE_MS) > 1:
            return None
        earlier = next((known for known in self.claims if known.key == claim.key), claim)
        if earlier.payload != claim.payload:
            raise IdempotencyKeyReused("The Idempotency-Key was already used with another payload")
        return None if earlier is claim else earlier.order_id


def _window(stored: int, by_the_clock: int) -> int:
    return stored if stored == by_the_clock + 1 else by_the_clock


def beginning(now: int) -> Exposure:
    """Return an empty exposure in the minute and the day of this time (ms)."""
    return Exposure().at(now)


def entry_of(order: Order) -> OpenEntry:
    """Return the entry that counts the order as open."""
    return OpenEntry(order.order_id, order.accepted_at)


def seconds_left(minute: int, now: int) -> int:
    """Return the seconds until this minute is over, rounded up: at least 1."""
    return max(1, -(-((minute + 1) * MINUTE_MS - now) // 1000))


def check_order(order: Order, limits: Limits) -> None:
    """Check an order against the limits that need no counting.

    Raises
    ------
    TokenNotAllowed
        One of its tokens is not on the account's list.
    OrderAmountAboveLimit, OrderAmountBelowMinimum
        It swaps more than one order may, or less than one must.
    """
    listed = {token.mint: token.symbol for token in limits.tokens}
    for token in (order.token_in, order.token_out):
        if listed and token.mint not in listed:
            raise TokenNotAllowed(token=token.symbol, allowed=", ".join(sorted(listed.values())))
    limit = limits.order_amounts.get(order.token_in.mint)
    if limit is not None and order.amount_in > limit:
        raise OrderAmountAboveLimit(
            token=order.token_in.symbol,
            limit=format_amount(limit, order.token_in),
            requested=format_amount(order.amount_in, order.token_in),
        )
    least = limits.least_amounts.get(order.token_in.mint, 0)
    if order.amount_in < least:
        raise OrderAmountBelowMinimum(
            token=order.token_in.symbol,
            limit=format_amount(least, order.token_in),
            requested=format_amount(order.amount_in, order.token_in),
        )


def count(exposure: Exposure, order: Order, limits: Limits, claim: Claim | None = None) -> Exposure:
    """Return the exposure at the order's acceptance with this order in it; `claim` is None without a key.

    Raises
    ------
    RateLimited, DailyAmountAboveLimit, OpenOrdersAtLimit
        The order does not fit.
    """
    stands, mint = count_request(exposure, order, limits, claim), order.token_in.mint
    used = stands.amounts.get(mint, 0)
    limit = limits.daily_amounts.get(mint)
    if limit is not None and used + order.amount_in > limit:
        raise DailyAmountAboveLimit(
            token=order.token_in.symbol,
            limit=format_amount(limit, order.token_in),
            used=format_amount(used, order.token_in),
            remaining=format_amount(max(limit - used, 0), order.token_in),
            requested=format_amount(order.amount_in, order.token_in),
        )
    if len(stands.open_orders) >= limits.open_orders:
        raise OpenOrdersAtLimit(limit=str(limits.open_orders), used=str(len(stands.open_orders)))
    return replace(
        stands,
        amounts={**stands.amounts, mint: used + order.amount_in},
        open_orders=stands.open_orders | {entry_of(order)},
    )


def count_request(exposure: Exposure, order: Order, limits: Limits, claim: Claim | None = None) -> Exposure:
    """Return the exposure at the order's acceptance with the request for it, and nothing else of it.

    Raises
    ------
    RateLimited
        The account asked too often.
    """
    stands = exposure.at(order.accepted_at)
    if stands.requests >= limits.orders_per_minute:
        raise RateLimited(limits.orders_per_minute, seconds_left(stands.minute, order.accepted_at))
    claims = stands.claims | {claim} if claim else stands.claims
    return replace(stands, requests=stands.requests + 1, claims=claims)
