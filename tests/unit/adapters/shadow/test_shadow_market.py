"""The shadow market: what is quoted is live, what is filled is paper, and an outage is nobody's fill."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.adapters.paper.ledger import Ending
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.shadow.prices import SLOTS_TO_LAND
from chalicelib.adapters.solana.rpc.failures import NodeFailed
from chalicelib.adapters.solana.rpc.fleet import GENESIS
from chalicelib.config import Cluster as Name
from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus, Submission
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT
from chalicelib.errors import (
    ChainStale,
    ChainUnavailable,
    ChainWrong,
    PairNotTraded,
    RouteNotFound,
    SlippageExceeded,
    ZeroOutput,
)
from tests.fakes.live_pools import accounts_of
from tests.fakes.looks import reading_of
from tests.fakes.paper import InMemoryLedger, ask
from tests.fakes.shadow import ShadowDesk
from tests.fakes.solana import SLOT_MS

RAYDIUMS = [pool for pool in seeded_pools() if (pool.venue, pool.pair) == ("raydium", seeded_pools()[0].pair)]


class Market:
    def __init__(self) -> None:
        self.desk = ShadowDesk()
        self.ledger = self.desk.ledger
        self.node = self.desk.nodes[0]
        self.chain = self.desk.chain

    def sent(self, minimum: int = 1) -> Submission:
        submission = self.desk.submission(ask(), minimum=minimum)
        self.chain.send(submission)
        return submission

    def land(self, submission: Submission) -> SignatureStatus | None:
        self.desk.clock.advance(self.desk.settings.paper.landing_delay_ms.high)
        return reading_of(self.chain, submission).status

    def move(self, numerator: int, denominator: int) -> None:
        """A rival moves SOL's price at all pools of Raydium."""
        for pool in RAYDIUMS:
            moved = replace(pool, state=pool.state.with_price_moved(numerator, denominator))
            self.desk.cluster.accounts |= {account.address: account for account in accounts_of(moved)}


@pytest.fixture
def market() -> Market:
    return Market()


def test_both_venues_quote_from_one_reading(market: Market) -> None:
    market.desk.venues["raydium"].quote(ask())
    market.node.calls.clear()
    market.desk.venues["meteora"].quote(ask())
    assert market.node.calls == []


def test_what_trades_is_what_is_listed(market: Market) -> None:
    assert set(market.desk.desk.tokens) == {SOL, USDC, USDT, JUP, BONK}
    market.desk.desk.pairs.require(SOL, BONK)
    with pytest.raises(PairNotTraded):
        market.desk.desk.pairs.require(USDT, BONK)


def test_a_venue_without_a_pool_of_the_pair_says_so(market: Market) -> None:
    listed = [pool for pool in market.desk.settings.solana.pools.split(",") if "meteora" not in pool]
    solana = replace(market.desk.settings.solana, pools=",".join(listed))
    desk = ShadowDesk(settings=replace(market.desk.settings, solana=solana))
    with pytest.raises(RouteNotFound, match="It has no pool of SOL and USDC"):
        desk.venues["meteora"].quote(ask())


def test_an_amount_that_returns_nothing_is_refused_as_everywhere(market: Market) -> None:
    with pytest.raises(ZeroOutput):
        market.desk.venues["raydium"].quote(ask(amount_in=1))


def test_a_swap_is_filled_at_the_price_of_a_later_reading(market: Market) -> None:
    quoted = market.desk.venues["raydium"].quote(ask()).amount_out
    submission = market.sent()
    market.move(11, 10)
    assert market.land(submission) == SignatureStatus(Commitment.CONFIRMED, None)
    filled = market.chain.fill(submission).amount_out
    assert quoted * 109 < filled * 100 < quoted * 111


def test_a_price_that_fell_below_the_minimum_fails_the_landing_as_slippage(market: Market) -> None:
    quoted = market.desk.venues["raydium"].quote(ask()).amount_out
    submission = market.sent(minimum=quoted)
    market.move(10, 11)
    assert market.land(submission) == SignatureStatus(Commitment.CONFIRMED, LandingError.SLIPPAGE)


def test_a_price_that_fell_before_the_send_fails_the_simulation(market: Market) -> None:
    quoted = market.desk.venues["raydium"].quote(ask()).amount_out
    message = market.desk.message(ask(), minimum=quoted)
    market.move(10, 11)
    market.desk.clock.advance(1_001)
    with pytest.raises(SlippageExceeded):
        market.chain.simulate(message)


def test_a_landing_waits_for_a_reading_two_slots_after_the_send(market: Market) -> None:
    submission = market.sent()
    waited = market.desk.settings.paper.landing_delay_ms.high // SLOT_MS
    market.desk.clock.advance(market.desk.settings.paper.landing_delay_ms.high)
    market.node.lag = waited - SLOTS_TO_LAND + 1
    assert market.chain.signature_statuses([submission]) == {}
    market.node.lag = waited - SLOTS_TO_LAND
    status = reading_of(market.chain, submission).status
    assert status == SignatureStatus(Commitment.CONFIRMED, None)


