"""Base58 with Bitcoin's alphabet, as Solana writes addresses, blockhashes and signatures."""

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

ADDRESS_SIZE = 32
"""Bytes of an address."""

LONGEST_ADDRESS = 44
"""Digits of the longest address."""


def encode(raw: bytes) -> str:
    """Write bytes in base58; each leading zero byte becomes a "1"."""
    number = int.from_bytes(raw, "big")
    digits = []
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return ALPHABET[0] * zeros + "".join(reversed(digits))


def decode(address: str) -> bytes:
    """Return the 32 bytes of an address. Raises ValueError if it is none."""
    number = 0
    for digit in address[:LONGEST_ADDRESS]:
        number = number * len(ALPHABET) + ALPHABET.find(digit)
    raw = number.to_bytes(ADDRESS_SIZE, "big") if number >> 8 * ADDRESS_SIZE == 0 else b""
    if encode(raw) != address:
        raise ValueError(f"{address} is no address of {ADDRESS_SIZE} bytes")
    return raw
