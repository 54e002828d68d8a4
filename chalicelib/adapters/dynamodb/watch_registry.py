"""The registry of armed orders in DynamoDB: one small item of the orders table."""

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import read_item
from chalicelib.errors import StorageUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoWatchRegistry:
    """WatchRegistry on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def directions(self) -> dict[str, int]:
        """Read the directions consistently. Raises StorageUnavailable, also if a newer release wrote them."""
        image = read_item(self._client, self._table, {"pk": {"S": schema.WATCH}})
        if image is None:
            return {}
        if not schema.is_known(image):
            raise StorageUnavailable("The registry of armed orders was written by a newer release")
        return {direction: int(at["N"]) for direction, at in image["directions"]["M"].items()}
