"""Questions about many orders, answered from the table's two indexes."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import Item, items_of, pages, read_items
from chalicelib.adapters.dynamodb.order_records import order_from_image
from chalicelib.domain.lifecycle import FINAL
from chalicelib.domain.order import Order, Status
from chalicelib.ports import AccountOrder, HistoryPage, HistoryPosition, OpenOrder

OPEN_ORDERS = "open-orders"
"""Sparse index: `open`, then `enqueued_at`; it carries `requeues`."""

BY_ACCOUNT = "by-account"
"""Index: `account`, then `accepted_at`; it carries `status`."""

_OPEN = {
    "IndexName": OPEN_ORDERS,
    "KeyConditionExpression": "#open = :open",
    "ExpressionAttributeNames": {"#open": "open"},
    "ExpressionAttributeValues": {":open": {"S": schema.OPEN}},
}


INDEX_PAGES = 3
"""Pages of the index, of up to a megabyte each, that one history request reads at most."""


NEWEST = 500
"""An account's orders among which its open ones are looked for: tens of kilobytes of the index."""


class OrderQueries:
    """The reading half of the orders table that crosses orders. Answers may lag behind by a moment."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def open_orders(self, limit: int) -> Sequence[OpenOrder]:
        """The open orders whose messages are oldest, at most `limit`."""
        images = islice(items_of(self._pages(**_OPEN, Limit=limit)), limit)
        return [
            OpenOrder(
                order_id=schema.order_id(image["pk"]["S"]),
                enqueued_at=int(image["enqueued_at"]["N"]),
                requeues=int(image["requeues"]["N"]),
            )
            for image in images
        ]

    def open_of(self, account: str, limit: int) -> Sequence[str]:
        """The ids of the account's newest open orders, among its newest NEWEST orders."""
        newest = self.newest_of(account, since=0, limit=NEWEST)
        return [order.order_id for order in newest if not order.is_final][:limit]

    def newest_of(self, account: str, *, since: int, limit: int) -> Sequence[AccountOrder]:
        """The account's orders accepted at `since` (ms) or later, newest first, at most `limit`.

        Neither key of the index ever changes, so that no order is missing while another one's is written.
        """
        found = self._pages(
            IndexName=BY_ACCOUNT,
            KeyConditionExpression="account = :account AND accepted_at >= :since",
            ExpressionAttributeValues={":account": {"S": account}, ":since": {"N": str(since)}},
            ScanIndexForward=False,
            Limit=limit,
        )
        return [
            AccountOrder(
                order_id=schema.order_id(image["pk"]["S"]),
                accepted_at=int(image["accepted_at"]["N"]),
                is_final=image["status"]["S"] in FINAL,
            )
            for image in islice(items_of(found), limit)
        ]

    def count_open(self) -> int:
        """How many orders are open."""
        return sum(page["Count"] for page in self._pages(**_OPEN, Select="COUNT"))

    def history(
        self, account: str, *, status: Status | None, limit: int, after: HistoryPosition | None
    ) -> HistoryPage:
        """An account's orders, newest first: found by the index, then read consistently.

        With a `status` those that have left it since the index was written are left out of the page, and a
        page ends early where it took too much of the index to find more.
        """
        asked: dict[str, Any] = {
            "IndexName": BY_ACCOUNT,
            "KeyConditionExpression": "account = :account",
            "ExpressionAttributeValues": {":account": {"S": account}},
            "ScanIndexForward": False,
        }
        if status is None:
            asked["Limit"] = limit + 1
        else:
            asked["FilterExpression"] = "#status = :status"
            asked["ExpressionAttributeNames"] = {"#status": "status"}
            asked["ExpressionAttributeValues"][":status"] = {"S": status.value}
        if after is not None:
            asked["ExclusiveStartKey"] = _start(account, after)
        found: list[Item] = []
        unread: Item | None = None
        for page in islice(self._pages(**asked), INDEX_PAGES):
            found += page["Items"]
            unread = page.get("LastEvaluatedKey")
            if len(found) > limit:
                break
        orders = self._read_all([image["pk"]["S"] for image in found[:limit]])
        last = found[limit - 1] if len(found) > limit else unread
        following = _position(last) if last is not None else None
        return HistoryPage([o for o in orders if status in {None, o.status}], following)

    def read_all(self, order_ids: Sequence[str]) -> Sequence[Order]:
        """Read these orders consistently, in this order; those that there aren't are left out."""
        return self._read_all([schema.order_key(order_id) for order_id in order_ids])

    def _read_all(self, keys: Sequence[str]) -> list[Order]:
        found = read_items(self._client, self._table, [{"pk": {"S": pk}} for pk in keys])
        images = {image["pk"]["S"]: image for image in found}
        return [order_from_image(images[pk]) for pk in keys if pk in images]

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
