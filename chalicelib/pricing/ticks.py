"""Raydium CLMM's ticks: the square root price 1.0001**(tick/2) in Q64.64, and the way back."""

from functools import lru_cache

MIN_TICK, MAX_TICK = -443_636, 443_636
MIN_SQRT_PRICE, MAX_SQRT_PRICE = 4_295_048_016, 79_226_673_521_066_979_257_578_248_091

# 2**64 / 1.0001**(2**i / 2), rounded as the program has them
_FACTORS = (
    0xFFFCB933BD6FB800,
    0xFFF97272373D4000,
    0xFFF2E50F5F657000,
    0xFFE5CACA7E10F000,
    0xFFCB9843D60F7000,
    0xFF973B41FA98E800,
    0xFF2EA16466C9B000,
    0xFE5DEE046A9A3800,
    0xFCBE86C7900BB000,
    0xF987A7253AC65800,
    0xF3392B0822BB6000,
    0xE7159475A2CAF000,
    0xD097F3BDFD2F2000,
    0xA9F746462D9F8000,
    0x70D869A156F31C00,
    0x31BE135F97ED3200,
    0x9AA508B5B85A500,
    0x5D6AF8DEDC582C,
    0x2216E584F5FA,
)
# 2**32 / log2(sqrt(1.0001)), and the margins of a logarithm cut after 16 bits
_LOG_SQRT_10001 = 59_543_866_431_248
_MARGIN_BELOW = 184_467_440_737_095_516
_MARGIN_ABOVE = 15_793_534_762_490_258_745


@lru_cache(maxsize=1 << 14)
def sqrt_price_at_tick(tick: int) -> int:
    """The square root price of a tick, by one multiplication a set bit, each truncated."""
    ratio = 1 << 64
    remaining = abs(tick)
    for factor in _FACTORS:
        if remaining & 1:
            ratio = ratio * factor >> 64
        remaining >>= 1
    return (2**128 - 1) // ratio if tick > 0 else ratio


def tick_at_sqrt_price(sqrt_price: int) -> int:
    """The highest tick whose square root price is not above `sqrt_price`.

    A logarithm of 16 fraction bits leaves at most two candidates; a sixteenth power yields four bits.
    """
    bits = sqrt_price.bit_length() - 1
    mantissa = sqrt_price << 64 >> (bits + 1)
    log2 = bits - 64
    for _ in range(4):
        power = mantissa**16
        excess = power.bit_length() - 64
        mantissa = power >> excess
        log2 = (log2 << 4) + excess - 15 * 63
    scaled = (log2 << 16) * _LOG_SQRT_10001
    low, high = scaled - _MARGIN_BELOW >> 64, scaled + _MARGIN_ABOVE >> 64
    if low != high and sqrt_price_at_tick(high) <= sqrt_price:
        return high
    return low
