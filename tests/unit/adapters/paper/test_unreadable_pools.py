"""One pool that can't be read, or makes no sense, is left out with its reason and hides no other."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.adapters.paper.dynamodb_ledger import DynamoDbLedger
from chalicelib.adapters.paper.items import PaperItem, pool_item, read_pool
from chalicelib.adapters.paper.ledger import Ending, Trace
from chalicelib.adapters.paper.markets import seeded_pools
from chalicelib.adapters.paper.pools import StoredPool, pair_of
from chalicelib.domain.submission import LandingError, SignatureStatus, Submission
from chalicelib.domain.tokens import SOL, USDC
from chalicelib.errors import ChainUnavailable, UnsupportedPool, VenueUnavailable
from chalicelib.pricing.swap import PoolClock
from tests.fakes.looks import reading_of
from tests.fakes.paper import InMemoryLedger, PaperDesk, ask

SOL_USDC = {pool.state.KIND: pool for pool in seeded_pools() if pool.pair == pair_of(SOL.mint, USDC.mint)}
CLMM = SOL_USDC["raydium_clmm"]
CLOCK = PoolClock(unix_time=1_700_000_000, slot=1)


def with_record(**changes: Any) -> PaperItem:
    record = {name: value for name, value in {**CLMM.state.to_record(), **changes}.items() if value != "-"}
    return with_state(json.dumps(record))


def with_state(text: str) -> PaperItem:
    return {**pool_item(CLMM), "state": {"S": text}}


def without(attribute: str) -> PaperItem:
    return {name: value for name, value in pool_item(CLMM).items() if name != attribute}


BROKEN: Mapping[str, PaperItem] = {
    "of an unknown kind": with_record(kind="orca_whirlpool"),
    "of no kind": with_record(kind="-"),
    "of a kind that is no word": with_record(kind=["raydium_clmm"]),
    "that lacks a field": with_record(sqrt_price="-"),
    "with a field that nobody knows": with_record(colour="7"),
    "with a number that is none": with_record(liquidity="1.5e9"),
    "with ticks that are no list": with_record(ticks="7"),
    "with a tick that lacks its figures": with_record(ticks=[["7"]]),
    "that is no JSON": with_state("{"),
    "that is a list": with_state("[]"),
    "that is empty": with_state(""),
    "whose state is of another type": {**pool_item(CLMM), "state": {"N": "7"}},
    "without a state": without("state"),
    "without a version": without("version"),
    "without tokens": without("token_0"),
    "of another pair than its partition's": {**pool_item(CLMM), "token_0": {"S": "a-mint"}},
    "of another venue than its partition's": {**pool_item(CLMM), "venue": {"S": "meteora"}},
}

IMPOSSIBLE: Mapping[str, tuple[str, dict[str, str]]] = {
    "a price of nothing": ("raydium_clmm", {"sqrt_price": "0"}),
    "liquidity below nothing": ("raydium_clmm", {"liquidity": "-5"}),
    "a fee of all": ("raydium_clmm", {"trade_fee_rate": "1000000", "ticks": "one"}),
    "a fee of more than all": ("raydium_cpmm", {"trade_fee_rate": "-90000000"}),
    "more than an account can hold": ("raydium_cpmm", {"vault_1": str(2**130)}),
    "a coin reserve below nothing": ("raydium_amm_v4", {"need_take_pnl_coin": str(2**60)}),
    "a denominator of nothing": ("raydium_amm_v4", {"swap_fee_denominator": "0"}),
    "bins without a price": ("meteora_dlmm", {"bins": "worthless"}),
    "a bin step of nothing": ("meteora_dlmm", {"bin_step": "0", "active_id": "9" * 40}),
    "a fee version that is none": ("meteora_damm_v2", {"fee_version": "7"}),
    "a price below its range": ("meteora_damm_v2", {"sqrt_price": "-1"}),
}


def impossible(name: str) -> StoredPool:
    kind, changes = IMPOSSIBLE[name]
    pool = SOL_USDC[kind]
    record = pool.state.to_record()
    parts = {
        "one": lambda: record["ticks"][:1],
        "worthless": lambda: [[*bin_[:3], "0", *bin_[4:]] for bin_ in record["bins"]],
    }
    changed = {field: parts[value]() if value in parts else value for field, value in changes.items()}
    return read_pool({**pool_item(pool), "state": {"S": json.dumps({**record, **changed})}})


def reasons(desk: PaperDesk, venue: str = "raydium") -> dict[str, str | None]:
    quote = desk.venues[venue].quote(ask())
    return {pool.pool: None if pool.reason is None else pool.reason.code for pool in quote.pools}


def expected_reasons(left_out: StoredPool, code: str) -> dict[str, str | None]:
    """Of its venue's pools of the pair all are quoted but one."""
    pools = [pool for pool in SOL_USDC.values() if pool.venue == left_out.venue]
    return {pool.address: code if pool.address == left_out.address else None for pool in pools}


