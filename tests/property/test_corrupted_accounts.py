"""Whatever stands in an account's bytes, there comes a price that can be or a `PoolError`; nothing else."""

import os
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import PoolError
from chalicelib.pricing.swap import BASIS_POINTS, U64_MAX, Direction, PoolClock, Swap
from tests.property.recorded_pools import CLOCK, RECORDED_POOLS, RecordedPool

ASKED = os.environ.get("FUZZ_EXAMPLES")
"""How many examples `make fuzz` asked for, new ones each time; the tests take the same few each time."""

pytestmark = pytest.mark.timeout(0 if ASKED else 120)

SIZES = (1, 2, 4, 8, 16)

amounts = st.sampled_from([1, 1_000, 10**6, 10**9, 10**12, 2**63, U64_MAX])
words = st.sampled_from([0, 1, 2**15, 2**31, 2**32 - 1, 2**63, U64_MAX, 2**127, 2**128 - 1]) | st.integers(
    0, 2**128 - 1
)
spoilt_fields = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.sampled_from(SIZES), words), min_size=1, max_size=3
)


def spoilt(data: bytes, fields: list[tuple[float, int, int]]) -> bytes:
    """The data with little-endian words of some sizes overwritten at places that divide by their size."""
    changed = bytearray(data)
    for place, size, word in fields:
        # the fields of these accounts are packed, so every offset may begin one; the discriminator stays
        at = 8 + int(place * max(len(data) - 8 - size, 1))
        changed[at : at + size] = (word % 2 ** (8 * size)).to_bytes(size, "little")
    return bytes(changed)


def is_possible(swap: Swap[Any]) -> bool:
    """Whether the numbers of a swap can be: amounts of 64 bits, and fees that are parts of them."""
    fees = swap.fees
    parts = fees.providers, fees.protocol, fees.fund, fees.referral, fees.compounding, fees.creator
    return (
        0 < swap.amount_out <= U64_MAX
        and min(parts) >= 0
        and fees.on_input <= swap.amount_in
        and 0 <= swap.price_impact_bps <= BASIS_POINTS
    )


def quoted_twice(pool: Any, amount: int, direction: Direction, clock: PoolClock) -> None:
    """Quote, take the state after, and quote on that: each a price that can be, or a `PoolError`."""
    with suppress(PoolError):
        assert pool.spot_price(direction) > 0
        swap = pool.swap(amount, direction, clock)
        assert is_possible(swap)
        assert is_possible(swap.pool.swap(amount, direction, clock))


def test_numbers_that_can_not_be_are_told_from_those_that_can() -> None:
    pool = RECORDED_POOLS["clmm"].decode(RECORDED_POOLS["clmm"].accounts)
    swap = pool.swap(10**6, Direction.ZERO_FOR_ONE, CLOCK)
    assert is_possible(swap)
    for wrong in (
        {"amount_out": -1},
        {"amount_out": 2**64},
        {"price_impact_bps": 10_001},
        {"fees": replace(swap.fees, protocol=swap.fees.trade + 1)},
        {"fees": replace(swap.fees, trade=10**6 + 1)},
    ):
        assert not is_possible(replace(swap, **wrong))


@pytest.mark.parametrize("recorded", RECORDED_POOLS.values(), ids=RECORDED_POOLS)
def test_the_recorded_pools_are_priced_as_they_are(recorded: RecordedPool) -> None:
    pool = recorded.decode(recorded.accounts)
    assert is_possible(pool.swap(10**6, Direction.ZERO_FOR_ONE, CLOCK))


@pytest.mark.parametrize("recorded", RECORDED_POOLS.values(), ids=RECORDED_POOLS)
@settings(max_examples=int(ASKED or 150), derandomize=ASKED is None, database=None)
@given(data=st.data(), fields=spoilt_fields, amount=amounts, direction=st.sampled_from(Direction))
def test_a_spoilt_account_gives_a_price_that_can_be_or_a_pool_error(
    recorded: RecordedPool,
    data: st.DataObject,
    fields: list[tuple[float, int, int]],
    amount: int,
    direction: Direction,
) -> None:
    role = data.draw(st.sampled_from(sorted(recorded.accounts)))
    account = recorded.accounts[role]
    accounts = {**recorded.accounts, role: replace(account, data=spoilt(account.data, fields))}
    try:
        pool = recorded.decode(accounts)
    except PoolError:
        return
    quoted_twice(pool, amount, direction, CLOCK)
