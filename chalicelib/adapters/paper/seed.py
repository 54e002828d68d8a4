"""Store the seeded pools in the paper table."""

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.calls import ConditionFailed, call
from chalicelib.adapters.paper.items import pool_item
from chalicelib.adapters.paper.markets import seeded_pools

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def seed_pools(client: "DynamoDBClient", table: str) -> int:
    """Store every seeded pool that is missing, with a low-level DynamoDB client.

    A pool that has traded is left as it is, so this may be done any number of times. Returns how many were
    new.
    """
    return sum(_is_new(client, table, pool_item(pool)) for pool in seeded_pools())


def _is_new(client: "DynamoDBClient", table: str, item: dict[str, Any]) -> bool:
    try:
        call(client.put_item, TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except ConditionFailed:
        return False
    return True
