"""The replies of a paper node: writing, reading, and corrupting them as a fault.

An answer is believed only when every field is there, of its type and in its range, and nothing else is. One
that can't be read proves nothing: above all it is never an absent transaction.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.order import Fill
from chalicelib.domain.submission import (
    Commitment,
    HeightReading,
    LandingError,
    SignatureStatus,
    StatusReading,
)
from chalicelib.errors import ChainUnavailable
from chalicelib.ports import Blockhash

Reply = Mapping[str, object]
Rule = Callable[[Any], bool]

_HASH = re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}", re.ASCII)
_AMOUNT = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)


def write_blockhash(blockhash: Blockhash) -> Reply:
    """Return the reply with a blockhash."""
    return {"blockhash": blockhash.blockhash, "lastValidBlockHeight": blockhash.last_valid_block_height}


def read_blockhash(reply: object) -> Blockhash:
    """Return the blockhash in a reply. Raises ChainUnavailable, like every reader here."""
    fields = _fields(reply, blockhash=_is_hash, lastValidBlockHeight=_is_count)
    return Blockhash(fields["blockhash"], fields["lastValidBlockHeight"])


def write_height(reading: HeightReading) -> Reply:
    """Return the reply with the finalized height."""
    return {"blockHeight": reading.block_height, "slot": reading.slot}


def read_height(reply: object) -> HeightReading:
    """Return the finalized height in a reply."""
    fields = _fields(reply, blockHeight=_is_count, slot=_is_count)
    return HeightReading(fields["blockHeight"], fields["slot"])


def write_status(reading: StatusReading) -> Reply:
    """Return the reply with a signature's status."""
    status = reading.status
    return {
        "slot": reading.slot,
        "commitment": status.commitment.name if status is not None else None,
        "error": status.error.value if status is not None and status.error is not None else None,
    }


def read_status(reply: object) -> StatusReading:
    """Return the signature's status in a reply."""
    fields = _fields(reply, slot=_is_count, commitment=_is_commitment, error=_is_error)
    commitment, error = fields["commitment"], fields["error"]
    if commitment is None:
        if error is not None:
            raise ChainUnavailable("The node's answer was malformed: an error of what is absent")
        return StatusReading(None, fields["slot"])
    status = SignatureStatus(Commitment[commitment], None if error is None else LandingError(error))
    return StatusReading(status, fields["slot"])


def write_fill(fill: Fill) -> Reply:
    """Return the reply with a fill."""
    return {"amountIn": str(fill.amount_in), "amountOut": str(fill.amount_out)}


def read_fill(reply: object) -> Fill:
    """Return the fill in a reply."""
    fields = _fields(reply, amountIn=_is_amount, amountOut=_is_amount)
    return Fill(int(fields["amountIn"]), int(fields["amountOut"]))


def write_receipt(subject: str) -> Reply:
    """Return the reply that confirms the receipt of `subject`."""
    return {"taken": subject}


def read_receipt(reply: object, subject: str) -> None:
    """Check that a reply confirms the receipt of `subject`."""
    _fields(reply, taken=lambda taken: taken == subject)


def corrupt(reply: Reply, draw: int) -> object:
    """Return the reply broken in one of the ways in which nodes' replies break."""
    draw, place = divmod(draw, len(reply))
    name = sorted(reply)[place]
    ways = (
        *_NO_REPLIES,
        {other: value for other, value in reply.items() if other != name},
        {**reply, "error": "Node is behind by 42 slots"},
        *({**reply, name: wrong} for wrong in _WRONG),
    )
    return ways[draw % len(ways)]


_NO_REPLIES: tuple[object, ...] = ("<html><body>502 Bad Gateway</body></html>", None, [], {})
_WRONG: tuple[object, ...] = (True, -1, 1.5, "NaN", "", [])


def _fields(reply: object, **rules: Rule) -> Mapping[str, Any]:
    if not isinstance(reply, Mapping) or set(reply) != set(rules):
        raise ChainUnavailable("The node's answer was malformed: it had not the fields that were asked for")
    for name, holds in rules.items():
        if not holds(reply[name]):
            raise ChainUnavailable(f"The node's answer was malformed: {name}")
    return reply


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _is_amount(value: object) -> bool:
    return isinstance(value, str) and _AMOUNT.fullmatch(value) is not None


def _is_commitment(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in Commitment.__members__)


def _is_error(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in {error.value for error in LandingError})
