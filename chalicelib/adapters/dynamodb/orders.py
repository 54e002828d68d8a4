"""The orders table: orders and idempotency records, every write conditional."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from pynamodb.expressions.update import Action

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import (
    TRIES,
    AnswerLost,
    Backoff,
    ConditionFailed,
    Item,
    TransactionConflict,
    call,
    items_of,
    pages,
    read_item,
    read_items,
)
from chalicelib.adapters.dynamodb.order_items import (
    changed_attributes,
    idempotency_attributes,
    order_attributes,
    order_from_image,
    read_idempotency_record,
)
from chalicelib.domain.idempotency import IdempotencyRecord
from chalicelib.domain.order import Order, Status
from chalicelib.errors import OrderNotFound, StorageUnavailable, UnsupportedSchemaVersion, VersionConflict
from chalicelib.ports import FoundOrders, HistoryPage, HistoryPosition, OpenOrder

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

OPEN_ORDERS = "open-orders"
"""Sparse index: `open` (schema.WAITING, schema.LANDING), then `enqueued_at`; it carries `requeues`."""

BY_ACCOUNT = "by-account"
"""Index: `account`, then `accepted_at`; it carries nothing else, so that a save doesn't write it."""


class DynamoOrderRepository:
    """OrderRepository on DynamoDB: one call per method, and one more read if an answer was lost."""

    def __init__(self, client: "DynamoDBClient", table: str, backoff: Backoff) -> None:
        self._client = client
        self._table = table
        self._backoff = backoff
        self._orders = schema.bound(schema.OrderItem, table)
        self._records = schema.bound(schema.IdempotencyItem, table)

    def create(self, order: Order, record: IdempotencyRecord | None) -> IdempotencyRecord | None:
        """Store a new order, and with it the record of its key, both or neither; see the port.

        Raises
        ------
        VersionConflict
            Another order has this id.
        StorageUnavailable
            Whether it was stored is unknown.
        """
        if record is None:
            self._write(self._client.put_item, self._put_order(order), order)
            return None
        for tries in range(TRIES):
            self._backoff.wait(tries)
            with suppress(TransactionConflict):
                return self._create_with_key(order, record)
        raise StorageUnavailable(f"Other transactions held the key {TRIES} times")

    def find_record(self, account: str, key: str, now: int) -> IdempotencyRecord | None:
        """Read the record of a key consistently; None if no record binds at `now` (ms)."""
        image = self._read(schema.idempotency_key(account, key))
        if image is None:
            return None
        record = read_idempotency_record(image)
        return record if now < record.expires_at else None

    def get(self, order_id: str) -> Order:
        """Read an order consistently. Raises OrderNotFound, UnsupportedSchemaVersion."""
        image = self._read(schema.order_key(order_id))
        if image is None:
            raise OrderNotFound(order_id)
        return order_from_image(image)

    def save(self, order: Order, *, expires_after: int | None = None) -> None:
        """Append the newest event and write what changed with it, in one conditional update; see the port.

        Raises
        ------
        VersionConflict
            The stored order isn't exactly one event behind, or expires too soon, and is not this write.
        """
        item = self._orders
        fields = order_attributes(order)
        actions: list[Action] = [item.events.set(item.events.append(fields["events"][-1:]))]
        for name in changed_attributes(order):
            attribute, value = getattr(item, name), fields[name]
            actions.append(attribute.remove() if value is None else attribute.set(value))
        condition = item.version == order.version - 1
        if expires_after is not None:
            condition &= item.expires_at > expires_after
        update = item(fields["pk"]).get_update_kwargs_from_instance(
            actions, condition=condition, return_values_on_condition_failure=schema.ALL_OLD
        )
        self._write(self._client.update_item, update, order)

    def open_orders(self, limit: int) -> Sequence[OpenOrder]:
        """Return up to `limit` open orders, oldest messages first: so many are read of each partition.

        The index may lag by a moment.
        """
        found = [
            OpenOrder(
                order_id=schema.order_id(image["pk"]["S"]),
                enqueued_at=int(image["enqueued_at"]["N"]),
                requeues=_requeues(image),
                is_landing=partition in schema.LANDING,
            )
            for partition in (*schema.WAITING, *schema.LANDING)
            for image in islice(items_of(self._open_pages(partition, Limit=limit)), limit)
        ]
        return sorted(found, key=lambda order: order.enqueued_at)[:limit]

    def read_all(self, order_ids: Sequence[str]) -> FoundOrders:
        """Read these orders consistently, in this order; ids without an order are left out."""
        found, unreadable = self._read_all([schema.order_key(order_id) for order_id in order_ids])
        return FoundOrders(found, unreadable)

    def are_final(self, order_ids: Collection[str]) -> dict[str, bool]:
        """Read consistently which of these orders are final: those whose items have no `open`."""
        keys = [{"pk": {"S": schema.order_key(order_id)}} for order_id in order_ids]
        found = read_items(self._client, self._table, keys, self._backoff, only=("pk", "open"))
        return {schema.order_id(image["pk"]["S"]): "open" not in image for image in found}

    def count_waiting(self) -> int:
        """Count the orders that wait for a slot or hold one. The index may lag by a moment."""
        return self._count(schema.WAITING)

    def count_landing(self) -> int:
        """Count the orders that are submitted and not final. The index may lag by a moment."""
        return self._count(schema.LANDING)

    def claim_next_message(self, seen: OpenOrder, *, at: int, requeues: int) -> bool:
        """Set when the order's next message is due, unless another worker has since `seen`; see the port."""
        item, key = self._orders, schema.order_key(seen.order_id)
        update = item(key).get_update_kwargs_from_instance(
            [item.enqueued_at.set(at), item.requeues.set(requeues)],
            condition=item.open.exists()
            & (item.enqueued_at == seen.enqueued_at)
            & (item.requeues == seen.requeues),
            return_values_on_condition_failure=schema.ALL_OLD,
        )
        try:
            call(self._client.update_item, **update)
        except ConditionFailed as failed:
            return _is_marked(failed.stored[0], at, requeues)
        except AnswerLost:
            if not _is_marked(self._read(key), at, requeues):
                raise
        return True

    def history(self, account: str, *, limit: int, after: HistoryPosition | None) -> HistoryPage:
        """Return a page of an account's orders: found by the index, which may lag, then read consistently."""
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
        orders, unreadable = self._read_all([image["pk"]["S"] for image in found[:limit]])
        return HistoryPage(orders, unreadable, following)

    def _write(self, operation: Callable[..., Any], arguments: dict[str, Any], order: Order) -> None:
        try:
            call(operation, **arguments)
        except ConditionFailed as failed:
            if not _is_made(failed.stored[0], order):
                raise VersionConflict(f"{order.order_id} can't become version {order.version}") from failed
        except AnswerLost:
            if not _is_made(self._read(schema.order_key(order.order_id)), order):
                raise

    def _create_with_key(self, order: Order, record: IdempotencyRecord) -> IdempotencyRecord | None:
        """Try once. Raises TransactionConflict if another one interfered and left no record that binds."""
        item = self._records
        free = item.pk.does_not_exist() | (item.expires_at <= order.accepted_at)
        put_record = item(**idempotency_attributes(record)).get_save_kwargs_from_instance(
            condition=free, return_values_on_condition_failure=schema.ALL_OLD
        )
        puts: list[Any] = [{"Put": self._put_order(order)}, {"Put": put_record}]  # pynamodb types no more
        try:
            call(self._client.transact_write_items, TransactItems=puts)
        except ConditionFailed as failed:
            return self._holder(failed, order)
        except (TransactionConflict, AnswerLost):
            held = self.find_record(record.account, record.key, order.accepted_at)
            if held is None:
                raise
            return self._unless_made(held, order)
        return None

    def _holder(self, failed: ConditionFailed, order: Order) -> IdempotencyRecord | None:
        order_place, record_place = 0, 1
        stored, held = failed.stored.get(order_place), failed.stored.get(record_place)
        if held is not None:
            return self._unless_made(read_idempotency_record(held), order, stored)
        if not _is_made(stored, order):
            raise VersionConflict(f"{order.order_id} exists already") from failed
        return None

    def _unless_made(
        self, held: IdempotencyRecord, order: Order, stored: Item | None = None
    ) -> IdempotencyRecord | None:
        """The record that holds the key; None when it is this very write's, by the order that is stored."""
        if held.order_id != order.order_id:
            return held
        stored = stored or self._read(schema.order_key(order.order_id))
        return None if _is_made(stored, order) else held

    def _put_order(self, order: Order) -> dict[str, Any]:
        item = self._orders
        arguments: dict[str, Any] = item(**order_attributes(order)).get_save_kwargs_from_instance(
            condition=item.pk.does_not_exist(), return_values_on_condition_failure=schema.ALL_OLD
        )
        return arguments

    def _read_all(self, keys: Sequence[str]) -> tuple[list[Order], dict[str, UnsupportedSchemaVersion]]:
        found = read_items(self._client, self._table, [{"pk": {"S": pk}} for pk in keys], self._backoff)
        images = {image["pk"]["S"]: image for image in found}
        orders, unreadable = list[Order](), dict[str, UnsupportedSchemaVersion]()
        for pk in keys:
            try:
                orders += [order_from_image(images[pk])] if pk in images else []
            except UnsupportedSchemaVersion as error:
                unreadable[schema.order_id(pk)] = error
        return orders, unreadable

    def _count(self, partitions: Iterable[str]) -> int:
        return sum(
            page["Count"] for partition in partitions for page in self._open_pages(partition, Select="COUNT")
        )

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

    def _read(self, pk: str) -> Item | None:
        return read_item(self._client, self._table, {"pk": {"S": pk}})


