"""A stack whose prices are a node's: quotes, an order to its end, and what it says when the node is down."""

import os
from collections.abc import Iterator
from decimal import Decimal

import pytest

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import pair_of
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.pricing.swap import PoolClock
from infra.local.stack import Stack
from oee import Client
from tests.e2e.conftest import PREFIX, UNLIMITED, running_stack
from tests.e2e.trader import JOURNEY, Trader
from tests.fakes.live_pools import live_accounts, live_address, pools_setting
from tests.fakes.solana import Cluster, RpcServer, in_json, serving

pytestmark = pytest.mark.e2e

AMOUNT = {"tokenIn": "SOL", "tokenOut": "USDC", "amount": "0.1"}
LAMPORTS = 100_000_000
DOWN = 503


@pytest.fixture(scope="module")
def node() -> Iterator[RpcServer]:
    with serving(Cluster(live_accounts(), SystemClock())) as server:
        yield server


@pytest.fixture(scope="module")
def shadow(node: RpcServer) -> Iterator[Stack]:
    given = [
        *UNLIMITED,
        "MARKET=shadow",
        f"SOLANA_RPC_URLS={node.url}",
        f"SOLANA_POOLS={pools_setting()}",
        "SOLANA_RPC_COOLDOWN_MS=100",
    ]
    with running_stack(f"{PREFIX}{os.getpid()}-shadow", given) as stack:
        yield stack


def units(amount: str) -> int:
    """An amount of USDC in base units."""
    return int(Decimal(amount).scaleb(USDC.decimals))


def priced() -> dict[str, int]:
    """What each pool of SOL and USDC pays by its own state, by address."""
    seconds = SystemClock().now() // 1000
    return {
        live_address(pool): pool.swap(LAMPORTS, SOL.mint, PoolClock(seconds, slot=0)).amount_out
        for pool in seeded_pools()
        if pool.pair == pair_of(SOL.mint, USDC.mint)
    }


def test_quotes_are_what_the_nodes_accounts_are_worth_and_an_order_is_filled_at_them(shadow: Stack) -> None:
    trader = Trader(shadow.rest_url)
    assert trader.request("GET", "/api/health").json()["market"] == "shadow"
    quote = trader.request("POST", "/api/quotes", json=AMOUNT).json()
    offered = [pool for venue in quote["route"]["quotes"] for pool in venue["pools"]]
    expected = priced()
    assert {pool["pool"]: units(pool["amountOut"]) for pool in offered} == expected

    accepted = trader.place()
    assert accepted.json()["market"] == "shadow"
    seen = trader.follow(accepted.json()["streamUrl"])
    assert [event["status"] for event in seen] == JOURNEY
    order = trader.read(accepted.json()["orderId"])
    assert order["market"] == "shadow"
    assert units(seen[-1]["amountOut"]) == max(expected.values())
    with Client(shadow.rest_url) as client:
        assert client.get(order["orderId"]).market == "shadow"


def test_pairs_and_tokens_are_those_that_the_settings_list(shadow: Stack) -> None:
    trader = Trader(shadow.rest_url)
    pairs = trader.request("GET", "/api/pairs").json()["pairs"]
    listed = {pool["pool"] for pair in pairs for venue in pair["venues"] for pool in venue["pools"]}
    assert listed == {live_address(pool) for pool in seeded_pools()}


def test_while_the_node_is_down_quotes_are_refused_and_an_order_waits_for_it(
    shadow: Stack, node: RpcServer
) -> None:
    trader = Trader(shadow.rest_url)
    node.always = lambda _call: in_json({}, DOWN)
    try:
        refused = trader.request("POST", "/api/quotes", json=AMOUNT)
        assert (refused.status_code, refused.json()["code"]) == (DOWN, "CHAIN_UNAVAILABLE")
        assert "127.0.0.1" not in refused.text
        accepted = trader.place().json()
        order = trader.read(accepted["orderId"])
        while len(order["logs"]) < len(["pending", "routing", "routing again"]):
            order = trader.read(accepted["orderId"])
    finally:
        node.always = None
    assert order["logs"][2]["reason"]["code"] == "CHAIN_UNAVAILABLE"
    assert "rpc-1 answered 503" in order["logs"][2]["reason"]["detail"]
    assert trader.follow(accepted["streamUrl"])[-1]["status"] == "confirmed"
