"""What goes over a socket: JSON messages with a schema version, and the wire form of an order's events."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.lifecycle import FINAL
from chalicelib.domain.order import Order, OrderEvent
from chalicelib.domain.quotes import Reason

SCHEMA_VERSION = 1


def timestamp(milliseconds: int) -> str:
    """A time as RFC 3339 in UTC, to the millisecond."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def reason_record(reason: Reason) -> dict[str, Any]:
    """The wire form of why something did not happen."""
    return {
        "code": reason.code,
        "kind": reason.kind,
        "detail": reason.detail,
        "retryable": reason.retryable,
    }


def event_record(event: OrderEvent) -> dict[str, Any]:
    """The wire form of one event: what became known stands beside its status.

    A retry carries `reason`; a failed or expired order carries `error`.
    """
    record: dict[str, Any] = {
        "sequence": event.sequence,
        "status": event.status.value,
        "timestamp": timestamp(event.at),
        "attempt": event.attempt,
        **event.detail,
    }
    if event.reason is not None:
        record["error" if event.status in FINAL else "reason"] = reason_record(event.reason)
    return record


def backfill(order: Order, after: int) -> bytes:
    """Everything above sequence `after`, in one message."""
    logs = [event_record(event) for event in events_above(order, after)]
    return _message("backfill", order, sequence=order.version, status=order.status.value, logs=logs)


def status_update(order: Order, event: OrderEvent) -> bytes:
    """One event."""
    return _message("status_update", order, **event_record(event))


def pong(order: Order) -> bytes:
    """Where the order stands, so that a client notices a lost last message."""
    return _message("pong", order, sequence=order.version, status=order.status.value)


def account_pong() -> bytes:
    """The answer to a ping over a socket of all orders: somebody is there; what was missed comes again."""
    return _encode({"v": SCHEMA_VERSION, "type": "pong"})


def refusal(code: str, detail: str) -> bytes:
    """A socket message that can't be served, and what to do about it."""
    return _encode({"v": SCHEMA_VERSION, "type": "error", "code": code, "detail": detail})


def events_above(order: Order, after: int) -> Iterable[OrderEvent]:
    """The events with a sequence above `after`, in order."""
    return (event for event in order.events if event.sequence > after)


def _message(kind: str, order: Order, **fields: Any) -> bytes:
    return _encode({"v": SCHEMA_VERSION, "type": kind, "orderId": order.order_id, **fields})


def _encode(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()
