"""The watcher: what fires, what doesn't, and what a watcher's death costs."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.domain import firing
from chalicelib.domain.judging import judge as judge_order
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Status
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.tokens import USDC
from chalicelib.domain.trading import TradingState
from chalicelib.errors import SlippageExceeded, StorageUnavailable
from tests.fakes.examples import A_STOP, A_TAKE_PROFIT, A_WAITING_LIMIT, an_order
from tests.fakes.watch_bench import PAIR, WatchBench


@pytest.fixture
def bench():
    return WatchBench()


def test_nothing_is_read_and_nobody_waits_while_nothing_is_armed(bench):
    began = bench.clock.now()
    bench.watch(62)
    assert bench.clock.now() == began
    assert bench.prices.looks == []


@pytest.mark.promise("R26")
@pytest.mark.parametrize(
    ("terms", "short", "at", "far"),
    [(A_STOP, "130.1", "130", "20"), (A_TAKE_PROFIT, "179.9", "180", "1400")],
)
def test_it_fires_at_its_trigger_and_however_far_past_it_and_not_short_of_it(terms, short, at, far):
    for price, fires in ((short, False), (at, True), (far, True)):
        bench = WatchBench()
        order_id = bench.arm(terms)
        bench.show(price)
        bench.watch(6)
        assert bench.order(order_id).firings == int(fires), price


@pytest.mark.promise("R23")
def test_a_limit_fires_when_an_offer_for_its_whole_amount_net_of_fees_is_no_worse(bench):
    order_id = bench.arm(A_WAITING_LIMIT)
    bench.show("160.3")  # less a fee of 0.25 % it is 159.9
    bench.watch(3)
    assert bench.order(order_id).status is Status.ARMED
    bench.show("160.5")
    bench.watch(2)
    order = bench.order(order_id)
    assert order.status is Status.PENDING
    assert [message.order_id for message in bench.queue.sent] == [order_id]
    assert order.events[-1].detail["observed"] == "160.09875"


@pytest.mark.promise("R24")
def test_a_stop_takes_two_looks_and_a_wick_of_one_fires_nothing(bench):
    order_id = bench.arm(A_STOP)
    bench.prices.before = {3: lambda: bench.show("129"), 4: lambda: bench.show("150")}
    bench.watch(8)
    assert bench.order(order_id).firings == 0
    bench.show("129")
    bench.watch(3)
    assert bench.order(order_id).events[-1].detail["looks"] == "2"


@pytest.mark.promise("R24")
def test_a_price_that_jumps_is_looked_at_once_more(bench):
    order_id = bench.arm(A_STOP)
    bench.prices.before = {3: lambda: bench.show("110")}
    bench.watch(8)
    assert bench.order(order_id).events[-1].detail["looks"] == "3"


@pytest.mark.promise("R24")
def test_one_venue_alone_neither_fires_a_stop_nor_keeps_it_from_firing(bench):
    order_id = bench.arm(A_STOP)
    bench.show("150", raydium="120")
    bench.chain.simulation_error = None
    bench.watch(10)
    assert bench.order(order_id).firings == 0

    bench.chain.simulation_error = SlippageExceeded("it pays less than it says")
    bench.watch(10)
    assert bench.order(order_id).firings == 1
    assert ("venue_failed", "meteora", "SLIPPAGE_EXCEEDED") in bench.telemetry.records


@pytest.mark.promise("R24")
def test_an_offer_that_no_other_venue_vouches_for_fires_a_limit_only_if_the_chain_would_pay_it(bench):
    order_id = bench.arm(A_WAITING_LIMIT)
    bench.show("150", raydium="170")
    bench.chain.simulation_error = SlippageExceeded("it pays less than it says")
    bench.watch(3)
    assert bench.order(order_id).firings == 0
    bench.chain.simulation_error = None
    bench.watch(62)
    assert bench.order(order_id).firings == 1


@pytest.mark.promise("R24")
def test_while_prices_stand_still_nothing_fires_and_then_it_tells_for_how_long(bench):
    order_id = bench.arm(A_STOP)
    watcher = bench.watcher()
    bench.watch(2, watcher)
    for venue in PAIR.venues:
        bench.prices.stand_still(PAIR, venue)
    bench.show("120")
    bench.watch(20, watcher)
    assert bench.order(order_id).firings == 0
    assert bench.clock.now() - (bench.registry.read().looked_at or 0) > 10_000
    for venue in PAIR.venues:
        bench.prices.go_on(PAIR, venue)
    bench.watch(5, watcher)
    detail = bench.order(order_id).events[-1].detail
    assert detail["change"] == "fired"
    assert int(detail["afterSilenceMs"]) > 10_000


@pytest.mark.promise("R20")
def test_two_watchers_fire_an_order_once(bench):
    order_id = bench.arm(A_WAITING_LIMIT)
    bench.show("165")
    first, second = bench.watcher(), bench.watcher()
    first.run(until=bench.clock.now() + 1)
    bench.clock.advance(1_000)
    second.run(until=bench.clock.now() + 1)
    assert bench.order(order_id).firings == 1
    assert len(bench.queue.sent) == 1


@pytest.mark.promise("R20")
def test_an_order_that_changed_since_it_was_read_does_not_fire(bench):
    order_id = bench.arm(A_WAITING_LIMIT)
    bench.show("165")
    higher = replace(A_WAITING_LIMIT, price=NamedPrice(Decimal(170), USDC))
    amended = firing.amend(bench.order(order_id), higher, 10**13, Stamp(bench.clock.now(), "amend"))

    def amend_first(point: str, when: str) -> None:
        if (point, when) == ("save", "before"):
            bench.orders.orders[order_id] = amended

    bench.orders.interrupt = amend_first
    bench.watch(3)
    assert bench.order(order_id) == amended
    assert bench.queue.sent == []


@pytest.mark.promise("R31")
def test_no_more_fire_than_may_wait_for_a_slot_and_stops_before_limits_the_deepest_first(bench):
    limits = [bench.arm(A_WAITING_LIMIT, number=number) for number in range(1, 4)]
    stops = [
        bench.arm(replace(A_STOP, price=NamedPrice(Decimal(120 + number), USDC)), number=10 + number)
        for number in range(5)
    ]
    bench.show("110")
    bench.watch(2, bench.watcher(fire_ahead=3))
    fired = [message.order_id for message in bench.queue.sent]
    assert fired == stops[:1:-1]
    assert all(bench.order(order_id).status is Status.ARMED for order_id in (*limits, *stops[:2]))
    assert ("firings_held", 2) in bench.telemetry.records


@pytest.mark.promise("R31")
def test_however_many_orders_wait_for_a_slot_one_fires_each_second(bench):
    for number in range(1, 31):
        bench.orders.create(an_order(f"10000000-0000-4000-8000-{number:012d}"), None)
    stops = [bench.arm(A_STOP, number=number) for number in range(1, 6)]
    bench.show("120")
    bench.watch(4)
    assert sum(bench.order(order_id).firings for order_id in stops) == 3


def test_an_order_that_can_not_be_judged_hides_no_other(bench, monkeypatch):
    bad, good = bench.arm(A_WAITING_LIMIT, number=1), bench.arm(A_WAITING_LIMIT, number=2)
    real = judge_order

    def judge(order, *others):
        if order.order_id == bad:
            raise ArithmeticError("nobody thought of this")
        return real(order, *others)

    monkeypatch.setattr("chalicelib.services.watch_prices.judge", judge)
    bench.show("165")
    bench.watch(2)
    assert [message.order_id for message in bench.queue.sent] == [good]


@pytest.mark.promise("R31")
def test_accounts_take_turns(bench):
    for number in range(1, 6):
        bench.arm(A_STOP, number=number, account="many")
    one = bench.arm(A_STOP, number=9, account="one")
    bench.show("120")
    bench.watch(5, bench.watcher(fire_ahead=2))
    assert one in [message.order_id for message in bench.queue.sent]


@pytest.mark.promise("R30")
def test_an_order_whose_time_is_over_expires_and_one_that_is_about_to_end_does_not_fire(bench):
    order_id = bench.arm(A_WAITING_LIMIT, lasts_ms=10_000)
    bench.show("165")
    bench.watch(9)
    assert bench.order(order_id).firings == 0
    bench.watch(4)
    order = bench.order(order_id)
    assert order.status is Status.EXPIRED
    assert order.reason is not None
    assert order.reason.code == "ORDER_EXPIRED"


@pytest.mark.parametrize("state", [TradingState.REDUCING, TradingState.HALTED])
def test_while_trading_is_stopped_nothing_is_looked_at_and_then_it_fires(bench, state):
    order_id = bench.arm(A_STOP)
    bench.switch.set(state)
    bench.show("120")
    bench.watch(20)
    assert bench.prices.looks == []
    bench.switch.set(TradingState.ACTIVE)
    bench.watch(5)
    assert bench.order(order_id).firings == 1


def test_a_look_that_fails_is_told_and_the_next_is_taken(bench):
    order_id = bench.arm(A_WAITING_LIMIT)
    bench.show("165")
    failures = [StorageUnavailable("the index is throttled")] * 2

    def fail(point: str, when: str) -> None:
        if point == "past" and failures:
            raise failures.pop()

    bench.index.interrupt = fail
    bench.watch(4)
    assert bench.order(order_id).firings == 1
    assert [source for source, _ in bench.telemetry.named("record_failed")] == ["look", "look"]


def test_a_direction_without_orders_is_forgotten_and_the_watcher_ends(bench):
    order_id = bench.arm(A_WAITING_LIMIT, lasts_ms=20_000)
    began = bench.clock.now()
    bench.watch(600)
    assert bench.order(order_id).status is Status.EXPIRED
    assert 60_000 < bench.clock.now() - began < 80_000
    assert bench.registry.read().directions == {}


def test_an_order_that_can_not_be_read_hides_no_other(bench):
    bad, good = bench.arm(A_WAITING_LIMIT, number=1), bench.arm(A_WAITING_LIMIT, number=2)
    bench.orders.unreadable.add(bad)
    bench.show("165")
    bench.watch(2)
    assert [message.order_id for message in bench.queue.sent] == [good]


@pytest.mark.promise("R33")
def test_what_is_not_met_is_judged_in_turns_so_that_none_keeps_others_waiting(bench):
    for number in range(1, 151):
        bench.arm(replace(A_WAITING_LIMIT, price=NamedPrice(Decimal("160.3"), USDC)), number=number)
    one = bench.arm(replace(A_WAITING_LIMIT, price=NamedPrice(Decimal("160.1"), USDC)), number=999)
    bench.show("160.55")  # past all triggers, and 160.15 net of the fee
    bench.watch(4)
    assert bench.order(one).firings == 1
    assert len(bench.queue.sent) == 1
