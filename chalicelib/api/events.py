"""The wire form of an order's events, as answers and socket messages show them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from chalicelib.domain.lifecycle import FINAL
from chalicelib.domain.order import OrderEvent
from chalicelib.domain.quotes import Reason

if TYPE_CHECKING:
    from chalicelib.api.wire import answers as wire


_NUMBERS = frozenset({"slippageBps", "looks", "afterSilenceMs"})
"""Details of events that are numbers on the wire; every other one is a text."""


def timestamp(milliseconds: int) -> str:
    """Write a time (ms since the Unix epoch) as RFC 3339 in UTC, to the millisecond."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def reason_json(reason: Reason) -> "wire.Reason":
    """Return the wire form of why something did not happen."""
    return {
        "code": reason.code,
        "kind": reason.kind,
        "detail": reason.detail,
        "retryable": reason.retryable,
    }


def event_json(event: OrderEvent) -> "wire.Event":
    """Return the wire form of one event: its status, and beside it the data that came with it.

    A retry carries `reason`; a failed or expired order carries `error`.
    """
    known: wire.Event = {
        "sequence": event.sequence,
        "status": event.status,
        "timestamp": timestamp(event.at),
        "attempt": event.attempt,
    }
    # The moves of orders write details under the wire's own names, which mypy can't see.
    detail = {name: int(text) if name in _NUMBERS else text for name, text in event.detail.items()}
    told = cast("wire.Event", {**known, **detail})
    if event.reason is not None:
        told["error" if event.status in FINAL else "reason"] = reason_json(event.reason)
    return told
