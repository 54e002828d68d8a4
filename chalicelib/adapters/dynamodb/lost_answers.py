"""A fault: writes that take effect and whose answers are then lost, like a time-out."""

from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ReadTimeoutError

from chalicelib.adapters.chance import Chance

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


def lose_answers(client: "DynamoDBClient", rate: Decimal, chance: Chance) -> None:
    """Make a DynamoDB client lose this fraction of its writes' answers, beyond its own retries.

    Each write's bytes and number are drawn on: the same writes, one after the other, lose the same answers.
    """
    numbers = count()

    def draw(params: Any, context: dict[str, Any], **_: Any) -> None:
        context["answer_lost"] = chance.strikes(rate, "", next(numbers), params["body"].decode())

    def lose(context: dict[str, Any], **_: Any) -> None:
        if context["answer_lost"]:
            raise ReadTimeoutError(endpoint_url=client.meta.endpoint_url)

    for write in WRITES:
        client.meta.events.register(f"before-call.dynamodb.{write}", draw)
        client.meta.events.register(f"after-call.dynamodb.{write}", lose)
