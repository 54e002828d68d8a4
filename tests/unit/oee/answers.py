"""What the API answers, scripted; and time that passes only by waiting."""

from collections.abc import Callable
from typing import Any

import httpx

from oee import Client, Patience

URL = "https://api.test/dev"
ORDER_ID = "0b8f1c2e-0000-4000-8000-000000000001"
SIGNATURE = "5" * 88
STREAM_URL = f"wss://stream.test/dev?orderId={ORDER_ID}"
JOURNEY = ("pending", "routing", "building", "submitted", "confirmed")
KNOWN: dict[str, dict[str, Any]] = {
    "building": {"dex": "raydium", "quotedAmountOut": "225.001995", "minimumAmountOut": "222.751976"},
    "submitted": {"txHash": SIGNATURE},
    "confirmed": {"amountOut": "224.5", "executedPrice": "149.666666666666667", "dex": "raydium"},
    "failed": {"error": {"code": "ROUTE_NOT_FOUND", "detail": "No venue can fill this swap."}},
}

Answer = Callable[[], httpx.Response]


def event(sequence: int, status: str, **known: Any) -> dict[str, Any]:
    """An event as the API shows it, half a second after the one before."""
    at = f"2026-11-22T18:32:{44 + sequence // 2}.{sequence % 2 * 5}00Z"
    return {
        "sequence": sequence, "status": status, "timestamp": at, "attempt": 1,
        **KNOWN.get(status, {}), **known,
    }  # fmt: skip


def events(*statuses: str) -> list[dict[str, Any]]:
    """A history with these statuses."""
    return [event(sequence, status) for sequence, status in enumerate(statuses, 1)]


def accepted(stream_url: str = STREAM_URL) -> dict[str, Any]:
    """The answer to a placed order."""
    return {"success": True, "orderId": ORDER_ID, "status": "pending", "streamUrl": stream_url}


def order(*statuses: str, stream_url: str = STREAM_URL, **changes: Any) -> dict[str, Any]:
    """An order with that history."""
    return {
        **accepted(stream_url), "status": statuses[-1], "type": "market", "tokenIn": "SOL",
        "tokenOut": "USDC", "amount": "1.5", "slippageBps": 100, "acceptedAt": "2026-11-22T18:32:44.500Z",
        "expiresAt": "2026-11-22T18:33:44.500Z", "attempt": 1, "sequence": len(statuses),
        "logs": events(*statuses), **changes,
    }  # fmt: skip


def route() -> dict[str, Any]:
    """One venue that offers, with a pool that is left out, and one that doesn't."""
    reason = {"code": "POOL_DISABLED", "kind": "rejected", "detail": "Swaps are off", "retryable": False}
    pools = [
        {"pool": "PoolA", "type": "raydium_clmm", "amountOut": "225.001995", "priceImpactBps": 1},
        {"pool": "PoolB", "type": "raydium_cpmm", "error": reason},
    ]
    offer = {
        "dex": "raydium",
        "outcome": "chosen",
        "pool": "PoolA",
        "amountOut": "225.001995",
        "pools": pools,
    }
    none = {"dex": "meteora", "outcome": "failed", "error": {**reason, "code": "VENUE_UNAVAILABLE"}}
    at = "2026-11-22T18:32:44.500Z"
    return {"dex": "raydium", "pool": "PoolA", "decidedAt": at, "quotes": [offer, none]}


def quote() -> dict[str, Any]:
    """A dry run."""
    return {
        "success": True, "tokenIn": "SOL", "tokenOut": "USDC", "amount": "1.5", "amountOut": "225.001995",
        "minimumAmountOut": "222.751976", "slippageBps": 100, "route": route(),
    }  # fmt: skip


def problem(status: int, code: str, retry_after: int | None = None, **extra: Any) -> Answer:
    """A refusal."""
    document = {"title": "It was refused", "status": status, "detail": "Try later.", "code": code, **extra}
    return answer(document, status, {} if retry_after is None else {"Retry-After": str(retry_after)})


def answer(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """A JSON answer."""
    return lambda: httpx.Response(status, json=document, headers=headers)


def lost(error: type[httpx.RequestError] = httpx.ReadTimeout) -> Answer:
    """A request that is not answered."""

    def fail() -> httpx.Response:
        raise error("nothing came")

    return fail


class Script:
    """Gives one answer after the other, the last one for good, and keeps the requests."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return (self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])()

    def headers(self, name: str) -> list[str | None]:
        """That header of each request."""
        return [request.headers.get(name) for request in self.requests]


class Waits:
    """A wall clock that only waiting moves on; each wait may take `longer` than it should."""

    def __init__(self, longer: float = 0) -> None:
        self._longer = longer
        self.now = 1_800_000_000.0
        self.seconds: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.now += seconds + self._longer

    def patience(self, seconds: float = 60) -> Patience:
        """Patience by this clock, with the longest wait at each chance."""
        return Patience(seconds, clock=lambda: self.now, sleep=self.sleep, chance=lambda: 1.0)


def client(script: Script, waits: Waits | None = None, seconds: float = 60, **options: Any) -> Client:
    """A client of the scripted API."""
    patience = (waits or Waits()).patience(seconds)
    return Client(URL, patience=patience, transport=httpx.MockTransport(script), **options)
