"""The API's answers about orders and quotes as types."""

from datetime import datetime
from decimal import Decimal

from pydantic import AwareDatetime

from oee.record import Record

FINAL = frozenset({"confirmed", "failed", "expired", "cancelled"})
"""The final statuses of an order."""

ARMED = "armed"
"""The status of an order that waits for its price; it is open."""

OPEN = "open"
"""Stands in a query for every status that is not final."""


class Reason(Record):
    """Why something did not happen."""

    code: str
    detail: str
    kind: str | None = None
    retryable: bool | None = None


class PoolQuote(Record):
    """The quote of one pool, net of its fees; or why it was left out."""

    pool: str
    type: str
    amount_out: Decimal | None = None
    fee_in: Decimal | None = None
    fee_out: Decimal | None = None
    price_impact_bps: int | None = None
    error: Reason | None = None


class VenueQuote(Record):
    """A venue's best offer with all its pools, or why it made none."""

    dex: str
    outcome: str
    pool: str | None = None
    amount_out: Decimal | None = None
    price_impact_bps: int | None = None
    quoted_at: AwareDatetime | None = None
    pools: tuple[PoolQuote, ...] = ()
    error: Reason | None = None


class Route(Record):
    """The pool that a swap takes, and every offer that was compared, best first."""

    dex: str
    pool: str
    decided_at: AwareDatetime
    quotes: tuple[VenueQuote, ...]


class Trigger(Record):
    """The price that an order waits for, in the token that the order names."""

    price: Decimal


class Quote(Record):
    """A dry run: what a swap would return now; `denied` is why an order would fail all the same.

    Of an order with a price it also tells whether that is met now, and by how many basis points of the
    market's price its own is higher. The market's is the `executable` price, which is net of all fees, or
    that of the `reference` by which stops and take-profits are judged.
    """

    token_in: str
    token_out: str
    amount: Decimal
    amount_out: Decimal
    minimum_amount_out: Decimal
    slippage_bps: int
    route: Route
    price_impact_bps: int | None = None
    denied: Reason | None = None
    trigger: Trigger | None = None
    limit_price: Decimal | None = None
    price_in: str | None = None
    would_fire: bool | None = None
    reference: Decimal | None = None
    executable: Decimal | None = None
    distance_bps: int | None = None
    floor_amount_out: Decimal | None = None
    summary: str | None = None


class Fill(Record):
    """The amounts that a confirmed transaction moved."""

    amount_in: Decimal
    amount_out: Decimal
    executed_price: Decimal
    dex: str | None = None


class Event(Record):
    """One event of an order, with the data that became known with it.

    A retry carries `reason`; a failed or expired order carries `error`. `change` tells what happened to an
    order that waits for its price: placed, amended, fired, or returned for a `reason`. One that fired did so
    at the price `observed`, after so many `looks` at the market.
    """

    sequence: int
    status: str
    timestamp: AwareDatetime
    attempt: int
    dex: str | None = None
    pool: str | None = None
    quoted_amount_out: Decimal | None = None
    minimum_amount_out: Decimal | None = None
    tx_hash: str | None = None
    amount_in: Decimal | None = None
    amount_out: Decimal | None = None
    executed_price: Decimal | None = None
    change: str | None = None
    trigger: Decimal | None = None
    limit_price: Decimal | None = None
    price_in: str | None = None
    slippage_bps: int | None = None
    observed: Decimal | None = None
    looks: int | None = None
    after_silence_ms: int | None = None
    reason: Reason | None = None
    error: Reason | None = None


class OrderStatus(Record):
    """The status of an order."""

    order_id: str
    status: str


class Cancelled(Record):
    """Which orders one answer cancelled, and which were not; `next_cursor` asks for the ones after them."""

    cancelled: tuple[str, ...]
    not_cancelled: tuple[OrderStatus, ...]
    unreadable: tuple[str, ...] = ()
    next_cursor: str | None = None


class Accepted(OrderStatus):
    """An order that exists, where its events are streamed, and the market it is traded on, like paper.

    `summary` says what an order with a price does, `expires_at` until when one waits for it.
    """

    stream_url: str
    market: str | None = None
    summary: str | None = None
    expires_at: AwareDatetime | None = None

    @property
    def waits_until(self) -> datetime | None:
        """Until when the order may wait for its price; None of one that doesn't."""
        return self.expires_at if self.status == ARMED else None


class Placed(Accepted):
    """An order that was placed with this key; `replayed` if an earlier request had placed it already."""

    idempotency_key: str
    replayed: bool


class Order(Accepted):
    """An order with its route, fill and history.

    One that waits for its price has `good_till`, how often it fired and was amended, and why it waits again
    if its last firing traded nothing. It expires then, or sooner while it is executed.
    """

    type: str
    token_in: str
    token_out: str
    amount: Decimal
    slippage_bps: int
    accepted_at: AwareDatetime
    expires_at: AwareDatetime
    attempt: int
    sequence: int
    logs: tuple[Event, ...]
    idempotency_key: str | None = None
    trigger: Trigger | None = None
    limit_price: Decimal | None = None
    price_in: str | None = None
    time_in_force: str | None = None
    if_recovered: str | None = None
    good_till: AwareDatetime | None = None
    firings: int = 0
    amendments: int = 0
    last_return: Reason | None = None
    minimum_amount_out: Decimal | None = None
    route: Route | None = None
    tx_hash: str | None = None
    last_valid_block_height: str | None = None
    fill: Fill | None = None
    error: Reason | None = None

    @property
    def waits_until(self) -> datetime | None:
        """Until when the order may wait for its price; None of one that doesn't, or is final."""
        return None if self.is_final else self.good_till

    @property
    def is_final(self) -> bool:
        """Whether nothing happens to it any more. One that waits for its price is open."""
        return self.status in FINAL


class OrderPage(Record):
    """A page of orders, newest first; `next_cursor` asks for the one after it.

    `unreadable` are the ids of orders that belong here and that the engine can't read now.
    """

    orders: tuple[Order, ...]
    unreadable: tuple[str, ...] = ()
    next_cursor: str | None = None
