"""Questions about many orders, answered from the table's two indexes."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import Backoff, Item, items_of, pages, read_items
from chalicelib.adapters.dynamodb.order_records import order_from_image
from chalicelib.domain.order import Order
from chalicelib.ports import HistoryPage, HistoryPosition, OpenOrder

OPEN_ORDERS = "open-orders"
"""Sparse index: `open` (schema.WAITING, schema.LANDING), then `enqueued_at`; it carries `requeues`."""

BY_ACCOUNT = "by-account"
"""Index: `account`, then `accepted_at`; it carries nothing else, so that a save doesn't write it."""


class OrderQueries:
    """The reading half of the orders table that crosses orders. Answers may lag behind by a moment."""

    def __init__(self, client: Any, table: str, backoff: Backoff) -> None:
        self._client = client
        self._table = table
        self._backoff = backoff

    def open_orders(self, limit: int) -> Sequence[OpenOrder]:
        """The open orders whose messages are oldest, at most `limit`: so many of each partition are read."""
        found = [
            OpenOrder(
                order_id=schema.order_id(image["pk"]["S"]),
                enqueued_at=int(image["enqueued_at"]["N"]),
                requeues=int(image["requeues"]["N"]),
                is_landing=partition in schema.LANDING,
            )
            for partition in (*schema.WAITING, *schema.LANDING)
            for image in islice(items_of(self._open_pages(partition, Limit=limit)), limit)
        ]
        return sorted(found, key=lambda order: order.enqueued_at)[:limit]

    def count(self, partitions: Iterable[str]) -> int:
        """How many orders there are in these partitions of the index of open orders."""
        return sum(
            page["Count"] for partition in partitions for page in self._open_pages(partition, Select="COUNT")
        )

    def history(self, account: str, *, limit: int, after: HistoryPosition | None) -> HistoryPage:
        """An account's orders, newest first: found by the index, then read consistently."""
        asked: dict[str, Any] = {
            "IndexName": BY_ACCOUNT,
            "KeyConditionExpression": "account = :account",
            "ExpressionAttributeValues": {":account": {"S": account}},
            "ScanIndexForward": False,
            "Limit": limit + 1,
        }
        if after is not None:
            asked["ExclusiveStartKey"] = _start(account, after)
        found = list(islice(items_of(self._pages(**asked)), limit + 1))
        following = _position(found[limit - 1]) if len(found) > limit else None
        return HistoryPage(self._read_all([image["pk"]["S"] for image in found[:limit]]), following)

    def are_final(self, order_ids: Collection[str]) -> dict[str, bool]:
        """Read consistently which of these orders are final: those that the index of open orders lacks."""
        keys = [{"pk": {"S": schema.order_key(order_id)}} for order_id in order_ids]
        found = read_items(self._client, self._table, keys, self._backoff, only=("pk", "open"))
        return {schema.order_id(image["pk"]["S"]): "open" not in image for image in found}

    def read_all(self, order_ids: Sequence[str]) -> Sequence[Order]:
        """Read these orders consistently, in this order; those that there aren't are left out."""
        return self._read_all([schema.order_key(order_id) for order_id in order_ids])

    def _read_all(self, keys: Sequence[str]) -> list[Order]:
        found = read_items(self._client, self._table, [{"pk": {"S": pk}} for pk in keys], self._backoff)
        images = {image["pk"]["S"]: image for image in found}
        return [order_from_image(images[pk]) for pk in keys if pk in images]

    def _open_pages(self, partition: str, **asked: Any) -> Iterator[Any]:
        return self._pages(
            IndexName=OPEN_ORDERS,
            KeyConditionExpression="#open = :open",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues={":open": {"S": partition}},
            **asked,
        )

    def _pages(self, **asked: Any) -> Iterator[Any]:
        return pages(self._client.query, TableName=self._table, **asked)


def _start(account: str, after: HistoryPosition) -> Item:
    return {
        "pk": {"S": schema.order_key(after.order_id)},
        "account": {"S": account},
        "accepted_at": {"N": str(after.accepted_at)},
    }


def _position(image: Item) -> HistoryPosition:
    return HistoryPosition(int(image["accepted_at"]["N"]), schema.order_id(image["pk"]["S"]))
