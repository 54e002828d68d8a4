"""What people are told of a refused swap: whole tokens with their symbol, and no address they can't use."""

from dataclasses import replace

import pytest

from chalicelib.domain.refused_swaps import pool_reason, reason_of, venue_refusal
from chalicelib.domain.tokens import SOL
from chalicelib.errors import (
    ComputeLimitExceeded,
    InsufficientLiquidity,
    PoolDisabled,
    PoolError,
    PoolNotActive,
    PriceOutOfRange,
    QuoteStale,
    RouteNotFound,
    SlippageExceeded,
    StorageUnavailable,
    UnsupportedPool,
    VenueUnavailable,
    ZeroOutput,
)
from tests.fakes.examples import an_order

AMOUNT = 20_000 * 10**9
TAKEN = 12_500_000_000

POOLS = [
    (ZeroOutput("an amount in of 1 returns nothing"), "The pool would return nothing for 20000 SOL"),
    (
        InsufficientLiquidity("the ticks take all but 19987500000000 of 20000000000000", taken=TAKEN),
        "The pool can't fill 20000 SOL: it takes 12.5 SOL",
    ),
    (InsufficientLiquidity("the reserves were 1 and 2"), "The pool can't fill 20000 SOL"),
    (
        ComputeLimitExceeded("20000000000000 is too large", taken=TAKEN),
        "The pool can't fill 20000 SOL in one transaction: it takes 12.5 SOL",
    ),
    (
        PriceOutOfRange("the square root price would be 4295048015"),
        "20000 SOL would move the price out of the range of the pool",
    ),
    (PoolDisabled("the pool's status was 3"), "The pool allows no swaps now"),
    (PoolNotActive("the pool opens at 1764340279, the clock was 1"), "The pool is not open yet"),
    (
        UnsupportedPool("the pool's base fee mode was 7"),
        "The engine can't price the pool: the pool's base fee mode was 7",
    ),
    (
        PoolError("the volatility of the dynamic fee leads to 340282366920938463463374607431768211456"),
        "The pool would reject a swap of 20000 SOL",
    ),
    (StorageUnavailable("DynamoDB refused GetItem: Throttled"), "The pool can't be read now"),
]


@pytest.mark.parametrize(("error", "sentence"), POOLS)
def test_a_pool_that_refuses_is_told_in_whole_tokens(error, sentence):
    reason = pool_reason(error, AMOUNT, SOL)
    assert reason.detail == sentence
    assert (reason.code, reason.kind, reason.retryable) == (error.code, error.kind, error.retryable)


VENUES = [
    ([ZeroOutput("0"), ZeroOutput("0")], ZeroOutput, "Its pools would return nothing for 20000 SOL"),
    (
        [InsufficientLiquidity("", taken=7), ComputeLimitExceeded("", taken=TAKEN), PriceOutOfRange("")],
        InsufficientLiquidity,
        "Its pools can't fill 20000 SOL: they take 12.5 SOL",
    ),
    ([PriceOutOfRange("")], PriceOutOfRange, "Its pools can't fill 20000 SOL"),
    (
        [InsufficientLiquidity(""), PoolDisabled("status 3"), PoolDisabled("status 4")],
        InsufficientLiquidity,
        "Its pools can't fill 20000 SOL. One of its pools allows no swaps now",
    ),
    (
        [PoolNotActive("later"), UnsupportedPool("odd")],
        RouteNotFound,
        "One of its pools is not open yet. The engine can't price its pool address-1: odd",
    ),
    (
        [ZeroOutput(""), InsufficientLiquidity("")],
        RouteNotFound,
        "One of its pools would return nothing for 20000 SOL. One of its pools can't fill 20000 SOL",
    ),
    ([ZeroOutput(""), StorageUnavailable("why")], VenueUnavailable, "Some of its pools can't be read now"),
]


@pytest.mark.parametrize(("errors", "kind", "sentence"), VENUES)
def test_a_venue_whose_pools_all_refuse_says_why_once(errors, kind, sentence):
    refusal = venue_refusal({f"address-{n}": error for n, error in enumerate(errors)}, AMOUNT, SOL)
    assert type(refusal) is kind
    assert str(refusal) == sentence


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            SlippageExceeded("The swap would return 221999999", amount_out=221_999_999),
            "The price moved: the swap would return 221.999999 USDC, less than its minimum of 222.15 USDC",
        ),
        (
            SlippageExceeded("It landed with an error"),
            "The price moved: the swap would have returned less than its minimum of 222.15 USDC",
        ),
        (ZeroOutput("an amount in of 1 returns nothing"), "The pool would return nothing for 1.5 SOL"),
        (QuoteStale("The quote was over 10 s old"), "The quote was over 10 s old"),
    ],
)
def test_what_the_chain_refuses_is_told_with_the_orders_own_amounts(error, sentence):
    order = replace(an_order(), minimum_amount_out=222_150_000)
    reason = reason_of(error, order)
    assert reason.detail == sentence
    assert (reason.code, reason.retryable) == (error.code, error.retryable)
