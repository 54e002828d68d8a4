"""Convert pools and traces to items of the paper table and back.

A pool's partition is its venue and pair, so that one query reads all that a quote needs; a signature's
partition holds at most two items, its first send and its outcome. The numbers of a pool's state are decimal
strings inside one JSON text: they are larger than a number attribute holds.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chalicelib.adapters.paper.ledger import Ending, Outcome, Sent
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.adapters.paper.unreadable import UnreadablePool
from chalicelib.domain.submission import LandingError
from chalicelib.errors import StorageUnavailable, UnsupportedPool
from chalicelib.pricing.plausible import NONSENSE
from chalicelib.pricing.pools import pool_from_record
from chalicelib.pricing.swap import Pool

PaperItem = dict[str, dict[str, Any]]

PAPER_VERSION = "1"
SENT, OUTCOME = "sent", "outcome"
KEPT_SECONDS = 90 * 24 * 60 * 60
"""Seconds for which traces are kept: far longer than a message can wait in a dead-letter and a parked queue
(28 days), because a transaction without a trace would be reported expired."""


def pool_key(venue: str, pair: str, address: str) -> PaperItem:
    """Return the key of a pool."""
    return {"pk": {"S": pool_partition(venue, pair)}, "sk": {"S": address}}


def pool_partition(venue: str, pair: str) -> str:
    """Return the partition of a venue's pools of a pair."""
    return f"POOLS#{venue}#{pair}"


def signature_partition(signature: str) -> str:
    """Return the partition of a signature's trace."""
    return f"SIGNATURE#{signature}"


def trace_key(signature: str, sort_key: str) -> PaperItem:
    """Return the key of one part of a signature's trace: SENT or OUTCOME."""
    return {"pk": {"S": signature_partition(signature)}, "sk": {"S": sort_key}}


def pool_item(pool: StoredPool) -> PaperItem:
    """Return a pool as an item."""
    level = {} if pool.level is None else {"level": {"N": str(pool.level)}}
    return {
        **pool_key(pool.venue, pool.pair, pool.address),
        "v": {"N": PAPER_VERSION},
        "venue": {"S": pool.venue},
        "token_0": {"S": pool.token_0},
        "token_1": {"S": pool.token_1},
        "state": {"S": json.dumps(pool.state.to_record(), separators=(",", ":"))},
        "height": {"N": str(pool.height)},
        "version": {"N": str(pool.version)},
        **level,
    }


def read_pool(item: Mapping[str, Any]) -> StoredPool:
    """Return the pool in an item; an unreadable one becomes a pool that refuses every swap."""
    try:
        return _pool(item)
    except (StorageUnavailable, UnsupportedPool, *NONSENSE) as error:
        _, venue, pair = item["pk"]["S"].split("#")
        token_0, token_1 = pair.split("/")
        return StoredPool(venue, item["sk"]["S"], token_0, token_1, UnreadablePool.because_of(error))


def sent_item(signature: str, sent: Sent) -> PaperItem:
    """Return a first send as an item."""
    known = {"lands_at": sent.lands_at, "forked_at": sent.forked_at, "slot": sent.slot}
    return {
        **_trace_item(signature, SENT, sent.order_id, sent.attempt, sent.sent_at),
        **{name: {"N": str(number)} for name, number in known.items() if number is not None},
        "reverts": {"BOOL": sent.reverts},
    }


def read_sent(item: Mapping[str, Any]) -> Sent:
    """Return the first send in an item."""
    require_known(item)
    return Sent(
        item["order_id"]["S"],
        int(item["attempt"]["N"]),
        int(item["at"]["N"]),
        int(item["lands_at"]["N"]) if "lands_at" in item else None,
        bool(item["reverts"]["BOOL"]),
        int(item["forked_at"]["N"]) if "forked_at" in item else None,
        int(item["slot"]["N"]) if "slot" in item else None,
    )


def outcome_item(signature: str, outcome: Outcome) -> PaperItem:
    """Return an outcome as an item."""
    error = {} if outcome.error is None else {"error": {"S": outcome.error.value}}
    return {
        **_trace_item(signature, OUTCOME, outcome.order_id, outcome.attempt, outcome.decided_at),
        **error,
        "ending": {"S": outcome.ending.value},
        "height": {"N": str(outcome.height)},
        "pool": {"S": outcome.pool},
        "amount_in": {"N": str(outcome.amount_in)},
        "amount_out": {"N": str(outcome.amount_out)},
    }


def read_outcome(item: Mapping[str, Any]) -> Outcome:
    """Return the outcome in an item."""
    require_known(item)
    return Outcome(
        Ending(item["ending"]["S"]),
        item["order_id"]["S"],
        int(item["attempt"]["N"]),
        int(item["height"]["N"]),
        int(item["at"]["N"]),
        item["pool"]["S"],
        int(item["amount_in"]["N"]),
        int(item["amount_out"]["N"]),
        LandingError(item["error"]["S"]) if "error" in item else None,
    )


def _trace_item(signature: str, sort_key: str, order_id: str, attempt: int, at: int) -> PaperItem:
    return {
        **trace_key(signature, sort_key),
        "v": {"N": PAPER_VERSION},
        "order_id": {"S": order_id},
        "attempt": {"N": str(attempt)},
        "at": {"N": str(at)},
        "ttl": {"N": str(at // 1000 + KEPT_SECONDS)},
    }


def _pool(item: Mapping[str, Any]) -> StoredPool:
    require_known(item)
    pool = StoredPool(
        item["venue"]["S"],
        item["sk"]["S"],
        item["token_0"]["S"],
        item["token_1"]["S"],
        _state(item["state"]["S"]),
        int(item["height"]["N"]),
        int(item["version"]["N"]),
        int(item["level"]["N"]) if "level" in item else None,
    )
    if item["pk"]["S"] != pool_partition(pool.venue, pool.pair):
        raise ValueError("the pool lies in the partition of another venue or pair")
    return pool


@lru_cache(maxsize=64)
def _state(text: str) -> Pool:
    """Return the state in a text, cached: a pool is read far more often than it is traded on."""
    return pool_from_record(json.loads(text))


def require_known(item: Mapping[str, Any]) -> None:
    """Raise StorageUnavailable if a newer release wrote the item."""
    version = item.get("v", {}).get("N")
    if version != PAPER_VERSION:
        raise StorageUnavailable(f"The item's schema version was {version}, written by a newer release")
