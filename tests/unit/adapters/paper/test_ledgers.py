"""One suite for both ledgers: in memory, and in DynamoDB by moto."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.adapters.paper.ledger import Ending, Ledger, Outcome, Sent, Trace
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool, pair_of
from chalicelib.domain.submission import LandingError
from chalicelib.domain.tokens import BONK, SOL, USDC, USDT
from chalicelib.pricing.swap import PoolClock

SENT = Sent("order-1", 1, sent_at=1_000, lands_at=3_000)
LANDED = Outcome(Ending.LANDED, "order-1", 1, 7, 4_000, pool="a-pool", amount_in=10, amount_out=2**63)
EXPIRED = Outcome(Ending.EXPIRED, "order-1", 1, 200, 90_000)
SLIPPED = Outcome(Ending.FAILED, "order-1", 1, 7, 4_000, pool="a-pool", error=LandingError.SLIPPAGE)
SOL_USDC = pair_of(SOL.mint, USDC.mint)


def a_pool(ledger: Ledger) -> StoredPool:
    return ledger.market("raydium", SOL_USDC).pools[0]


def stored(ledger: Ledger, pool: StoredPool) -> StoredPool | None:
    return ledger.pool(pool.venue, pool.pair, pool.address)


def traded(pool: StoredPool) -> StoredPool:
    swap = pool.swap(1_000_000_000, SOL.mint, PoolClock(unix_time=1_700_000_000, slot=1))
    return replace(pool.after(swap.pool), height=12)


def test_the_pools_of_a_pair_are_found_whichever_token_comes_first(ledger: Ledger) -> None:
    pools = ledger.market("meteora", pair_of(USDC.mint, SOL.mint)).pools
    assert pools == ledger.market("meteora", SOL_USDC).pools
    assert {pool.venue for pool in pools} == {"meteora"}
    assert sorted(pool.state.KIND for pool in pools) == ["meteora_damm_v2", "meteora_dlmm"]


def test_every_seeded_pool_is_stored_exactly(ledger: Ledger) -> None:
    assert [stored(ledger, pool) for pool in seeded_pools()] == list(seeded_pools())


def test_a_pair_without_pools_has_none(ledger: Ledger) -> None:
    nothing: Sequence[StoredPool] = []
    assert list(ledger.market("raydium", pair_of(BONK.mint, USDT.mint)).pools) == nothing
    assert list(ledger.market("nobody", SOL_USDC).pools) == nothing


def test_a_pool_is_found_only_at_its_own_venue_and_pair(ledger: Ledger) -> None:
    address = a_pool(ledger).address
    assert ledger.pool("meteora", SOL_USDC, address) is None
    assert ledger.pool("raydium", pair_of(SOL.mint, USDT.mint), address) is None
    assert ledger.pool("raydium", SOL_USDC, "no-such-pool") is None


def test_an_unknown_signature_has_an_empty_trace(ledger: Ledger) -> None:
    assert ledger.traces(["unknown"])["unknown"] == Trace()


@pytest.mark.parametrize(
    "sent",
    [SENT, replace(SENT, lands_at=None), replace(SENT, reverts=True), replace(SENT, forked_at=2_000)],
)
def test_the_first_send_stands_whatever_is_sent_later(ledger: Ledger, sent: Sent) -> None:
    later = Sent("order-1", 1, sent_at=2_000, lands_at=9_000)
    assert ledger.record_sent("s", sent) == sent
    assert ledger.record_sent("s", later) == sent
    assert ledger.traces(["s"])["s"] == Trace(sent)


@pytest.mark.parametrize("first", [EXPIRED, SLIPPED])
def test_the_first_outcome_stands_whatever_is_concluded_later(ledger: Ledger, first: Outcome) -> None:
    assert ledger.close("s", first) == first
    assert ledger.close("s", SLIPPED) == first
    assert ledger.close("s", EXPIRED) == first
    assert ledger.traces(["s"])["s"] == Trace(outcome=first)


def test_outcomes_of_other_signatures_are_none_of_its_business(ledger: Ledger) -> None:
    ledger.close("s", EXPIRED)
    assert ledger.close("t", SLIPPED) == SLIPPED
    assert ledger.traces(["t"])["t"] == Trace(outcome=SLIPPED)


def test_a_landing_stores_the_outcome_and_moves_the_pool(ledger: Ledger) -> None:
    ledger.record_sent("s", SENT)
    after = traded(a_pool(ledger))
    assert ledger.land("s", LANDED, after) == LANDED
    assert ledger.traces(["s"])["s"] == Trace(SENT, LANDED)
    assert stored(ledger, after) == after


def test_a_landing_on_a_pool_that_has_moved_stores_nothing(ledger: Ledger) -> None:
    read = a_pool(ledger)
    moved = traded(read)
    ledger.land("s", LANDED, moved)
    assert ledger.land("t", LANDED, traded(read)) is None
    assert ledger.traces(["t"])["t"] == Trace()
    assert stored(ledger, moved) == moved


@pytest.mark.promise("R4")
def test_a_landing_after_the_tombstone_is_told_of_it_and_moves_nothing(ledger: Ledger) -> None:
    read = a_pool(ledger)
    ledger.close("s", EXPIRED)
    assert ledger.land("s", LANDED, traded(read)) == EXPIRED
    assert stored(ledger, read) == read


@pytest.mark.promise("R4")
def test_a_tombstone_after_the_landing_is_told_of_it(ledger: Ledger) -> None:
    ledger.land("s", LANDED, traded(a_pool(ledger)))
    assert ledger.close("s", EXPIRED) == LANDED


@pytest.mark.promise("R4")
def test_a_landing_is_applied_once_even_by_two_who_read_the_pool_one_after_the_other(
    ledger: Ledger,
) -> None:
    once = traded(a_pool(ledger))
    ledger.land("s", LANDED, once)
    assert ledger.land("s", replace(LANDED, decided_at=5_000), traded(once)) == LANDED
    assert stored(ledger, once) == once
