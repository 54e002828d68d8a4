"""Trading clients that place orders and follow them, and note when what happened reached them."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
from websockets.sync.client import connect

ORDER = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "0.1"}
FINAL = {"confirmed", "failed", "expired", "cancelled"}
PATIENCE = 60
TRIES = 200

Event = Mapping[str, Any]
Journey = list[tuple[Event, float]]


@contextmanager
def client_of(rest_url: str) -> Iterator[httpx.Client]:
    """A client that keeps its connection."""
    with httpx.Client(base_url=rest_url, trust_env=False, timeout=PATIENCE) as client:
        yield client


def place(client: httpx.Client, **changes: str | int) -> dict[str, Any]:
    """Place an order; the emulator's own 429 is answered by asking again."""
    headers = {"Idempotency-Key": str(uuid4())}
    for _ in range(TRIES):
        answer = client.post("/api/orders/execute", json={**ORDER, **changes}, headers=headers)
        if answer.status_code == httpx.codes.ACCEPTED:
            accepted: dict[str, Any] = answer.json()
            return accepted
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            break
        time.sleep(0.05)
    raise RuntimeError(f"An order was refused: {answer.status_code} {answer.text}")


def follow(stream_url: str) -> Journey:
    """Every event of an order up to its last, each with the seconds from its timestamp to its arrival.

    What came as a backfill happened before there was a socket, and has no delay.
    """
    seen: Journey = []
    with connect(stream_url, proxy=None, open_timeout=PATIENCE) as socket:
        while True:
            message = json.loads(socket.recv(PATIENCE))
            arrived = time.time()
            live = message["type"] == "status_update"
            for event in [message] if live else message["logs"]:
                happened = datetime.fromisoformat(event["timestamp"]).timestamp()
                seen.append((event, arrived - happened if live else 0.0))
                if event["status"] in FINAL:
                    return seen
