"""Readings of pairs: of one moment, whole, shared by all who ask, and believed only when they are fresh."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.adapters.solana.layouts.clock import CLOCK
from chalicelib.adapters.solana.rpc.failures import NodeFailed
from chalicelib.adapters.solana.snapshot import LivePool, Snapshot
from chalicelib.adapters.solana.snapshots import MOST_READS, SHARED_MS
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT, Token
from chalicelib.errors import (
    ChainStale,
    ChainUnavailable,
    InsufficientLiquidity,
    RouteNotFound,
    UnsupportedPool,
)
from tests.fakes.live_pools import accounts_of, live_address
from tests.fakes.shadow import ShadowDesk
from tests.fakes.solana import ScriptedNode
from tests.unit.adapters.layouts.recorded import plain_mint

AMOUNTS = {SOL: 15 * 10**8, USDC: 2 * 10**8, USDT: 2 * 10**8, JUP: 10**8, BONK: 10**11}
POOLS = {pool.address: pool for pool in seeded_pools()}
CLMM = next(pool for pool in seeded_pools() if pool.pool_type == "raydium_clmm")
DLMM = next(pool for pool in seeded_pools() if pool.pool_type == "meteora_dlmm")
CPMM = next(pool for pool in seeded_pools() if pool.pool_type == "raydium_cpmm")


class Market:
    def __init__(self) -> None:
        self.desk = ShadowDesk()
        self.cluster = self.desk.cluster
        self.node: ScriptedNode = self.desk.nodes[0]

    def read(self, token: Token = SOL, other: Token = USDC, least_slot: int = 0) -> Snapshot:
        return self.desk.desk.snapshots.of(token.mint, other.mint, least_slot=least_slot)

    def live(self, pool: StoredPool) -> LivePool:
        found = self.read().pool(pool.venue, live_address(pool))
        assert found is not None
        return found

    def reads(self) -> int:
        """How many readings of accounts there were since the last look."""
        count = self.node.calls.count("getMultipleAccounts")
        self.node.calls.clear()
        return count

    def wait(self) -> None:
        """Until a reading is not shared any more."""
        self.desk.clock.advance(SHARED_MS + 1)

    def spoil(self, pool: StoredPool, at: int, byte: int = 255) -> None:
        account = self.cluster.accounts[live_address(pool)]
        data = account.data[:at] + bytes([byte]) + account.data[at + 1 :]
        self.cluster.accounts[account.address] = replace(account, data=data)


@pytest.fixture
def market() -> Market:
    return Market()


def refusal(pool: LivePool) -> str:
    with pytest.raises(UnsupportedPool) as refused:
        pool.swap(AMOUNTS[SOL], SOL.mint, Market().read().clock)
    return str(refused.value)


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("side", [0, 1])
def test_every_pool_is_priced_to_the_unit_as_its_state_is(market: Market, name: str, side: int) -> None:
    stored = POOLS[name]
    mint = (stored.token_0, stored.token_1)[side]
    amount = next(units for token, units in AMOUNTS.items() if token.mint == mint)
    tokens = {token.mint: token for token in AMOUNTS}
    snapshot = market.read(tokens[stored.token_0], tokens[stored.token_1])
    live = snapshot.pool(stored.venue, live_address(stored))
    assert live is not None
    assert live.pool_type == stored.pool_type
    ours, theirs = (pool.swap(amount, mint, snapshot.clock) for pool in (live, stored))
    assert (ours.amount_out, ours.fees) == (theirs.amount_out, theirs.fees)
    assert live.spot_amount_out(amount, mint) == stored.spot_amount_out(amount, mint)


def test_a_first_reading_learns_what_to_read_and_later_ones_read_it_at_once(market: Market) -> None:
    market.read()
    assert market.reads() == 2
    market.wait()
    market.read()
    assert market.reads() == 1


def test_whoever_asks_soon_after_shares_the_reading_and_others_do_not(market: Market) -> None:
    first = market.read()
    market.desk.clock.advance(SHARED_MS)
    assert market.read(USDC, SOL) is first
    market.desk.clock.advance(1)
    assert market.read().slot > first.slot
    assert market.read(SOL, USDT) is not first


def test_who_asks_while_a_reading_is_under_way_waits_for_it(market: Market) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        assert go_on.wait(10)

    market.node.on_call = wait
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(market.read)
        assert asked.wait(10)
        second = threads.submit(market.read)
        go_on.set()
        assert first.result() is second.result()
    assert market.reads() == 2


def test_a_failure_is_shared_by_those_who_wait_and_by_nobody_later(market: Market) -> None:
    market.node.mood = NodeFailed("did not answer")
    with pytest.raises(ChainUnavailable, match="rpc-1 did not answer"):
        market.read()
    market.node.mood = None
    market.desk.clock.advance(market.desk.settings.solana.rpc_cooldown_ms)
    assert market.read().pools


def test_a_reading_older_than_it_must_be_is_not_shared(market: Market) -> None:
    first = market.read()
    market.desk.clock.advance(800)
    assert market.read(least_slot=first.slot).slot == first.slot
    assert market.read(least_slot=first.slot + 1).slot == first.slot + 2
    with pytest.raises(ChainStale):
        market.read(least_slot=first.slot + 3)


def test_a_price_that_moves_out_of_what_was_read_is_read_anew_as_a_whole(market: Market) -> None:
    market.read()
    market.reads()
    moved = replace(CLMM, state=CLMM.state.with_price_moved(11, 10))
    market.cluster.accounts |= {account.address: account for account in accounts_of(moved)}
    market.wait()
    live = market.live(CLMM)
    assert market.reads() == 2
    clock = market.read().clock
    expected = moved.swap(AMOUNTS[SOL], SOL.mint, clock).amount_out
    assert live.swap(AMOUNTS[SOL], SOL.mint, clock).amount_out == expected


@pytest.mark.parametrize("pool", [CLMM, DLMM])
def test_where_an_array_is_missing_the_liquidity_ends(market: Market, pool: StoredPool) -> None:
    for account in accounts_of(pool)[1:]:
        if len(account.data) > 10_000:
            del market.cluster.accounts[account.address]
    live, clock = market.live(pool), market.read().clock
    with pytest.raises(InsufficientLiquidity):
        live.swap(AMOUNTS[SOL] * 100, SOL.mint, clock)
    assert pool.swap(AMOUNTS[SOL] * 100, SOL.mint, clock).amount_out


@pytest.mark.parametrize("slots", [-3, 3, 400])
def test_a_torn_reading_is_read_again_and_then_refused(market: Market, slots: int) -> None:
    market.node.torn = slots
    with pytest.raises(ChainStale, match="torn"):
        market.read()
    assert market.reads() == MOST_READS

    def mend() -> None:
        market.node.torn = 0 if market.node.calls.count("getMultipleAccounts") > 1 else slots

    market.node.on_call = mend
    assert market.read().pools


def test_a_reading_whose_ends_are_of_two_slots_is_read_again_and_then_refused(market: Market) -> None:
    market.cluster.is_torn = True
    with pytest.raises(ChainStale, match="torn"):
        market.read()
    assert market.reads() == MOST_READS
    market.cluster.is_torn = False
    assert market.read().pools


def test_a_clock_that_is_a_slot_or_two_apart_is_believed(market: Market) -> None:
    market.node.torn = 2
    assert market.read().clock.slot == market.read().slot - 2


@pytest.mark.parametrize(("seconds", "is_believed"), [(15, True), (-15, True), (16, False), (-16, False)])
def test_a_chain_whose_clock_is_far_off_ours_is_not_believed(
    market: Market, seconds: int, is_believed: bool
) -> None:
    market.cluster.clock_ahead_s = seconds
    if is_believed:
        assert market.read().clock.unix_time == market.desk.clock.now() // 1000 + seconds
        return
    with pytest.raises(ChainStale, match="16 s off ours"):
        market.read()


def test_a_reading_without_the_clock_can_not_be_used(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market.cluster, "clock_account", lambda _slot: plain_mint(CLOCK))
    with pytest.raises(ChainUnavailable, match="Sysvar"):
        market.read()


def test_a_pair_that_is_not_listed_is_refused_for_good(market: Market) -> None:
    with pytest.raises(RouteNotFound):
        market.read(BONK, USDT)
    assert market.node.calls == []


def test_a_pool_that_does_not_exist_says_so_and_leaves_the_others_alone(market: Market) -> None:
    del market.cluster.accounts[live_address(CPMM)]
    assert "does not exist" in refusal(market.live(CPMM))
    assert market.live(CLMM).swap(10**9, SOL.mint, market.read().clock).amount_out


def test_a_pool_that_can_not_be_decoded_tells_why(market: Market) -> None:
    market.spoil(CPMM, at=389)
    assert "creator_fee_on was 255" in refusal(market.live(CPMM))


@pytest.mark.parametrize("which", [1, 2, 3])
def test_a_pool_without_its_config_or_a_vault_is_refused(market: Market, which: int) -> None:
    del market.cluster.accounts[accounts_of(CPMM)[which].address]
    assert "does not exist" in refusal(market.live(CPMM))


def test_a_pool_of_other_tokens_than_it_is_listed_with_is_refused(market: Market) -> None:
    market.spoil(CPMM, at=170)
    assert "is of the tokens" in refusal(market.live(CPMM))


def test_a_token_of_other_decimals_than_it_is_listed_with_is_refused(market: Market) -> None:
    market.cluster.accounts[USDC.mint] = plain_mint(USDC.mint, 9)
    for pool in (CPMM, CLMM, DLMM):
        assert "USDC is listed with 6 decimals, its mint has 9" in refusal(market.live(pool))


def test_the_known_pools_fit_into_one_reading_however_their_prices_move(market: Market) -> None:
    market.read(BONK, SOL)
    asked: list[int] = []
    answer = market.cluster.answer

    def counted(method: str, params: list[list[str]], lag: int, torn: int) -> object:
        asked.append(len(params[0]))
        return answer(method, params, lag, torn)

    market.cluster.answer = counted  # type: ignore[assignment,method-assign]
    market.wait()
    market.read(BONK, SOL)
    assert asked == [max(asked)]
    assert max(asked) <= 100
