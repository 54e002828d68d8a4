from decimal import Context, Decimal

import pytest

from chalicelib.adapters.chance import Chance
from chalicelib.config import DelayRange

ORDERS = [f"order-{number}" for number in range(4_000)]


def test_the_same_step_has_the_same_fate_every_time() -> None:
    rate = Decimal("0.5")
    fates = [[Chance("seed").strikes(rate, order, 1, "step") for order in ORDERS] for _ in range(2)]
    assert fates[0] == fates[1]


@pytest.mark.parametrize(
    "other",
    [("another seed", "order", 1, "step"), ("seed", "another", 1, "step"), ("seed", "order", 2, "step")],
)
def test_seed_order_attempt_and_step_each_change_the_draw(other: tuple[str, str, int, str]) -> None:
    draw = Chance("seed").draw("order", 1, "step")
    assert Chance(other[0]).draw(*other[1:]) != draw
    assert Chance("seed").draw("order", 1, "another step") != draw


def test_names_that_only_read_alike_when_joined_are_drawn_apart() -> None:
    assert Chance("s").draw("ab", 1, "c") != Chance("s").draw("a", 1, "bc")


def test_a_rate_of_0_never_strikes_and_a_rate_of_1_always_does() -> None:
    chance = Chance("seed")
    assert not any(chance.strikes(Decimal(0), order, 1, "step") for order in ORDERS)
    assert all(chance.strikes(Decimal(1), order, 1, "step") for order in ORDERS)


@pytest.mark.parametrize("rate", ["0.01", "0.1", "0.5", "0.9"])
def test_a_fault_strikes_about_as_often_as_its_rate_says(rate: str) -> None:
    struck = sum(Chance("seed").strikes(Decimal(rate), order, 1, "step") for order in ORDERS)
    assert abs(Decimal(struck) / len(ORDERS) - Decimal(rate)) < Decimal("0.02")


def test_a_rate_is_compared_to_its_last_digit() -> None:
    chance, exactly = Chance("seed"), Context(prec=100)
    draw = chance.draw("order", 1, "step")
    assert not chance.strikes(exactly.divide(Decimal(draw), Decimal(2**64)), "order", 1, "step")
    assert chance.strikes(exactly.divide(Decimal(draw + 1), Decimal(2**64)), "order", 1, "step")


def test_delays_stay_in_their_range_and_reach_both_ends() -> None:
    delays = [Chance("seed").delay(DelayRange(20, 30), order, 1, "landing") for order in ORDERS]
    assert set(delays) == set(range(20, 31))
    assert min(delays.count(delay) for delay in set(delays)) > len(ORDERS) // 11 // 2


def test_a_range_of_one_value_is_that_value() -> None:
    assert Chance("seed").delay(DelayRange(0, 0), "order", 1, "landing") == 0
