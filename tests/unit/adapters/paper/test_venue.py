import re
from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool
from chalicelib.adapters.paper.replies import LIE_FACTOR
from chalicelib.adapters.paper.transactions import read_message
from chalicelib.config import DelayRange
from chalicelib.domain.quotes import VenueQuote, VenueRequest
from chalicelib.domain.routing import Outcome, choose_route, needs_proof
from chalicelib.domain.tokens import BONK, SOL, USDC
from chalicelib.errors import (
    ComputeLimitExceeded,
    InsufficientLiquidity,
    PoolDisabled,
    PoolNotActive,
    Rejected,
    RouteNotFound,
    StorageUnavailable,
    VenueUnavailable,
    ZeroOutput,
)
from chalicelib.ports import SwapRequest
from chalicelib.pricing.meteora_dlmm import MeteoraDlmmPool, bin_price
from chalicelib.pricing.meteora_dlmm_walk import Bin
from chalicelib.pricing.swap import U64_MAX
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask, paper_settings

ALWAYS = Decimal(1)
RAYDIUM_POOL = seeded_pools()[0]


def quote(desk: PaperDesk, request: VenueRequest, venue: str = "raydium") -> VenueQuote:
    return desk.venues[venue].quote(request)


def closed(pool):
    record = {**pool.state.to_record(), "status": "4"}
    return replace(pool, state=type(pool.state).from_record(record))