def test_the_pools_are_not_moved_by_what_is_filled(market: Market) -> None:
    before = dict(market.desk.cluster.accounts)
    first = market.sent()
    market.land(first)
    second = market.desk.submission(ask(2))
    market.chain.send(second)
    market.land(second)
    assert market.chain.fill(first).amount_out == market.chain.fill(second).amount_out
    assert market.desk.cluster.accounts == before


def down(market: Market) -> None:
    market.node.mood = NodeFailed("did not answer")


def behind(market: Market) -> None:
    market.node.lag = 10_000


def torn(market: Market) -> None:
    market.node.torn = 400


def hangs(market: Market) -> None:
    market.node.takes_ms = 10_000


def foreign(market: Market) -> None:
    market.desk.cluster.genesis = GENESIS[Name.DEVNET]
    market.desk.fleet._standings[0].is_known = False  # noqa: SLF001 - as in a new worker


OUTAGES: dict[Callable[[Market], None], type[ChainUnavailable]] = {
    down: ChainUnavailable,
    hangs: ChainUnavailable,
    behind: ChainStale,
    torn: ChainStale,
    foreign: ChainWrong,
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_is_told_by_quotes_and_simulations_as_what_it_is(
    market: Market, outage: Callable[[Market], None]
) -> None:
    message = market.desk.message(ask())
    market.desk.clock.advance(2_000)
    outage(market)
    for ask_market in (
        lambda: market.desk.venues["raydium"].quote(ask()),
        lambda: market.desk.venues["meteora"].quote(ask()),
        lambda: market.chain.simulate(message),
    ):
        with pytest.raises(OUTAGES[outage]) as refused:
            ask_market()
        assert type(refused.value) is OUTAGES[outage]
        assert refused.value.retryable
        market.desk.clock.advance(10_000)


@pytest.mark.parametrize("outage", OUTAGES)
def test_what_was_sent_waits_through_an_outage_and_is_never_called_absent(
    market: Market, outage: Callable[[Market], None]
) -> None:
    submission = market.sent()
    outage(market)
    market.desk.clock.advance(market.desk.settings.paper.landing_delay_ms.high)
    assert market.chain.signature_statuses([submission]) == {}
    assert isinstance(market.ledger, InMemoryLedger)
    assert market.ledger.outcomes == {}


def test_what_an_outage_outlasts_is_proven_never_to_have_landed(market: Market) -> None:
    submission = market.sent()
    down(market)
    market.desk.wait_until_expired(submission)
    assert reading_of(market.chain, submission).status is None
    market.node.mood = None
    assert market.land(submission) is None
    assert isinstance(market.ledger, InMemoryLedger)
    assert market.ledger.outcomes[submission.signature].ending is Ending.EXPIRED


def test_a_pool_that_is_not_listed_any_more_fails_the_landing(market: Market) -> None:
    quote = market.desk.venues["raydium"].quote(ask())
    submission = market.sent()
    listed = [pool for pool in market.desk.settings.solana.pools.split(",") if quote.pool not in pool]
    solana = replace(market.desk.settings.solana, pools=",".join(listed))
    settings = replace(market.desk.settings, solana=solana)
    later = ShadowDesk(market.ledger, market.desk.clock, settings, market.desk.nodes)
    market.desk.clock.advance(market.desk.settings.paper.landing_delay_ms.high)
    error = LandingError.OTHER
    assert reading_of(later.chain, submission).status == SignatureStatus(Commitment.CONFIRMED, error)


def test_what_a_watcher_sees_is_what_the_venues_quote(market: Market) -> None:
    pair = market.desk.desk.pairs.require(SOL, USDC)
    reading = market.desk.prices.look([pair])[pair]
    replies = reading.replies(ask().amount_in, SOL)
    assert replies == [market.desk.venues[venue].quote(ask()) for venue in pair.venues]
    assert {venue.slot for venue in reading.venues_read} == {reading.newest_slot}


def test_each_look_is_of_a_newer_reading_where_looks_are_a_second_apart(market: Market) -> None:
    pair = market.desk.desk.pairs.require(SOL, USDC)
    slots = []
    for _ in range(4):
        slots.append(market.desk.prices.look([pair])[pair].newest_slot)
        market.desk.clock.advance(900)
    assert slots == sorted(set(slots))


def test_all_pairs_are_read_at_once_and_a_pool_that_can_not_be_priced_is_no_price(market: Market) -> None:
    broken = accounts_of(RAYDIUMS[0])[0].address
    del market.desk.cluster.accounts[broken]
    pairs = list(market.desk.desk.pairs)
    readings = market.desk.prices.look(pairs)
    assert set(readings) == set(pairs)
    reading = readings[market.desk.desk.pairs.require(SOL, USDC)]
    shown = {venue.venue: (len(venue.pools), len(venue.spots(SOL))) for venue in reading.venues_read}
    assert shown == {"meteora": (2, 2), "raydium": (3, 2)}
