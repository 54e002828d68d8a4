"""What looks dangerous and isn't: the same order taken up twice, late, early, or by a wrong clock.

One worker is stopped at each of its calls in turn, before the call takes effect and after, and meanwhile
something else happens to its order. Nothing comes of it but the one swap.
"""

import itertools

import pytest

from chalicelib.domain.order import Status
from chalicelib.services.handle_dead_letter import HandleDeadLetter
from tests.fakes.clock import SkewedClock
from tests.fakes.examples import a_new_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.paper import paper_settings
from tests.simulation.checks import check
from tests.simulation.scenarios import crashing, crashing_once_sent
from tests.simulation.world import World

NEW = a_new_order(valid_for_seconds=300)
SKEWS = (-400_000, -60_000, -5_000, 5_000, 60_000)

pytestmark = [pytest.mark.promise("R4"), pytest.mark.promise("R5"), pytest.mark.promise("R8")]


def interrupted_at_every_call(meanwhile):
    """Runs of one order, in each of which `meanwhile` happens at another call of its execution or landing."""
    for point in itertools.count(1):
        world = World(paper_settings(poll_interval_ms=1_000))
        order = world.place(NEW)
        interruption = Interruption(world, point, meanwhile)
        world.around = interruption.around
        world.run()
        if not interruption.is_over:
            return
        yield world, world.orders.get(order.order_id)


class Interruption:
    """Lets `meanwhile` happen once: `point` counts the beginnings and ends of the two workers' calls."""

    def __init__(self, world, point, meanwhile):
        self.world = world
        self.left = point
        self.meanwhile = meanwhile
        self.is_over = False

    def around(self, call, proceed):
        self.step_in()
        answer = proceed()
        self.step_in()
        return answer

    def step_in(self):
        if self.world.step not in {"execute", "land"} or self.is_over:
            return
        self.left -= 1
        if self.left == 0:
            self.is_over = True
            [order_id] = self.world.orders.orders
            self.meanwhile(self.world, order_id)


def taken_up_by_others(world, order_id, **changes):
    """Another worker executes the order, and another one watches its landing."""
    world.make_executor(FakeIdentifiers(series=1), **changes).execute(order_id)
    world.make_lander(FakeIdentifiers(series=2), **changes).land([order_id])


def assert_confirmed_once(runs, *, clocks_agree=True):
    count = 0
    for world, order in runs:
        check(world, clocks_agree=clocks_agree)
        assert order.status is Status.CONFIRMED
        count += 1
    assert count > 100


def test_a_duplicate_delivery_at_any_moment_is_harmless():
    def deliver_again(world, order_id):
        taken_up_by_others(world, order_id)

    assert_confirmed_once(interrupted_at_every_call(deliver_again))


def test_a_worker_that_is_slower_than_its_visibility_time_out_is_harmless():
    def dawdle(world, order_id):
        world.clock.advance(25_000)
        taken_up_by_others(world, order_id)

    assert_confirmed_once(interrupted_at_every_call(dawdle))


def test_a_lambda_that_is_frozen_at_any_call_and_thaws_when_all_is_over_is_harmless():
    def freeze(world, order_id):
        world.executor = world.make_executor(FakeIdentifiers(series=1))
        world.lander = world.make_lander(FakeIdentifiers(series=2))
        world.queue.send(order_id, delay_seconds=20)
        world.run()
        assert world.is_settled()
        world.clock.advance(400_000)

    assert_confirmed_once(interrupted_at_every_call(freeze))


def test_a_reconcile_that_comes_early_is_harmless():
    def sweep_early(world, order_id):
        world.make_reconciler(SkewedClock(world.clock, ahead=60_000)).sweep()
        if not world.is_settled():
            assert world.queue.receive() == order_id or world.landings.receive() == order_id
            taken_up_by_others(world, order_id)

    assert_confirmed_once(interrupted_at_every_call(sweep_early))


@pytest.mark.parametrize("ahead", SKEWS)
def test_workers_whose_clocks_disagree_are_harmless(ahead):
    def take_turns(world, order_id):
        taken_up_by_others(world, order_id, clock=SkewedClock(world.clock, ahead))

    assert_confirmed_once(interrupted_at_every_call(take_turns), clocks_agree=False)


def test_a_worker_that_believes_an_order_to_be_late_closes_it_untraded():
    world = World()
    order = world.place(NEW)
    world.executor = world.make_executor(clock=SkewedClock(world.clock, ahead=400_000))
    world.run()
    check(world)
    assert world.orders.get(order.order_id).status is Status.EXPIRED


@pytest.mark.promise("R11")
@pytest.mark.parametrize(
    ("ahead", "endings"), [(0, {Status.CONFIRMED}), (400_000, {Status.FAILED, Status.CONFIRMED})]
)
def test_a_dead_letter_that_is_settled_and_redriven_while_a_worker_is_at_its_order_is_harmless(
    ahead, endings
):
    """One whose clock is so far `ahead` that the order's life seems to be over closes it."""

    def settle_and_redrive(world, order_id):
        clock = SkewedClock(world.clock, ahead)
        HandleDeadLetter(world.orders, clock, FakeIdentifiers(series=3), world.telemetry).handle(order_id)
        world.queue.send(order_id)
        taken_up_by_others(world, order_id)

    statuses = set()
    for world, order in interrupted_at_every_call(settle_and_redrive):
        check(world)
        statuses.add(order.status)
    assert statuses == endings


@pytest.mark.promise("R11")
@pytest.mark.parametrize(
    ("weather", "status"), [(crashing, Status.EXPIRED), (crashing_once_sent, Status.CONFIRMED)]
)
def test_a_redrive_of_an_order_that_is_closed_is_harmless_however_often_it_comes(weather, status):
    world = World()
    order = world.place(NEW)

    def around(call, proceed):
        weather(world, call)
        return proceed()

    world.around = around
    world.run()
    closed = world.orders.get(order.order_id)
    assert closed.status is status
    for _ in range(4):
        world.queue.send(order.order_id)
        world.run()
    check(world)
    assert world.orders.get(order.order_id) == closed
