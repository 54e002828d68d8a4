"""The event handlers of app.py: queue, streams, sockets and the schedule, called as Lambda calls them."""

import json
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from chalicelib.adapters.dynamodb.order_items import order_attributes
from chalicelib.adapters.lambda_waker import EVENT
from chalicelib.domain.lifecycle import Stamp
from chalicelib.domain.order import Status
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.domain.transitions import start_routing
from chalicelib.domain.watching import Direction
from chalicelib.errors import StorageUnavailable
from tests.fakes.examples import ORDER_ID, an_order

WS = {"apiId": "ws", "stage": "test", "domainName": "ws.test"}


def call(desk, handler, event) -> Any:
    return desk.client.lambda_.invoke(handler, event).payload


def message(body, identifier="m1"):
    return {"messageId": identifier, "receiptHandle": "r", "body": body}


def ask(order_id, identifier="m1"):
    return message(json.dumps({"v": 1, "orderId": order_id}), identifier)


def socket_event(connection_id, body=None, query=None, **headers):
    return {
        "requestContext": {**WS, "connectionId": connection_id},
        "body": body,
        "queryStringParameters": query,
        "headers": headers or None,
    }


def test_a_queued_order_is_executed_and_then_landed(desk):
    desk.orders.orders[ORDER_ID] = an_order(at=desk.clock.now())
    for handler, status in (("execute", Status.SUBMITTED), ("land", Status.CONFIRMED)):
        assert call(desk, handler, {"Records": [ask(ORDER_ID)]}) == {"batchItemFailures": []}
        assert desk.orders.get(ORDER_ID).status is status


@pytest.mark.promise("R11")
@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"v":1}', '{"v":2,"orderId":"' + ORDER_ID + '"}', '{"v":1,"orderId":"x"}']
)
@pytest.mark.parametrize("handler", ["execute", "land", "dead_letter"])
def test_a_poison_message_comes_again_alone(desk, handler, body):
    desk.orders.orders[ORDER_ID] = an_order(at=desk.clock.now())
    event = {"Records": [message(body, "bad"), ask(ORDER_ID, "good")]}
    assert call(desk, handler, event) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}


def test_a_dead_letter_closes_what_crashed_until_its_life_was_over(desk):
    order = an_order(at=desk.clock.now() - 60_000)
    desk.orders.orders[ORDER_ID] = start_routing(order, Stamp(desk.clock.now(), "w"))
    call(desk, "dead_letter", {"Records": [ask(ORDER_ID)]})
    assert desk.orders.get(ORDER_ID).status is Status.FAILED


def test_the_schedule_sends_a_lost_message_anew(desk):
    desk.orders.orders[ORDER_ID] = an_order(at=desk.clock.now() - 20_000)
    call(desk, "reconcile", {"source": "aws.events"} | schedule_event())
    assert desk.queue.sent


def schedule_event():
    keys = ("id", "detail-type", "account", "time", "region")
    return {**dict.fromkeys(keys, "x"), "version": "0", "resources": [], "detail": {}}


def test_a_socket_of_a_known_order_is_accepted_and_one_of_an_unknown_order_refused(desk):
    desk.orders.orders[ORDER_ID] = an_order()
    assert call(desk, "connect", socket_event("c", query={"orderId": ORDER_ID}))["statusCode"] == 200
    unknown = ORDER_ID.replace("0001", "0002")
    for query in ({"orderId": unknown}, {"orderId": "x"}, {}, None):
        assert call(desk, "connect", socket_event("d", query=query))["statusCode"] == 404
    bad_after = {"orderId": ORDER_ID, "after": "-1"}
    assert call(desk, "connect", socket_event("d", query=bad_after))["statusCode"] == 400
    assert [s.connection_id for s in desk.subscriptions.of_order(ORDER_ID)] == ["c"]


def test_a_ping_is_answered_with_where_the_order_stands(desk):
    desk.orders.orders[ORDER_ID] = an_order()
    call(desk, "connect", socket_event("c", query={"orderId": ORDER_ID}))
    desk.gateway.open("c")
    call(desk, "message", socket_event("c", '{"action":"ping"}'))
    assert desk.gateway.messages("c") == [
        {"v": 1, "type": "pong", "orderId": ORDER_ID, "sequence": 1, "status": "pending"}
    ]


def test_subscribing_again_arms_from_where_the_client_stands(desk):
    desk.orders.orders[ORDER_ID] = an_order()
    call(desk, "connect", socket_event("c", query={"orderId": ORDER_ID}))
    body = json.dumps({"action": "subscribe", "orderId": ORDER_ID, "after": 1})
    call(desk, "message", socket_event("c", body))
    [subscription] = desk.subscriptions.of_order(ORDER_ID)
    assert (subscription.backfill_due, subscription.delivered) == (True, 1)


