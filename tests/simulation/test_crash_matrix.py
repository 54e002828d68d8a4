"""Every call that the engine makes to the world, killed before and after it takes effect.

A quiet run is traced; then, for each of its calls, another run is killed there. The client asks again with
its key, the message comes again, Reconcile sweeps. The order is final, traded at most once, and confirmed:
only the crash stood in its way.
"""

from dataclasses import dataclass

import pytest

from chalicelib.domain.order import Status
from tests.fakes.examples import a_new_order
from tests.simulation.test_world import check
from tests.simulation.world import Crash, World

KEY = "crash-matrix"
NEW = a_new_order(valid_for_seconds=120)


@dataclass
class Trace:
    """Numbers the calls of a run, and kills the worker at one of them."""

    kill_at: tuple[int, str] | None = None
    calls: int = 0
    killed: bool = False

    def watch(self, world):
        for name in ("orders", "queue", "ledger"):
            getattr(world, name).interrupt = self.interrupt

    def interrupt(self, _method, moment):
        if moment == "before":
            self.calls += 1
        if (self.calls, moment) == self.kill_at:
            self.kill_at = None
            self.killed = True
            raise Crash


def live(trace):
    """One order's whole life; the client asks again when its request was killed."""
    world = World()
    trace.watch(world)
    for _ in range(2):
        try:
            order = world.place(NEW, KEY)
            break
        except Crash:
            continue
    world.run()
    return world, order


def quiet_calls():
    trace = Trace()
    live(trace)
    return trace.calls


CALLS = quiet_calls()
POINTS = [(number, moment) for number in range(1, CALLS + 1) for moment in ("before", "after")]


@pytest.mark.promise("R1")
@pytest.mark.promise("R4")
@pytest.mark.promise("R5")
@pytest.mark.promise("R8")
@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0]}-{point[1]}")
def test_a_crash_at_any_call_costs_the_order_nothing(point):
    trace = Trace(point)
    world, order = live(trace)
    check(world)
    assert len(world.orders.orders) == 1
    assert world.orders.get(order.order_id).status is Status.CONFIRMED


def test_every_call_that_changes_something_was_a_point_of_both_kinds():
    reached = []
    for point in POINTS:
        trace = Trace(point)
        live(trace)
        reached.append((point, trace.killed))
    assert all(killed for (_, moment), killed in reached if moment == "before")
    writes = {"create", "send", "save", "record_sent", "land"}
    assert sum(killed for (_, moment), killed in reached if moment == "after") == writes_of_a_quiet_run(
        writes
    )


def writes_of_a_quiet_run(writes):
    counted = []
    world = World()
    for name in ("orders", "queue", "ledger"):
        getattr(world, name).interrupt = lambda method, moment: counted.append((method, moment))
    world.place(NEW, KEY)
    world.run()
    assert len([moment for _, moment in counted if moment == "before"]) == CALLS
    return sum(method in writes and moment == "after" for method, moment in counted)
