"""Quotes without trading: what an order placed now would take, and what it would be refused for."""

from dataclasses import replace
from fractions import Fraction

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.domain.new_order import IfMet, Waiting
from chalicelib.domain.tokens import BONK, SOL, USDC
from chalicelib.errors import PairNotTraded, RouteNotFound, VenueUnavailable, ZeroOutput
from chalicelib.services.gather_quotes import GatherQuotes
from chalicelib.services.quote_swap import QuoteSwap
from tests.fakes.clock import FakeClock
from tests.fakes.examples import A_LIMIT, A_WAITING_LIMIT, a_new_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.scripted import InlineExecutor, ScriptedVenue

LIMIT_BPS = 1_000
REFERENCE = Fraction(149, 1000)
SWAP = a_new_order(token_in=SOL, token_out=USDC, amount_in=1_500_000_000)


class Market:
    """Two venues, and a service that asks them."""

    def __init__(self):
        self.clock = FakeClock()
        self.raydium = ScriptedVenue("raydium", self.clock, 225_000_000)
        self.meteora = ScriptedVenue("meteora", self.clock, 224_000_000)
        gather = GatherQuotes([self.raydium, self.meteora], InlineExecutor(), self.clock, 1_500)
        self.quotes = QuoteSwap(
            gather,
            PAPER_PAIRS,
            self.clock,
            FakeIdentifiers(),
            max_price_impact_bps=LIMIT_BPS,
            reference_of=lambda _swap: REFERENCE,
        )


@pytest.fixture
def market():
    return Market()


def test_the_route_and_the_minimum_are_those_that_an_order_would_get(market):
    quote = market.quotes.quote(SWAP)
    assert (quote.route.best.venue, quote.minimum_amount_out) == ("raydium", 222_750_000)
    assert (quote.swap, quote.denied, quote.reference) == (SWAP, None, REFERENCE)
    assert quote.route.decided_at == market.clock.now()


@pytest.mark.parametrize(("impact_bps", "is_denied"), [(LIMIT_BPS, False), (LIMIT_BPS + 1, True)])
def test_an_offer_that_an_execution_would_refuse_is_shown_with_why(market, impact_bps, is_denied):
    market.raydium.price_impact_bps = impact_bps
    quote = market.quotes.quote(SWAP)
    assert quote.route.best.venue == "raydium"
    assert (quote.denied is not None) is is_denied
    assert quote.denied is None or quote.denied.code == "PRICE_IMPACT_ABOVE_LIMIT"


def test_an_order_that_waits_is_not_denied_for_its_price(market):
    waiting = Waiting(None, IfMet.FIRE)
    assert market.quotes.quote(replace(SWAP, terms=A_WAITING_LIMIT, waiting=waiting)).denied is None


@pytest.mark.parametrize(("best", "is_denied"), [(224_250_000, False), (224_249_999, True)])
def test_a_limit_order_that_would_not_get_its_price_is_shown_with_why(market, best, is_denied):
    market.raydium.amount_out, market.meteora.amount_out = best, best - 1
    quote = market.quotes.quote(replace(SWAP, terms=A_LIMIT))
    assert quote.minimum_amount_out == 224_250_000
    assert (quote.denied.code if quote.denied else None) == ("ROUTE_BELOW_MINIMUM" if is_denied else None)


@pytest.mark.parametrize(
    ("error", "refusal"), [(ZeroOutput("dry"), RouteNotFound), (VenueUnavailable("down"), VenueUnavailable)]
)
def test_without_an_offer_it_is_told_whether_to_ask_again(market, error, refusal):
    market.raydium.error = market.meteora.error = error
    with pytest.raises(refusal):
        market.quotes.quote(SWAP)


def test_a_pair_without_a_pool_is_refused_before_a_venue_is_asked(market):
    market.raydium.error = market.meteora.error = AssertionError("asked")
    with pytest.raises(PairNotTraded, match="no pool of BONK and USDC"):
        market.quotes.quote(a_new_order(token_in=BONK, token_out=USDC))
