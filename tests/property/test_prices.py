"""The least output of a price, compared with the price itself in exact fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.amounts import U64_MAX, parse_decimal
from chalicelib.domain.prices import NamedPrice, parse_price
from chalicelib.domain.tokens import Token

sold = st.integers(0, 12).map(lambda places: Token("IN", "mint in", places))
bought = st.integers(0, 12).map(lambda places: Token("OUT", "mint out", places))
prices = st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent), st.integers(1, 10**18 - 1), st.integers(-18, 0)
)


def worth(price: NamedPrice, amount_in: int, token_in: Token, amount_out: int, token_out: Token) -> Fraction:
    """By how much better than the price a swap is: whole tokens of its unit for one of the other, or more."""
    whole_in = Fraction(amount_in, 10**token_in.decimals)
    whole_out = Fraction(amount_out, 10**token_out.decimals)
    if price.unit is token_out:
        return whole_out / whole_in - Fraction(price.amount)
    return Fraction(price.amount) - whole_in / whole_out


@pytest.mark.promise("R23")
@given(st.data(), prices, st.integers(1, U64_MAX), sold, bought)
def test_a_unit_less_than_the_least_output_is_worse_than_the_price_and_the_least_output_is_not(
    data: st.DataObject, amount: Decimal, amount_in: int, token_in: Token, token_out: Token
) -> None:
    price = NamedPrice(amount, data.draw(st.sampled_from([token_in, token_out])))
    least = price.least_output(amount_in, token_in, token_out)
    assert worth(price, amount_in, token_in, least, token_out) >= 0
    if least > 1:
        assert worth(price, amount_in, token_in, least - 1, token_out) < 0


@pytest.mark.promise("R23")
@given(st.data(), st.integers(1, U64_MAX), st.integers(1, U64_MAX), sold, bought)
def test_a_limit_at_the_executable_price_can_be_had(
    data: st.DataObject, amount_in: int, amount_out: int, token_in: Token, token_out: Token
) -> None:
    unit = data.draw(st.sampled_from([token_in, token_out]))
    executable = NamedPrice(Decimal(1), unit).executable(amount_in, token_in, amount_out, token_out)
    if executable:  # below a unit of the last place nothing can be named
        named = NamedPrice(executable, unit)
        assert named.least_output(amount_in, token_in, token_out) <= amount_out
        assert len(executable.as_tuple().digits) <= 18


@given(prices)
def test_a_price_is_written_as_it_is_read(amount: Decimal) -> None:
    written = NamedPrice(parse_price(format(amount, "f")), Token("T", "mint", 6)).text()
    assert parse_decimal(written) == amount
