"""The price that a quote of a stop or a take-profit is told."""

from dataclasses import replace
from fractions import Fraction

import pytest

from chalicelib.adapters.paper.pairs import PAPER_PAIRS
from chalicelib.domain.new_order import IfMet, Waiting
from chalicelib.domain.tokens import BONK, JUP
from chalicelib.errors import PairNotTraded
from chalicelib.services.read_reference import ReadReference
from tests.fakes.clock import FakeClock
from tests.fakes.examples import A_LIMIT, A_STOP, A_TAKE_PROFIT, A_WAITING_LIMIT, a_new_order
from tests.fakes.paper import InMemoryLedger, PaperDesk

STOP = a_new_order(terms=A_STOP, waiting=Waiting(None, IfMet.REFUSE))


@pytest.fixture
def reader():
    clock = FakeClock()
    desk = PaperDesk(InMemoryLedger(), clock)
    return ReadReference(desk.prices, PAPER_PAIRS, clock, max_impact_bps=1_000, max_age_ms=3_000)


@pytest.mark.promise("R24")
def test_a_stop_is_judged_by_a_higher_price_than_a_take_profit(reader):
    stop, profit = reader.of(STOP), reader.of(replace(STOP, terms=A_TAKE_PROFIT))
    assert Fraction(140, 1000) < profit <= stop < Fraction(160, 1000)


@pytest.mark.parametrize("terms", [a_new_order().terms, A_LIMIT, A_WAITING_LIMIT])
def test_what_is_judged_by_offers_has_no_reference(reader, terms):
    assert reader.of(replace(STOP, terms=terms)) is None


def test_without_a_pool_that_fills_it_there_is_no_price(reader):
    assert reader.of(replace(STOP, amount_in=10**18)) is None


def test_a_pair_without_a_pool_is_refused(reader):
    with pytest.raises(PairNotTraded):
        reader.of(replace(STOP, token_in=JUP, token_out=BONK))
