"""Batches: each record is handled by itself, whatever stands before or behind it."""

import json
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from chalicelib.adapters.dynamodb.order_items import order_attributes
from chalicelib.adapters.lambda_batches import QueueBatch, StreamBatch
from tests.fakes.examples import an_order
from tests.fakes.identifiers import FakeIdentifiers

IDS = [FakeIdentifiers(series).order_id() for series in range(1, 4)]


class Log:
    """Keeps what it is told."""

    def __init__(self):
        self.failed = []
        self.about = []

    def correlate(self, *order_ids):
        self.about.append(order_ids)

    def record_failed(self, source, error):
        self.failed.append((source, type(error).__name__))


@pytest.fixture
def log():
    return Log()


def queued(*bodies):
    return {"Records": [{"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]}


def message(order_id):
    return json.dumps({"v": 1, "orderId": order_id})


def streamed(*images):
    """Records of a stream, numbered from 0; None is a removal."""
    return {
        "Records": [
            {"dynamodb": {"SequenceNumber": str(number), **({} if image is None else {"NewImage": image})}}
            for number, image in enumerate(images)
        ]
    }


def order_image(order):
    serialize = TypeSerializer().serialize
    return {name: serialize(value) for name, value in order_attributes(order).items() if value is not None}


def subscription(order_id):
    return {"order_id": {"S": order_id}, "connection_id": {"S": f"socket of {order_id}"}}


def failures(*names):
    return {"batchItemFailures": [{"itemIdentifier": name} for name in names]}


@pytest.mark.promise("R11")
@pytest.mark.parametrize("place", range(3))
def test_a_message_that_fails_comes_again_alone(log, place):
    handled: list[Any] = []

    def handle(order_id):
        if order_id == IDS[place]:
            raise ZeroDivisionError
        handled.append(order_id)

    answer = QueueBatch(log).consume(queued(*map(message, IDS)), handle)
    assert answer == failures(f"m{place}")
    assert handled == [order_id for order_id in IDS if order_id != IDS[place]]
    assert log.failed == [("message", "ZeroDivisionError")]


@pytest.mark.promise("R11")
@pytest.mark.parametrize("place", range(3))
def test_a_message_that_is_none_of_ours_comes_again_alone(log, place):
    bodies = [message(order_id) for order_id in IDS[:2]]
    bodies.insert(place, "{}")
    handled: list[Any] = []
    assert QueueBatch(log).consume(queued(*bodies), handled.append) == failures(f"m{place}")
    assert handled == IDS[:2]


def test_two_messages_of_one_order_are_one_and_come_again_together(log):
    handled: list[Any] = []
    event = queued(*map(message, [IDS[0], IDS[1], IDS[0]]))

    def handle(order_ids):
        handled.append(order_ids)
        return {IDS[0]}

    assert QueueBatch(log).consume_together(event, handle) == failures("m0", "m2")
    assert handled == [IDS[:2]]


def test_a_batch_that_fails_as_a_whole_comes_again_as_a_whole(log):
    def handle(_order_ids):
        raise ZeroDivisionError

    event = queued(message(IDS[0]), "{}", message(IDS[1]))
    assert QueueBatch(log).consume_together(event, handle) == failures("m0", "m1", "m2")
    assert ("batch", "ZeroDivisionError") in log.failed


def test_with_no_message_of_ours_nothing_is_handled(log):
    def handle(_order_ids):
        raise AssertionError

    assert QueueBatch(log).consume_together(queued("{}"), handle) == failures("m0")


BAD_ORDERS: list[Any] = [None, {}, {"order_id": {}}, {"order_id": {"S": "broken"}, "v": {"N": "1"}}]


@pytest.mark.promise("R17")
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("bad", BAD_ORDERS)
def test_an_order_s_record_that_can_not_be_read_blocks_no_other(log, bad, place):
    images = [order_image(an_order(order_id)) for order_id in IDS[:2]]
    images.insert(place, bad)
    published: list[Any] = []

    def publish(orders):
        published.extend(order.order_id for order in orders)
        return ()

    assert StreamBatch(log).consume_orders(streamed(*images), publish) == failures()
    assert published == IDS[:2]
    assert [source for source, _ in log.failed] == ([] if bad is None else ["stream record"])


BAD_SUBSCRIPTIONS: list[Any] = [
    None,
    {},
    {"order_id": {"S": "x"}},
    {"order_id": {"S": "x"}, "connection_id": {}},
]


@pytest.mark.promise("R17")
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("bad", BAD_SUBSCRIPTIONS)
def test_a_subscription_s_record_that_can_not_be_read_blocks_no_other(log, bad, place):
    images = [subscription(order_id) for order_id in IDS[:2]]
    images.insert(place, bad)
    published: list[Any] = []

    def publish(due):
        published.extend(due)
        return ()

    assert StreamBatch(log).consume_subscriptions(streamed(*images), publish) == failures()
    assert published == [(order_id, f"socket of {order_id}") for order_id in IDS[:2]]
    assert [source for source, _ in log.failed] == ([] if bad is None else ["stream record"])


@pytest.mark.parametrize(
    ("failed", "first"), [((), []), (IDS[2:], ["2"]), ([IDS[2], IDS[1]], ["1"]), (["x"], [])]
)
def test_a_stream_comes_again_from_its_first_record_that_failed(log, failed, first):
    images = [subscription(order_id) for order_id in IDS]
    answer = StreamBatch(log).consume_subscriptions(streamed(*images), lambda _due: failed)
    assert answer == failures(*first)


def test_what_follows_is_about_the_orders_of_the_batch(log):
    StreamBatch(log).consume_subscriptions(streamed(None, subscription(IDS[0])), lambda _due: ())
    StreamBatch(log).consume_subscriptions(streamed(None), lambda _due: ())
    assert log.about == [(IDS[0],)]
