"""Armed orders in the orders table's indexes, found by their price and by their time."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import Item, items_of, pages
from chalicelib.adapters.dynamodb.orders import OPEN_ORDERS
from chalicelib.domain.price_keys import Side, market_key
from chalicelib.domain.watching import Direction

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

WATCHED_ORDERS = "watched-orders"
"""Sparse index: `watch` (schema.watch_partition), then `watch_key` (price_keys); it carries nothing else."""

_TOWARDS = {Side.ABOVE: "<=", Side.BELOW: ">="}


class DynamoTriggerIndex:
    """TriggerIndex on DynamoDB: each query reads one end of a partition, and no more of it than was asked."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def past(self, direction: Direction, side: Side, price: Fraction, limit: int) -> Sequence[str]:
        """Return up to `limit` orders whose trigger may be met at this price; see the port."""
        found = self._watched(
            direction,
            side,
            f"watch = :watch AND watch_key {_TOWARDS[side]} :key",
            limit,
            **{":key": {"S": market_key(side, price)}},
        )
        return [schema.order_id(image["pk"]["S"]) for image in found]

    def has_any(self, direction: Direction) -> bool:
        """Return whether any order waits in this direction, or may again: up to three queries."""
        places = (*Side, schema.FIRED)
        return any(self._watched(direction, place, "watch = :watch", 1) for place in places)

    def due(self, now: int, limit: int) -> Sequence[str]:
        """Return up to `limit` armed orders whose time is over at `now` (ms), oldest first."""
        found = [image for partition in schema.ARMED for image in self._due(partition, now, limit)]
        found.sort(key=lambda image: int(image["enqueued_at"]["N"]))
        return [schema.order_id(image["pk"]["S"]) for image in found[:limit]]

    def _watched(
        self, direction: Direction, place: str, condition: str, limit: int, **values: Any
    ) -> Sequence[Item]:
        mints = (direction.token_in.mint, direction.token_out.mint)
        return self._query(
            limit,
            IndexName=WATCHED_ORDERS,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={":watch": {"S": schema.watch_partition(*mints, place)}, **values},
            ScanIndexForward=place == Side.ABOVE,
        )

    def _due(self, partition: str, now: int, limit: int) -> Sequence[Item]:
        return self._query(
            limit,
            IndexName=OPEN_ORDERS,
            KeyConditionExpression="#open = :open AND enqueued_at <= :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues={":open": {"S": partition}, ":now": {"N": str(now)}},
        )

    def _query(self, limit: int, **asked: Any) -> Sequence[Item]:
        found = pages(self._client.query, TableName=self._table, Limit=limit, **asked)
        return list(islice(items_of(found), limit))
