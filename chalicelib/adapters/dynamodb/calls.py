"""Calls to DynamoDB: single items, batches and pages, with all errors translated into the engine's."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from chalicelib.errors import StorageUnavailable
from chalicelib.ports import Clock

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

Item = Mapping[str, Any]
"""An item in DynamoDB's own JSON, like {"pk": {"S": "ORDER#…"}}."""

READ_BATCH = 100
"""Most items that one BatchGetItem reads."""

DELETE_BATCH = 25
"""Most items that one BatchWriteItem writes."""

TRIES = 3
"""Tries in all: of a transaction that conflicts with others, and of the unprocessed part of a batch."""

FIRST_WAIT = 50
"""Upper bound of the first wait in milliseconds; that of the second is twice as high."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits before retries, of random length, so that writers that collided don't collide again."""

    clock: Clock
    jitter: Callable[[], float] = random.random

    def wait(self, tries: int) -> None:
        """Wait before the next try, after so many tries; before the first one there is no wait."""
        if tries:
            self.clock.sleep(int(self.jitter() * FIRST_WAIT * 2 ** (tries - 1)))


class AnswerLost(StorageUnavailable):
    """No answer arrived: whether the write took effect is unknown."""


class ConditionFailed(Exception):
    """A write's condition failed. `stored` has the item found, or None, by the write's index in the call."""

    def __init__(self, stored: Mapping[int, Item | None]) -> None:
        super().__init__(f"conditions failed at {sorted(stored)}")
        self.stored = stored


class TransactionConflict(Exception):
    """Another transaction held one of the items at that moment."""


def call(
    operation: Callable[Arguments, Answer], *args: Arguments.args, **arguments: Arguments.kwargs
) -> Answer:
    """Make one call and return its answer.

    Raises
    ------
    ConditionFailed, TransactionConflict
        Nothing was written; the caller decides how to go on.
    AnswerLost
        It may have taken effect.
    StorageUnavailable
        It was throttled or refused, or the service failed.
    """
    try:
        return operation(*args, **arguments)
    except ClientError as error:
        raise _translated(error) from error
    except (HTTPClientError, ResponseParserError) as error:
        raise AnswerLost(f"DynamoDB's answer was lost: {error}") from error
    except BotoCoreError as error:
        raise StorageUnavailable(f"DynamoDB could not be called: {error}") from error


def read_item(client: "DynamoDBClient", table: str, key: Item) -> Item | None:
    """Read one item consistently; None if there is none. Raises StorageUnavailable."""
    return call(client.get_item, TableName=table, Key=key, ConsistentRead=True).get("Item")


def read_items(
    client: "DynamoDBClient", table: str, keys: Sequence[Item], backoff: Backoff, only: Sequence[str] = ()
) -> Iterator[Item]:
    """Read the items of these keys that exist, consistently and in no order, a hundred per call.

    `only` limits the attributes that are read. Keys that a call left unprocessed are asked for again.

    Raises
    ------
    StorageUnavailable
        Some could not be read.
    """
    form: dict[str, Any] = {"ConsistentRead": True}
    if only:
        names = {f"#{place}": name for place, name in enumerate(only)}
        form |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    for start in range(0, len(keys), READ_BATCH):
        left: dict[str, Any] = {table: {"Keys": keys[start : start + READ_BATCH], **form}}
        for tries in range(TRIES):
            backoff.wait(tries)
            answer = call(client.batch_get_item, RequestItems=left)
            yield from answer["Responses"].get(table, ())
            left = answer.get("UnprocessedKeys", {})
            if not left:
                break
        else:
            raise StorageUnavailable(f"DynamoDB left some items of a batch unread, {TRIES} times")


def delete_items(client: "DynamoDBClient", table: str, keys: Sequence[Item], backoff: Backoff) -> None:
    """Delete items, 25 per call; keys that a call left unprocessed are asked for again.

    Raises
    ------
    StorageUnavailable
        Some may be left.
    """
    for start in range(0, len(keys), DELETE_BATCH):
        batch = keys[start : start + DELETE_BATCH]
        left: dict[str, Any] = {table: [{"DeleteRequest": {"Key": key}} for key in batch]}
        for tries in range(TRIES):
            backoff.wait(tries)
            left = call(client.batch_write_item, RequestItems=left).get("UnprocessedItems", {})
            if not left:
                break
        else:
            raise StorageUnavailable(f"DynamoDB left some items of a batch undeleted, {TRIES} times")


def pages(operation: Callable[..., Any], **asked: Any) -> Iterator[Any]:
    """Yield the pages of a query or a scan, each read when it is needed. Raises StorageUnavailable."""
    page = call(operation, **asked)
    yield page
    while start := page.get("LastEvaluatedKey"):
        page = call(operation, **{**asked, "ExclusiveStartKey": start})
        yield page


def items_of(found: Iterable[Any]) -> Iterator[Item]:
    """Yield the items of pages."""
    for page in found:
        yield from page["Items"]


def _translated(error: ClientError) -> Exception:
    response: Mapping[str, Any] = error.response
    code = response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return ConditionFailed({0: response.get("Item")})
    reasons = response.get("CancellationReasons", ())
    stored = {
        place: reason.get("Item")
        for place, reason in enumerate(reasons)
        if reason["Code"] == "ConditionalCheckFailed"
    }
    if stored:
        return ConditionFailed(stored)
    if any(reason["Code"] == "TransactionConflict" for reason in reasons):
        return TransactionConflict(str(error))
    causes = ", ".join(reason["Code"] for reason in reasons if reason["Code"] != "None")
    return StorageUnavailable(f"DynamoDB refused {error.operation_name}: {code} {causes}".rstrip())
