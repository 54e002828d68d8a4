from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.adapters.paper.items import outcome_item, pool_item, read_pool, sent_item
from chalicelib.adapters.paper.ledger import Ending, Outcome, Sent
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.seed import seed_pools
from chalicelib.errors import StorageUnavailable
from tests.fakes.clock import FakeClock
from tests.fakes.paper import create_paper_table

POOL = seeded_pools()[0]
LANDED = Outcome(Ending.LANDED, "order-1", 1, 7, 4_000, pool=POOL.address, amount_in=10, amount_out=9)
LONGEST_WAIT_IN_QUEUES = 28 * 24 * 3600


class OneAnswer:
    """A client that answers, or fails, every call in the same way."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.requests: list[dict[str, Any]] = []

    def __getattr__(self, _operation: str) -> Callable[..., Any]:
        return self._call

    def _call(self, **request: Any) -> Any:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def client_error(code: str, **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}, **more}  # botocore types none of the rest
    return ClientError(response, "AnOperation")


def ledger(answer: Any) -> DynamoDbLedger:
    client: Any = OneAnswer(answer)
    return DynamoDbLedger(client, "paper", Backoff(FakeClock()))


def test_a_transaction_conflict_is_a_lost_race() -> None:
    reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    conflict = client_error("TransactionCanceledException", CancellationReasons=reasons)
    assert ledger(conflict).land("s", LANDED, POOL) is None


def test_a_lost_race_for_the_outcome_gives_the_one_that_stands_without_another_read() -> None:
    stands = outcome_item("s", LANDED)
    reasons = [{"Code": "ConditionalCheckFailed", "Item": stands}, {"Code": "None"}]
    lost = client_error("TransactionCanceledException", CancellationReasons=reasons)
    assert ledger(lost).land("s", LANDED, POOL) == LANDED


@pytest.mark.parametrize(
    "error",
    [
        client_error("ProvisionedThroughputExceededException"),
        client_error("TransactionCanceledException", CancellationReasons=[{"Code": "ThrottlingError"}]),
        client_error("InternalServerError"),
        ReadTimeoutError(endpoint_url="http://nowhere"),
    ],
)
def test_whatever_goes_wrong_is_storage_that_is_unavailable(error: Exception) -> None:
    broken = ledger(error)
    calls: list[Callable[[], object]] = [
        lambda: broken.pools("raydium", "pair"),
        lambda: broken.pool("raydium", "pair", "address"),
        lambda: broken.traces(["s"]),
        lambda: broken.record_sent("s", Sent("order-1", 1, 1, 2)),
        lambda: broken.close("s", LANDED),
        lambda: broken.land("s", LANDED, POOL),
    ]
    for call in calls:
        with pytest.raises(StorageUnavailable):
            call()


def test_an_item_of_a_newer_release_is_not_guessed_at() -> None:
    newer = {**outcome_item("s", LANDED), "v": {"N": "2"}}
    with pytest.raises(StorageUnavailable, match="newer release"):
        ledger({"Responses": {"paper": [newer]}}).traces(["s"])


def test_traces_outlive_every_message_about_them_and_pools_are_never_deleted() -> None:
    sent = sent_item("s", Sent("order-1", 1, sent_at=5_000, lands_at=None))
    assert int(sent["ttl"]["N"]) > 5 + LONGEST_WAIT_IN_QUEUES
    assert int(outcome_item("s", LANDED)["ttl"]["N"]) > 4 + LONGEST_WAIT_IN_QUEUES
    assert "ttl" not in pool_item(POOL)


def test_a_query_is_read_to_its_last_page() -> None:
    pages = [
        {"Items": [pool_item(POOL)], "LastEvaluatedKey": {"pk": {"S": "p"}}},
        {"Items": [pool_item(POOL)]},
    ]
    client: Any = OneAnswer(None)
    client.query = lambda **_: pages.pop(0)
    assert DynamoDbLedger(client, "paper", Backoff(FakeClock())).pools("raydium", "pair") == [POOL, POOL]


def test_quotes_may_read_what_lags_and_decisions_may_not() -> None:
    client: Any = OneAnswer({"Items": [], "Responses": {"paper": []}})
    reader = DynamoDbLedger(client, "paper", Backoff(FakeClock()))
    reader.pools("raydium", "pair")
    reader.traces(["s"])
    reader.pool("raydium", "pair", "address")
    quoted, looked, simulated = client.requests
    assert "ConsistentRead" not in quoted
    assert looked["RequestItems"]["paper"]["ConsistentRead"]
    assert simulated["ConsistentRead"]


def test_seeding_again_adds_nothing_and_leaves_what_has_traded(
    new_table: Callable[[], DynamoDbLedger],
) -> None:
    client = new_table()._client  # noqa: SLF001 - moto's client, to seed a table of our own with
    create_paper_table(client, "seeded-twice")
    assert seed_pools(client, "seeded-twice") == len(seeded_pools())
    moved = POOL.after(POOL.state.with_price_moved(2, 1))
    DynamoDbLedger(client, "seeded-twice", Backoff(FakeClock())).land("s", LANDED, moved)
    assert seed_pools(client, "seeded-twice") == 0
    assert (
        DynamoDbLedger(client, "seeded-twice", Backoff(FakeClock())).pool(POOL.venue, POOL.pair, POOL.address)
        == moved
    )


def test_a_table_that_an_earlier_release_seeded_gains_the_pools_that_are_new(
    new_table: Callable[[], DynamoDbLedger],
) -> None:
    client = new_table()._client  # noqa: SLF001 - moto's client, to seed a table of our own with
    create_paper_table(client, "seeded-before")
    earlier = [pool for pool in seeded_pools() if pool.state.KIND in {"raydium_cpmm", "meteora_damm_v2"}]
    for pool in earlier:
        client.put_item(TableName="seeded-before", Item=pool_item(replace(pool, version=9)))
    assert seed_pools(client, "seeded-before") == len(seeded_pools()) - len(earlier)
    stored = [
        DynamoDbLedger(client, "seeded-before", Backoff(FakeClock())).pool(
            pool.venue, pool.pair, pool.address
        )
        for pool in seeded_pools()
    ]
    assert stored == [replace(pool, version=9 if pool in earlier else 1) for pool in seeded_pools()]


def test_the_level_that_a_pool_stood_at_is_stored_with_it() -> None:
    assert read_pool(pool_item(replace(POOL, level=1_000_123))).level == 1_000_123
    assert "level" not in pool_item(POOL)


def test_a_state_that_was_read_before_is_not_decoded_again() -> None:
    assert read_pool(pool_item(POOL)).state is read_pool(pool_item(POOL)).state
