"""What the orders table's adapter makes of lost answers, conflicts and refusals, and with how many calls."""

from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.parsers import ResponseParserError

from chalicelib.adapters.dynamodb.calls import TRIES
from chalicelib.adapters.dynamodb.orders import DynamoOrderRepository
from chalicelib.adapters.dynamodb.schema import idempotency_key, order_key
from chalicelib.domain import transitions
from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Order
from chalicelib.errors import OrderNotFound, StorageUnavailable, UnsupportedSchemaVersion, VersionConflict
from chalicelib.ports import OpenOrder
from tests.contract.conftest import DynamoTable
from tests.contract.scripted_client import (
    Fault,
    answer_lost,
    cancelled,
    conflict,
    left_undone,
    made_twice,
    refused,
    throttled,
    unreached,
)
from tests.fakes.examples import ORDER_ID, an_order
from tests.fakes.identifiers import FakeIdentifiers
from tests.fakes.lives import a_life

LIFE = a_life()
OTHER_ID = FakeIdentifiers(7).order_id()


def a_record(order: Order) -> IdempotencyRecord:
    return IdempotencyRecord(order.account, "key-1", "payload", order.order_id, 301_000)


def raised(error: Exception) -> Fault:
    def fault(*_: Any) -> Any:
        raise error

    return fault


def test_each_method_is_one_call(dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable) -> None:
    dynamo_orders.create(LIFE[0], None)
    dynamo_orders.create(an_order(OTHER_ID), a_record(an_order(OTHER_ID)))
    dynamo_orders.find_record("open", "key-1", 1_000)
    dynamo_orders.get(ORDER_ID)
    dynamo_orders.save(LIFE[1])
    with pytest.raises(VersionConflict):
        dynamo_orders.save(transitions.start_routing(LIFE[0], Stamp(9, "stale")))
    assert orders_table.client.made == [
        "put_item",
        "transact_write_items",
        "get_item",
        "get_item",
        "update_item",
        "update_item",
    ]


def test_only_a_key_is_ever_cleaned_up(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], a_record(LIFE[0]))
    record = orders_table.image(pk=idempotency_key("open", "key-1"))
    order = orders_table.image(pk=order_key(ORDER_ID))
    assert record is not None
    assert order is not None
    assert 301 < int(record["ttl"]["N"]) < 301 + 86_400
    assert "ttl" not in order


def test_a_lost_answer_of_a_save_is_settled_by_one_read(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], None)
    orders_table.client.script("update_item", answer_lost)
    dynamo_orders.save(LIFE[1])
    assert orders_table.client.made == ["put_item", "update_item", "get_item"]


def test_a_save_that_never_arrived_is_not_taken_for_made(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], None)
    orders_table.client.script("update_item", unreached)
    with pytest.raises(StorageUnavailable):
        dynamo_orders.save(LIFE[1])
    assert dynamo_orders.get(ORDER_ID) == LIFE[0]


def test_another_s_write_is_not_taken_for_the_lost_one(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], None)
    dynamo_orders.save(transitions.start_routing(LIFE[0], Stamp(LIFE[1].events[-1].at, "theirs")))
    orders_table.client.script("update_item", unreached)
    with pytest.raises(StorageUnavailable):
        dynamo_orders.save(LIFE[1])


def test_a_lost_answer_that_can_t_be_settled_is_told(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], None)
    orders_table.client.script("update_item", answer_lost)
    orders_table.client.script("get_item", throttled)
    with pytest.raises(StorageUnavailable):
        dynamo_orders.save(LIFE[1])


@pytest.mark.parametrize("record", [None, a_record(LIFE[0])])
@pytest.mark.parametrize("fault", [answer_lost, made_twice])
def test_a_creation_settles_its_lost_answer_itself(
    dynamo_orders: DynamoOrderRepository,
    orders_table: DynamoTable,
    record: IdempotencyRecord | None,
    fault: Fault,
) -> None:
    orders_table.client.script("put_item", fault)
    orders_table.client.script("transact_write_items", fault)
    assert dynamo_orders.create(LIFE[0], record) is None
    assert dynamo_orders.get(ORDER_ID) == LIFE[0]


@pytest.mark.parametrize("record", [None, a_record(LIFE[0])])
def test_a_creation_that_never_arrived_is_unavailable(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable, record: IdempotencyRecord | None
) -> None:
    orders_table.client.script("put_item", unreached)
    orders_table.client.script("transact_write_items", unreached)
    with pytest.raises(StorageUnavailable):
        dynamo_orders.create(LIFE[0], record)
    with pytest.raises(OrderNotFound):
        dynamo_orders.get(ORDER_ID)


def test_saves_and_requeues_that_botocore_made_twice_count_as_made(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], None)
    orders_table.client.script("update_item", made_twice, made_twice)
    dynamo_orders.save(LIFE[1])
    assert dynamo_orders.claim_next_message(OpenOrder(ORDER_ID, 1_000, 0), at=2_000, requeues=1)


def test_a_requeue_whose_answer_was_lost_is_known_to_be_made(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], None)
    orders_table.client.script("update_item", answer_lost)
    assert dynamo_orders.claim_next_message(OpenOrder(ORDER_ID, 1_000, 0), at=2_000, requeues=1)


def test_a_requeue_that_never_arrived_is_unavailable(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], None)
    orders_table.client.script("update_item", unreached)
    with pytest.raises(StorageUnavailable):
        dynamo_orders.claim_next_message(OpenOrder(ORDER_ID, 1_000, 0), at=2_000, requeues=1)
    assert dynamo_orders.get(ORDER_ID).requeues == 0


