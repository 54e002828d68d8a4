"""Whole runs in memory, quiet and with faults: what was accepted is final, and true to the ledger."""

from dataclasses import replace

import pytest

from chalicelib.domain.order import Status
from chalicelib.domain.tokens import BONK, JUP, SOL, USDC, USDT
from tests.fakes.examples import a_new_order
from tests.fakes.paper import paper_settings
from tests.simulation.checks import check
from tests.simulation.faults import FAULTS
from tests.simulation.world import Crash, World

PAIRS = [(SOL, USDC), (USDC, SOL), (SOL, USDT), (JUP, USDC), (BONK, SOL)]


def place_many(world, count):
    for number in range(count):
        token_in, token_out = PAIRS[number % len(PAIRS)]
        amount_in = 10**token_in.decimals * (1 + number % 7)
        new = a_new_order(token_in=token_in, token_out=token_out, amount_in=amount_in, valid_for_seconds=120)
        demands = (token_in, token_out) == (SOL, USDC)
        world.place(replace(new, minimum_amount_out=amount_in * 140 // 1_000) if demands else new)


@pytest.mark.promise("R1")
def test_without_faults_every_order_is_confirmed_at_its_first_attempt():
    world = World()
    place_many(world, 20)
    world.run()
    check(world)
    assert {(order.status, order.attempt) for order in world.orders.orders.values()} == {
        (Status.CONFIRMED, 1)
    }


@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R6")
@pytest.mark.promise("R8")
@pytest.mark.parametrize("seed", [f"seed-{n}" for n in range(20)])
def test_with_every_fault_on_each_order_is_final_and_true_to_the_ledger(seed):
    world = World(paper_settings(paper_seed=seed, **FAULTS))
    place_many(world, 15)
    world.run()
    check(world)


@pytest.mark.promise("R6")
def test_an_order_that_demands_more_than_there_is_ends_untraded_and_says_so():
    world = World()
    order = world.place(a_new_order(minimum_amount_out=226_000_000))
    world.run()
    check(world)
    ended = world.orders.orders[order.order_id]
    assert ended.reason is not None
    assert (ended.status, ended.reason.code) == (Status.FAILED, "ROUTE_BELOW_MINIMUM")
    assert world.ledger.outcomes == {}


def test_the_same_seed_gives_the_same_history():
    histories = []
    for _ in range(2):
        world = World(paper_settings(paper_seed="again", **FAULTS))
        place_many(world, 8)
        world.run()
        histories.append(world.orders.orders)
    assert histories[0] == histories[1]


@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("nth", range(1, 5))
def test_a_worker_killed_around_any_save_leaves_an_order_that_is_still_confirmed(nth, moment):
    world = World()
    order = world.place(a_new_order())
    saves = []

    def kill(method, when):
        if (method, when) == ("save", moment):
            saves.append(method)
            if len(saves) == nth:
                raise Crash

    world.orders.interrupt = kill
    world.run()
    check(world)
    assert world.orders.get(order.order_id).status is Status.CONFIRMED


@pytest.mark.promise("R1")
def test_a_release_in_which_no_execution_can_start_closes_no_order():
    world = World()
    order = world.place(a_new_order(valid_for_seconds=600))
    mended_at = world.clock.now() + 300_000

    def fail_to_start(_call, proceed):
        if world.step == "execute" and world.clock.now() < mended_at:
            raise Crash
        return proceed()

    world.around = fail_to_start
    world.run()
    check(world)
    assert (order.order_id,) in world.telemetry.named("order_stuck")
    assert world.orders.get(order.order_id).status is Status.CONFIRMED


@pytest.mark.promise("R11")
def test_an_order_whose_executions_always_crash_ends_with_its_life_and_nothing_is_left_looping():
    world = World()
    order = world.place(a_new_order(valid_for_seconds=600))

    def kill(method, when):
        if (method, when) == ("market", "before"):
            raise Crash

    world.ledger.interrupt = kill
    world.run()
    closed = world.orders.get(order.order_id)
    assert closed.reason is not None
    assert (closed.status, closed.reason.code) == (Status.EXPIRED, "ORDER_EXPIRED")
    assert (order.order_id,) in world.telemetry.named("order_stuck")
    assert world.queue.waiting == []
