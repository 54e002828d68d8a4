"""API keys in the accounts table: an item each, never deleted, found again by the sparse index `keys`."""

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.adapters.dynamodb.calls import (
    AnswerLost,
    ConditionFailed,
    Item,
    call,
    items_of,
    pages,
    read_item,
)
from chalicelib.adapters.dynamodb.schema import SCHEMA_VERSION, is_known
from chalicelib.domain.access import Scope
from chalicelib.domain.api_keys import ApiKey, StoredKey
from chalicelib.errors import ApiKeyNotFound, StorageUnavailable, VersionConflict

KEY = "KEY#"
"""What a key's partition key begins with."""

KEYS = "keys"
"""The index that keys are listed by. It doesn't hold their digests."""

_VERSION = {"N": str(SCHEMA_VERSION)}


class DynamoApiKeys:
    """ApiKeys on DynamoDB. A key that a newer release wrote is not guessed at."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, key_id: str) -> StoredKey | None:
        """Read a key consistently. Raises StorageUnavailable, also of what a newer release wrote."""
        image = read_item(self._client, self._table, _key(key_id))
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
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=_image(stored),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ConditionFailed as failed:
            if failed.stored[0] is None or _stored_key(failed.stored[0]) != stored:
                raise VersionConflict("Another key has this id") from failed
        except AnswerLost:
            if self.find(stored.key.key_id) != stored:
                raise

    def revoke(self, key_id: str, at: int) -> ApiKey:
        """Let a key serve no more.

        Raises
        ------
        ApiKeyNotFound
            There is no such key.
        StorageUnavailable
            Whether it was revoked is unknown; to do it again is safe.
        """
        try:
            image: Item = call(
                self._client.update_item,
                TableName=self._table,
                Key=_key(key_id),
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :at)",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues={":at": {"N": str(at)}},
                ReturnValues="ALL_NEW",
            )["Attributes"]
        except ConditionFailed as failed:
            raise ApiKeyNotFound(f"There is no key {key_id}") from failed
        return _api_key(image)

    def made_for(self, account: str | None) -> Sequence[ApiKey]:
        """An account's keys, or all of them, oldest first. Raises StorageUnavailable."""
        return sorted(map(_api_key, self._indexed(account)), key=lambda key: (key.created_at, key.key_id))

    def _indexed(self, account: str | None) -> Iterator[Item]:
        asked: dict[str, Any] = {"TableName": self._table, "IndexName": KEYS}
        operation = self._client.scan
        if account is not None:
            operation = self._client.query
            asked["KeyConditionExpression"] = "key_account = :account"
            asked["ExpressionAttributeValues"] = {":account": {"S": account}}
        return items_of(pages(operation, **asked))


def _key(key_id: str) -> Item:
    return {"pk": {"S": f"{KEY}{key_id}"}}


def _image(stored: StoredKey) -> Item:
    key = stored.key
    return {
        **_key(key.key_id),
        "v": _VERSION,
        "digest": {"S": stored.digest},
        "key_account": {"S": key.account},
        "name": {"S": key.name},
        "scopes": {"SS": sorted(key.scopes)},
        "created_at": {"N": str(key.created_at)},
    }


def _stored_key(image: Item) -> StoredKey:
    key = _api_key(image)
    if "digest" not in image:
        raise StorageUnavailable("An API key can't be read: it has no digest")
    return StoredKey(key, image["digest"]["S"])


def _api_key(image: Item) -> ApiKey:
    if not is_known(image):
        raise StorageUnavailable("An API key was written by a newer release")
    try:
        return ApiKey(
            key_id=image["pk"]["S"].removeprefix(KEY),
            account=image["key_account"]["S"],
            name=image["name"]["S"],
            scopes=frozenset(Scope(scope) for scope in image["scopes"]["SS"]),
            created_at=int(image["created_at"]["N"]),
            revoked_at=int(image["revoked_at"]["N"]) if "revoked_at" in image else None,
        )
    except (KeyError, ValueError) as error:
        raise StorageUnavailable(f"An API key can't be read: {error}") from error
