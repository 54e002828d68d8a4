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
    from types_boto3_dynamodb.type_defs import PutTypeDef

ABSENT = "attribute_not_exists(pk)"


class DynamoDbLedger:
    """`Ledger` over a low-level DynamoDB client."""

    def __init__(self, client: "DynamoDBClient", table: str, backoff: Backoff) -> None:
        self._client = client
        self._table = table
        self._backoff = backoff

    def pools(self, venue: str, pair: str) -> Sequence[StoredPool]:
        """Read a venue's pools of a pair in one query, which may lag behind by a moment."""
        return [read_pool(item) for item in self._query(pool_partition(venue, pair))]

    def pool(self, venue: str, pair: str, address: str) -> StoredPool | None:
        """Read one pool consistently."""
        key = pool_key(venue, pair, address)
        item = read_item(self._client, self._table, key)
        return None if item is None else read_pool(item)

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

    def _query(self, partition: str) -> list[PaperItem]:
        request: dict[str, Any] = {
            "TableName": self._table,
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
