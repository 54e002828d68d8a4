"""Accounts' own limits in the accounts table: one item per account, which holds JSON text."""

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import AnswerLost, ConditionFailed, Item, call, read_item
from chalicelib.errors import StorageUnavailable, VersionConflict

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoAccountLimits:
    """AccountLimits on DynamoDB. The text is parsed by domain/limits.py, not here."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._item = schema.bound(schema.LimitsItem, table)

    def read(self, account: str) -> str:
        """Read the limits consistently. Raises StorageUnavailable, also if a newer release wrote them."""
        image = read_item(self._client, self._table, {"pk": {"S": _key(account)}})
        return "" if image is None else _limits(image)

    def write(self, account: str, limits: str, *, seen: str) -> None:
        """Replace the limits `seen` by these.

        Raises
        ------
        VersionConflict
            The stored limits are not those that were `seen`.
        StorageUnavailable
            Whether the limits were stored is unknown; doing it again is safe.
        """
        item = self._item
        put = item(_key(account), v=schema.SCHEMA_VERSION, limits=limits).get_save_kwargs_from_instance(
            condition=item.limits == seen if seen else item.pk.does_not_exist(),
            return_values_on_condition_failure=schema.ALL_OLD,
        )
        try:
            call(self._client.put_item, **put)
        except ConditionFailed as failed:
            if failed.stored[0] is None or _limits(failed.stored[0]) != limits:
                raise VersionConflict("Somebody else changed the account's limits") from failed
        except AnswerLost:
            if self.read(account) != limits:
                raise


def _key(account: str) -> str:
    return f"LIMITS#{account}"


def _limits(image: Item) -> str:
    if not schema.is_known(image):
        raise StorageUnavailable("The account's limits were written by a newer release")
    return str(image["limits"]["S"])