def shallow(pool, address: str):
    record = pool.state.to_record()
    thinner = {
        **record,
        "vault_0": str(int(record["vault_0"]) // 100),
        "vault_1": str(int(record["vault_1"]) // 100),
    }
    return replace(pool, address=address, state=type(pool.state).from_record(thinner))


def test_a_quote_takes_a_drawn_time_within_its_range() -> None:
    desk = PaperDesk(settings=paper_settings(paper_quote_delay_ms=DelayRange(200, 300)))
    for number in range(50):
        quote(desk, ask(number))
    assert all(200 <= slept <= 300 for slept in desk.clock.sleeps)
    assert len(set(desk.clock.sleeps)) > 20


def test_a_quote_is_of_the_moment_when_the_venue_answers() -> None:
    desk = PaperDesk()
    assert quote(desk, ask()).quoted_at == desk.clock.now()


def test_a_quote_reads_the_table_once_however_many_pools_there_are() -> None:
    ledger = InMemoryLedger(
        [*seeded_pools(), shallow(RAYDIUM_POOL, "thin-1"), shallow(RAYDIUM_POOL, "thin-2")]
    )
    desk = PaperDesk(ledger)
    assert len(quote(desk, ask()).pools) == 5
    assert ledger.calls == ["market"]


def test_the_best_pool_is_offered_and_every_pool_is_listed() -> None:
    thin = shallow(RAYDIUM_POOL, "thin")
    desk = PaperDesk(InMemoryLedger([thin, RAYDIUM_POOL]))
    offered = quote(desk, ask(amount_in=100 * 10**9))
    amounts = {pool.pool: pool.amount_out for pool in offered.pools}
    assert offered.pool == RAYDIUM_POOL.address
    assert offered.amount_out == amounts[RAYDIUM_POOL.address] == max(a or 0 for a in amounts.values())


def test_a_pool_that_refuses_is_listed_with_its_reason() -> None:
    desk = PaperDesk(InMemoryLedger([closed(replace(RAYDIUM_POOL, address="closed")), RAYDIUM_POOL]))
    reasons = {pool.pool: pool.reason and pool.reason.code for pool in quote(desk, ask()).pools}
    assert reasons == {"closed": "POOL_DISABLED", RAYDIUM_POOL.address: None}


def test_a_pool_that_is_too_small_for_an_order_is_listed_with_its_reason_and_others_fill_it() -> None:
    desk = PaperDesk()
    too_small = {"raydium": "raydium_clmm", "meteora": "meteora_dlmm"}
    for venue, kind in too_small.items():
        offered = quote(desk, ask(amount_in=10_000 * 10**9), venue)
        reasons = {pool.pool_type: pool.reason.code for pool in offered.pools if pool.reason is not None}
        assert reasons == {kind: "POOL_INSUFFICIENT_LIQUIDITY"}
        assert offered.price_impact_bps > 500


def crowded(pool: StoredPool) -> StoredPool:
    """The DLMM pair with two thousand neighbouring bins that hold a little each, so that the walk is long."""
    assert isinstance(pool.state, MeteoraDlmmPool)
    middle, step = pool.state.active_id, pool.state.bin_step
    bins = tuple(
        Bin(n, 10**9 * (n >= middle), 10**6 * (n <= middle), bin_price(n, step))
        for n in range(middle - 1_000, middle + 1_001)
    )
    return replace(pool, state=replace(pool.state, bins=bins))


def test_a_pool_that_takes_more_compute_than_a_transaction_has_is_left_out_and_others_fill_it() -> None:
    dlmm = next(pool for pool in seeded_pools() if pool.state.KIND == "meteora_dlmm")
    damm = next(pool for pool in seeded_pools() if pool.state.KIND == "meteora_damm_v2")
    desk = PaperDesk(InMemoryLedger([crowded(dlmm), damm]))
    small, large = (quote(desk, ask(amount_in=amount), "meteora") for amount in (10**6, 4 * 10**9))
    assert {pool.reason for pool in small.pools} == {None}
    assert large.pool == damm.address
    (refused,) = (pool.reason for pool in large.pools if pool.reason is not None)
    assert refused.code == "POOL_COMPUTE_LIMIT_EXCEEDED"
    assert re.fullmatch(
        r"The pool can't fill 4 SOL in one transaction: it takes [1-3]\.\d+ SOL", refused.detail
    )
    with pytest.raises(ComputeLimitExceeded, match=r"^Its pools can't fill 4 SOL: they take [1-3]\.\d+ SOL$"):
        quote(PaperDesk(InMemoryLedger([crowded(dlmm)])), ask(amount_in=4 * 10**9), "meteora")


def test_pools_of_every_kind_are_listed_with_the_reason_for_which_each_was_left_out() -> None:
    pools = [pool for pool in seeded_pools() if pool.pair == RAYDIUM_POOL.pair]
    changes = {
        "raydium_amm_v4": {"status": "1"},
        "raydium_cpmm": {"status": "4"},
        "raydium_clmm": {"open_time": str(2**40)},
        "meteora_dlmm": {"activation_point": str(2**40)},
        "meteora_damm_v2": {"status": "1"},
    }
    left_out = [
        replace(
            pool,
            address=f"left-out-{number}",
            state=pool.state.from_record({**pool.state.to_record(), **changes[pool.state.KIND]}),
        )
        for number, pool in enumerate(pools)
    ]
    desk = PaperDesk(InMemoryLedger([*left_out, *pools]))
    reasons = {
        pool.pool_type: pool.reason.code
        for venue in desk.venues
        for pool in quote(desk, ask(), venue).pools
        if pool.reason is not None
    }
    assert reasons == {
        "raydium_amm_v4": "POOL_UNSUPPORTED",
        "raydium_cpmm": "POOL_DISABLED",
        "raydium_clmm": "POOL_NOT_ACTIVE",
        "meteora_dlmm": "POOL_NOT_ACTIVE",
        "meteora_damm_v2": "POOL_DISABLED",
    }


@pytest.mark.parametrize("amount_in", [0, 1])
def test_dust_returns_nothing_at_any_pool(amount_in: int) -> None:
    for venue in ("raydium", "meteora"):
        with pytest.raises(ZeroOutput):
            quote(PaperDesk(), ask(amount_in=amount_in), venue)


def test_when_every_pool_refuses_for_one_reason_that_is_the_venues() -> None:
    with pytest.raises(PoolDisabled):
        quote(PaperDesk(InMemoryLedger([closed(RAYDIUM_POOL)])), ask())
    with pytest.raises(ZeroOutput):
        quote(PaperDesk(), ask(token_in=USDC, token_out=SOL, amount_in=0))


def test_when_pools_refuse_for_different_reasons_there_is_no_route() -> None:
    open_later = RAYDIUM_POOL.state.from_record({**RAYDIUM_POOL.state.to_record(), "open_time": str(2**40)})
    pools = [closed(replace(RAYDIUM_POOL, address="closed")), replace(RAYDIUM_POOL, state=open_later)]
    with pytest.raises(
        RouteNotFound, match=r"One of its pools allows no swaps now. One of its pools is not open yet"
    ):
        quote(PaperDesk(InMemoryLedger(pools)), ask())
    with pytest.raises(PoolNotActive):
        quote(PaperDesk(InMemoryLedger(pools[1:])), ask())


def test_pools_that_are_closed_say_nothing_of_the_amount_where_others_do() -> None:
    clmm, dlmm = (pool for pool in seeded_pools()[:5] if pool.state.KIND in {"raydium_clmm", "meteora_dlmm"})
    pools = [closed(RAYDIUM_POOL), clmm, replace(dlmm, venue="raydium")]
    with pytest.raises(
        InsufficientLiquidity, match=r"they take .* SOL. One of its pools allows no swaps now"
    ):
        quote(PaperDesk(InMemoryLedger(pools)), ask(amount_in=10**15))
    with pytest.raises(ZeroOutput, match=r"nothing for 0.* One of its pools allows no swaps now"):
        quote(PaperDesk(InMemoryLedger(pools)), ask(amount_in=1))


def test_a_pair_without_a_pool_has_no_route_for_good() -> None:
    with pytest.raises(RouteNotFound) as refusal:
        quote(PaperDesk(), ask(token_in=BONK, token_out=USDC))
    assert not refusal.value.retryable


def test_the_fee_is_listed_on_the_side_where_it_is_taken() -> None:
    desk = PaperDesk(settings=paper_settings(paper_drift_bps=0))
    pools = [*quote(desk, ask()).pools, *quote(desk, ask(), "meteora").pools]
    fees_in = {pool.pool_type: pool.fee_in for pool in pools}
    assert fees_in == {
        "raydium_amm_v4": 1_500_000_000 * 25 // 10_000,
        "raydium_cpmm": 1_500_000_000 * 25 // 10_000,
        "raydium_clmm": 1_500_000_000 * 4 // 10_000,
        "meteora_dlmm": 1_500_000_000 * 4 // 10_000,
        "meteora_damm_v2": 0,
    }
    assert [pool.pool_type for pool in pools if pool.fee_out] == ["meteora_damm_v2"]


def test_a_venue_that_is_down_fails_at_once() -> None:
    desk = PaperDesk(settings=paper_settings(paper_fault_venue_down=ALWAYS))
    with pytest.raises(VenueUnavailable):
        quote(desk, ask())
    assert desk.clock.sleeps == []


def test_a_slow_venue_answers_after_the_deadline() -> None:
    desk = PaperDesk(settings=paper_settings(paper_fault_venue_slow=ALWAYS))
    quote(desk, ask())
    assert sum(desk.clock.sleeps) > desk.settings.quote_deadline_ms


def test_a_fault_of_one_venue_is_not_the_others() -> None:
    desk = PaperDesk(settings=paper_settings(paper_fault_venue_down=Decimal("0.5")))
    down: dict[str, set[int]] = {name: set() for name in desk.venues}
    for number in range(200):
        for name in desk.venues:
            try:
                quote(desk, ask(number), name)
            except VenueUnavailable:
                down[name].add(number)
    assert down["raydium"] - down["meteora"]
    assert down["meteora"] - down["raydium"]


def test_garbage_is_either_refused_as_malformed_or_a_lie() -> None:
    honest, desk = PaperDesk(), PaperDesk(settings=paper_settings(paper_fault_venue_garbage=ALWAYS))
    refused, lies = [], 0
    for number in range(100):
        try:
            offered = quote(desk, ask(number))
        except VenueUnavailable as error:
            refused.append(str(error))
        else:
            assert offered.amount_out > 2 * quote(honest, ask(number)).amount_out
            lies += 1
    assert all("malformed" in detail for detail in refused)
    assert min(len(refused), lies) > 30


@pytest.mark.promise("R7")
def test_a_lying_venue_never_wins_against_an_honest_one() -> None:
    honest, liar = PaperDesk(), PaperDesk(settings=paper_settings(paper_fault_venue_garbage=ALWAYS))
    for number in range(20):
        try:
            lie = quote(liar, ask(number))
        except VenueUnavailable:
            continue
        truth = quote(honest, ask(number), "meteora")
        assert lie.amount_out * LIE_FACTOR > truth.amount_out
        assert needs_proof(lie, [lie, truth], 300)
        route = choose_route([lie, truth], decided_at=0, disproved={lie.venue})
        assert route.best == truth
        assert [reply.outcome for reply in route.replies] == [Outcome.CHOSEN, Outcome.IMPLAUSIBLE]


def test_an_enormous_swap_is_offered_at_its_enormous_impact() -> None:
    offered = quote(PaperDesk(), ask(amount_in=2**63, token_out=BONK))
    assert offered.spot_amount_out > U64_MAX > offered.amount_out
    assert offered.price_impact_bps > 9_900


def test_a_table_that_does_not_answer_makes_the_venue_unavailable() -> None:
    ledger = InMemoryLedger()

    def unreachable(*_: object) -> None:
        raise StorageUnavailable("throttled")

    ledger.interrupt = unreachable
    with pytest.raises(VenueUnavailable):
        quote(PaperDesk(ledger), ask())


def test_a_venue_builds_only_on_its_own_quotes() -> None:
    desk = PaperDesk(InMemoryLedger([RAYDIUM_POOL]))
    request = SwapRequest(
        order_id="order-1",
        attempt=1,
        amount_in=5,
        minimum_amount_out=4,
        quote=quote(desk, ask()),
        token_in=SOL,
        token_out=USDC,
        blockhash=desk.chain.latest_blockhash(),
    )
    swap = read_message(desk.venues["raydium"].build_swap(request))
    assert (swap.pool, swap.amount_in, swap.minimum_amount_out) == (RAYDIUM_POOL.address, 5, 4)
    with pytest.raises(Rejected):
        desk.venues["meteora"].build_swap(request)
