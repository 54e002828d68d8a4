"""The registry of armed orders in DynamoDB: one small item of the orders table."""

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import Item, read_item
from chalicelib.domain.watching import Watching
from chalicelib.errors import StorageUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoWatchRegistry:
    """WatchRegistry on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self) -> Watching:
        """Read it consistently. Raises StorageUnavailable, also if a newer release wrote it."""
        image = read_item(self._client, self._table, {"pk": {"S": schema.WATCH}})
        if image is None:
            return Watching()
        if not schema.is_known(image):
            raise StorageUnavailable("The registry of armed orders was written by a newer release")
        directions = {direction: int(at["N"]) for direction, at in image["directions"]["M"].items()}
        return Watching(directions, _time(image, "beat_at"), _time(image, "looked_at"))


def _time(image: Item, name: str) -> int:
    return int(image.get(name, {"N": "0"})["N"])
