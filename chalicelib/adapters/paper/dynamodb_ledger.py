"""The paper ledger in a DynamoDB table with hash key `pk` and range key `sk`.

The client brings its own time-outs and is the one that retries. This module imports botocore: import it
where a client is made.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.calls import (
    Backoff,
    ConditionFailed,
    TransactionConflict,
    call,
    pages,
    read_item,
    read_items,
)
from chalicelib.adapters.paper.condition_items import (
    conditions_item,
    conditions_key,
    on_path,
    read_conditions,
    read_market,
)
from chalicelib.adapters.paper.conditions import Conditions, PairMarket
from chalicelib.adapters.paper.items import (
    OUTCOME,
    SENT,
    PaperItem,
    outcome_item,
    pool_item,
    pool_key,
    pool_partition,
    read_outcome,
    read_pool,
    read_sent,
    sent_item,
    signature_partition,
    trace_key,
)
from chalicelib.adapters.paper.ledger import Outcome, Sent, Trace
from chalicelib.adapters.paper.pools import StoredPool

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef

ABSENT = "attribute_not_exists(pk)"


class DynamoDbLedger:
    """`Ledger` over a low-level DynamoDB client.

    Conditions count only where the market `is_steered`; elsewhere they are left unread.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, backoff: Backoff, *, is_steered: bool = False
    ) -> None:
        self._client = client
        self._table = table
        self._backoff = backoff
        self._is_steered = is_steered

    def market(self, venue: str, pair: str, *, consistently: bool = False) -> PairMarket:
        """Read a venue's pools of a pair and their conditions in one query."""
        found = self._query(pool_partition(venue, pair), consistently=consistently)
        return read_market(found, is_steered=self._is_steered)

    def pool(self, venue: str, pair: str, address: str) -> StoredPool | None:
        """Read one pool consistently, with its path in the same call where the market is steered."""
        key, beside = pool_key(venue, pair, address), conditions_key(venue, pair)
        if not self._is_steered:
            item = read_item(self._client, self._table, key)
            return None if item is None else read_pool(item)
        items = read_items(self._client, self._table, [key, beside], self._backoff)
        found = {item["sk"]["S"]: item for item in items}
        if address not in found:
            return None
        return on_path(read_pool(found[address]), read_conditions(found.get(beside["sk"]["S"])).path)

    def steer(self, changes: Mapping[tuple[str, str], Conditions]) -> bool:
        """Store conditions in one transaction, each on the condition that it is the next change."""
        items = [conditions_item(venue, pair, each) for (venue, pair), each in changes.items()]
        puts: list[TransactWriteItemTypeDef] = [
            {"Put": self._next_change(item, each.change)}
            for item, each in zip(items, changes.values(), strict=True)
        ]
        try:
            call(self._client.transact_write_items, TransactItems=puts)
        except ConditionFailed as lost:
            # After a lost answer the client sends the same once more, and meets what it has written itself.
            return all(lost.stored.get(place) == item for place, item in enumerate(items))
        except TransactionConflict:
            return False
        return True

    def _next_change(self, item: PaperItem, change: int) -> "PutTypeDef":
        put: PutTypeDef = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": ABSENT,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if change > 1:
            put["ConditionExpression"] = "#change = :before"
            put["ExpressionAttributeNames"] = {"#change": "change"}
            put["ExpressionAttributeValues"] = {":before": {"N": str(change - 1)}}
        return put

    def traces(self, signatures: Sequence[str]) -> Mapping[str, Trace]:
        """Read the traces of these signatures consistently, fifty per call."""
        keys = [trace_key(signature, sk) for signature in signatures for sk in (SENT, OUTCOME)]
        items = read_items(self._client, self._table, keys, self._backoff)
        found = {(item["pk"]["S"], item["sk"]["S"]): item for item in items}
        return {signature: _trace(found, signature_partition(signature)) for signature in signatures}

    def record_sent(self, signature: str, sent: Sent) -> Sent:
        """Store the first send; a later one changes nothing. Return the stored one."""
        return read_sent(self._put_first(sent_item(signature, sent)))

    def close(self, signature: str, outcome: Outcome) -> Outcome:
        """Store an outcome that moves no pool, unless there is one already. Return the stored one."""
        return read_outcome(self._put_first(outcome_item(signature, outcome)))

    def land(self, signature: str, outcome: Outcome, pool: StoredPool) -> Outcome | None:
        """Store an outcome and the pool after it in one transaction, both or neither.

        Return the stored outcome; None if another landing moved the pool meanwhile.
        """
        first: PutTypeDef = {
            "TableName": self._table,
            "Item": outcome_item(signature, outcome),
            "ConditionExpression": ABSENT,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        unmoved: PutTypeDef = {
            "TableName": self._table,
            "Item": pool_item(pool),
            "ConditionExpression": "#version = :read",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":read": {"N": str(pool.version - 1)}},
        }
        try:
            call(self._client.transact_write_items, TransactItems=[{"Put": first}, {"Put": unmoved}])
        except ConditionFailed as lost:
            standing = lost.stored.get(0)
            return read_outcome(standing) if standing is not None else None
        except TransactionConflict:
            return None
        return outcome

    def _query(self, partition: str, *, consistently: bool) -> list[PaperItem]:
        request: dict[str, Any] = {
            "TableName": self._table,
            **({"ConsistentRead": True} if consistently else {}),
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": partition}},
        }
        return [item for page in pages(self._client.query, **request) for item in page["Items"]]

    def _put_first(self, item: PaperItem) -> PaperItem:
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=item,
                ConditionExpression=ABSENT,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConditionFailed as taken:
            return dict(taken.stored[0] or {})
        return item


def _trace(found: Mapping[tuple[str, str], Mapping[str, Any]], partition: str) -> Trace:
    sent, outcome = found.get((partition, SENT)), found.get((partition, OUTCOME))
    return Trace(
        read_sent(sent) if sent is not None else None,
        read_outcome(outcome) if outcome is not None else None,
    )