def _start(account: str, after: HistoryPosition) -> Item:
    return {
        "pk": {"S": schema.order_key(after.order_id)},
        "account": {"S": account},
        "accepted_at": {"N": str(after.accepted_at)},
    }


def _position(image: Item) -> HistoryPosition:
    return HistoryPosition(int(image["accepted_at"]["N"]), schema.order_id(image["pk"]["S"]))


def _requeues(image: Item) -> int:
    """Return the requeues in the index of open orders; 0 for a damaged order, which hides no other so."""
    requeues = image.get("requeues", {}).get("N", "0")
    return int(requeues) if requeues.isdecimal() else 0


def _is_made(image: Item | None, order: Order) -> bool:
    """Return whether the stored order holds this very write and, for a submission, this signature."""
    if image is None:
        return False
    stored = order_from_image(image)
    if stored.version < order.version:
        return False
    if stored.events[order.version - 1].write_id != order.last_write_id:
        return False
    return order.status is not Status.SUBMITTED or _signature(stored) == _signature(order)


def _is_marked(image: Item | None, at: int, requeues: int) -> bool:
    wanted = {"enqueued_at": at, "requeues": requeues}
    return all((image or {}).get(name) == {"N": str(value)} for name, value in wanted.items())


def _signature(order: Order) -> str | None:
    return order.submission.signature if order.submission is not None else None
