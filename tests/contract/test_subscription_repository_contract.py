"""What every SubscriptionRepository promises, and what the table's adapter adds to it."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.calls import TRIES
from chalicelib.adapters.dynamodb.subscriptions import DynamoSubscriptionRepository
from chalicelib.domain.subscription import Subscription
from chalicelib.errors import StorageUnavailable
from chalicelib.ports import SubscriptionRepository
from tests.contract.conftest import DynamoTable, Store
from tests.contract.scripted_client import Fault, left_undone, throttled, unreached
from tests.fakes.identifiers import FakeIdentifiers

Subscriptions = Store[SubscriptionRepository]

IDS = [FakeIdentifiers(series).order_id() for series in range(60)]

ARMED = Subscription(IDS[0], "socket-1", delivered=0, backfill_due=True, connected_at=1_000)


def found(repository: SubscriptionRepository, order_id: str, connection_id: str) -> Subscription | None:
    followers = {each.connection_id: each for each in repository.of_order(order_id)}
    return followers.get(connection_id)


def test_what_is_armed_is_found_armed(subscriptions: Subscriptions) -> None:
    subscriptions.repository.request_backfill(replace(ARMED, backfill_due=False))
    assert found(subscriptions.repository, IDS[0], "socket-1") == ARMED
    assert found(subscriptions.repository, IDS[0], "socket-2") is None
    assert found(subscriptions.repository, IDS[1], "socket-1") is None


def test_an_order_has_its_own_subscriptions(subscriptions: Subscriptions) -> None:
    second = replace(ARMED, connection_id="socket-2", delivered=3)
    for subscription in (ARMED, second, replace(ARMED, order_id=IDS[1])):
        subscriptions.repository.request_backfill(subscription)
    assert list(subscriptions.repository.of_order(IDS[0])) == [ARMED, second]
    assert list(subscriptions.repository.of_order(IDS[2])) == []


def test_a_connection_knows_the_orders_that_it_follows(subscriptions: Subscriptions) -> None:
    for subscription in (ARMED, replace(ARMED, order_id=IDS[1]), replace(ARMED, connection_id="socket-2")):
        subscriptions.repository.request_backfill(subscription)
    assert list(subscriptions.repository.of_connection("socket-1")) == IDS[:2]
    assert list(subscriptions.repository.of_connection("socket-3")) == []


def test_a_connection_s_subscriptions_are_read_as_they_stand(subscriptions: Subscriptions) -> None:
    for order_id in reversed(IDS):
        subscriptions.repository.request_backfill(replace(ARMED, order_id=order_id))
    subscriptions.repository.request_backfill(replace(ARMED, connection_id="socket-2"))
    subscriptions.repository.raise_delivered(ARMED, 4)
    followed = list(subscriptions.repository.followed_by("socket-1"))
    assert followed[0] == replace(ARMED, delivered=4, backfill_due=False)
    assert followed[1:] == [replace(ARMED, order_id=order_id) for order_id in IDS[1:]]
    assert list(subscriptions.repository.followed_by("socket-3")) == []


@pytest.mark.promise("R9")
def test_what_was_delivered_is_raised_and_disarms(subscriptions: Subscriptions) -> None:
    subscriptions.repository.request_backfill(ARMED)
    assert subscriptions.repository.raise_delivered(ARMED, 4)
    at_four = replace(ARMED, delivered=4, backfill_due=False)
    assert found(subscriptions.repository, IDS[0], "socket-1") == at_four
    assert subscriptions.repository.raise_delivered(at_four, 6)
    assert found(subscriptions.repository, IDS[0], "socket-1") == replace(at_four, delivered=6)


@pytest.mark.promise("R9")
@pytest.mark.parametrize(
    "since",
    [
        replace(ARMED, delivered=2),
        replace(ARMED, connected_at=1_001),
        replace(ARMED, delivered=9, connected_at=999),
    ],
)
def test_a_publisher_that_saw_less_than_what_stands_changes_nothing(
    subscriptions: Subscriptions, since: Subscription
) -> None:
    subscriptions.repository.request_backfill(ARMED)
    subscriptions.repository.request_backfill(since)
    assert not subscriptions.repository.raise_delivered(ARMED, 4)
    assert found(subscriptions.repository, IDS[0], "socket-1") == since


def test_of_two_publishers_the_slower_one_changes_nothing(subscriptions: Subscriptions) -> None:
    subscriptions.repository.request_backfill(ARMED)
    assert subscriptions.repository.raise_delivered(ARMED, 5)
    assert not subscriptions.repository.raise_delivered(ARMED, 4)
    assert found(subscriptions.repository, IDS[0], "socket-1") == replace(
        ARMED, delivered=5, backfill_due=False
    )


def test_what_was_removed_does_not_come_back(subscriptions: Subscriptions) -> None:
    subscriptions.repository.request_backfill(ARMED)
    subscriptions.repository.remove(IDS[0], "socket-1")
    subscriptions.repository.remove(IDS[0], "socket-1")
    assert not subscriptions.repository.raise_delivered(ARMED, 4)
    assert found(subscriptions.repository, IDS[0], "socket-1") is None


def test_what_is_account_wide_is_found_so_until_it_is_armed_otherwise(subscriptions: Subscriptions) -> None:
    account_wide = replace(ARMED, account_wide=True)
    for wished in (account_wide, ARMED):
        subscriptions.repository.request_backfill(wished)
        assert found(subscriptions.repository, IDS[0], "socket-1") == wished


@pytest.mark.promise("R9")
def test_failed_pushes_are_counted_until_one_arrives(subscriptions: Subscriptions) -> None:
    failed_twice = replace(ARMED, failed_pushes=2)
    subscriptions.repository.request_backfill(failed_twice)
    assert found(subscriptions.repository, IDS[0], "socket-1") == failed_twice
    assert subscriptions.repository.raise_delivered(failed_twice, 4)
    arrived = replace(ARMED, delivered=4, backfill_due=False)
    assert found(subscriptions.repository, IDS[0], "socket-1") == arrived
    subscriptions.repository.request_backfill(failed_twice)
    subscriptions.repository.request_backfill(ARMED)
    assert found(subscriptions.repository, IDS[0], "socket-1") == ARMED


@pytest.mark.parametrize("end", ["raise_delivered", "finish"])
def test_a_push_that_arrived_counts_although_another_one_failed_meanwhile(
    subscriptions: Subscriptions, end: str
) -> None:
    subscriptions.repository.request_backfill(replace(ARMED, failed_pushes=1))
    repository = subscriptions.repository
    assert repository.finish(ARMED) if end == "finish" else repository.raise_delivered(ARMED, 4)


def test_what_is_finished_is_forgotten(subscriptions: Subscriptions) -> None:
    subscriptions.repository.request_backfill(ARMED)
    assert subscriptions.repository.finish(ARMED)
    assert found(subscriptions.repository, IDS[0], "socket-1") is None


@pytest.mark.promise("R9")
def test_what_was_armed_anew_is_not_finished_by_who_did_not_see_it(subscriptions: Subscriptions) -> None:
    anew = replace(ARMED, connected_at=1_001)
    subscriptions.repository.request_backfill(ARMED)
    subscriptions.repository.request_backfill(anew)
    assert not subscriptions.repository.finish(ARMED)
    assert found(subscriptions.repository, IDS[0], "socket-1") == anew


def test_an_end_whose_answer_was_lost_counts_when_it_is_asked_again(subscriptions: Subscriptions) -> None:
    subscriptions.repository.request_backfill(ARMED)
    subscriptions.lose_next_answer("finish")
    with suppress(StorageUnavailable):
        subscriptions.repository.finish(ARMED)
    assert subscriptions.repository.finish(ARMED)


def test_a_lost_answer_counts_when_it_is_asked_again(subscriptions: Subscriptions) -> None:
    subscriptions.repository.request_backfill(ARMED)
    subscriptions.lose_next_answer("raise_delivered")
    with suppress(StorageUnavailable):
        subscriptions.repository.raise_delivered(ARMED, 4)
    assert subscriptions.repository.raise_delivered(ARMED, 4)


@pytest.mark.parametrize("count", [0, 1, 25, 26, 60])
def test_a_closed_connection_is_forgotten_whatever_it_followed(
    subscriptions: Subscriptions, count: int
) -> None:
    for order_id in IDS[:count]:
        subscriptions.repository.request_backfill(replace(ARMED, order_id=order_id))
    other = replace(ARMED, connection_id="socket-2")
    subscriptions.repository.request_backfill(other)
    subscriptions.repository.remove_connection("socket-1")
    assert list(subscriptions.repository.of_connection("socket-1")) == []
    assert list(subscriptions.repository.of_order(IDS[0])) == [other]


@pytest.mark.promise("R9")
def test_arming_what_is_armed_already_is_a_change_to_the_stream(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> None:
    images = []
    for _ in range(3):
        dynamo_subscriptions.request_backfill(ARMED)
        images.append(subscriptions_table.image(order_id=IDS[0], connection_id="socket-1"))
    assert images[0] != images[1] != images[2]
    assert [image["armed"] for image in images if image] == [{"BOOL": True}] * 3


def test_a_forgotten_subscription_is_cleaned_up_after_three_hours(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> None:
    dynamo_subscriptions.request_backfill(ARMED)
    image = subscriptions_table.image(order_id=IDS[0], connection_id="socket-1")
    assert image is not None
    assert image["ttl"] == {"N": str(1 + 3 * 3600)}


@pytest.mark.promise("R17")
def test_what_a_newer_release_wrote_keeps_nobody_else_from_their_messages(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> None:
    second = replace(ARMED, connection_id="socket-2")
    dynamo_subscriptions.request_backfill(ARMED)
    dynamo_subscriptions.request_backfill(second)
    image = subscriptions_table.image(order_id=IDS[0], connection_id="socket-1")
    assert image is not None
    subscriptions_table.put({**image, "v": {"N": "2"}})
    assert list(dynamo_subscriptions.of_order(IDS[0])) == [second]
    assert list(dynamo_subscriptions.followed_by("socket-1")) == []


def test_all_pages_of_an_order_s_subscriptions_are_read(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> None:
    def short(real: Any, arguments: dict[str, Any]) -> Any:
        return real(**arguments, Limit=2)

    for number in range(5):
        dynamo_subscriptions.request_backfill(replace(ARMED, connection_id=f"socket-{number}"))
    subscriptions_table.client.script("query", short, short)
    assert len(dynamo_subscriptions.of_order(IDS[0])) == 5
    assert subscriptions_table.client.made.count("query") == 3


def test_a_hundred_subscriptions_of_a_connection_are_read_by_one_call(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> None:
    identifiers = FakeIdentifiers()
    for _ in range(101):
        dynamo_subscriptions.request_backfill(replace(ARMED, order_id=identifiers.order_id()))
    subscriptions_table.client.made.clear()
    assert len(dynamo_subscriptions.followed_by("socket-1")) == 101
    assert subscriptions_table.client.made == ["query", "batch_get_item", "batch_get_item"]


def test_what_was_left_unread_is_not_taken_for_forgotten(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> None:
    dynamo_subscriptions.request_backfill(ARMED)
    unread = [left_undone("UnprocessedKeys")] * TRIES
    subscriptions_table.client.script("batch_get_item", *unread, throttled)
    for _ in range(2):
        with pytest.raises(StorageUnavailable):
            dynamo_subscriptions.followed_by("socket-1")


@pytest.mark.parametrize("fault", [throttled, unreached])
def test_no_error_of_a_library_crosses_the_port(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable, fault: Fault
) -> None:
    client = subscriptions_table.client
    for operation in ("update_item", "query", "delete_item"):
        client.script(operation, fault, fault, fault)
    calls = [
        lambda: dynamo_subscriptions.request_backfill(ARMED),
        lambda: dynamo_subscriptions.raise_delivered(ARMED, 1),
        lambda: dynamo_subscriptions.followed_by("socket-1"),
        lambda: dynamo_subscriptions.of_order(IDS[0]),
        lambda: dynamo_subscriptions.remove_connection("socket-1"),
        lambda: dynamo_subscriptions.remove(IDS[0], "socket-1"),
    ]
    for make in calls:
        with pytest.raises(StorageUnavailable):
            make()


def test_what_a_removal_left_undone_is_asked_for_again(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> None:
    for order_id in IDS[:3]:
        dynamo_subscriptions.request_backfill(replace(ARMED, order_id=order_id))
    rest = left_undone("UnprocessedItems", done=1)
    subscriptions_table.client.script("batch_write_item", rest, rest)
    dynamo_subscriptions.remove_connection("socket-1")
    assert list(dynamo_subscriptions.of_connection("socket-1")) == []
    assert subscriptions_table.client.made.count("batch_write_item") == TRIES


def test_a_removal_that_stays_half_done_is_told(
    dynamo_subscriptions: DynamoSubscriptionRepository, subscriptions_table: DynamoTable
) -> None:
    dynamo_subscriptions.request_backfill(ARMED)
    undone = [left_undone("UnprocessedItems")] * TRIES
    subscriptions_table.client.script("batch_write_item", *undone)
    with pytest.raises(StorageUnavailable):
        dynamo_subscriptions.remove_connection("socket-1")
