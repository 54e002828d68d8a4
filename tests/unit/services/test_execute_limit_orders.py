"""Executing an order with a limit price that doesn't wait: at its price or a better one, or not at all."""

from dataclasses import replace

import pytest

from chalicelib.domain.order import Fill, Status
from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus
from chalicelib.domain.trading import Trading, TradingState
from chalicelib.errors import SlippageExceeded, VenueUnavailable
from tests.fakes.examples import A_LIMIT
from tests.fakes.execution_bench import ExecutionBench

LEAST = 224_250_000
SLIPPED = SignatureStatus(Commitment.FINALIZED, LandingError.SLIPPAGE)


@pytest.fixture
def bench():
    return ExecutionBench(terms=A_LIMIT)


@pytest.mark.promise("R23")
def test_the_least_that_the_chain_is_told_is_never_below_the_limit(bench):
    order = bench.trade()
    assert (order.status, order.fill) == (Status.CONFIRMED, Fill(1_500_000_000, 225_000_000))
    assert order.minimum_amount_out == LEAST


@pytest.mark.promise("R23")
def test_what_a_quote_gives_above_the_limit_is_kept_but_for_the_slippage():
    bench = ExecutionBench(terms=replace(A_LIMIT, slippage_bps=10))
    assert bench.trade().minimum_amount_out == 224_775_000


@pytest.mark.promise("R23")
@pytest.mark.parametrize(("best", "status"), [(LEAST, Status.CONFIRMED), (LEAST - 1, Status.FAILED)])
def test_an_offer_of_a_base_unit_less_than_the_limit_ends_it_without_a_trade(bench, best, status):
    bench.raydium.amount_out, bench.meteora.amount_out = best, best - 1
    order = bench.trade()
    assert order.status is status
    if status is Status.FAILED:
        assert (order.reason.code, order.attempt, order.submission) == ("ROUTE_BELOW_MINIMUM", 1, None)
        assert bench.queue.sent == []


@pytest.mark.parametrize("error", [VenueUnavailable("down"), SlippageExceeded("moved")])
def test_it_is_tried_once_whatever_stands_in_its_way(bench, error):
    bench.raydium.error = bench.meteora.error = error
    order = bench.trade()
    assert (order.status, order.attempt, bench.queue.sent) == (Status.FAILED, 1, [])


def test_a_transaction_that_slipped_is_not_tried_again(bench):
    bench.chain.status = SLIPPED
    order = bench.trade()
    assert (order.status, order.attempt) == (Status.FAILED, 1)
    assert order.reason.code == "SLIPPAGE_EXCEEDED"


@pytest.mark.promise("R4")
def test_a_transaction_that_is_proven_dead_ends_it(bench):
    bench.chain.status = None
    bench.chain.height = 101
    order = bench.trade()
    assert (order.status, order.attempt) == (Status.FAILED, 1)


@pytest.mark.parametrize("state", [TradingState.REDUCING, TradingState.HALTED])
def test_it_does_not_wait_until_trading_goes_on(bench, state):
    bench.switch.turn(Trading(state, 1, "operator", "a test", 0))
    order = bench.execute()
    assert (order.status, bench.queue.sent) == (Status.EXPIRED, [])
    assert order.reason.detail == "It was to trade at once or not at all, and trading is stopped"
