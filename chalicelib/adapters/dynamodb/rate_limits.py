"""Callers' rates in DynamoDB: one counter a caller and window, raised by one conditional update."""

from typing import Any

from chalicelib.adapters.dynamodb.calls import ConditionFailed, call
from chalicelib.domain.rate import WINDOW_SECONDS, seconds_left, window_of
from chalicelib.errors import RateLimited
from chalicelib.ports import Admission


class DynamoRateLimiter:
    """RateLimiter on DynamoDB: a refused request fails the condition, so it isn't counted."""

    def __init__(self, client: Any, table: str, limit: int) -> None:
        self._client = client
        self._table = table
        self._limit = limit

    def admit(self, caller: str, now: int) -> Admission:
        """Count one request of the caller.

        Raises
        ------
        RateLimited
            The window is full.
        StorageUnavailable
            Whether it was counted is unknown.
        """
        window = window_of(now)
        try:
            answer = call(
                self._client.update_item,
                TableName=self._table,
                Key={"pk": {"S": f"RATE#{caller}#{window}"}},
                UpdateExpression="ADD requests :one SET #ttl = :ttl",
                ConditionExpression="attribute_not_exists(requests) OR requests < :limit",
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":limit": {"N": str(self._limit)},
                    ":ttl": {"N": str((window + 2) * WINDOW_SECONDS)},
                },
                ReturnValues="UPDATED_NEW",
            )
        except ConditionFailed:
            raise RateLimited(self._limit, seconds_left(now)) from None
        counted = int(answer["Attributes"]["requests"]["N"])
        return Admission(self._limit, self._limit - counted, seconds_left(now))
