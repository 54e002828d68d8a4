"""The messages that the engine sends over a socket: JSON with a schema version."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.api.events import event_json
from chalicelib.domain.order import Order, OrderEvent

if TYPE_CHECKING:
    from chalicelib.api.wire import messages as wire

    Message = wire.Backfill | wire.StatusUpdate | wire.Pong | wire.AccountPong | wire.Refusal


@dataclass(frozen=True, slots=True)
class StreamMessages:
    """Messages of a stack whose orders are traded on this market."""

    market: str

    def backfill(self, order: Order, after: int) -> bytes:
        """Return one message with every event above sequence `after`."""
        return backfill(order, after, self.market)

    def status_update(self, order: Order, event: OrderEvent) -> bytes:
        """Return the message that tells one event of the order."""
        return status_update(order, event)


def backfill(order: Order, after: int, market: str) -> bytes:
    """Return one message with every event above sequence `after`."""
    return _encoded(
        {
            "v": 1,
            "type": "backfill",
            "orderId": order.order_id,
            "sequence": order.version,
            "status": order.status,
            "market": market,
            "logs": [event_json(event) for event in order.events_above(after)],
        }
    )


def status_update(order: Order, event: OrderEvent) -> bytes:
    """Return the message that tells one event of the order."""
    return _encoded({"v": 1, "type": "status_update", "orderId": order.order_id, **event_json(event)})


def pong(order: Order) -> bytes:
    """Return the answer to a ping: where the order stands, so that a client notices a lost last message."""
    return _encoded(
        {
            "v": 1,
            "type": "pong",
            "orderId": order.order_id,
            "sequence": order.version,
            "status": order.status,
        }
    )


def account_pong() -> bytes:
    """Return the answer to a ping over a socket that follows all orders: what it missed is sent again."""
    return _encoded({"v": 1, "type": "pong"})


def refusal(code: str, detail: str) -> bytes:
    """Return the answer to a socket message that can't be served, with what to do about it."""
    return _encoded({"v": 1, "type": "error", "code": code, "detail": detail})


def _encoded(message: "Message") -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()
