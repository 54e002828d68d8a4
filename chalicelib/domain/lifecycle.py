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
    Status.PENDING: frozenset({Status.ROUTING, Status.FAILED, Status.EXPIRED, Status.CANCELLED}),
    Status.ROUTING: frozenset(
        {
            Status.BUILDING,
            Status.ROUTING,  # a retry: no usable offer this time
            Status.FAILED,
            Status.EXPIRED,
            Status.CANCELLED,
        }
    ),
    Status.BUILDING: frozenset(
        {
            Status.SUBMITTED,
            Status.ROUTING,  # the quote went stale, or simulation refused the swap
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
        The table has no such move, or no attempt is left for another routing.
    """
    if to not in MOVES[order.status]:
        raise IllegalTransition(f"{order.status} -> {to}")
    attempt = order.attempt + 1 if to is Status.ROUTING else order.attempt
    most = order.terms.MOST_ATTEMPTS
    if attempt > most:
        raise IllegalTransition(f"{order.status} -> {to}: all {most} attempts were spent")
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


def may_retry(order: Order) -> bool:
    """Return whether the order has an attempt left."""
    return order.attempt < order.terms.MOST_ATTEMPTS


def retry_wait(order: Order) -> int:
    """Return the seconds to wait before the second, third or fourth try, at which the order stands now."""
    return RETRY_WAITS[order.attempt - 2]


def is_final(order: Order) -> bool:
    """Return whether the order's status is final."""
    return order.status in FINAL


def is_landing(order: Order) -> bool:
    """Return whether the order is submitted: its transaction is recorded and not yet resolved."""
    return order.status is Status.SUBMITTED
