"""Looks at the paper market, wherever its prices are and whatever its feeds make of them."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.config import Settings
from chalicelib.domain.pairs import Pair
from chalicelib.domain.price_keys import Side, market_key, order_key
from chalicelib.domain.readings import PairReading
from chalicelib.domain.reference import Reference, reference
from chalicelib.domain.steering import FeedChange, FeedState, Move, Place
from chalicelib.domain.tokens import Token
from tests.fakes.paper import PaperDesk, changed, paper_settings
from tests.unit.adapters.paper.usual import USUAL

STEERED = paper_settings(paper_controls=True)

rates = st.sampled_from([Decimal(0), Decimal("0.3"), Decimal("0.6")])
rough = st.builds(
    lambda seed, given: changed(STEERED, paper_seed=seed, **given),
    st.integers(0, 10**9).map(str),
    st.fixed_dictionaries({f"paper_fault_price_{name}": rates for name in ("stale", "missing", "lying")}),
)
swaps = st.builds(
    lambda pair, is_first, hundredths: (
        pair,
        pair.tokens[is_first],
        USUAL[pair.tokens[is_first]] * hundredths // 100,
    ),
    st.sampled_from(list(PAPER_PAIRS)),
    st.booleans(),
    st.integers(1, 10_000),
)
"""A pair, the token that is sold, and how much of it: a hundredth of what is usual to a hundred times it."""

levels = st.integers(500_000, 2_000_000)
impacts = st.sampled_from([10, 300, 1_000])
near = st.sampled_from(
    [Fraction(9, 10), 1 - Fraction(1, 10**18), Fraction(1), 1 + Fraction(1, 10**18), Fraction(11, 10)]
)


def moved(chosen: Settings, pair: Pair, level: int) -> PaperDesk:
    """A desk after the price of the pair was moved, at one of its venues."""
    desk = PaperDesk(settings=chosen)
    assert desk.controls is not None
    desk.controls.move([Place(pair.venues[0], pair.tokens)], Move(level))
    desk.clock.advance(2 * desk.blocks.block_ms)
    return desk


def look(desk: PaperDesk, pair: Pair) -> PairReading:
    return desk.prices.look([pair])[pair]


def prices_in(reading: PairReading, token_in: Token, amount_in: int, impact: int) -> list[Fraction]:
    """Every price that an order might just be met by."""
    best = reading.best_out(amount_in, token_in)
    offered = [] if best is None else [Fraction(best.amount_out, amount_in)]
    told = (reference(reading, token_in, amount_in, side=side, max_impact_bps=impact) for side in Side)
    spots = [spot for venue in reading.venues_read for spot in venue.spots(token_in)]
    return [*offered, *(each.price for each in told if each is not None), *spots]


def is_met(
    reading: PairReading, swap: tuple[Pair, Token, int], side: Side, trigger: Fraction, impact: int
) -> bool:
    """Whether an order at this price is met: by the best offer or the reference, whichever kind it is of."""
    _, token_in, amount_in = swap
    best = reading.best_out(amount_in, token_in)
    if side is Side.ABOVE and best is not None and best.amount_out >= ceil(trigger * amount_in):
        return True
    told = reference(reading, token_in, amount_in, side=side, max_impact_bps=impact)
    return told is not None and told.is_met(trigger)


@settings(max_examples=200)
@given(st.data(), rough, swaps, levels, impacts, near)
def test_every_order_that_a_look_meets_is_among_those_that_its_extreme_prices_find(
    data: st.DataObject,
    chosen: Settings,
    swap: tuple[Pair, Token, int],
    level: int,
    impact: int,
    off: Fraction,
) -> None:
    pair, token_in, amount_in = swap
    reading = look(moved(chosen, pair, level), pair)
    candidates = prices_in(reading, token_in, amount_in, impact)
    assume(candidates)
    trigger = data.draw(st.sampled_from(candidates)) * off
    if is_met(reading, swap, Side.ABOVE, trigger, impact):
        greatest = reading.extreme_spot(token_in, Side.ABOVE)
        assert greatest is not None
        assert order_key(Side.ABOVE, trigger) <= market_key(Side.ABOVE, greatest)
    if is_met(reading, swap, Side.BELOW, trigger, impact):
        least = reading.extreme_spot(token_in, Side.BELOW)
        assert least is not None
        assert order_key(Side.BELOW, trigger) >= market_key(Side.BELOW, least)


@settings(max_examples=100)
@given(st.data(), swaps, levels, impacts, st.integers(-9_900, 10_000))
def test_one_lying_feed_moves_no_reference_past_what_the_other_venues_vouch_for(
    data: st.DataObject, swap: tuple[Pair, Token, int], level: int, impact: int, bps: int
) -> None:
    pair, token_in, amount_in = swap
    liar = data.draw(st.sampled_from(pair.venues))
    desk = moved(STEERED, pair, level)
    true = look(desk, pair)
    assert desk.controls is not None
    desk.controls.set_feeds([Place(liar, pair.tokens)], FeedChange(FeedState.LYING, bps=bps))
    lying = look(desk, pair)
    for side in Side:
        honest = reference(true, token_in, amount_in, side=side, max_impact_bps=impact, left_out={liar})
        told = reference(lying, token_in, amount_in, side=side, max_impact_bps=impact)
        if honest is not None:
            assert told is not None
            assert furthest(side, told, honest) == told.price


def furthest(side: Side, told: Reference, honest: Reference) -> Fraction:
    return min(told.price, honest.price) if side is Side.ABOVE else max(told.price, honest.price)
