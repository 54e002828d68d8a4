"""What must be true of every run, whatever went wrong in it."""

from decimal import Decimal
from itertools import pairwise

from chalicelib.adapters.paper.ledger import Ending, Outcome
from chalicelib.domain.lifecycle import MOVES
from chalicelib.domain.order import Order, Status
from tests.simulation.world import World


def check(world: World, *, clocks_agree: bool = True) -> None:
    """Each order's history is legal, its ending is the ledger's, and whoever follows it knows all of it."""
    for order in world.orders.orders.values():
        assert_history_is_legal(order)
        times = [event.at for event in order.events]
        assert times == sorted(times) or not clocks_agree, order
        landed = landings(world, order)
        assert len(landed) == (1 if order.status is Status.CONFIRMED else 0), order
        if landed:
            assert order.fill is not None
            assert order.minimum_amount_out is not None
            assert order.fill.amount_out == landed[0].amount_out >= order.minimum_amount_out, order
            assert landed[0].amount_out >= demanded(order), order
    for client in world.clients:
        assert client.knows_all_of(world.orders.orders[client.order_id]), client.events


def demanded(order: Order) -> int:
    """The least output that the order was placed with, in base units; 0 when it demands none."""
    written = order.events[0].detail.get("minimumAmountOut", "0")
    return int(Decimal(written).scaleb(order.token_out.decimals))


def landings(world: World, order: Order) -> list[Outcome]:
    """Every swap of the order that landed without error."""
    return [
        outcome
        for outcome in world.ledger.outcomes.values()
        if outcome.order_id == order.order_id and outcome.ending is Ending.LANDED
    ]


def assert_history_is_legal(order: Order) -> None:
    """Gapless from the first event, and every move one of the table's."""
    assert [event.sequence for event in order.events] == list(range(1, order.version + 1)), order
    for before, after in pairwise(order.events):
        assert after.status in MOVES[before.status], order
