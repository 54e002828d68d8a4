"""Trading clients that place orders, follow them, and time the arrival of each event.

They share the processor with what they measure, so they are as light as Python has them: http.client takes a
fourth of httpx's time.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from websockets.sync.client import connect

ORDER = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "0.1"}
FINAL = {"confirmed", "failed", "expired", "cancelled"}
PATIENCE = 60

Event = Mapping[str, Any]
Journey = list[tuple[Event, float]]


@dataclass(frozen=True, slots=True)
class Client:
    """A persistent connection to the API, and the path of its stage."""

    connection: HTTPConnection
    stage: str


@contextmanager
def client_of(rest_url: str) -> Iterator[Client]:
    """Return a client of the API."""
    address = urlsplit(rest_url)
    with closing(HTTPConnection(address.netloc, timeout=PATIENCE)) as connection:
        yield Client(connection, address.path)


def place(client: Client, **changes: str | int) -> dict[str, Any]:
    """Place an order. Raises RuntimeError when it is refused."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
    body = json.dumps({**ORDER, **changes}).encode()
    client.connection.request("POST", f"{client.stage}/api/orders/execute", body, headers)
    answer = client.connection.getresponse()
    text = answer.read()
    if answer.status != HTTPStatus.ACCEPTED:
        raise RuntimeError(f"An order was refused: {answer.status} {text.decode()}")
    accepted: dict[str, Any] = json.loads(text)
    return accepted


def follow(stream_url: str) -> Journey:
    """Return every event of an order, each with the seconds from its timestamp to its arrival."""
    return list(events(stream_url))


def events(stream_url: str) -> Iterator[tuple[Event, float]]:
    """Yield the events of an order as they arrive, each with the seconds since its timestamp.

    What came as a backfill happened before there was a socket, and has no delay.
    """
    with connect(stream_url, proxy=None, open_timeout=PATIENCE) as socket:
        while True:
            message = json.loads(socket.recv(PATIENCE))
            arrived = time.time()
            live = message["type"] == "status_update"
            for event in [message] if live else message["logs"]:
                happened = datetime.fromisoformat(event["timestamp"]).timestamp()
                yield event, arrived - happened if live else 0.0
                if event["status"] in FINAL:
                    return
