"""Orders that wait for their price, as the API shows them."""

from typing import Any

from tests.unit.oee.answers import ORDER_ID, STREAM_URL, event

SUMMARY = (
    "Sells 1.5 SOL at the market when 1 SOL is worth 130 USDC or less, until 24 December 2026, 00:00 UTC."
)
GOOD_TILL = "2026-12-24T00:00:00.000Z"
DISPROVED = {
    "code": "TRIGGER_DISPROVED", "kind": "rejected", "retryable": True,
    "detail": "The best offer was 200 USDC, and at the trigger it would be 195 USDC",
}  # fmt: skip
FIRED = {
    "change": "fired", "trigger": "130", "observed": "129.7", "priceIn": "USDC", "looks": 2,
    "afterSilenceMs": 12000,
}  # fmt: skip
HISTORY = [
    event(1, "armed", change="placed"),
    event(2, "armed", change="amended", trigger="130", limitPrice="126", priceIn="USDC", slippageBps=50),
    event(3, "pending", **FIRED),
    event(4, "routing"),
    event(5, "armed", change="returned", reason=DISPROVED),
]
TOLD = [
    "armed      waits for its price",
    "armed      amended: trigger 130 USDC, limit 126 USDC, slippage 0.50 %",
    (
        "pending    fired at 129.7 USDC, trigger 130 USDC, seen in 2 looks, after 12.00 s in which nobody "
        "could look"
    ),
    "routing",
    (
        "armed      waits for its price again: The best offer was 200 USDC, and at the trigger it would be "
        "195 USDC."
    ),
]
"""What a watch says of that history, after its times."""


def armed(stream_url: str = STREAM_URL) -> dict[str, Any]:
    """The answer to a stop that was placed."""
    return {
        "success": True, "orderId": ORDER_ID, "status": "armed", "streamUrl": stream_url, "market": "paper",
        "summary": SUMMARY, "expiresAt": GOOD_TILL,
    }  # fmt: skip


def stop(*logs: dict[str, Any], stream_url: str = STREAM_URL, **changes: Any) -> dict[str, Any]:
    """A stop with this history, or with one of all that happens to it."""
    logs = logs or tuple(HISTORY)
    return {
        **armed(stream_url), "status": logs[-1]["status"], "type": "stop", "tokenIn": "SOL",
        "tokenOut": "USDC", "amount": "1.5", "slippageBps": 50, "acceptedAt": "2026-11-22T18:32:44.500Z",
        "attempt": 1, "sequence": len(logs), "logs": list(logs), "trigger": {"price": "130"},
        "limitPrice": "126", "priceIn": "USDC", "timeInForce": "GTD", "ifRecovered": "hold",
        "goodTill": GOOD_TILL, "firings": 1, "amendments": 2, "lastReturn": DISPROVED, **changes,
    }  # fmt: skip
