"""Whole runs over every kind of pool: orders of all sizes, while prices drift, and with broken pools."""

from collections import Counter
from dataclasses import replace

import pytest

from chalicelib.adapters.paper.ledger import Ending
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import pair_of
from chalicelib.adapters.paper.unreadable import UnreadablePool
from chalicelib.domain.order import Order, Status
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT
from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.pools import POOL_TYPES
from tests.fakes.examples import a_new_order
from tests.fakes.paper import paper_settings
from tests.simulation.world import World

KINDS = {pool.address: pool.state.KIND for pool in seeded_pools()}
PAIRS = [(SOL, USDC), (USDC, SOL), (SOL, USDT), (JUP, USDC), (BONK, SOL), (SOL, BONK)]
WHOLE = {SOL: 1, USDC: 200, JUP: 300, BONK: 1_000_000}
SIZES = (1, 10, 100, 1_000, 4_000)
ANY_IMPACT = {"max_price_impact_bps": 10_000}
"""The greatest sizes empty pools: what that does to them is what these runs look at."""


def trade_all_sizes(world: World) -> None:
    """One after the other: orders of these sizes side by side would take the pools from one another."""
    for token_in, token_out in PAIRS:
        for size in SIZES:
            amount_in = size * WHOLE[token_in] * 10**token_in.decimals
            world.place(
                a_new_order(
                    token_in=token_in, token_out=token_out, amount_in=amount_in, valid_for_seconds=120
                )
            )
            world.run()


def fills(world: World) -> Counter[str]:
    """How many swaps landed on each pool."""
    return Counter(
        outcome.pool for outcome in world.ledger.outcomes.values() if outcome.ending is Ending.LANDED
    )


def left_out_as_unsupported(order: Order) -> set[str]:
    """The pools of which the order's route says so: at their quotes, or in the reason of their venue."""
    assert order.route is not None
    found = set()
    for reply in order.route.replies:
        pools = reply.quote.pools if reply.quote is not None else ()
        found |= {pool.pool for pool in pools if pool.reason and pool.reason.code == "POOL_UNSUPPORTED"}
        detail = reply.reason.detail if reply.reason is not None else ""
        found |= {address for address in KINDS if f"can't price its pool {address}:" in detail}
    return found


@pytest.mark.promise("R1")
@pytest.mark.promise("R5")
def test_orders_of_all_sizes_are_filled_by_pools_of_every_kind_on_calm_days_and_wild_ones() -> None:
    kinds = set()
    for drift_bps in (0, 20, 300):
        world = World(paper_settings(paper_drift_bps=drift_bps, **ANY_IMPACT))
        trade_all_sizes(world)
        assert {order.status for order in world.orders.orders.values()} == {Status.CONFIRMED}
        kinds |= {KINDS[pool] for pool in fills(world)}
    assert kinds == {pool_type.KIND for pool_type in POOL_TYPES}


@pytest.mark.promise("R5")
def test_each_pool_has_moved_once_for_each_swap_that_landed_on_it() -> None:
    world = World(paper_settings(**ANY_IMPACT))
    trade_all_sizes(world)
    moved = {pool.address: pool.version - 1 for pool in world.ledger.stored.values()}
    assert moved == {address: fills(world)[address] for address in KINDS}
    for pool in seeded_pools():
        stays = world.ledger.stored[pool.address].state == pool.state
        assert stays is (moved[pool.address] == 0)


@pytest.mark.promise("R7")
@pytest.mark.parametrize("kind", sorted(pool_type.KIND for pool_type in POOL_TYPES))
def test_a_broken_pool_of_any_kind_fails_no_order_and_is_named_in_every_route(kind: str) -> None:
    world = World(paper_settings(**ANY_IMPACT))
    broken = [pool for pool in seeded_pools() if kind == pool.state.KIND]
    for pool in broken:
        nonsense = UnreadablePool(UnsupportedPool, "its record made no sense")
        world.ledger.stored[pool.address] = replace(pool, state=nonsense)
    trade_all_sizes(world)
    for order in world.orders.orders.values():
        assert order.status is Status.CONFIRMED
        pair = pair_of(order.token_in.mint, order.token_out.mint)
        assert left_out_as_unsupported(order) == {pool.address for pool in broken if pool.pair == pair}
    assert not {pool.address for pool in broken} & set(fills(world))
