"""Meteora's Q64.64 power, truncating at every multiplication as the programs do."""

ONE = 1 << 64


def pow_q64(base: int, exponent: int) -> int:
    """`base` to the power of `exponent`, both `base` and the result being Q64.64.

    A base of 1 or more is inverted first, so that squares stay within 128 bits, and the result back.
    """
    if exponent == 0:
        return ONE
    inverted = exponent < 0
    if base >= ONE:
        base = (2**128 - 1) // base
        inverted = not inverted
    result = ONE
    remaining = abs(exponent)
    while remaining:
        if remaining & 1:
            result = result * base >> 64
        base = base * base >> 64
        remaining >>= 1
    return (2**128 - 1) // result if inverted and result else result
