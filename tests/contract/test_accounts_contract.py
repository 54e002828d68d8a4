"""What every ApiKeys and AccountLimits promises, and what DynamoDB's make of items that they can't read."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.adapters.dynamodb.account_limits import DynamoAccountLimits
from chalicelib.adapters.dynamodb.api_keys import KEYS, DynamoApiKeys
from chalicelib.domain.access import Scope
from chalicelib.domain.api_keys import ApiKey, StoredKey
from chalicelib.domain.secrets import digest_of
from chalicelib.errors import ApiKeyNotFound, StorageUnavailable, VersionConflict
from chalicelib.ports import AccountLimits, ApiKeys
from tests.contract.conftest import STORES, DynamoTable
from tests.contract.scripted_client import Fault, answer_lost, made_twice, refused, throttled, unreached
from tests.fakes.accounts import InMemoryAccountLimits, InMemoryApiKeys

NOON = 1_795_348_800_000
KEY = ApiKey("0123456789ab", "alice", "her laptop", frozenset({Scope.TRADE, Scope.READ}), NOON)
KEPT = StoredKey(KEY, digest_of("a secret"))
WRITES = [unreached, throttled, refused("InternalServerError", 500)]


@pytest.fixture
def memory_keys() -> ApiKeys:
    return InMemoryApiKeys()


@pytest.fixture
def moto_keys(accounts_table: DynamoTable) -> ApiKeys:
    return DynamoApiKeys(accounts_table.client.as_client, accounts_table.table)


@pytest.fixture(params=STORES)
def keys(request: pytest.FixtureRequest) -> ApiKeys:
    store: ApiKeys = request.getfixturevalue(f"{request.param}_keys")
    return store


@pytest.fixture
def memory_limits() -> AccountLimits:
    return InMemoryAccountLimits()


@pytest.fixture
def moto_limits(accounts_table: DynamoTable) -> AccountLimits:
    return DynamoAccountLimits(accounts_table.client.as_client, accounts_table.table)


@pytest.fixture(params=STORES)
def limits(request: pytest.FixtureRequest) -> AccountLimits:
    store: AccountLimits = request.getfixturevalue(f"{request.param}_limits")
    return store


def test_a_key_is_read_back_as_it_was_made(keys: ApiKeys) -> None:
    keys.create(KEPT)
    assert keys.find(KEY.key_id) == KEPT


def test_a_key_is_stored_in_the_form_that_later_releases_have_to_read(
    moto_keys: ApiKeys, accounts_table: DynamoTable
) -> None:
    moto_keys.create(KEPT)
    assert accounts_table.image(pk="KEY#0123456789ab") == {
        "pk": {"S": "KEY#0123456789ab"},
        "v": {"N": "1"},
        "digest": {"S": "984ca5162200734c592148f1820b71057f098573d138666b48663e4e30cd8d3a"},
        "key_account": {"S": "alice"},
        "name": {"S": "her laptop"},
        "scopes": {"SS": ["read", "trade"]},
        "created_at": {"N": "1795348800000"},
    }


def test_there_is_no_key_that_was_never_made(keys: ApiKeys) -> None:
    assert keys.find(KEY.key_id) is None
    with pytest.raises(ApiKeyNotFound):
        keys.revoke(KEY.key_id, NOON)
    assert keys.find(KEY.key_id) is None


def test_a_key_is_never_put_in_the_place_of_another(keys: ApiKeys) -> None:
    keys.create(KEPT)
    with pytest.raises(VersionConflict):
        keys.create(StoredKey(replace(KEY, account="mallory"), digest_of("another")))
    assert keys.find(KEY.key_id) == KEPT


def test_to_revoke_twice_keeps_when_it_was_first(keys: ApiKeys) -> None:
    keys.create(KEPT)
    revoked = replace(KEY, revoked_at=NOON + 1)
    assert keys.revoke(KEY.key_id, NOON + 1) == revoked
    assert keys.revoke(KEY.key_id, NOON + 2) == revoked
    assert keys.find(KEY.key_id) == replace(KEPT, key=revoked)


def test_keys_are_listed_by_account_or_all_oldest_first(keys: ApiKeys) -> None:
    made = [
        replace(KEY, key_id=f"{n:012x}", account=("alice", "bob")[n % 2], created_at=NOON - n)
        for n in range(5)
    ]
    for key in made:
        keys.create(StoredKey(key, digest_of(key.key_id)))
    keys.revoke(made[1].key_id, NOON)
    made[1] = replace(made[1], revoked_at=NOON)
    assert list(keys.made_for(None)) == made[::-1]
    assert list(keys.made_for("bob")) == [made[3], made[1]]
    assert list(keys.made_for("nobody")) == []


def test_a_list_of_keys_is_read_to_its_end(moto_keys: ApiKeys, accounts_table: DynamoTable) -> None:
    made = [replace(KEY, key_id=f"{n:012x}", name="long" * 16, created_at=NOON + n) for n in range(30)]
    for key in made:
        moto_keys.create(StoredKey(key, digest_of(key.key_id)))

    def a_few(operation: Any) -> Any:
        return lambda **asked: operation(**asked, Limit=7)

    for operation in ("scan", "query"):
        setattr(accounts_table.client, operation, a_few(getattr(accounts_table.client, operation)))
    assert list(moto_keys.made_for(None)) == list(moto_keys.made_for("alice")) == made


def test_the_index_of_keys_holds_no_digest_and_nothing_but_keys(
    moto_keys: ApiKeys, moto_limits: AccountLimits, accounts_table: DynamoTable
) -> None:
    moto_keys.create(KEPT)
    moto_limits.write("alice", "{}", seen="")
    (listed,) = accounts_table.client.scan(TableName=accounts_table.table, IndexName=KEYS)["Items"]
    assert listed["key_account"] == {"S": "alice"}
    assert KEPT.digest not in str(listed)


@pytest.mark.parametrize("fault", [answer_lost, made_twice])
def test_a_key_whose_answer_was_lost_is_known_as_made(
    moto_keys: ApiKeys, accounts_table: DynamoTable, fault: Fault
) -> None:
    accounts_table.client.script("put_item", fault)
    moto_keys.create(KEPT)
    assert moto_keys.find(KEY.key_id) == KEPT


@pytest.mark.parametrize("fault", WRITES)
def test_a_key_that_was_not_stored_is_told(
    moto_keys: ApiKeys, accounts_table: DynamoTable, fault: Fault
) -> None:
    accounts_table.client.script("put_item", fault)
    with pytest.raises(StorageUnavailable):
        moto_keys.create(KEPT)
    assert moto_keys.find(KEY.key_id) is None


@pytest.mark.parametrize(
    "change",
    [
        {"v": {"N": "2"}},
        {"v": None},
        {"digest": None},
        {"scopes": {"SS": ["everything"]}},
        {"key_account": None},
        {"revoked_at": {"S": "never"}},
    ],
)
def test_a_key_that_can_not_be_read_is_not_guessed(
    moto_keys: ApiKeys, accounts_table: DynamoTable, change: dict[str, Any]
) -> None:
    moto_keys.create(KEPT)
    image = (accounts_table.image(pk=f"KEY#{KEY.key_id}") or {}) | change
    accounts_table.put({name: value for name, value in image.items() if value is not None})
    with pytest.raises(StorageUnavailable):
        moto_keys.find(KEY.key_id)


def test_an_account_has_no_limits_of_its_own_until_they_are_written(limits: AccountLimits) -> None:
    assert limits.read("alice") == ""
    limits.write("alice", '{"orders":1}', seen="")
    assert (limits.read("alice"), limits.read("bob")) == ('{"orders":1}', "")


def test_limits_are_written_in_the_place_of_those_that_were_seen(limits: AccountLimits) -> None:
    limits.write("alice", "1", seen="")
    limits.write("alice", "2", seen="1")
    for seen in ("", "1"):
        with pytest.raises(VersionConflict):
            limits.write("alice", "3", seen=seen)
    assert limits.read("alice") == "2"


def test_the_same_limits_again_are_the_same_limits(limits: AccountLimits) -> None:
    limits.write("alice", "1", seen="")
    limits.write("alice", "1", seen="")
    assert limits.read("alice") == "1"


def test_of_fifty_who_change_limits_at_once_one_is_not_told(limits: AccountLimits) -> None:
    def change(number: int) -> bool:
        try:
            limits.write("alice", str(number), seen="")
        except VersionConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        changed = list(threads.map(change, range(50)))
    assert changed.count(True) == 1
    assert limits.read("alice") == str(changed.index(True))


@pytest.mark.parametrize("fault", [answer_lost, made_twice])
def test_limits_whose_answer_was_lost_are_known_as_written(
    moto_limits: AccountLimits, accounts_table: DynamoTable, fault: Fault
) -> None:
    accounts_table.client.script("put_item", fault)
    moto_limits.write("alice", "1", seen="")
    assert moto_limits.read("alice") == "1"


@pytest.mark.parametrize("fault", WRITES)
def test_limits_that_were_not_stored_are_told(
    moto_limits: AccountLimits, accounts_table: DynamoTable, fault: Fault
) -> None:
    accounts_table.client.script("put_item", fault)
    with pytest.raises(StorageUnavailable):
        moto_limits.write("alice", "1", seen="")
    assert moto_limits.read("alice") == ""


def test_limits_of_a_newer_release_are_not_guessed(
    moto_limits: AccountLimits, accounts_table: DynamoTable
) -> None:
    accounts_table.put({"pk": {"S": "LIMITS#alice"}, "v": {"N": "2"}, "limits": {"S": "1"}})
    with pytest.raises(StorageUnavailable):
        moto_limits.read("alice")
