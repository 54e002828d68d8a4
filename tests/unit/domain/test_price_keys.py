"""Prices as texts that sort as they do."""

from decimal import Decimal
from fractions import Fraction

import pytest

from chalicelib.domain.price_keys import WIDTH, Side, exact_price, market_key, order_key
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.tokens import BONK, SOL, USDC

LARGEST = Fraction(10) ** 500


@pytest.mark.parametrize(
    ("named", "unit", "tokens", "exact"),
    [
        ("150", USDC, (SOL, USDC), Fraction(150, 1_000)),
        ("150", USDC, (USDC, SOL), Fraction(1_000, 150)),
        ("0.00002", USDC, (BONK, USDC), Fraction(2, 10_000)),
        ("0.00002", USDC, (USDC, BONK), Fraction(5_000)),
    ],
)
def test_a_named_price_is_of_base_units_in_the_direction_of_the_swap(named, unit, tokens, exact):
    assert exact_price(NamedPrice(Decimal(named), unit), *tokens) == exact


@pytest.mark.parametrize(
    ("price", "down", "up"),
    [
        (Fraction(1), "500100000000000000000", "500100000000000000000"),
        (Fraction(150, 1_000), "499150000000000000000", "499150000000000000000"),
        (Fraction(2, 3), "499666666666666666666", "499666666666666666667"),
        (Fraction(10**19 - 1), "518999999999999999999", "519100000000000000000"),
        (1 / Fraction(10**19 - 1), "481100000000000000000", "481100000000000000001"),
        (1 / LARGEST, "000100000000000000000", "000100000000000000000"),
        (LARGEST - 1, "999999999999999999999", None),
    ],
)
def test_a_price_is_its_exponent_and_its_first_digits(price, down, up):
    assert order_key(Side.ABOVE, price) == market_key(Side.BELOW, price) == down
    if up is not None:
        assert order_key(Side.BELOW, price) == market_key(Side.ABOVE, price) == up
    assert len(down) == WIDTH


@pytest.mark.parametrize("price", [Fraction(0), Fraction(-1), LARGEST, 1 / (LARGEST + 1)])
def test_what_is_no_price_has_no_key(price):
    with pytest.raises(ValueError, match="A price"):
        order_key(Side.ABOVE, price)