@pytest.mark.promise("R16")
def test_a_key_that_stays_in_conflict_is_given_up_after_three_jittered_tries(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    orders_table.jitter[:] = [0.5, 0.25]
    orders_table.client.script("transact_write_items", conflict, conflict, conflict)
    with pytest.raises(StorageUnavailable):
        dynamo_orders.create(LIFE[0], a_record(LIFE[0]))
    assert orders_table.client.made == ["transact_write_items", "get_item"] * 3
    assert orders_table.clock.sleeps == [25, 25]


def test_a_conflict_that_passes_is_tried_again(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    orders_table.client.script("transact_write_items", conflict, conflict)
    assert dynamo_orders.create(LIFE[0], a_record(LIFE[0])) is None
    assert dynamo_orders.get(ORDER_ID) == LIFE[0]


@pytest.mark.promise("R2")
def test_a_conflict_with_the_winner_of_the_key_answers_with_its_record(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    first, second = an_order(OTHER_ID), LIFE[0]
    dynamo_orders.create(first, a_record(first))
    orders_table.client.script("transact_write_items", cancelled("TransactionConflict", "None"))
    assert dynamo_orders.create(second, a_record(second)) == a_record(first)
    with pytest.raises(OrderNotFound):
        dynamo_orders.get(second.order_id)


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded", "ValidationError"])
def test_a_transaction_cancelled_for_another_reason_is_not_tried_again(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable, code: str
) -> None:
    orders_table.client.script("transact_write_items", cancelled("None", code))
    with pytest.raises(StorageUnavailable, match=code):
        dynamo_orders.create(LIFE[0], a_record(LIFE[0]))
    assert orders_table.client.made == ["transact_write_items"]


@pytest.mark.parametrize(
    "fault",
    [
        throttled,
        refused("InternalServerError", 500),
        refused("TransactionConflictException"),
        refused("AccessDeniedException"),
        raised(EndpointConnectionError(endpoint_url="https://aws.test")),
        raised(ConnectionClosedError(endpoint_url="https://aws.test")),
        raised(ResponseParserError("not JSON")),
        raised(NoCredentialsError()),
        raised(ParamValidationError(report="bad")),
    ],
)
def test_no_error_of_a_library_crosses_the_port(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable, fault: Fault
) -> None:
    client = orders_table.client
    for operation in ("put_item", "update_item", "transact_write_items", "query", "batch_get_item"):
        client.script(operation, fault, fault)
    client.script("get_item", *[fault] * 9)
    calls = [
        lambda: dynamo_orders.create(LIFE[0], None),
        lambda: dynamo_orders.create(LIFE[0], a_record(LIFE[0])),
        lambda: dynamo_orders.find_record("open", "key-1", 1_000),
        lambda: dynamo_orders.get(ORDER_ID),
        lambda: dynamo_orders.save(LIFE[1]),
        lambda: dynamo_orders.claim_next_message(OpenOrder(ORDER_ID, 1, 0), at=2, requeues=1),
        lambda: dynamo_orders.history("open", limit=1, after=None),
        dynamo_orders.count_waiting,
    ]
    for make in calls:
        with pytest.raises(StorageUnavailable):
            make()


def test_what_a_batch_left_unread_is_asked_for_again_and_nothing_else(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    made = [an_order(FakeIdentifiers(series).order_id(), at=series) for series in range(5)]
    for order in made:
        dynamo_orders.create(order, None)
    orders_table.jitter[:] = [0.5, 0.25]
    rest = left_undone("UnprocessedKeys", done=2)
    orders_table.client.script("batch_get_item", rest, rest)
    page = dynamo_orders.history("open", limit=9, after=None)
    assert list(page.orders) == made[::-1]
    assert orders_table.client.made.count("batch_get_item") == 3
    assert orders_table.clock.sleeps == [25, 25]
    orders_table.jitter[:] = [0.5, 0.25]
    orders_table.client.script("batch_get_item", rest, rest)
    assert len(dynamo_orders.are_final([order.order_id for order in made])) == 5


def test_a_damaged_entry_hides_no_other_open_order(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    for order_id in (ORDER_ID, OTHER_ID):
        dynamo_orders.create(an_order(order_id), None)
    image = orders_table.image(pk=order_key(ORDER_ID)) or {}
    for damage in ({"requeues": {"S": "many"}}, {}):
        bare = {name: value for name, value in image.items() if name != "requeues"}
        orders_table.put({**bare, **damage})
        assert {order.order_id for order in dynamo_orders.open_orders(9)} == {ORDER_ID, OTHER_ID}


def test_what_stays_unread_is_not_taken_for_missing(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], None)
    orders_table.client.script("batch_get_item", *[left_undone("UnprocessedKeys")] * TRIES)
    with pytest.raises(StorageUnavailable):
        dynamo_orders.history("open", limit=1, after=None)


def test_what_a_newer_release_wrote_is_refused(
    dynamo_orders: DynamoOrderRepository, orders_table: DynamoTable
) -> None:
    dynamo_orders.create(LIFE[0], a_record(LIFE[0]))
    for pk in (order_key(ORDER_ID), idempotency_key("open", "key-1")):
        image = orders_table.image(pk=pk)
        assert image is not None
        orders_table.put({**image, "v": {"N": "3"}})
    with pytest.raises(UnsupportedSchemaVersion):
        dynamo_orders.get(ORDER_ID)
    with pytest.raises(UnsupportedSchemaVersion):
        dynamo_orders.find_record("open", "key-1", 1_000)
