"""The API's answers as types. Amounts are Decimals of whole tokens, times are aware datetimes.

Fields that a newer API adds are kept and never refused: `document()` gives the answer back as it came.
"""

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)
from pydantic.alias_generators import to_camel

FINAL = frozenset({"confirmed", "failed", "expired", "cancelled"})
"""The final statuses of an order."""

OPEN = ("pending", "routing", "building", "submitted")
"""The other statuses, in the order in which an order takes them."""


class Record(BaseModel):
    """One answer, or a part of one."""

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_camel)

    _sent: Mapping[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _keep(cls, sent: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        record = read(sent)
        if isinstance(sent, Mapping):
            record._sent = sent  # noqa: SLF001 - its own class
        return record

    def document(self) -> dict[str, Any]:
        """The JSON document as the API sent it, to the letter: no amount and no time is written anew."""
        return deepcopy(dict(self._sent))


class Token(Record):
    """A token that can be traded."""

    symbol: str
    mint: str
    decimals: int


class Health(Record):
    """Whether the engine answers and trades, and its load; fields that it can't tell now are None."""

    status: str
    trading: str | None = None
    open_orders: int | None = None
    executing: int | None = None
    estimated_wait_seconds: int | None = None
    market: str | None = None


class RateUse(Record):
    """The orders of this minute, against the limit."""

    limit: int
    used: int
    remaining: int
    reset_seconds: int


class OpenUse(Record):
    """The orders that are open, against the limit."""

    limit: int
    used: int


class TokenLimits(Record):
    """A token that the account may trade; a limit that is None is none."""

    symbol: str
    used_today: Decimal
    limit_per_order: Decimal | None = None
    limit_per_day: Decimal | None = None
    remaining_today: Decimal | None = None


class Account(Record):
    """Who the caller is: the account, what its key allows, and how much of the limits is used."""

    account: str
    scopes: tuple[str, ...]
    market: str
    trading: str
    orders_this_minute: RateUse
    open_orders: OpenUse
    tokens: tuple[TokenLimits, ...]
    key_id: str | None = None


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


class Quote(Record):
    """A dry run: what a swap would return now; `denied` is why an order would fail all the same.

    Of a limit order it also tells whether its price can be had now, and by how many basis points of the
    `executable` price, which is net of all fees, its own is higher.
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
    limit_price: Decimal | None = None
    price_in: str | None = None
    would_fire: bool | None = None
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

    A retry carries `reason`; a failed or expired order carries `error`.
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

    `summary` says what an order with a price does.
    """

    stream_url: str
    market: str | None = None
    summary: str | None = None


class StreamTicket(Record):
    """An address that opens one socket, and expires soon."""

    stream_url: str


class Placed(Accepted):
    """An order that was placed with this key; `replayed` if an earlier request had placed it already."""

    idempotency_key: str
    replayed: bool


class Order(Accepted):
    """An order with its route, fill and history."""

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
    limit_price: Decimal | None = None
    price_in: str | None = None
    time_in_force: str | None = None
    minimum_amount_out: Decimal | None = None
    route: Route | None = None
    tx_hash: str | None = None
    last_valid_block_height: str | None = None
    fill: Fill | None = None
    error: Reason | None = None


class OrderPage(Record):
    """A page of orders, newest first; `next_cursor` asks for the one after it.

    `unreadable` are the ids of orders that belong here and that the engine can't read now.
    """

    orders: tuple[Order, ...]
    unreadable: tuple[str, ...] = ()
    next_cursor: str | None = None


class Tokens(Record):
    """The answer that lists the tokens."""

    tokens: tuple[Token, ...]
