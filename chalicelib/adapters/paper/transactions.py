"""Paper transactions: canonical JSON, so that equal swaps are equal bytes.

A message says what is to be swapped; a transaction is its envelope, the message with its signature.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Self

from chalicelib.adapters import base58
from chalicelib.adapters.paper.pools import pair_of
from chalicelib.errors import Rejected
from chalicelib.ports import SwapRequest

KIND = "paper-swap"
TRANSACTION_VERSION = 1


@dataclass(frozen=True, slots=True)
class PaperSwap:
    """The swap in a transaction's message."""

    order_id: str
    attempt: int
    venue: str
    pool: str
    token_in: str
    token_out: str
    amount_in: int
    minimum_amount_out: int
    blockhash: str
    last_valid_block_height: int

    @classmethod
    def of(cls, request: SwapRequest) -> Self:
        """Return the swap of a request."""
        return cls(
            request.order_id,
            request.attempt,
            request.quote.venue,
            request.quote.pool,
            request.token_in.mint,
            request.token_out.mint,
            request.amount_in,
            request.minimum_amount_out,
            request.blockhash.blockhash,
            request.blockhash.last_valid_block_height,
        )

    @property
    def pair(self) -> str:
        """The name of the pair that is traded."""
        return pair_of(self.token_in, self.token_out)

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return _canonical(
            {
                "kind": KIND,
                "v": TRANSACTION_VERSION,
                "orderId": self.order_id,
                "attempt": self.attempt,
                "venue": self.venue,
                "pool": self.pool,
                "tokenIn": self.token_in,
                "tokenOut": self.token_out,
                "amountIn": str(self.amount_in),
                "minimumAmountOut": str(self.minimum_amount_out),
                "blockhash": self.blockhash,
                "lastValidBlockHeight": str(self.last_valid_block_height),
            }
        )


def read_message(message: bytes) -> PaperSwap:
    """Return the swap in a message's bytes; raise `Rejected` if they are not a paper message."""
    fields = _object(message)
    try:
        if (fields["kind"], fields["v"]) != (KIND, TRANSACTION_VERSION):
            raise Rejected("The message was not a paper swap of a known version")
        return PaperSwap(
            fields["orderId"],
            fields["attempt"],
            fields["venue"],
            fields["pool"],
            fields["tokenIn"],
            fields["tokenOut"],
            int(fields["amountIn"]),
            int(fields["minimumAmountOut"]),
            fields["blockhash"],
            int(fields["lastValidBlockHeight"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected("The message was not a well-formed paper swap") from error


def signature_of(message: bytes, seed: str) -> str:
    """Return the paper wallet's signature of a message: 64 bytes in base58, equal for equal messages."""
    key = hashlib.sha512(f"paper wallet of {seed}".encode()).digest()
    return base58.encode(hashlib.blake2b(message, key=key, digest_size=64).digest())


def seal(message: bytes, signature: str) -> bytes:
    """Return the transaction of a message and its signature."""
    return _canonical({"message": message.decode(), "signature": signature})


def open_transaction(transaction: bytes) -> tuple[bytes, str]:
    """Return a transaction's message and signature, unverified; raise `Rejected` if it has none."""
    fields = _object(transaction)
    try:
        return fields["message"].encode(), str(fields["signature"])
    except (KeyError, AttributeError) as error:
        raise Rejected("The transaction was not well-formed") from error


def _canonical(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _object(raw: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(raw)
    except ValueError as error:
        raise Rejected("The bytes were not JSON") from error
    if not isinstance(fields, dict):
        raise Rejected("The bytes were not a JSON object")
    return fields
