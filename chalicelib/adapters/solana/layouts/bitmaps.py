"""Bitmaps of the tick or bin arrays that exist, in the pool and, far from its middle, an extension."""

from collections.abc import Iterator

BITS = 512


def is_beyond(array: int) -> bool:
    """Whether a pool's own bitmap, which holds the arrays -512 to 511, does not reach this one."""
    return not -BITS <= array < BITS


def default_arrays(bitmap: bytes) -> set[int]:
    """The array numbers of a pool's own bitmap, -512 to 511."""
    return {bit - BITS for bit in _set_bits(bitmap)}


def tick_extension_arrays(positive: bytes, negative: bytes) -> set[int]:
    """The array numbers of Raydium's extension: both halves ascend within each run of 512."""
    above = {BITS + bit for bit in _set_bits(positive)}
    below = {-(bit // BITS + 2) * BITS + bit % BITS for bit in _set_bits(negative)}
    return above | below


def bin_extension_arrays(positive: bytes, negative: bytes) -> set[int]:
    """The array numbers of Meteora's extension: its lower half counts downwards from -513."""
    return {BITS + bit for bit in _set_bits(positive)} | {-BITS - 1 - bit for bit in _set_bits(negative)}


def contiguous(present: set[int], existing: set[int], here: int) -> set[int]:
    """The arrays that can be walked from array `here` in both directions without missing one.

    `present` are those at hand, `existing` those that the bitmaps name; a missing one ends the walk, as what
    lies beyond it can't be reached without it.
    """
    below, above = nearest(existing, here, len(existing))
    return {*_until_missing(below, present), *_until_missing(above, present)}


def nearest(existing: set[int], here: int, count: int) -> tuple[list[int], list[int]]:
    """The first `count` existing arrays at or below `here`, and at or above it, in the order of a swap."""
    below = sorted((n for n in existing if n <= here), reverse=True)[:count]
    return below, sorted(n for n in existing if n >= here)[:count]


def _until_missing(numbers: list[int], present: set[int]) -> Iterator[int]:
    for number in numbers:
        if number not in present:
            return
        yield number


def _set_bits(bitmap: bytes) -> Iterator[int]:
    word = int.from_bytes(bitmap, "little")
    while word:
        lowest = word & -word
        yield lowest.bit_length() - 1
        word ^= lowest
