"""The AsyncAPI document of the stream: messages from their types, examples from the engine's presenters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.api import stream_messages
from chalicelib.api.problems import problem_of
from chalicelib.api.wire import messages
from chalicelib.errors import FieldError, InvalidRequest
from infra.documents import VERSION, examples
from infra.documents.schemas import reference, schemas_of

CHANNEL = {"$ref": "#/channels/order"}

PONGS = ("pong", "accountPong")

SECURITY = {
    "ticket": {
        "type": "httpApiKey",
        "in": "query",
        "name": "ticket",
        "description": "For browsers. `streamUrl` holds it; it is good once.",
    },
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "For other clients: an API key with the scope read.",
    },
}
"""The security schemes of a handshake, where the engine requires keys."""


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of message, with examples by name."""

    kind: type
    examples: Mapping[str, Mapping[str, Any]]


def sent() -> dict[str, Message]:
    """Return the messages that the engine sends, by name."""
    pending, routing, building, submitted, confirmed = examples.history()
    placed, amended, fired, returned = examples.waiting()
    updates = [routing, building, submitted, examples.retried(), amended, fired, returned, confirmed]
    names = [
        *("routing", "building", "submitted", "tried again"),
        *("amended", "fired", "returned", "confirmed"),
    ]
    refused = problem_of(InvalidRequest(FieldError("/action", 'must be "subscribe" or "ping"')))
    return {
        "backfill": Message(
            messages.Backfill,
            {
                "a new order": _read(stream_messages.backfill(pending, 0, examples.MARKET)),
                "after sequence 3": _read(stream_messages.backfill(confirmed, 3, examples.MARKET)),
                "an armed order": _read(stream_messages.backfill(placed, 0, examples.MARKET)),
            },
        ),
        "statusUpdate": Message(
            messages.StatusUpdate,
            {
                name: _read(stream_messages.status_update(order, order.events[-1]))
                for name, order in zip(names, updates, strict=True)
            },
        ),
        "pong": Message(messages.Pong, {"confirmed": _read(stream_messages.pong(confirmed))}),
        "accountPong": Message(messages.AccountPong, {"all orders": _read(stream_messages.account_pong())}),
        "error": Message(
            messages.Refusal,
            {"no such action": _read(stream_messages.refusal(refused.code, refused.sentence()))},
        ),
    }


def received() -> dict[str, Message]:
    """Return the messages that clients send, by name."""
    order_id = examples.history()[0].order_id
    return {
        "subscribe": Message(
            messages.Subscribe,
            {
                "from the beginning": {"action": "subscribe", "orderId": order_id},
                "after sequence 3": {"action": "subscribe", "orderId": order_id, "after": 3},
            },
        ),
        "ping": Message(messages.Ping, {"each 30 s": {"action": "ping"}}),
    }


def document() -> dict[str, Any]:
    """Return the whole document."""
    known = {**received(), **sent()}
    requests = {message.kind.__name__: message.kind for message in received().values()}
    answers = {message.kind.__name__: message.kind for message in sent().values()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Order execution engine: the stream",
            "version": VERSION,
            "description": "A socket follows an order, or all orders of an account, each from its first "
            "event to its last. Connect to the `streamUrl` of an answer of the REST API and say nothing: a "
            "`backfill` of all events so far comes first, then a `status_update` for each event. Messages "
            "may come twice: drop what you have by `sequence`. After a reconnect connect with `after`, the "
            "last sequence that you have; over a socket of all orders subscribe to each order whose last "
            "event you don't have. No money moves on any market: a `backfill` names the order's.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "stream": {
                "host": "{host}",
                "pathname": "/{stage}",
                "protocol": "wss",
                "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in SECURITY],
                "description": "The REST API's answers hold the whole address as `streamUrl`.",
                "variables": {
                    "host": {"description": "Host of the WebSocket API"},
                    "stage": {"description": "Its stage", "default": "dev"},
                },
            }
        },
        "channels": {"order": _channel(known)},
        "operations": {
            **{name: _operation("receive", name) for name in received()},
            **{name: _operation("send", name) for name in ("backfill", "statusUpdate", "error")},
            "ping": _operation("receive", "ping")
            | {"reply": {"channel": CHANNEL, "messages": [_message_of_channel(name) for name in PONGS]}},
        },
        "components": {
            "messages": {name: _message(name, message) for name, message in known.items()},
            "schemas": schemas_of(requests, answers),
            "securitySchemes": SECURITY,
        },
    }


def _channel(known: Mapping[str, Message]) -> dict[str, Any]:
    return {
        "address": "/",
        "title": "Orders",
        "description": "The handshake names the order; one that does not exist, or is another account's, is "
        "refused right there (404), like a ticket that was used or is too old (401), a page of an origin "
        "that is not allowed (403), and a socket more than an account may have open (429).",
        "servers": [{"$ref": "#/servers/stream"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in known},
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "properties": {
                        "orderId": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The order to follow. Without it a socket that a ticket or a key "
                            "opens follows what the ticket is for, or all orders of the account.",
                        },
                        "ticket": {
                            "type": "string",
                            "pattern": "^[A-Za-z0-9_-]{43}$",
                            "description": "Opens one socket, soon: POST /api/stream-tickets.",
                        },
                        "after": {
                            "type": "integer",
                            "minimum": 0,
                            "maximum": 9_999,
                            "default": 0,
                            "description": "The sequence of the last event that you have.",
                        },
                    },
                },
                "bindingVersion": "0.1.0",
            }
        },
    }


def _operation(action: str, message: str) -> dict[str, Any]:
    return {"action": action, "channel": CHANNEL, "messages": [_message_of_channel(message)]}


def _message_of_channel(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/order/messages/{name}"}


def _message(name: str, message: Message) -> dict[str, Any]:
    return {
        "name": name,
        "summary": str(message.kind.__doc__),
        "payload": reference(message.kind.__name__),
        "examples": [{"name": title, "payload": payload} for title, payload in message.examples.items()],
    }


def _read(message: bytes) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(message)
    return read
