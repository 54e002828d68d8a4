from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.adapters.dynamodb.calls import Backoff
from chalicelib.adapters.paper.condition_items import conditions_item
from chalicelib.adapters.paper.conditions import Conditions, Feed
from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.adapters.paper.items import outcome_item, pool_item, read_pool, sent_item
from chalicelib.adapters.paper.ledger import Ending, Outcome, Sent
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.path import Knot, Path
from chalicelib.adapters.paper.seed import seed_pools
from chalicelib.adapters.paper.unreadable import UnreadablePool
from chalicelib.domain.steering import FeedState
from chalicelib.errors import StorageUnavailable
from tests.fakes.clock import FakeClock
from tests.fakes.paper import create_paper_table

POOL = seeded_pools()[0]
LANDED = Outcome(Ending.LANDED, "order-1", 1, 7, 4_000, pool=POOL.address, amount_in=10, amount_out=9)
WHERE = (POOL.venue, POOL.pair)
PATH = Path(POOL.token_0, (Knot(7, 1_000_000), Knot(9, 950_000)))
SHOWN = Feed(FeedState.STALE, 8, until=12, pools=(replace(POOL, path=PATH),))
STEERED = Conditions(PATH, SHOWN, change=1)
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
        lambda: broken.market("raydium", "pair"),
        lambda: broken.pool("raydium", "pair", "address"),
        lambda: broken.traces(["s"]),
        lambda: broken.record_sent("s", Sent("order-1", 1, 1, 2)),
        lambda: broken.close("s", LANDED),
        lambda: broken.land("s", LANDED, POOL),
        lambda: broken.steer({WHERE: STEERED}),
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
    assert DynamoDbLedger(client, "paper", Backoff(FakeClock())).market("raydium", "pair").pools == [
        POOL,
        POOL,
    ]


def test_quotes_may_read_what_lags_and_decisions_may_not() -> None:
    client: Any = OneAnswer({"Items": [], "Responses": {"paper": []}})
    reader = DynamoDbLedger(client, "paper", Backoff(FakeClock()))
    reader.market("raydium", "pair")
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


def test_conditions_are_read_as_they_were_written_with_the_pools_and_with_each_of_them(
    new_table: Callable[[], DynamoDbLedger],
) -> None:
    steered = new_table()
    assert steered.steer({WHERE: STEERED})
    market = steered.market(*WHERE)
    assert market.conditions == STEERED
    assert {pool.path for pool in market.pools} == {PATH}
    stored = steered.pool(*WHERE, POOL.address)
    assert stored == replace(POOL, path=PATH)
    assert steered.pool(*WHERE, "nowhere") is None
    assert steered.pool("meteora", POOL.pair, POOL.address) is None


def test_where_the_market_is_not_steered_conditions_count_for_nothing_and_calls_are_as_ever(
    new_table: Callable[[], DynamoDbLedger],
) -> None:
    steered = new_table()
    steered.steer({WHERE: STEERED})
    client, table = steered._client, steered._table  # noqa: SLF001 - the same table with another setting
    left_alone = DynamoDbLedger(client, table, Backoff(FakeClock()))
    market = left_alone.market(*WHERE)
    assert market.conditions == Conditions()
    assert {pool.path for pool in market.pools} == {Path()}
    assert len(market.pools) == len(steered.market(*WHERE).pools)
    assert left_alone.pool(*WHERE, POOL.address) == POOL
    seen: Any = OneAnswer({"Items": []})
    DynamoDbLedger(seen, "paper", Backoff(FakeClock())).pool(*WHERE, POOL.address)
    assert [set(request) for request in seen.requests] == [{"TableName", "Key", "ConsistentRead"}]


def test_a_steered_market_costs_a_quote_and_a_landing_one_call_each_like_any_other() -> None:
    client: Any = OneAnswer({"Items": [], "Responses": {"paper": []}})
    reader = DynamoDbLedger(client, "paper", Backoff(FakeClock()), is_steered=True)
    reader.market(*WHERE)
    reader.pool(*WHERE, POOL.address)
    quoted, landed = client.requests
    assert "ConsistentRead" not in quoted
    assert landed["RequestItems"]["paper"]["ConsistentRead"]
    assert len(landed["RequestItems"]["paper"]["Keys"]) == 2


def test_who_changes_conditions_reads_them_consistently() -> None:
    client: Any = OneAnswer({"Items": []})
    DynamoDbLedger(client, "paper", Backoff(FakeClock())).market(*WHERE, consistently=True)
    assert client.requests[0]["ConsistentRead"]


def test_of_several_conditions_all_are_changed_or_none(new_table: Callable[[], DynamoDbLedger]) -> None:
    steered, other = new_table(), ("meteora", POOL.pair)
    assert steered.steer({WHERE: STEERED})
    again = Conditions(Path(POOL.token_0, (Knot(9, 900_000),)), change=1)
    assert not steered.steer({other: again, WHERE: again})
    assert steered.market(*other).conditions == Conditions()
    assert steered.market(*WHERE).conditions == STEERED
    assert steered.steer({other: again, WHERE: replace(again, change=2)})


def test_a_change_whose_answer_was_lost_is_no_lost_race_when_it_is_sent_again() -> None:
    mine = conditions_item(*WHERE, STEERED)
    reasons = [{"Code": "ConditionalCheckFailed", "Item": mine}]
    met_itself = client_error("TransactionCanceledException", CancellationReasons=reasons)
    assert ledger(met_itself).steer({WHERE: STEERED})
    theirs = conditions_item(*WHERE, replace(STEERED, feed=Feed()))
    lost = client_error(
        "TransactionCanceledException",
        CancellationReasons=[{"Code": "ConditionalCheckFailed", "Item": theirs}],
    )
    assert not ledger(lost).steer({WHERE: STEERED})
    conflict = client_error(
        "TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}]
    )
    assert not ledger(conflict).steer({WHERE: STEERED})


def test_a_stale_feed_leaves_out_a_pool_that_nobody_can_read() -> None:
    broken = replace(POOL, state=UnreadablePool.because_of(ValueError("no")))
    item = conditions_item(*WHERE, replace(STEERED, feed=replace(SHOWN, pools=(broken, POOL))))
    assert item["feed"]["S"].count('"state":{"S"') == 1


def test_conditions_of_a_newer_release_are_not_guessed_at() -> None:
    newer = {**conditions_item(*WHERE, STEERED), "v": {"N": "2"}}
    client: Any = OneAnswer({"Items": [newer]})
    reader = DynamoDbLedger(client, "paper", Backoff(FakeClock()), is_steered=True)
    with pytest.raises(StorageUnavailable, match="newer release"):
        reader.market(*WHERE)
