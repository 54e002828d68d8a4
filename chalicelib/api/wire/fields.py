"""The fields that answers and messages have in common, as types."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

CLOSED = ConfigDict(extra="forbid", strict=True)
"""An answer has what its type has and nothing else. The documents leave that out: changes are additive."""

DECIMAL = r"^(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$"


def text(description: str, *examples: str, **schema: Any) -> Any:
    """Return the schema of a text for the documents."""
    return Field(description=description, examples=list(examples) or None, json_schema_extra=schema or None)


OrderId = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    text("The order's id.", "0b8f6a52-1f0c-4c6b-9d0e-7a3c5b1d2e4f", format="uuid"),
]
Timestamp = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"),
    text("A time in UTC, to the millisecond.", "2026-11-22T12:00:00.000Z", format="date-time"),
]
AmountIn = Annotated[str, Field(pattern=DECIMAL), text("Whole tokens of tokenIn, exactly.", "1.5")]
AmountOut = Annotated[str, Field(pattern=DECIMAL), text("Whole tokens of tokenOut, exactly.", "224.4")]
Minimum = Annotated[
    str,
    Field(pattern=DECIMAL),
    text(
        "The least output: what the order demands, or what slippage leaves of its first quote, whichever is "
        "more. Never lowered while it is executed.",
        "222.156",
    ),
]
Price = Annotated[
    str,
    Field(pattern=DECIMAL),
    text("Whole tokenOut per whole tokenIn, to 18 significant digits.", "149.6"),
]
LimitPrice = Annotated[
    str,
    Field(pattern=DECIMAL),
    text("The worst price that is accepted: whole `priceIn` for one whole of the other token.", "160"),
]
TriggerPrice = Annotated[
    str,
    Field(pattern=DECIMAL),
    text("The price that the order waits for: whole `priceIn` for one whole of the other token.", "130"),
]
Height = Annotated[
    str, Field(pattern=r"^[0-9]+$"), text("The last block in which the transaction can land.", "298000150")
]
Signature = Annotated[str, text("The transaction's signature, known before it is first sent.")]
Dex = Annotated[str, text("The venue.", "raydium", "meteora")]
Pool = Annotated[str, text("The pool.")]
PoolType = Annotated[str, text("The pool's program.", "raydium_cpmm", "meteora_dlmm")]
Market = Annotated[
    str,
    text(
        "What orders are traded on; on `paper`, and on `shadow` with its live prices, no transaction reaches "
        "Solana and no money moves.",
        "paper",
    ),
]
Symbol = Annotated[str, text("The token's symbol.", "SOL", "USDC")]
StreamUrl = Annotated[
    str,
    Field(pattern=r"^wss?://"),
    text("Where to follow: connect and say nothing.", "wss://example.com/dev?orderId=…"),
]
Bps = Annotated[int, Field(ge=0, description="Basis points: 100 are 1 %.", examples=[100])]
Sequence = Annotated[
    int, Field(ge=1, description="Position in the order's history, without gaps.", examples=[4])
]
Attempt = Annotated[
    int,
    Field(
        ge=0,
        description="Tries to trade so far; at most four each time that the order is executed.",
        examples=[1],
    ),
]
Success = Annotated[Literal[True], Field(description="Always true; a problem says false.")]
