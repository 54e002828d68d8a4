"""The order and its history. Times are milliseconds since the Unix epoch, amounts base units."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile

from chalicelib.domain.price_keys import Side
from chalicelib.domain.quotes import Reason
from chalicelib.domain.routing import Route
from chalicelib.domain.submission import Submission
from chalicelib.domain.terms import StopTerms, Terms
from chalicelib.domain.tokens import Token
from chalicelib.domain.triggers import Trigger
from chalicelib.errors import RouteBelowMinimum

_ORDER_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def is_order_id(text: object) -> bool:
    """Return whether the text has the form of an order id: a UUID in lower case."""
    return isinstance(text, str) and _ORDER_ID.fullmatch(text) is not None


class Status(StrEnum):
    """The statuses of an order; their values are those of the wire."""

    ARMED = "armed"
    PENDING = "pending"
    ROUTING = "routing"
    BUILDING = "building"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Change(StrEnum):
    """What happened to an order that waits for its price; the values are those of the wire."""

    PLACED = "placed"
    AMENDED = "amended"
    FIRED = "fired"
    RETURNED = "returned"


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

    @property
    def change(self) -> str | None:
        """What happened to an order that waits for its price, one of `Change`; None of other events."""
        return self.detail.get("change")


@dataclass(frozen=True, slots=True)
class Fill:
    """The amounts that a confirmed transaction moved, in base units."""

    amount_in: int
    amount_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A swap order as it is stored.

    `minimum_amount_out` is fixed from the first route of an execution, and not lowered while it lasts; before
    that it is what the client demands, if anything. `attempt` counts the tries to trade, of which there are
    at most four in each execution. `enqueued_at` is when a message for it was last sent, `requeues` how often
    it had to be sent anew. `idempotency_key` is the client's own name for it, if it was placed with one.

    One that waits for its price is executed each time that it fires. It waits until `good_till` at the
    latest, and `expires_at` ends the present execution, which may last `valid_for_seconds`. While it is armed
    `expires_at` and `enqueued_at`, at which its next step is due, are `good_till` too.
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
    good_till: int | None = None
    valid_for_seconds: int | None = None

    @property
    def version(self) -> int:
        """The order's version: the sequence of its newest event. Each write adds exactly one event."""
        return self.events[-1].sequence

    def events_above(self, sequence: int) -> Iterator[OrderEvent]:
        """Yield the events after this sequence, in order."""
        return (event for event in self.events if event.sequence > sequence)

    @property
    def trigger(self) -> Trigger | None:
        """What fires the order, if it waits. A stop that is latched waits for its limit."""
        if self.is_latched and isinstance(self.terms, StopTerms) and self.terms.limit is not None:
            return Trigger(Side.ABOVE, self.terms.limit)
        return self.terms.trigger

    @property
    def is_latched(self) -> bool:
        """Whether an offer has proved that the market was at a stop with a limit, and it is a limit now."""
        has_limit = isinstance(self.terms, StopTerms) and self.terms.limit is not None
        return has_limit and any(
            event.status is Status.BUILDING
            or (event.reason is not None and event.reason.code == RouteBelowMinimum.code)
            for event in self.events
        )

    @property
    def firings(self) -> int:
        """How often the order has fired."""
        return sum(event.change == Change.FIRED for event in self.events)

    @property
    def amendments(self) -> int:
        """How often the order was amended."""
        return sum(event.change == Change.AMENDED for event in self.events)

    @property
    def attempts_now(self) -> int:
        """The tries to trade of the present execution."""
        before = (event.attempt for event in reversed(self.events) if event.status is Status.ARMED)
        return self.attempt - next(before, 0)

    @property
    def was_routed(self) -> bool:
        """Whether the order had a route in the present execution, which fixes its minimum."""
        present = takewhile(lambda event: event.status is not Status.ARMED, reversed(self.events))
        return any(event.status is Status.BUILDING for event in present)

    @property
    def last_write_id(self) -> str:
        """The write that made this version."""
        return self.events[-1].write_id
