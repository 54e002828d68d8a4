"""Price swaps on states from outside: one that no pool can be in refuses its swaps, with the reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

from chalicelib.errors import UnsupportedPool
from chalicelib.pricing.swap import BASIS_POINTS, U64_MAX, U128_MAX, Direction, Pool, PoolClock, Swap

NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""Errors of reading a foreign record, or of pricing a state in which no pool can be."""


def plausible_swap(state: Pool, amount_in: int, direction: Direction, clock: PoolClock) -> Swap[Pool]:
    """Price a swap of `amount_in` base units.

    Raises the pool's errors and no others: a state that no pool can be in is `UnsupportedPool`.
    """
    with nonsense_refused():
        swap = state.swap(amount_in, direction, clock)
        most = min(spot_amount_out(state, amount_in, direction), U64_MAX)
        if not (0 < swap.amount_out <= most and 0 <= swap.price_impact_bps <= BASIS_POINTS):
            raise ValueError(f"{amount_in} would return {swap.amount_out}, {most} at most")
    return swap


def spot_amount_out(state: Pool, amount_in: int, direction: Direction) -> int:
    """Return the output at the spot price, with no fee and no impact, rounded down."""
    with nonsense_refused():
        price = state.spot_price(direction)
        amount_out = amount_in * price.numerator // price.denominator
        if not 0 < amount_out <= U128_MAX:
            raise ValueError(f"{amount_in} would return {amount_out} at the spot price")
    return amount_out


def spot_price(state: Pool, direction: Direction) -> Fraction:
    """Return the price of an infinitely small swap, fees excluded: base units out for one in, over 0."""
    with nonsense_refused():
        price = state.spot_price(direction)
        if price <= 0:
            raise ValueError(f"its price would be {price}")
    return price


@contextmanager
def nonsense_refused() -> Iterator[None]:
    """Raise `UnsupportedPool` if pricing a pool fails because of its state."""
    try:
        yield
    except NONSENSE as error:
        raise UnsupportedPool(f"the pool's state makes no sense: {told(error)}") from error


def told(error: Exception) -> str:
    """Return an error of Python's own as a text: its name and what it says."""
    return f"{type(error).__name__} {error}".rstrip()
