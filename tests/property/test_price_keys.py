"""Keys of prices, compared with the prices themselves in exact fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.amounts import U64_MAX
from chalicelib.domain.price_keys import (
    DIGITS,
    EXPONENT_AT_ZERO,
    WIDTH,
    Side,
    exact_price,
    market_key,
    order_key,
)
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.tokens import Token

sold = st.integers(0, 12).map(lambda places: Token("IN", "mint in", places))
bought = st.integers(0, 12).map(lambda places: Token("OUT", "mint out", places))
amounts = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent), st.integers(1, 10**18 - 1), st.integers(-18, 2)
)
spots = st.builds(Fraction, st.integers(1, 2**256), st.integers(1, 2**256))
"""Any price that a pool of 64.64 or of 128 bits can have, and more."""

ONE_STEP = Fraction(1, 10 ** (DIGITS - 1))


def near(price: Fraction, millionths: int) -> Fraction:
    return price * (10**24 + millionths) / 10**24


pairs = st.one_of(
    st.tuples(spots, spots), st.builds(lambda p, m: (p, near(p, m)), spots, st.integers(-(10**9), 10**9))
)
"""Two prices, far from each other or so close that their keys can hardly tell them apart."""


def value(key: str) -> Fraction:
    """The price that a key says."""
    exponent = int(key[:3]) - EXPONENT_AT_ZERO
    return int(key[3:]) * Fraction(10) ** (exponent - DIGITS + 1)


@given(pairs)
def test_keys_sort_as_prices_do(prices: tuple[Fraction, Fraction]) -> None:
    low, high = sorted(prices)
    for side in Side:
        assert order_key(side, low) <= order_key(side, high)
        assert market_key(side, low) <= market_key(side, high)
        if low * (1 + 2 * ONE_STEP) < high:
            assert order_key(side, low) < order_key(side, high)


@given(spots)
def test_a_key_has_a_fixed_width_and_is_off_by_less_than_its_last_digit(price: Fraction) -> None:
    for side in Side:
        for key in (order_key(side, price), market_key(side, price)):
            assert len(key) == WIDTH
            assert key.isdecimal()
            assert abs(value(key) / price - 1) < ONE_STEP


@given(spots)
def test_an_order_above_is_rounded_down_and_one_below_up_and_the_market_contrarily(price: Fraction) -> None:
    assert value(order_key(Side.ABOVE, price)) <= price <= value(order_key(Side.BELOW, price))
    assert value(market_key(Side.BELOW, price)) <= price <= value(market_key(Side.ABOVE, price))


def is_found(side: Side, order: str, market: str) -> bool:
    return order <= market if side is Side.ABOVE else order >= market


@given(pairs)
def test_an_order_that_is_met_is_found_however_close_it_is(prices: tuple[Fraction, Fraction]) -> None:
    low, high = sorted(prices)
    assert is_found(Side.ABOVE, order_key(Side.ABOVE, low), market_key(Side.ABOVE, high))
    assert is_found(Side.BELOW, order_key(Side.BELOW, high), market_key(Side.BELOW, low))


@pytest.mark.parametrize("side", Side)
def test_an_index_that_rounds_the_other_way_is_caught(side: Side) -> None:
    price = Fraction(2, 3)
    assert not is_found(side, order=market_key(side, price), market=order_key(side, price))


@given(st.data(), amounts, st.integers(1, U64_MAX), sold, bought)
def test_every_price_that_can_be_named_has_a_key_and_says_what_the_least_output_says(
    data: st.DataObject, amount: Decimal, amount_in: int, token_in: Token, token_out: Token
) -> None:
    named = NamedPrice(amount, data.draw(st.sampled_from([token_in, token_out])))
    price = exact_price(named, token_in, token_out)
    least = named.least_output(amount_in, token_in, token_out)
    assert least - 1 < price * amount_in <= least
    assert {len(order_key(side, price)) for side in Side} == {WIDTH}
