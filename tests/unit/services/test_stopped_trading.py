"""What becomes of open orders while an operator has stopped trading."""

import pytest

from chalicelib.domain.order import Status
from chalicelib.domain.submission import Commitment, LandingError, SignatureStatus
from chalicelib.domain.trading import TradingState, may_execute
from chalicelib.errors import StorageUnavailable
from tests.fakes.examples import ORDER_ID
from tests.fakes.execution_bench import ExecutionBench
from tests.fakes.scripted import LANDED

ACTIVE, REDUCING, HALTED = TradingState
SLIPPED = SignatureStatus(Commitment.FINALIZED, LandingError.SLIPPAGE)
STOPPED = [REDUCING, HALTED]


@pytest.fixture
def bench():
    return ExecutionBench()


def submitted(bench):
    """Bring the order so far that its transaction is sent and nothing is proved of it."""
    bench.chain.status = None
    assert bench.trade().status is Status.SUBMITTED
    bench.landings.sent.clear()
    bench.chain.sent.clear()


def touched(bench):
    """Let the chain and the venues tell of each call; returns where they tell it."""
    calls: list[str] = []
    for port in (bench.chain, bench.raydium, bench.meteora):
        for name in (
            "quote",
            "latest_blockhash",
            "simulate",
            "send",
            "finalized_height",
            "signature_statuses",
        ):
            if hasattr(port, name):
                setattr(port, name, lambda *_, name=name: calls.append(name))
    return calls


@pytest.mark.parametrize("status", [Status.PENDING, Status.ROUTING, Status.BUILDING, Status.SUBMITTED])
def test_what_may_go_on(status):
    assert may_execute(ACTIVE, status)
    assert may_execute(REDUCING, status) is (status is Status.SUBMITTED)
    assert not may_execute(HALTED, status)


@pytest.mark.parametrize("state", STOPPED)
def test_an_order_that_was_not_sent_waits_and_goes_on_when_trading_does(bench, state):
    calls = touched(bench)
    bench.switch.set(state)
    bench.clock.advance(1_000)
    assert bench.trade().status is Status.PENDING
    assert (bench.delays, calls) == ([5], [])


def test_a_waiting_order_trades_once_trading_is_active_again(bench):
    bench.switch.set(HALTED)
    bench.trade()
    bench.switch.set(ACTIVE)
    bench.clock.advance(5_000)
    assert bench.trade().status is Status.CONFIRMED


@pytest.mark.promise("R15")
@pytest.mark.parametrize("state", STOPPED)
def test_a_late_order_expires_also_while_trading_is_stopped(bench, state):
    bench.switch.set(state)
    bench.clock.advance(57_000)
    assert bench.trade().status is Status.EXPIRED


@pytest.mark.promise("R4")
@pytest.mark.parametrize("state", STOPPED)
def test_a_switch_turned_while_the_swap_is_built_keeps_it_from_being_recorded_and_sent(bench, state):
    bench.raydium.takes_ms = 1_000
    quote = bench.raydium.quote

    def turn_meanwhile(request):
        bench.switch.set(state)
        return quote(request)

    bench.raydium.quote = turn_meanwhile
    order = bench.trade()
    assert (order.status, order.submission, bench.chain.sent) == (Status.BUILDING, None, [])
    assert bench.delays == [5]


def test_while_halted_the_chain_is_left_alone_and_nothing_is_concluded(bench):
    submitted(bench)
    bench.switch.set(HALTED)
    bench.clock.advance(1_000)
    calls = touched(bench)
    assert bench.land().status is Status.SUBMITTED
    assert (bench.landing_delays, calls) == ([5], [])


def test_a_halt_ends_a_wait_for_a_landing_within_a_second(bench):
    bench.chain.status = None
    sleep, began = bench.clock.sleep, bench.clock.now()

    def halt_meanwhile(milliseconds):
        bench.switch.set(HALTED)
        sleep(milliseconds)

    bench.clock.sleep = halt_meanwhile
    assert bench.trade().status is Status.SUBMITTED
    assert bench.clock.now() - began <= 1_000
    assert bench.landing_delays == [2, 5]


@pytest.mark.promise("R5")
def test_while_reducing_what_was_sent_is_sent_again_and_resolved(bench):
    submitted(bench)
    bench.switch.set(REDUCING)
    bench.clock.advance(5_000)
    assert bench.trade().status is Status.SUBMITTED
    assert set(bench.chain.sent) == {bench.order.submission.signature}
    bench.chain.status = LANDED
    assert bench.trade().status is Status.CONFIRMED


@pytest.mark.promise("R4")
@pytest.mark.parametrize(
    ("status", "height", "code"), [(None, 101, "TRANSACTION_EXPIRED"), (SLIPPED, 50, "SLIPPAGE_EXCEEDED")]
)
def test_while_reducing_a_dead_transaction_is_not_replaced(bench, status, height, code):
    submitted(bench)
    bench.switch.set(REDUCING)
    bench.clock.advance(5_000)
    bench.chain.status, bench.chain.height = status, height
    order = bench.trade()
    assert (order.status, order.reason.code, bench.queue.sent) == (Status.FAILED, code, [])


def test_a_final_order_asks_for_no_switch(bench):
    bench.trade()
    bench.switch.interrupt = unreadable
    bench.clock.advance(1_000)
    assert bench.trade().status is Status.CONFIRMED
    assert bench.queue.sent == []


def unreadable(_method, _moment):
    raise StorageUnavailable("down")


@pytest.mark.promise("R1")
def test_a_switch_that_can_not_be_read_is_not_guessed_and_the_order_comes_again(bench):
    bench.switch.interrupt = unreadable
    calls = touched(bench)
    bench.service.execute(ORDER_ID)
    assert (bench.order.status, bench.delays, calls) == (Status.PENDING, [5], [])


@pytest.mark.promise("R1")
def test_while_the_switch_can_not_be_read_a_landing_leaves_the_chain_alone_and_comes_again(bench):
    submitted(bench)
    bench.switch.interrupt = unreadable
    bench.clock.advance(1_000)
    calls = touched(bench)
    assert bench.land().status is Status.SUBMITTED
    assert (bench.landing_delays, calls) == ([5], [])


def test_the_switch_is_read_about_once_a_second(bench):
    reads: list[str] = []
    bench.switch.interrupt = lambda method, _moment: reads.append(method)
    bench.chain.status = None
    began = bench.clock.now()
    bench.trade()
    assert 0 < len(reads) <= (bench.clock.now() - began) // 1_000 + 1
