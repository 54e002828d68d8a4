"""The curve ``x * y = k``, as Raydium's AMM v4 and CPMM and Meteora's compounding pools use it."""

from math import isqrt


def amount_out(amount_in: int, reserve_in: int, reserve_out: int) -> int:
    """Return the curve's output for `amount_in`, rounded down so that `k` never falls."""
    return reserve_out * amount_in // (reserve_in + amount_in)


def moved_reserves(reserve_0: int, reserve_1: int, numerator: int, denominator: int) -> tuple[int, int]:
    """The reserves at the same `k` with the price of token 0 in token 1 times numerator/denominator."""
    moved_0 = isqrt(reserve_0 * reserve_0 * denominator // numerator)
    moved_1 = isqrt(reserve_1 * reserve_1 * numerator // denominator)
    return max(moved_0, 1), max(moved_1, 1)
