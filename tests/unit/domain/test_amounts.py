"""Money: exact, and rounded only where a rule says how."""

from decimal import Decimal

import pytest

from chalicelib.domain import amounts
from chalicelib.domain.amounts import U64_MAX
from chalicelib.domain.tokens import BONK, SOL, USDC


@pytest.mark.parametrize(
    "text", ["1.5", "0", "0.000000001", "12345678901234567890", "0.123456789012345678", "10", "9.0"]
)
def test_plain_decimals_are_read(text):
    assert amounts.parse_decimal(text) == Decimal(text)


@pytest.mark.parametrize(
    "text", ["", " 1", "+1", "-1", "1e3", "1.", ".5", "01", "1,5", "NaN", "Infinity", "\u0661", "1\n"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"must be a plain decimal number, like 0\.01$"):
        amounts.parse_decimal(text, like="0.01")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("123456789012345678901", "must have at most 20 digits before the point"),
        ("0.1234567890123456789", "must have at most 18 decimal places"),
        ("1.5000000000000000000", "must have at most 18 decimal places"),
    ],
)
def test_a_plain_decimal_that_is_too_long_is_told_so(text, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        amounts.parse_decimal(text)


def test_whole_tokens_become_base_units_exactly():
    assert amounts.to_base_units(Decimal("1.5"), SOL) == 1_500_000_000
    assert amounts.to_base_units(Decimal("0.00001"), BONK) == 1


def test_the_greatest_amount_of_an_account_is_taken():
    assert amounts.to_base_units(Decimal("18446744073709.551615"), USDC) == 2**64 - 1


@pytest.mark.parametrize("amount", ["0", "0.0000001", "18446744073709.551616"])
def test_an_amount_that_no_account_can_hold_is_refused(amount):
    with pytest.raises(ValueError, match="must"):
        amounts.to_base_units(Decimal(amount), USDC)


def test_the_greatest_amount_is_told_in_whole_tokens():
    with pytest.raises(ValueError, match=r"at most 18446744073709\.551615 USDC$"):
        amounts.to_base_units(Decimal("18446744073709.551616"), USDC)


@pytest.mark.parametrize(
    ("units", "text"), [(1_500_000_000, "1.5"), (1, "0.000000001"), (10**9, "1"), (0, "0")]
)
def test_base_units_are_written_plainly(units, text):
    assert amounts.format_amount(units, SOL) == text


@pytest.mark.parametrize(("fraction", "bps"), [("0", 0), ("0.01", 100), ("0.0001", 1), ("0.5", 5000)])
def test_slippage_becomes_basis_points(fraction, bps):
    assert amounts.slippage_to_bps(Decimal(fraction)) == bps


@pytest.mark.parametrize("fraction", ["0.00005", "0.5001", "1"])
def test_slippage_over_half_or_finer_than_a_basis_point_is_refused(fraction):
    with pytest.raises(ValueError, match="must"):
        amounts.slippage_to_bps(Decimal(fraction))


@pytest.mark.promise("R6")
@pytest.mark.parametrize(
    ("quoted", "bps", "minimum"),
    [(10_000, 100, 9_900), (10_001, 100, 9_901), (1, 5000, 1), (3, 0, 3), (0, 0, 1)],
)
def test_the_minimum_amount_out_rounds_up(quoted, bps, minimum):
    assert amounts.minimum_amount_out(quoted, bps) == minimum


def test_the_executed_price_is_in_whole_tokens():
    assert amounts.executed_price(1_500_000_000, SOL, 225_000_000, USDC) == Decimal(150)


def test_a_price_is_rounded_to_18_significant_digits_and_half_of_one_to_the_even_digit():
    assert amounts.executed_price(3 * 10**9, SOL, 1_000_000, USDC) == Decimal("0.333333333333333333")
    assert amounts.executed_price(3, SOL, U64_MAX, BONK) == Decimal("6.14891469123651720E+22")


@pytest.mark.parametrize("units", [1, 10**9 + 1, U64_MAX])
def test_what_is_written_is_read_as_the_same_amount(units):
    assert amounts.to_base_units(Decimal(amounts.format_amount(units, SOL)), SOL) == units
