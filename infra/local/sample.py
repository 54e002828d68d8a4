"""Place one order, as any client would, and watch it over its socket."""

import json
from typing import Any
from uuid import uuid4

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from infra.local.failure import LocalFailure
from infra.local.stack import Say, Stack

ORDER = {"type": "market", "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5", "slippage": "0.01"}
FINAL = {"confirmed", "failed", "expired", "cancelled"}
SECONDS_BETWEEN_STATUSES = 30


def curl(stack: Stack) -> str:
    """Return a command that places the sample order."""
    return (
        f"curl -i -X POST {stack.rest_url}/api/orders/execute"
        f" -H 'Content-Type: application/json' -H 'Idempotency-Key: {uuid4()}'"
        f" -d '{json.dumps(ORDER)}'"
    )


def place_and_follow(stack: Stack, say: Say) -> str:
    """Place the sample order, print each status as it arrives, and return the last.

    Raises
    ------
    LocalFailure
        The order was refused, or its socket fell silent.
    """
    try:
        return _follow(_place(stack), say)
    except (httpx.HTTPError, WebSocketException, OSError) as error:
        raise LocalFailure(
            f"The sample order could not be followed: {error or type(error).__name__}"
        ) from error


def _place(stack: Stack) -> str:
    with httpx.Client(trust_env=False, timeout=30) as client:
        answer = client.post(
            f"{stack.rest_url}/api/orders/execute", json=ORDER, headers={"Idempotency-Key": str(uuid4())}
        )
    if answer.status_code != httpx.codes.ACCEPTED:
        raise LocalFailure(f"The sample order was answered with {answer.status_code}: {answer.text}")
    return str(answer.json()["streamUrl"])


def _follow(stream_url: str, say: Say) -> str:
    with connect(stream_url, proxy=None, open_timeout=SECONDS_BETWEEN_STATUSES) as socket:
        while True:
            message = json.loads(socket.recv(SECONDS_BETWEEN_STATUSES))
            for event in message["logs"] if message["type"] == "backfill" else [message]:
                say(_line(event))
                if event["status"] in FINAL:
                    return str(event["status"])


def _line(event: dict[str, Any]) -> str:
    known = [f"{key} {event[key]}" for key in ("dex", "executedPrice", "amountOut", "txHash") if key in event]
    known += [f"{key} {event[key]['code']}" for key in ("reason", "error") if key in event]
    time_of_day = event["timestamp"][11:23]
    return f"  {event['sequence']:>2}  {time_of_day}  {event['status']:<10} {'  '.join(known)}".rstrip()