@pytest.mark.parametrize("item", BROKEN.values(), ids=BROKEN)
def test_a_pool_with_a_record_that_can_not_be_read_is_left_out_alone(item: PaperItem) -> None:
    pool = read_pool(item)
    assert (pool.venue, pool.pair, pool.address) == (CLMM.venue, CLMM.pair, CLMM.address)
    desk = PaperDesk(InMemoryLedger([*SOL_USDC.values(), pool]))
    assert reasons(desk) == expected_reasons(CLMM, "POOL_UNSUPPORTED")


@pytest.mark.parametrize(
    "name", ["of an unknown kind", "that is no JSON", "without a state", "without tokens"]
)
def test_a_broken_item_in_the_table_is_left_out_alone(
    new_table: Callable[[], DynamoDbLedger], name: str
) -> None:
    ledger = new_table()
    ledger._client.put_item(TableName=ledger._table, Item=BROKEN[name])  # noqa: SLF001 - behind its back
    assert reasons(PaperDesk(ledger)) == expected_reasons(CLMM, "POOL_UNSUPPORTED")


def test_the_reason_says_what_is_wrong_with_the_record() -> None:
    desk = PaperDesk(InMemoryLedger([*SOL_USDC.values(), read_pool(BROKEN["of an unknown kind"])]))
    left_out = [pool for pool in desk.venues["raydium"].quote(ask()).pools if pool.reason is not None]
    assert [(pool.pool, pool.pool_type, pool.amount_out) for pool in left_out] == [
        (CLMM.address, "unreadable", None)
    ]
    assert left_out[0].reason is not None
    assert "orca_whirlpool" in left_out[0].reason.detail
    assert not left_out[0].reason.retryable


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_pool_in_a_state_that_can_not_be_is_left_out_alone(name: str) -> None:
    pool = impossible(name)
    desk = PaperDesk(InMemoryLedger([*SOL_USDC.values(), pool]))
    found = reasons(desk, pool.venue)
    assert str(found.pop(pool.address)).startswith("POOL_")
    assert set(found.values()) == {None}


def test_a_venue_whose_only_pool_can_not_be_read_refuses_for_good() -> None:
    with pytest.raises(UnsupportedPool, match="orca_whirlpool"):
        reasons(PaperDesk(InMemoryLedger([read_pool(BROKEN["of an unknown kind"])])))


def test_a_pool_of_a_newer_release_is_left_out_and_may_be_asked_again() -> None:
    newer = read_pool({**pool_item(CLMM), "v": {"N": "2"}})
    desk = PaperDesk(InMemoryLedger([*SOL_USDC.values(), newer]))
    assert reasons(desk) == expected_reasons(CLMM, "STORAGE_UNAVAILABLE")
    with pytest.raises(VenueUnavailable, match="Some of its pools can't be read now"):
        reasons(PaperDesk(InMemoryLedger([newer])))


def sent(desk: PaperDesk) -> Submission:
    submission = desk.submission(ask())
    desk.chain.send(submission)
    desk.clock.advance(3_000)
    return submission


def test_a_swap_on_a_pool_that_broke_meanwhile_lands_with_an_error() -> None:
    ledger = InMemoryLedger([CLMM])
    desk = PaperDesk(ledger)
    message, submission = desk.message(ask()), sent(desk)
    ledger.stored[CLMM.address] = broken = read_pool(BROKEN["that is no JSON"])
    with pytest.raises(UnsupportedPool):
        desk.chain.simulate(message)
    status = reading_of(desk.chain, submission).status
    assert isinstance(status, SignatureStatus)
    assert status.error is LandingError.OTHER
    assert ledger.stored[CLMM.address] == broken


@pytest.mark.promise("R5")
def test_a_swap_on_a_pool_that_a_newer_release_wrote_waits_for_one_who_can_read_it() -> None:
    ledger = InMemoryLedger([CLMM])
    desk = PaperDesk(ledger)
    message, submission = desk.message(ask()), sent(desk)
    ledger.stored[CLMM.address] = read_pool({**pool_item(CLMM), "v": {"N": "2"}})
    with pytest.raises(ChainUnavailable):
        desk.chain.simulate(message)
    with pytest.raises(ChainUnavailable):
        reading_of(desk.chain, submission)
    assert ledger.traces([submission.signature])[submission.signature] == Trace(
        ledger.sent[submission.signature]
    )
    ledger.stored[CLMM.address] = CLMM
    assert reading_of(desk.chain, submission).status is not None
    assert ledger.outcomes[submission.signature].ending is Ending.LANDED


@pytest.mark.parametrize("item", BROKEN.values(), ids=BROKEN)
def test_what_can_not_be_read_refuses_every_use_and_is_never_written_again(item: PaperItem) -> None:
    pool = read_pool(item)
    uses: list[Callable[[], object]] = [
        lambda: pool.swap(10**9, SOL.mint, CLOCK),
        lambda: pool.state.exchange(10**9, pool._direction(SOL.mint), CLOCK),  # noqa: SLF001
        lambda: pool.spot_amount_out(10**9, SOL.mint),
        lambda: pool_item(pool),
    ]
    for use in uses:
        with pytest.raises(UnsupportedPool):
            use()
    assert pool.at_level(2, 1, 7).state == pool.state.with_price_moved(2, 1) == pool.state
