"""Executions of orders that wait for their price: what comes of nothing goes back to wait."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.domain import firing
from chalicelib.domain.backlog import Slots
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.new_order import IfMet, Waiting
from chalicelib.domain.order import Order, Status
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus
from chalicelib.domain.terms import IfRecovered, Terms
from chalicelib.domain.tokens import USDC
from chalicelib.domain.trading import TradingState
from chalicelib.errors import RouteNotFound
from chalicelib.services.handle_dead_letter import HandleDeadLetter
from chalicelib.services.reconcile_orders import ReconcileOrders
from tests.fakes.examples import A_STOP, A_TAKE_PROFIT, A_WAITING_LIMIT, ORDER_ID
from tests.fakes.execution_bench import ExecutionBench
from tests.fakes.identifiers import FakeIdentifiers

AN_HOUR = 3_600_000


def a_bench(terms: Terms, *, raydium: int = 194_000_000, meteora: int = 193_000_000) -> ExecutionBench:
    """The order has just fired; the venues offer so much for it."""
    bench = ExecutionBench(terms=terms, waiting=Waiting(until=10**13, if_met=IfMet.FIRE))
    bench.raydium.amount_out, bench.meteora.amount_out = raydium, meteora
    bench.chain.pays_at_most = max(raydium, meteora)
    for venue, offer in ((bench.raydium, raydium), (bench.meteora, meteora)):
        venue.spot_amount_out = offer * 101 // 100
    fire(bench)
    return bench


def fire(bench: ExecutionBench) -> None:
    seen = firing.Sighting(amount_out=194_000_000, looks=2)
    bench.orders.save(firing.fire(bench.order, seen, Stamp(bench.clock.now(), f"fire {bench.order.version}")))


def why(order: Order) -> str | None:
    assert (order.status, order.submission, order.route) == (Status.ARMED, None, None)
    return order.reason.code if order.reason is not None else None


@pytest.mark.promise("R25")
def test_a_stop_sells_into_an_offer_at_its_trigger_or_below():
    bench = a_bench(A_STOP, raydium=195_975_000)  # 130.65 USDC for one SOL, 50 bps above the trigger
    assert bench.trade().status is Status.CONFIRMED


@pytest.mark.promise("R25")
def test_a_stop_that_the_market_has_left_waits_on_and_sends_nothing():
    bench = a_bench(A_STOP, raydium=195_975_001)
    assert why(bench.execute()) == "TRIGGER_DISPROVED"
    assert bench.chain.sent == []
    assert bench.queue.sent == []


@pytest.mark.promise("R25")
def test_a_venue_that_pays_more_than_it_says_has_no_stop_sold_early():
    bench = a_bench(A_STOP)
    bench.chain.pays_at_most = 225_000_000
    assert why(bench.execute()) == "TRIGGER_DISPROVED"
    assert bench.chain.sent == []


def test_a_stop_that_was_told_to_trade_all_the_same_does():
    bench = a_bench(replace(A_STOP, if_recovered=IfRecovered.TRADE), raydium=225_000_000)
    assert bench.trade().status is Status.CONFIRMED


@pytest.mark.promise("R23")
@pytest.mark.parametrize(("terms", "least"), [(A_WAITING_LIMIT, 240_000_000), (A_TAKE_PROFIT, 267_300_000)])
def test_what_waits_for_more_trades_at_its_floor_and_waits_on_below_it(terms, least):
    assert a_bench(terms, raydium=least).trade().status is Status.CONFIRMED
    bench = a_bench(terms, raydium=least - 1)
    assert why(bench.execute()) == "ROUTE_BELOW_MINIMUM"
    assert bench.chain.sent == []


def test_a_stop_whose_limit_can_t_be_had_waits_for_the_limit_from_then_on():
    limit = NamedPrice(Decimal(129), USDC)
    bench = a_bench(replace(A_STOP, limit=limit), raydium=180_000_000)
    assert why(bench.execute()) == "ROUTE_BELOW_MINIMUM"
    assert bench.order.trigger is not None
    assert bench.order.trigger.price == limit
    bench.raydium.amount_out = bench.raydium.spot_amount_out = 224_000_000
    bench.chain.pays_at_most = 224_000_000
    fire(bench)
    assert bench.trade().status is Status.CONFIRMED


def test_a_stop_with_a_limit_that_was_disproved_waits_for_its_trigger_as_before():
    bench = a_bench(replace(A_STOP, limit=NamedPrice(Decimal(129), USDC)), raydium=225_000_000)
    assert why(bench.execute()) == "TRIGGER_DISPROVED"
    assert bench.order.trigger == A_STOP.trigger


def test_what_no_venue_fills_waits_on():
    bench = a_bench(A_WAITING_LIMIT)
    bench.raydium.error = bench.meteora.error = RouteNotFound("no pool fills it")
    assert why(bench.execute()) == "ROUTE_NOT_FOUND"


def test_an_execution_that_is_late_goes_back_and_the_order_lives_on():
    bench = a_bench(A_STOP)
    bench.clock.advance(60_000)
    assert why(bench.execute()) == "EXECUTION_LATE"
    assert bench.order.expires_at == bench.order.good_till == 10**13


def test_while_trading_is_stopped_an_execution_waits_and_then_goes_back():
    bench = a_bench(A_STOP)
    bench.switch.set(TradingState.HALTED)
    assert bench.execute().status is Status.PENDING
    bench.clock.advance(60_000)
    assert why(bench.execute()) == "EXECUTION_LATE"


REFUSED = SignatureStatus(Commitment.FINALIZED, LandingError.SLIPPAGE)
REVERTED = SignatureStatus(Commitment.FINALIZED, LandingError.OTHER)


def sent(terms: Terms = A_STOP) -> ExecutionBench:
    bench = a_bench(terms)
    bench.chain.status = None
    bench.execute()
    assert bench.order.status is Status.SUBMITTED
    return bench


def test_what_the_chain_refused_for_its_price_waits_on_once_its_execution_has_no_time_left():
    bench = sent()
    bench.chain.status = REFUSED
    bench.clock.advance(AN_HOUR)
    assert why(bench.land()) == "SLIPPAGE_EXCEEDED"


def test_what_is_proven_dead_waits_on_and_what_isn_t_proven_does_not():
    bench = sent()
    bench.clock.advance(AN_HOUR)
    assert bench.land().status is Status.SUBMITTED
    bench.chain.height = 101
    assert why(bench.land()) == "EXECUTION_LATE"


def test_what_landed_with_an_error_of_its_own_is_the_end():
    bench = sent()
    bench.chain.status = REVERTED
    assert bench.land().status is Status.FAILED


def test_what_was_left_behind_goes_back_to_wait_and_what_is_armed_is_left_alone():
    bench = a_bench(A_STOP)
    reconcile = ReconcileOrders(
        orders=bench.orders,
        executions=bench.queue,
        landings=bench.landings,
        clock=bench.clock,
        identifiers=FakeIdentifiers(),
        telemetry=bench.telemetry,
        slots=Slots(10, 600),
    )
    bench.clock.advance(AN_HOUR)
    reconcile.recover(ORDER_ID)
    assert why(bench.order) == "EXECUTION_LATE"
    reconcile.recover(ORDER_ID)
    assert reconcile.sweep() == 0
    assert bench.order.events[-1].change == "returned"


def test_an_execution_that_crashed_until_its_time_was_over_goes_back_to_wait():
    bench = a_bench(A_STOP)
    dead = HandleDeadLetter(bench.orders, bench.clock, FakeIdentifiers(), bench.telemetry)
    order = bench.order
    bench.orders.orders[ORDER_ID] = replace(order, status=Status.ROUTING, attempt=1)
    bench.clock.advance(AN_HOUR)
    assert why(dead.handle(ORDER_ID)) == "EXECUTION_CRASHED"
    assert dead.handle(ORDER_ID).version == bench.order.version
