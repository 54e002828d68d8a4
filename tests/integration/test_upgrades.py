"""Releases side by side: what an earlier one stored is read, what a later one stored is refused without loss.

records/v1.json holds what the first release stored: an order that was tried twice, its queue message, and a
subscription. It is never written anew; a new schema version adds a file beside it.
"""

import copy
import json
from pathlib import Path

import pytest

from chalicelib.adapters.dynamodb.order_items import order_from_image
from chalicelib.adapters.dynamodb.subscriptions import subscription_from_image
from chalicelib.adapters.sqs import parse_message
from chalicelib.domain.order import Status
from chalicelib.errors import UnsupportedSchemaVersion

V1 = json.loads((Path(__file__).parent / "records" / "v1.json").read_text())
ORDER_ID = V1["order"]["order_id"]["S"]


def newer(image):
    return {**image, "v": {"N": "3"}}


def test_an_order_of_the_first_release_is_read_with_its_whole_history():
    order = order_from_image(V1["order"])
    statuses = [event.status.value for event in order.events]
    assert statuses[:5] == ["pending", "routing", "building", "submitted", "routing"]
    assert (order.status, order.attempt) == (Status.CONFIRMED, 2)
    assert order.fill is not None
    assert order.route is not None
    assert order.events[4].reason is not None


def test_a_message_and_a_subscription_of_the_first_release_are_read():
    assert parse_message(V1["message"]) == ORDER_ID
    assert subscription_from_image(V1["subscription"]).order_id == ORDER_ID


def test_what_a_later_release_added_beside_is_passed_over():
    image = copy.deepcopy(V1["order"])
    image["limit_price"] = {"S": "150"}
    image["events"]["L"][0]["M"]["actor"] = {"S": "desk"}
    assert order_from_image(image) == order_from_image(V1["order"])
    message = {**json.loads(V1["message"]), "priority": 1}
    assert parse_message(json.dumps(message)) == ORDER_ID


def test_an_order_of_a_newer_schema_is_refused():
    with pytest.raises(UnsupportedSchemaVersion):
        order_from_image(newer(V1["order"]))


@pytest.mark.promise("R11")
def test_a_message_of_a_newer_schema_goes_back_to_the_queue(desk):
    body = json.dumps({**json.loads(V1["message"]), "v": 2})
    event = {"Records": [{"messageId": "m", "receiptHandle": "r", "body": body}]}
    answer = desk.client.lambda_.invoke("execute", event).payload
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}]}


def test_a_queued_order_of_a_newer_schema_goes_back_to_the_queue_and_is_left_as_it_is(desk):
    stored = order_from_image(V1["order"])
    desk.orders.orders[ORDER_ID], desk.orders.unreadable = stored, {ORDER_ID}
    event = {"Records": [{"messageId": "m", "receiptHandle": "r", "body": V1["message"]}]}
    for handler in ("execute", "land", "dead_letter"):
        answer = desk.client.lambda_.invoke(handler, event).payload
        assert answer == {"batchItemFailures": [{"itemIdentifier": "m"}]}
    assert (desk.orders.orders[ORDER_ID], desk.orders.images) == (stored, [])
