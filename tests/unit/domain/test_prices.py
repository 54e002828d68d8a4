"""Prices that a client names, and what they ask for, to the base unit."""

from decimal import Decimal

import pytest

from chalicelib.domain.prices import NamedPrice, parse_price
from chalicelib.domain.tokens import BONK, SOL, USDC


@pytest.mark.promise("R23")
@pytest.mark.parametrize(
    ("price", "unit", "amount_in", "token_in", "token_out", "least"),
    [
        ("160", USDC, 1_500_000_000, SOL, USDC, 240_000_000),
        ("160.0000001", USDC, 1_500_000_000, SOL, USDC, 240_000_001),
        ("0.00625", SOL, 1_500_000_000, SOL, USDC, 240_000_000),
        ("140", USDC, 210_000_000, USDC, SOL, 1_500_000_000),
        ("0.007", SOL, 210_000_000, USDC, SOL, 1_470_000_000),
        ("3", USDC, 1_000_000, USDC, SOL, 333_333_334),
        ("0.00002", USDC, 1, BONK, USDC, 1),
    ],
)
def test_the_least_output_is_the_price_times_the_amount_rounded_up(
    price, unit, amount_in, token_in, token_out, least
):
    assert NamedPrice(Decimal(price), unit).least_output(amount_in, token_in, token_out) == least


def test_what_a_swap_gives_is_told_in_the_unit_of_the_price_and_compared_with_it():
    limit, swap = NamedPrice(Decimal(160), USDC), (1_500_000_000, SOL, 224_385_120, USDC)
    assert (limit.executable(*swap), limit.distance_bps(*swap)) == (Decimal("149.59008"), 696)
    low, bought = NamedPrice(Decimal("0.005"), SOL), (1_500_000_000, SOL, 240_000_000, USDC)
    assert (low.executable(*bought), low.distance_bps(*bought)) == (Decimal("0.00625"), -2000)


def test_the_executable_price_is_rounded_to_the_worse_and_can_be_named():
    swap = 1_500_000_000, SOL, 224_814_616, USDC
    assert NamedPrice(Decimal(1), USDC).executable(*swap) == Decimal("149.876410666666666")
    in_sol = NamedPrice(Decimal(1), SOL).executable(*swap)
    assert in_sol == Decimal("0.006672164055383304")


@pytest.mark.parametrize(
    "text", ["160", "0.000000000000000001", "123456789012345678", "1.50", "140.000000000000000000"]
)
def test_a_price_is_a_plain_decimal(text):
    assert parse_price(text) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "-1",
        "1e3",
        "",
        "1234567890123456789",
        "1,5",
        "99999999999.999999999999999999",
        "10000000000.000000000000000001",
    ],
)
def test_what_is_no_price_is_refused(text):
    with pytest.raises(ValueError, match="must"):
        parse_price(text)


def test_a_price_is_said_as_people_say_it():
    assert NamedPrice(parse_price("160.50"), USDC).sentence(SOL) == "160.5 USDC for one SOL"
