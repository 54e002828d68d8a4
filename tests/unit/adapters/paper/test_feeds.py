"""What quotes see of a paper venue: faults by chance, which all who ask in a block meet alike."""

from decimal import Decimal

import pytest

from chalicelib.adapters.paper.conditions import PairMarket
from chalicelib.adapters.paper.feeds import STALE_BLOCKS, Feeds, Glimpse
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.domain.pool_offers import Offer, PoolAnswer
from chalicelib.domain.quotes import PoolQuote
from chalicelib.domain.tokens import SOL, USDC, USDT
from chalicelib.errors import VenueUnavailable
from chalicelib.pricing.swap import U64_MAX
from tests.fakes.paper import PaperDesk, ask, paper_settings

ALWAYS, HALF = Decimal(1), Decimal("0.5")
HEIGHT = 527_000_017


def desk_with(**changes) -> PaperDesk:
    return PaperDesk(settings=paper_settings(**changes))


def outputs(desk: PaperDesk, blocks: int, venue: str = "raydium", **changes) -> list[int | None]:
    """What is offered in so many blocks, each asked by another order; None where there is no price."""
    told: list[int | None] = []
    for number in range(blocks):
        desk.wait_until_height(desk.blocks.height_at(desk.clock.now()) + 1)
        try:
            told.append(desk.venues[venue].quote(ask(number, **changes)).amount_out)
        except VenueUnavailable:
            told.append(None)
    return told


def test_without_faults_quotes_are_what_they_always_were() -> None:
    assert outputs(PaperDesk(), 20) == outputs(desk_with(paper_controls=True), 20)


def test_a_missing_price_is_missing_for_everybody_in_that_block_and_comes_back() -> None:
    first, second = (outputs(desk_with(paper_fault_price_missing=HALF), 60) for _ in range(2))
    assert 15 < first.count(None) < 45
    assert [told is None for told in first] == [told is None for told in second]
    other = outputs(desk_with(paper_fault_price_missing=HALF), 60, "meteora")
    pair = outputs(desk_with(paper_fault_price_missing=HALF), 60, token_out=USDT)
    for others in (other, pair):
        assert [told is None for told in others] != [told is None for told in first]


def test_a_lie_by_chance_is_a_fifth_too_high_or_too_low() -> None:
    honest = outputs(PaperDesk(), 60)
    lies = outputs(desk_with(paper_fault_price_lying=ALWAYS), 60)
    told = {
        (lie * 10 + truth // 2) // truth
        for lie, truth in zip(lies, honest, strict=True)
        if lie is not None and truth is not None
    }
    assert told == {8, 12}


def test_a_stale_price_by_chance_is_that_of_some_blocks_before() -> None:
    market = PairMarket(seeded_pools()[:1])
    late = Feeds(paper_settings(paper_fault_price_stale=ALWAYS).paper)
    true = Feeds(paper_settings().paper)
    for height in range(HEIGHT, HEIGHT + 200, 7):
        (shown,) = late.look(market, "raydium", "a/pair", height).pools
        (then,) = true.look(market, "raydium", "a/pair", height - STALE_BLOCKS).pools
        assert (shown.state, shown.height) == (then.state, height)


def test_execution_is_true_whatever_the_feed_says() -> None:
    faults = {f"paper_fault_price_{kind}": HALF for kind in ("stale", "lying")}
    desk = desk_with(**faults)
    honest = PaperDesk(desk.ledger, desk.clock, paper_settings())
    message = honest.message(ask())
    truth = honest.venues["raydium"].quote(ask()).amount_out
    submission = desk.sign(message)
    desk.chain.send(submission)
    desk.clock.advance(desk.settings.paper.landing_delay_ms.high)
    assert abs(desk.chain.fill(submission).amount_out - truth) * 500 < truth


@pytest.mark.parametrize(
    ("bps", "amount", "told"),
    [(0, 7, 7), (-2_000, 10, 8), (2_000, 10, 12), (-9_900, 10, 1), (1, U64_MAX, U64_MAX)],
)
def test_what_is_told_is_an_output_that_there_could_be(bps: int, amount: int, told: int) -> None:
    answer = PoolAnswer(PoolQuote("p", "cpmm", amount_out=amount), Offer("p", amount, 2 * amount, 5))
    lie = Glimpse(HEIGHT, [], bps).told(answer)
    assert lie.offer is not None
    assert (lie.offer.amount_out, lie.quote.amount_out) == (told, told)
    assert lie.offer.spot_amount_out == max(2 * amount * (10_000 + bps) // 10_000, 1)


def test_nothing_is_told_of_a_pool_that_offers_nothing() -> None:
    silent = PoolAnswer(PoolQuote("p", "cpmm"))
    assert Glimpse(HEIGHT, [], 2_000).told(silent) is silent


def test_the_tokens_of_a_question_may_stand_in_either_order() -> None:
    desk = desk_with(paper_fault_price_missing=HALF)
    sold = outputs(desk, 30)
    bought = outputs(desk_with(paper_fault_price_missing=HALF), 30, token_in=USDC, token_out=SOL)
    assert [told is None for told in sold] == [told is None for told in bought]
