"""A client of the running stack, as a trading app would be one: real requests, real sockets."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

ORDER = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "0.1"}
JOURNEY = ["pending", "routing", "building", "submitted", "confirmed"]
"""The statuses of an order that is confirmed at its first attempt."""

FINAL = {"confirmed", "failed", "expired", "cancelled"}
ENVELOPE = {"v", "type", "orderId"}
"""What a status_update has beside its event."""

PATIENCE = 100
"""Seconds that a test waits for a message or an answer before it fails.

An order whose worker is killed twice is silent for twice the landings' visibility time-out, 45 s.
"""


class Trader:
    """Places orders and follows them; with a key it sends it with every request."""

    def __init__(self, rest_url: str, api_key: str = "") -> None:
        self._rest_url = rest_url
        self.api_key = api_key
        self.headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request to the REST API."""
        with httpx.Client(trust_env=False, timeout=PATIENCE, headers=self.headers) as client:
            return client.request(method, f"{self._rest_url}{path}", **options)

    def place(self, key: str | None = None, **changes: Any) -> httpx.Response:
        """Place an order."""
        headers = {"Idempotency-Key": key} if key is not None else {}
        return self.request("POST", "/api/orders/execute", json={**ORDER, **changes}, headers=headers)

    def read(self, order_id: str) -> dict[str, Any]:
        """An order as the API shows it."""
        shown: dict[str, Any] = self.request("GET", f"/api/orders/{order_id}").json()
        return shown

    def follow(self, stream_url: str) -> list[dict[str, Any]]:
        """Every event of an order up to its last, each once, in the order in which they came."""
        with follow(stream_url) as socket:
            return list(events(socket))


@contextmanager
def follow(stream_url: str) -> Iterator[ClientConnection]:
    """An open socket."""
    with connect(stream_url, proxy=None, open_timeout=PATIENCE) as socket:
        yield socket


def receive(socket: ClientConnection) -> dict[str, Any]:
    """The next message."""
    message: dict[str, Any] = json.loads(socket.recv(PATIENCE))
    return message


def events(socket: ClientConnection, after: int = 0) -> Iterator[dict[str, Any]]:
    """Events as they come, dropping by sequence what was seen, until one is final."""
    seen = after
    while True:
        message = receive(socket)
        for event in message["logs"] if message["type"] == "backfill" else [message]:
            if event["sequence"] <= seen:
                continue
            seen = event["sequence"]
            yield {name: value for name, value in event.items() if name not in ENVELOPE}
            if event["status"] in FINAL:
                return
