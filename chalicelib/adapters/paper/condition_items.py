"""Convert the conditions of a market to an item of the paper table and back.

The item stands in the partition of the pools, after all of their addresses, so that the query that reads the
pools for a quote brings it along.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.adapters.paper.conditions import TRUE, UNTOUCHED, Conditions, Feed, PairMarket
from chalicelib.adapters.paper.items import (
    PAPER_VERSION,
    PaperItem,
    pool_item,
    pool_partition,
    read_pool,
    require_known,
)
from chalicelib.adapters.paper.path import Knot, Path
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.adapters.paper.unreadable import UnreadablePool
from chalicelib.domain.steering import FeedState

CONDITIONS = "~PATH"
"""The sort key of the conditions: no address has a tilde."""


def conditions_key(venue: str, pair: str) -> PaperItem:
    """Return the key of the conditions of a venue's market of a pair."""
    return {"pk": {"S": pool_partition(venue, pair)}, "sk": {"S": CONDITIONS}}


def conditions_item(venue: str, pair: str, conditions: Conditions) -> PaperItem:
    """Return conditions as an item."""
    path, feed = conditions.path, conditions.feed
    shown = {
        "state": feed.state.value,
        "since": feed.since,
        "until": feed.until,
        "bps": feed.bps,
        "pools": [pool_item(pool) for pool in feed.pools if not isinstance(pool.state, UnreadablePool)],
    }
    return {
        **conditions_key(venue, pair),
        "v": {"N": PAPER_VERSION},
        "change": {"N": str(conditions.change)},
        "token": {"S": path.token},
        "knots": {"S": json.dumps([[knot.height, knot.level] for knot in path.knots], separators=(",", ":"))},
        "feed": {"S": json.dumps(shown, separators=(",", ":"))},
    }


def read_conditions(item: Mapping[str, Any] | None) -> Conditions:
    """Return the conditions in an item; without one they are UNTOUCHED.

    Raises
    ------
    StorageUnavailable
        A newer release wrote them.
    """
    if item is None:
        return UNTOUCHED
    require_known(item)
    knots = tuple(Knot(height, level) for height, level in json.loads(item["knots"]["S"]))
    path = Path(item["token"]["S"], knots)
    return Conditions(path, _feed(json.loads(item["feed"]["S"]), path), int(item["change"]["N"]))


def read_market(items: Iterable[Mapping[str, Any]], *, is_steered: bool) -> PairMarket:
    """Return the pools of a partition; with the conditions among its items if the market may be steered."""
    pools: list[StoredPool] = []
    conditions = UNTOUCHED
    for item in items:
        if item["sk"]["S"] != CONDITIONS:
            pools.append(read_pool(item))
        elif is_steered:
            conditions = read_conditions(item)
    return PairMarket([on_path(pool, conditions.path) for pool in pools], conditions)


def on_path(pool: StoredPool, path: Path) -> StoredPool:
    """Return the pool with the path of its pair's price."""
    return replace(pool, path=path) if path.knots else pool


def _feed(shown: Mapping[str, Any], path: Path) -> Feed:
    if FeedState(shown["state"]) is FeedState.OK:
        return TRUE
    pools = tuple(on_path(read_pool(item), path) for item in shown["pools"])
    return Feed(FeedState(shown["state"]), shown["since"], shown["until"], shown["bps"], pools)
