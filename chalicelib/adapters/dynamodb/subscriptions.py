"""The subscriptions table: which sockets follow which orders.

Items of a newer schema version are a newer release's to serve: they are left out, so that one of them doesn't
keep an order's other sockets from their messages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.adapters.dynamodb import schema, socket_items
from chalicelib.adapters.dynamodb.calls import (
    Backoff,
    ConditionFailed,
    Item,
    call,
    delete_items,
    items_of,
    pages,
    read_items,
)
from chalicelib.domain.subscription import Subscription

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

LIFETIME = 3 * 3600
"""Seconds after which an abandoned subscription is deleted: API Gateway closes sockets after two hours."""

BY_CONNECTION = "by-connection"
"""The index on `connection_id`, which holds the keys only."""


class DynamoSubscriptionRepository:
    """SubscriptionRepository on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str, backoff: Backoff) -> None:
        self._client = client
        self._table = table
        self._backoff = backoff
        self._model = schema.bound(socket_items.SubscriptionItem, table)

    def request_backfill(self, subscription: Subscription) -> None:
        """Store the subscription with its backfill due, in place of an earlier one.

        Each call makes a stream record, even if nothing else changed.

        The update has no condition: the last request wins, and the worst that a late duplicate does is one
        more backfill, while a condition on time would drop a request of a machine whose clock is behind.
        """
        item = self._model
        actions: list[Action] = [
            item.v.set(schema.SCHEMA_VERSION),
            item.delivered.set(subscription.delivered),
            item.armed.set(True),
            item.arms.add(1),
            item.connected_at.set(subscription.connected_at),
            item.account_wide.set(True) if subscription.account_wide else item.account_wide.remove(),
            item.failed_pushes.set(subscription.failed_pushes),
            item.ttl.set(subscription.connected_at // 1000 + LIFETIME),
        ]
        followed = item(subscription.order_id, subscription.connection_id)
        call(self._client.update_item, **followed.get_update_kwargs_from_instance(actions))

    def of_order(self, order_id: str) -> Sequence[Subscription]:
        """Read an order's subscriptions consistently."""
        images = self._query(
            KeyConditionExpression="order_id = :order_id",
            ExpressionAttributeValues={":order_id": {"S": order_id}},
            ConsistentRead=True,
        )
        return [subscription_from_image(image) for image in images if schema.is_known(image)]

    def of_connection(self, connection_id: str) -> Sequence[str]:
        """Return the ids of the orders that a connection follows. May lag behind by a moment."""
        images = self._query(
            IndexName=BY_CONNECTION,
            KeyConditionExpression="connection_id = :connection_id",
            ExpressionAttributeValues={":connection_id": {"S": connection_id}},
        )
        return sorted(image["order_id"]["S"] for image in images)

    def followed_by(self, connection_id: str) -> Sequence[Subscription]:
        """Read a connection's subscriptions, each consistently; the newest may be missing for a moment."""
        keys = [_key(order_id, connection_id) for order_id in self.of_connection(connection_id)]
        images = read_items(self._client, self._table, keys, self._backoff)
        found = [subscription_from_image(image) for image in images if schema.is_known(image)]
        return sorted(found, key=lambda subscription: subscription.order_id)

    def raise_delivered(self, seen: Subscription, delivered: int) -> bool:
        """Record that events up to `delivered` were sent and no backfill is due; False if it changed."""
        item = self._model
        update = item(seen.order_id, seen.connection_id).get_update_kwargs_from_instance(
            [item.delivered.set(delivered), item.armed.set(False), item.failed_pushes.set(0)],
            condition=self._stands_as(seen),
            return_values_on_condition_failure=schema.ALL_OLD,
        )
        try:
            call(self._client.update_item, **update)
        except ConditionFailed as failed:
            stored = failed.stored[0]
            wanted = replace(seen, delivered=delivered, backfill_due=False, failed_pushes=0)
            return (
                stored is not None and schema.is_known(stored) and subscription_from_image(stored) == wanted
            )
        return True

    def finish(self, seen: Subscription) -> bool:
        """Remove a subscription whose events were all sent; False if it changed since it was seen."""
        delete = self._model(seen.order_id, seen.connection_id).get_delete_kwargs_from_instance(
            condition=self._stands_as(seen), return_values_on_condition_failure=schema.ALL_OLD
        )
        try:
            call(self._client.delete_item, **delete)
        except ConditionFailed as failed:
            return failed.stored[0] is None
        return True

    def remove(self, order_id: str, connection_id: str) -> None:
        """Remove one subscription, without a condition: API Gateway never reuses a socket's id."""
        call(self._client.delete_item, TableName=self._table, Key=_key(order_id, connection_id))

    def remove_connection(self, connection_id: str) -> None:
        """Remove the connection's subscriptions that the index lists; `ttl` removes the rest.

        Raises
        ------
        StorageUnavailable
            Some are left.
        """
        keys = [_key(order_id, connection_id) for order_id in self.of_connection(connection_id)]
        delete_items(self._client, self._table, keys, self._backoff)

    def _stands_as(self, seen: Subscription) -> Condition:
        item = self._model
        condition: Condition = (
            (item.delivered == seen.delivered)
            & (item.armed == seen.backfill_due)
            & (item.connected_at == seen.connected_at)
        )
        return condition

    def _query(self, **arguments: Any) -> Iterator[Item]:
        return items_of(pages(self._client.query, TableName=self._table, **arguments))


def _key(order_id: str, connection_id: str) -> Item:
    return {"order_id": {"S": order_id}, "connection_id": {"S": connection_id}}


def subscription_from_image(image: Item) -> Subscription:
    """Return the subscription in a stored item. Attributes that this release doesn't know are ignored."""
    item = socket_items.SubscriptionItem.from_raw_data(dict(image))
    return Subscription(
        order_id=item.order_id,
        connection_id=item.connection_id,
        delivered=item.delivered,
        backfill_due=item.armed,
        connected_at=item.connected_at,
        account_wide=bool(item.account_wide),
        failed_pushes=item.failed_pushes or 0,
    )
