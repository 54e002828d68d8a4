"""The lifecycle of an order: a table of every legal transition, and the only function that makes one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain.order import Order, OrderEvent, Status
from chalicelib.domain.quotes import Reason
from chalicelib.errors import IllegalTransition

RETRY_WAITS = (2, 4, 8)
"""Seconds to wait before the second, third and fourth attempt."""

MOVES: Mapping[Status, frozenset[Status]] = {
    Status.ARMED: frozenset(
        {
            Status.ARMED,  # amended
            Status.PENDING,  # fired
            Status.FAILED,
            Status.EXPIRED,
            Status.CANCELLED,
        }
    ),
    # Back to armed goes only what waits for a price, and of which nothing landed.
    Status.PENDING: frozenset(
        {Status.ROUTING, Status.ARMED, Status.FAILED, Status.EXPIRED, Status.CANCELLED}
    ),
    Status.ROUTING: frozenset(
        {
            Status.BUILDING,
            Status.ROUTING,  # a retry: no usable offer this time
            Status.ARMED,
            Status.FAILED,
            Status.EXPIRED,
            Status.CANCELLED,
        }
    ),
    Status.BUILDING: frozenset(
        {
            Status.SUBMITTED,
            Status.ROUTING,  # the quote went stale, or simulation refused the swap
            Status.ARMED,
            Status.FAILED,
            Status.EXPIRED,
            Status.CANCELLED,
        }
    ),
    Status.SUBMITTED: frozenset(
        {
            Status.CONFIRMED,
            Status.FAILED,
            Status.ROUTING,  # only when the transaction is proven dead: reverted for slippage, or expired
            Status.ARMED,  # the same
            Status.EXPIRED,
            # never cancelled: what was sent may land
        }
    ),
    Status.CONFIRMED: frozenset(),
    Status.FAILED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.CANCELLED: frozenset(),
}

FINAL = frozenset(status for status, following in MOVES.items() if not following)
"""The final statuses: no transition leads out of them."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The time of a transition (ms), and the random id of the write that records it."""

    at: int
    write_id: str


def advance(
    order: Order,
    to: Status,
    stamp: Stamp,
    *,
    reason: Reason | None = None,
    detail: Mapping[str, str] | None = None,
    **changes: Any,
) -> Order:
    """The order after this move, with the event that records it. Entering routing spends an attempt.

    A final order keeps its signature and drops the signed bytes: nothing will send them again.

    Raises
    ------
    IllegalTransition
        The table has no such move, no attempt is left for another routing, or the order waits for no price
        and can't be armed.
    """
    if to not in moves_of(order):
        spent = f": all {order.terms.most_attempts} attempts were spent" if not may_retry(order) else ""
        raise IllegalTransition(f"{order.status} -> {to}{spent}")
    attempt = order.attempt + 1 if to is Status.ROUTING else order.attempt
    event = OrderEvent(
        sequence=order.version + 1,
        status=to,
        at=stamp.at,
        write_id=stamp.write_id,
        attempt=attempt,
        detail=dict(detail or {}),
        reason=reason,
    )
    if to in FINAL and order.submission is not None:
        changes["submission"] = replace(order.submission, transaction="")
    return replace(order, status=to, attempt=attempt, reason=reason, events=(*order.events, event), **changes)


def moves_of(order: Order) -> frozenset[Status]:
    """Return the statuses to which this order may move: its attempts are counted, and it may wait or not."""
    barred = set() if may_retry(order) else {Status.ROUTING}
    if order.good_till is None:
        barred.add(Status.ARMED)
    return MOVES[order.status] - barred


def may_retry(order: Order) -> bool:
    """Return whether the order has an attempt left."""
    return order.attempts_now < order.terms.most_attempts


def retry_wait(order: Order) -> int:
    """Return the seconds to wait before the second, third or fourth try, at which the order stands now."""
    return RETRY_WAITS[order.attempts_now - 2]


def is_armed(order: Order) -> bool:
    """Return whether the order waits for its price: it is in no queue."""
    return order.status is Status.ARMED


def is_final(order: Order) -> bool:
    """Return whether the order's status is final."""
    return order.status in FINAL


def is_landing(order: Order) -> bool:
    """Return whether the order is submitted: its transaction is recorded and not yet resolved."""
    return order.status is Status.SUBMITTED