@pytest.mark.promise("R14")
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"action":1}',
        '{"action":"subscribe"}',
        '{"action":"subscribe","orderId":"' + ORDER_ID + '","after":"1"}',
        '{"action":"subscribe","orderId":"' + ORDER_ID + '","after":true}',
        '{"action":"subscribe","orderId":"' + ORDER_ID + '","after":-1}',
        '{"action":"subscribe","orderId":{"S":"x"}}',
        "[" * 4000,
        " " * 4097,
        "\ud800",
    ],
)
def test_a_wrong_socket_message_is_answered_with_a_sentence(desk, body):
    desk.gateway.open("c")
    assert call(desk, "message", socket_event("c", body)) == {"statusCode": 200}
    [refusal] = desk.gateway.messages("c")
    assert refusal["type"] == "error"
    assert refusal["code"] in {"REQUEST_INVALID", "ORDER_NOT_FOUND"}
    assert refusal["detail"]


def test_what_breaks_behind_a_socket_is_answered_without_insides(desk):
    def fail(_method, _moment):
        raise ZeroDivisionError("secret")

    desk.orders.orders[ORDER_ID] = an_order()
    call(desk, "connect", socket_event("c", query={"orderId": ORDER_ID}))
    desk.gateway.open("c")
    desk.orders.interrupt = fail
    body = json.dumps({"action": "subscribe", "orderId": ORDER_ID})
    call(desk, "message", socket_event("c", body))
    [refusal] = desk.gateway.messages("c")
    assert refusal["code"] == "INTERNAL_ERROR"
    assert "secret" not in json.dumps(refusal)


def test_a_closed_socket_is_forgotten(desk):
    desk.orders.orders[ORDER_ID] = an_order()
    call(desk, "connect", socket_event("c", query={"orderId": ORDER_ID}))
    call(desk, "disconnect", socket_event("c"))
    assert desk.subscriptions.of_order(ORDER_ID) == []


def stream_record(image, number="1"):
    return {
        "eventID": number,
        "eventName": "MODIFY",
        "dynamodb": {"NewImage": image, "SequenceNumber": number},
    }


def order_image(order):
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in order_attributes(order).items() if value is not None}


@pytest.mark.promise("R17")
def test_a_bad_stream_record_does_not_keep_the_next_from_being_sent(desk):
    order = an_order()
    desk.orders.orders[ORDER_ID] = order
    call(desk, "connect", socket_event("c", query={"orderId": ORDER_ID}))
    desk.gateway.open("c")
    bad = {"order_id": {"S": "broken"}, "v": {"N": "1"}}
    newer = {**order_image(order), "v": {"N": "99"}}
    records = [stream_record(bad, "1"), stream_record(newer, "2"), stream_record(order_image(order), "3")]
    assert call(desk, "broadcast", {"Records": [{"dynamodb": {}}, *records]}) == {"batchItemFailures": []}
    assert [m["type"] for m in desk.gateway.messages("c")] == ["backfill"]


def test_a_table_that_does_not_answer_makes_the_stream_come_again_from_that_record(desk):
    def fail(_method, _moment):
        raise StorageUnavailable("down")

    desk.subscriptions.interrupt = fail
    answer = call(desk, "broadcast", {"Records": [stream_record(order_image(an_order()), "7")]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "7"}]}


def test_an_armed_subscription_gets_its_backfill(desk):
    desk.orders.orders[ORDER_ID] = an_order()
    call(desk, "connect", socket_event("c", query={"orderId": ORDER_ID}))
    desk.gateway.open("c")
    image = {"order_id": {"S": ORDER_ID}, "connection_id": {"S": "c"}}
    call(desk, "backfill", {"Records": [stream_record(image)]})
    assert [m["type"] for m in desk.gateway.messages("c")] == ["backfill"]


@pytest.mark.parametrize("source", ["aws.events", EVENT["source"]])
def test_a_watcher_that_is_started_by_the_schedule_or_by_the_api_watches_while_something_is_armed(
    desk, source
):
    began = desk.clock.now()
    call(desk, "watch", {**EVENT, "source": source})
    assert desk.clock.now() == began

    desk.registry.armed = {Direction(SOL, USDC): began}
    call(desk, "watch", {**EVENT, "source": source})
    assert desk.clock.now() - began == 61_000  # of 62 s, for a last look begins no later
