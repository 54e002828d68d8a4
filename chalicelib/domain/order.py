"""The order and its history. Times are milliseconds since the Unix epoch, amounts base units."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.domain.quotes import Reason
from chalicelib.domain.routing import Route
from chalicelib.domain.submission import Submission
from chalicelib.domain.terms import Terms
from chalicelib.domain.tokens import Token

_ORDER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def is_order_id(text: object) -> bool:
    """Return whether the text has the form of an order id: a UUID in lower case."""
    return isinstance(text, str) and _ORDER_ID.fullmatch(text) is not None


class Status(StrEnum):
    """The statuses of an order; their values are those of the wire."""

    PENDING = "pending"
    ROUTING = "routing"
    BUILDING = "building"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """One entry of an order's history.

    `write_id` is drawn at random for each write: it tells whose write it was when an answer was lost.
    `detail` holds what became known with it: venue, pool, amounts, signature.
    """

    sequence: int
    status: Status
    at: int
    write_id: str
    attempt: int
    detail: Mapping[str, str] = field(default_factory=dict)
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """The amounts that a confirmed transaction moved, in base units."""

    amount_in: int
    amount_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A swap order as it is stored.

    `minimum_amount_out` is fixed from the first route and never lowered; before that it is what the client
    demands, if anything. `attempt` counts the tries to trade, of which there are at most four.
    `enqueued_at` is when a message for it was last sent, `requeues` how often it had to be sent anew.
    `idempotency_key` is the client's own name for it, if it was placed with one.
    """

    order_id: str
    account: str
    token_in: Token
    token_out: Token
    amount_in: int
    terms: Terms
    accepted_at: int
    expires_at: int
    enqueued_at: int
    status: Status
    attempt: int
    events: tuple[OrderEvent, ...]
    requeues: int = 0
    minimum_amount_out: int | None = None
    route: Route | None = None
    submission: Submission | None = None
    fill: Fill | None = None
    reason: Reason | None = None
    idempotency_key: str | None = None

    @property
    def version(self) -> int:
        """The order's version: the sequence of its newest event. Each write adds exactly one event."""
        return self.events[-1].sequence

    def events_above(self, sequence: int) -> Iterator[OrderEvent]:
        """Yield the events after this sequence, in order."""
        return (event for event in self.events if event.sequence > sequence)

    @property
    def was_routed(self) -> bool:
        """Whether the order ever had a route, which fixes its minimum."""
        return any(event.status is Status.BUILDING for event in self.events)

    @property
    def last_write_id(self) -> str:
        """The write that made this version."""
        return self.events[-1].write_id
