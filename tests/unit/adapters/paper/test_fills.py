"""A fill moves the pool that it traded on as the pricing module says, for every kind and in both ledgers."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.adapters.paper.drift import Drift
from chalicelib.adapters.paper.ledger import Ledger
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool, pair_of
from chalicelib.domain.order import Fill
from chalicelib.domain.quotes import PoolQuote, VenueRequest
from chalicelib.domain.submission import Commitment, SignatureStatus
from chalicelib.domain.tokens import SOL, USDC, Token
from chalicelib.ports import SwapRequest
from chalicelib.pricing.swap import Direction, Pool, Swap
from tests.fakes.looks import reading_of
from tests.fakes.paper import PaperDesk, ask, paper_settings

POOLS = [pool for pool in seeded_pools() if pool.pair == pair_of(SOL.mint, USDC.mint)]
DIRECTIONS = [(SOL, USDC, 120 * 10**9), (USDC, SOL, 17_000 * 10**6)]

of_every_kind = pytest.mark.parametrize("pool", POOLS, ids=lambda pool: pool.state.KIND)
both_ways = pytest.mark.parametrize(
    ("token_in", "token_out", "amount_in"), DIRECTIONS, ids=["SOL in", "USDC in"]
)


def fill_on(desk: PaperDesk, pool: StoredPool, asked: VenueRequest) -> tuple[Fill, int]:
    """Land a swap on this pool, whichever the venue would choose; the fill and the height of its block."""
    venue = desk.venues[pool.venue]
    message = venue.build_swap(
        SwapRequest(
            order_id=asked.order_id,
            attempt=1,
            amount_in=asked.amount_in,
            minimum_amount_out=1,
            quote=replace(venue.quote(asked), pool=pool.address),
            token_in=asked.token_in,
            token_out=asked.token_out,
            blockhash=desk.chain.latest_blockhash(),
        )
    )
    desk.chain.simulate(message)
    submission = desk.sign(message)
    desk.chain.send(submission)
    desk.clock.advance(3_000)
    confirmed = SignatureStatus(Commitment.CONFIRMED, None)
    assert reading_of(desk.chain, submission).status == confirmed
    outcome = desk.ledger.traces([submission.signature])[submission.signature].outcome
    assert outcome is not None
    return desk.chain.fill(submission), outcome.height


def stored(ledger: Ledger) -> Sequence[StoredPool | None]:
    return [ledger.pool(pool.venue, pool.pair, pool.address) for pool in POOLS]


def expected(desk: PaperDesk, state: Pool, asked: VenueRequest, height: int) -> Swap[Pool]:
    """What the pricing module says, of a state that has not drifted."""
    direction = Direction.ZERO_FOR_ONE if asked.token_in == SOL else Direction.ONE_FOR_ZERO
    return state.swap(asked.amount_in, direction, desk.blocks.pool_clock(height))


def quoted(desk: PaperDesk, pool: StoredPool, asked: VenueRequest) -> PoolQuote:
    quotes = desk.venues[pool.venue].quote(asked).pools
    return next(quote for quote in quotes if quote.pool == pool.address)


@of_every_kind
@both_ways
def test_a_fill_leaves_its_pool_as_the_pricing_module_does_and_every_other_as_it_was(
    ledger: Ledger, pool: StoredPool, token_in: Token, token_out: Token, amount_in: int
) -> None:
    desk = PaperDesk(ledger, settings=paper_settings(paper_drift_bps=0))
    asked = ask(token_in=token_in, token_out=token_out, amount_in=amount_in)
    before = quoted(desk, pool, asked)
    fill, height = fill_on(desk, pool, asked)
    swap = expected(desk, pool.state, asked, height)
    assert fill == Fill(amount_in, swap.amount_out)
    assert fill.amount_out == before.amount_out
    after = {each.address: each for each in stored(ledger) if each is not None}
    assert after.pop(pool.address).state == swap.pool != pool.state
    assert list(after.values()) == [each for each in POOLS if each != pool]


@of_every_kind
@both_ways
def test_the_next_quote_is_of_the_pool_as_the_fill_left_it(
    ledger: Ledger, pool: StoredPool, token_in: Token, token_out: Token, amount_in: int
) -> None:
    desk = PaperDesk(ledger, settings=paper_settings(paper_drift_bps=0))
    asked = ask(token_in=token_in, token_out=token_out, amount_in=amount_in)
    fill, height = fill_on(desk, pool, asked)
    left = expected(desk, pool.state, asked, height).pool
    desk.clock.advance(10_000)
    quote = quoted(desk, pool, asked)
    now = expected(desk, left, asked, desk.blocks.height_at(desk.clock.now()))
    assert quote.amount_out == now.amount_out < fill.amount_out
    assert (quote.fee_in, quote.fee_out) == (now.fees.on_input, now.fees.on_output)
    assert quote.price_impact_bps == now.price_impact_bps


@of_every_kind
def test_fills_build_on_each_other_while_prices_drift(ledger: Ledger, pool: StoredPool) -> None:
    desk = PaperDesk(ledger, settings=paper_settings(paper_drift_bps=50))
    drift, state = Drift.of(desk.settings.paper), pool
    for number in range(1, 5):
        asked = ask(number, amount_in=number * 40 * 10**9)
        if number % 2 == 0:
            asked = ask(number, token_in=USDC, token_out=SOL, amount_in=number * 6_000 * 10**6)
        fill, height = fill_on(desk, pool, asked)
        moved = drift.moved(state, height)
        swap = expected(desk, moved.state, asked, height)
        state = moved.after(swap.pool)
        assert fill.amount_out == swap.amount_out
        assert ledger.pool(pool.venue, pool.pair, pool.address) == state
        desk.clock.advance(20_000)
    assert state.version == pool.version + 4
