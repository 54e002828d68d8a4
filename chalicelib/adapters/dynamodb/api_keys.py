"""API keys in the accounts table: one item each, never deleted, listed by the sparse index `keys`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import schema
from chalicelib.adapters.dynamodb.calls import (
    AnswerLost,
    ConditionFailed,
    Item,
    call,
    items_of,
    pages,
    read_item,
)
from chalicelib.domain.access import Scope
from chalicelib.domain.api_keys import ApiKey, StoredKey
from chalicelib.errors import ApiKeyNotFound, StorageUnavailable, VersionConflict

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEY = "KEY#"
"""The prefix of a key's partition key."""

KEYS = "keys"
"""The index that lists keys. It doesn't hold their digests."""


class DynamoApiKeys:
    """ApiKeys on DynamoDB. A key that a newer release wrote raises StorageUnavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._item = schema.bound(schema.KeyItem, table)

    def find(self, key_id: str) -> StoredKey | None:
        """Read a key consistently. Raises StorageUnavailable, also if a newer release wrote it."""
        image = read_item(self._client, self._table, {"pk": {"S": f"{KEY}{key_id}"}})
        return None if image is None else _stored_key(image)

    def create(self, stored: StoredKey) -> None:
        """Store a new key.

        Raises
        ------
        VersionConflict
            Another key has its id.
        StorageUnavailable
            Whether it was stored is unknown; nobody knows its secret, so it harms nobody.
        """
        item, key = self._item, stored.key
        put = item(
            f"{KEY}{key.key_id}",
            v=schema.SCHEMA_VERSION,
            digest=stored.digest,
            key_account=key.account,
            name=key.name,
            scopes={scope.value for scope in key.scopes},
            created_at=key.created_at,
        ).get_save_kwargs_from_instance(
            condition=item.pk.does_not_exist(), return_values_on_condition_failure=schema.ALL_OLD
        )
        try:
            call(self._client.put_item, **put)
        except ConditionFailed as failed:
            if failed.stored[0] is None or _stored_key(failed.stored[0]) != stored:
                raise VersionConflict("Another key has this id") from failed
        except AnswerLost:
            if self.find(stored.key.key_id) != stored:
                raise

    def revoke(self, key_id: str, at: int) -> ApiKey:
        """Revoke a key and return it.

        Raises
        ------
        ApiKeyNotFound
            There is no such key.
        StorageUnavailable
            Whether it was revoked is unknown; to do it again is safe.
        """
        item = self._item
        update = item(f"{KEY}{key_id}").get_update_kwargs_from_instance(
            [item.revoked_at.set(item.revoked_at | at)], condition=item.pk.exists()
        )
        try:
            answer = call(self._client.update_item, ReturnValues="ALL_NEW", **update)
        except ConditionFailed as failed:
            raise ApiKeyNotFound(f"There is no key {key_id}") from failed
        return _api_key(answer["Attributes"])

    def made_for(self, account: str | None) -> Sequence[ApiKey]:
        """Return an account's keys, or with None all keys, oldest first. Raises StorageUnavailable."""
        return sorted(map(_api_key, self._indexed(account)), key=lambda key: (key.created_at, key.key_id))

    def _indexed(self, account: str | None) -> Iterator[Item]:
        asked: dict[str, Any] = {"TableName": self._table, "IndexName": KEYS}
        if account is None:
            return items_of(pages(self._client.scan, **asked))
        asked["KeyConditionExpression"] = "key_account = :account"
        asked["ExpressionAttributeValues"] = {":account": {"S": account}}
        return items_of(pages(self._client.query, **asked))


def _stored_key(image: Item) -> StoredKey:
    key = _api_key(image)
    if "digest" not in image:
        raise StorageUnavailable("An API key can't be read: it has no digest")
    return StoredKey(key, image["digest"]["S"])


def _api_key(image: Item) -> ApiKey:
    if not schema.is_known(image):
        raise StorageUnavailable("An API key was written by a newer release")
    try:
        item = schema.read_image(schema.KeyItem, image)
        return ApiKey(
            key_id=item.pk.removeprefix(KEY),
            account=item.key_account,
            name=item.name,
            scopes=frozenset(Scope(scope) for scope in item.scopes),
            created_at=item.created_at,
            revoked_at=item.revoked_at,
        )
    except ValueError as error:
        raise StorageUnavailable(f"An API key can't be read: {error}") from error
