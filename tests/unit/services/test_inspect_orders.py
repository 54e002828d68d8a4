"""Reading the orders that an index names: it may lag, and one of them may not be readable."""

import pytest

from chalicelib.domain.backlog import Slots
from chalicelib.errors import OrderNotFound, StorageUnavailable, UnsupportedSchemaVersion
from chalicelib.services.inspect_orders import InspectOrders, OpenOrders, read_each
from tests.fakes.examples import an_order
from tests.fakes.lives import a_life
from tests.fakes.orders import InMemoryOrderRepository

ORDERS = [an_order(f"order-{number}", at=1_000 + number) for number in range(3)]


class Lacking(InMemoryOrderRepository):
    """One of its orders can't be read."""

    def __init__(self, order_id, error):
        super().__init__(*ORDERS)
        self.lacking = order_id, error

    def get(self, order_id):
        if order_id == self.lacking[0]:
            raise self.lacking[1]
        return super().get(order_id)


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    ("error", "is_named"),
    [(OrderNotFound("the index lags"), False), (UnsupportedSchemaVersion("newer"), True)],
)
def test_an_order_that_can_not_be_read_hides_no_other(place, error, is_named):
    lacking = ORDERS[place].order_id
    others = [order for order in ORDERS if order.order_id != lacking]
    found = InspectOrders(Lacking(lacking, error), Slots(10, 2_750)).open(100)
    assert found == OpenOrders(3, others, [lacking] if is_named else [])


def test_an_order_that_ended_meanwhile_is_not_listed():
    repository = InMemoryOrderRepository(*ORDERS)
    seen = repository.open_orders(100)
    repository.orders["order-1"] = a_life(ORDERS[1])[-1]
    assert read_each(repository, seen) == ([ORDERS[0], ORDERS[2]], [])


def test_tables_that_do_not_answer_are_told():
    with pytest.raises(StorageUnavailable):
        InspectOrders(Lacking("order-1", StorageUnavailable("down")), Slots(10, 2_750)).open(100)
