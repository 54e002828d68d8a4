"""The orders table is taken back to an earlier moment while the chain goes on, and infra/runbooks/restore.md.

An order that was sent after that moment looks unsent, one that was sent anew looks sent as before.
"""

from decimal import Decimal

import pytest

from chalicelib.domain.lifecycle import is_final
from chalicelib.domain.order import Status
from chalicelib.domain.trading import TradingState
from chalicelib.services.expire_open import ExpireOpen
from tests.fakes.examples import a_new_order
from tests.fakes.paper import paper_settings
from tests.simulation.checks import landings
from tests.simulation.world import World

ORDERS = 6
SEEDS = [f"restore-{n}" for n in range(16)]


def restored(seed):
    """A world whose table has been taken back, by up to a minute, with every execution at rest."""
    world = World(
        paper_settings(paper_seed=seed, paper_fault_dropped=Decimal("0.4"), paper_blockhash_blocks=25)
    )
    began, number = world.clock.now(), SEEDS.index(seed)
    for _ in range(ORDERS):
        world.place(a_new_order(valid_for_seconds=3_600))
    world.run_until(began + 2_000 + 3_000 * number)
    backup = dict(world.orders.orders)
    world.place(a_new_order())
    world.run_until(began + 30_000 + 3_000 * number)
    world.switch.set(TradingState.HALTED)
    world.run_until(world.clock.now() + 20_000)
    world.orders.orders = backup
    return world


def expire_open(world):
    return ExpireOpen(
        orders=world.orders,
        switch=world.switch,
        clock=world.clock,
        identifiers=world.identifiers,
        telemetry=world.telemetry,
    ).run()


@pytest.mark.promise("R4")
@pytest.mark.parametrize("seed", SEEDS)
def test_by_the_runbook_no_order_trades_twice_after_a_restore(seed):
    world = restored(seed)
    expire_open(world)
    world.switch.set(TradingState.REDUCING)
    world.run()
    world.switch.set(TradingState.ACTIVE)
    after = world.place(a_new_order())
    world.run()
    for order in world.orders.orders.values():
        assert is_final(order)
        assert len(landings(world, order)) <= 1
        if order.status is Status.CONFIRMED:
            assert len(landings(world, order)) == 1
    assert is_final(world.orders.get(after.order_id))


RESOLVED_MS = 120_000
"""Time enough for every recorded transaction to land or to be proved dead."""


@pytest.mark.parametrize("left_out", ["expire-open", "reducing"])
def test_each_step_that_is_left_out_lets_some_order_trade_twice(left_out):
    twice = 0
    for seed in SEEDS:
        world = restored(seed)
        if left_out != "expire-open":
            expire_open(world)
        if left_out != "reducing":
            world.switch.set(TradingState.REDUCING)
            world.run_until(world.clock.now() + RESOLVED_MS)
        world.switch.set(TradingState.ACTIVE)
        world.run()
        twice += any(len(landings(world, order)) > 1 for order in world.orders.orders.values())
    assert twice
