"""Orders that an earlier release stored are read from the table, and finished, by this one."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.dynamodb.order_items import order_from_image
from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.domain import transitions
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Fill, Order, Status
from tests.contract.conftest import DynamoTable
from tests.fakes.lives import STALE

V1 = json.loads((Path(__file__).parents[1] / "integration" / "records" / "v1.json").read_text())["order"]
STAMP = Stamp(1_900_000_000_000, "a write")


def as_it_was(status: Status, *, open_order: bool = True) -> dict[str, Any]:
    """The first release's order, as it stood when it last had this status."""
    events = V1["events"]["L"]
    version = max(n for n, event in enumerate(events, 1) if event["M"]["status"]["S"] == status)
    kept = {
        "route": status not in {Status.PENDING, Status.ROUTING},
        "minimum_amount_out": version > 2,
        "submission": status in {Status.SUBMITTED, Status.CONFIRMED},
        "fill": status is Status.CONFIRMED,
    }
    image = {name: value for name, value in V1.items() if kept.get(name, True)}
    image |= {
        "status": {"S": status.value},
        "events": {"L": events[:version]},
        "version": {"N": str(version)},
    }
    return image | {"open": {"S": "open"}} if open_order else image


def ended(order: Order) -> Order:
    if order.status is Status.SUBMITTED:
        return transitions.confirm(order, Fill(order.amount_in, 1), STAMP)
    return transitions.fail(order, STALE, STAMP)


@pytest.mark.parametrize("status", [Status.PENDING, Status.ROUTING, Status.BUILDING, Status.SUBMITTED])
def test_an_open_order_of_the_first_release_is_finished(orders_table: DynamoTable, status: Status) -> None:
    orders_table.put(as_it_was(status))
    repository = DynamoOrderRepository(
        orders_table.client.as_client, orders_table.table, Backoff(orders_table.clock)
    )
    order = repository.get(V1["order_id"]["S"])
    assert order.status is status
    finished = ended(order)
    repository.save(finished)
    assert repository.get(order.order_id) == finished
    assert "open" not in (orders_table.image(pk=V1["pk"]["S"]) or {})


def test_what_the_first_release_signed_is_read_as_the_same_bytes_and_is_dropped_at_the_end(
    orders_table: DynamoTable,
) -> None:
    before = as_it_was(Status.SUBMITTED)
    order = order_from_image(before)
    assert order.submission is not None
    assert order.submission.transaction == before["submission"]["M"]["transaction"]["S"]
    orders_table.put(before)
    repository = DynamoOrderRepository(
        orders_table.client.as_client, orders_table.table, Backoff(orders_table.clock)
    )
    repository.save(ended(order))
    stored = orders_table.image(pk=V1["pk"]["S"]) or {}
    assert stored["submission"]["M"]["transaction"] == {"B": b""}
    assert stored["submission"]["M"]["signature"] == before["submission"]["M"]["signature"]
    assert set(stored["route"]) == {"B"}
    assert order_from_image(stored).route == order.route
