from dataclasses import replace
from decimal import Decimal
from typing import Any

from chalicelib.adapters.paper.items import pool_item, read_pool
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import pair_of
from chalicelib.api.responses import quote_json
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.pricing.pools import POOL_TYPES
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.quote_swap import QuoteSwap
from tests.fakes.examples import a_new_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.paper import InMemoryLedger, PaperDesk
from tests.fakes.scripted import InlineExecutor

POOLS = [pool for pool in seeded_pools() if pool.pair == pair_of(SOL.mint, USDC.mint)]


def route_on_the_wire(desk: PaperDesk, amount_in: int) -> dict[str, Any]:
    gather = GatherQuotes(list(desk.venues.values()), InlineExecutor(), desk.clock, 800)
    swap = a_new_order(token_in=SOL, token_out=USDC, amount_in=amount_in)
    quote_swap = QuoteSwap(
        gather,
        desk.pairs,
        desk.clock,
        FakeIdentifiers(),
        max_price_impact_bps=1_000,
        reference_of=lambda _swap: None,
    )
    return {**quote_json(quote_swap.quote(swap))["route"]}


def pools_of(route: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {pool["pool"]: pool for reply in route["quotes"] for pool in reply["pools"]}


def test_a_quote_shows_what_each_of_all_pools_would_give_and_the_best_is_chosen() -> None:
    route = route_on_the_wire(PaperDesk(), 10 * 10**9)
    pools = pools_of(route)
    assert set(pools) == {pool.address for pool in POOLS}
    assert {pool["type"] for pool in pools.values()} == {pool_type.KIND for pool_type in POOL_TYPES}
    best = max(pools.values(), key=lambda pool: Decimal(pool["amountOut"]))
    assert route["pool"] == best["pool"]
    assert all(
        set(pool) == {"pool", "type", "amountOut", "feeIn", "feeOut", "priceImpactBps"}
        for pool in pools.values()
    )


def test_a_quote_shows_why_a_pool_was_left_out() -> None:
    unknown = {**pool_item(POOLS[0]), "state": {"S": '{"kind":"orca_whirlpool"}'}}
    left_out = replace(read_pool(unknown), address="left-out")
    pools = pools_of(route_on_the_wire(PaperDesk(InMemoryLedger([*POOLS, left_out])), 10_000 * 10**9))
    errors = {pool["type"]: pool["error"] for pool in pools.values() if "error" in pool}
    codes = {kind: error["code"] for kind, error in errors.items()}
    assert codes == {
        "unreadable": "POOL_UNSUPPORTED",
        "raydium_clmm": "POOL_INSUFFICIENT_LIQUIDITY",
        "meteora_dlmm": "POOL_INSUFFICIENT_LIQUIDITY",
    }
    assert "orca_whirlpool" in str(errors["unreadable"])
