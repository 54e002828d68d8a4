"""What is common to the readers of pools."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from chalicelib.adapters.solana.layouts.account import Account
from chalicelib.errors import UnsupportedPool

Accounts = Mapping[str, Account]
"""Accounts of one reading that exist, by their addresses."""

LOOKAHEAD = 3
"""Arrays of ticks or bins that are read on each side of the price: a swap that leaves them is refused."""


class PoolReader(Protocol):
    """A pool's own account, decoded, which knows what else has to be read to price it."""

    @property
    def mints(self) -> tuple[str, str]:
        """The mints of tokens 0 and 1."""

    def addresses(self, read: Accounts) -> list[str]:
        """Return the addresses of the further accounts that may matter, as far as `read` tells.

        Mints are not among them: they are the same for all pools of a pair. Raises UnsupportedPool.
        """

    def state(self, read: Accounts) -> Any:
        """Return the state to price with. Raises UnsupportedPool, also if an account is missing."""


def required(read: Accounts, address: str, role: str) -> Account:
    """Return an account without which the pool can't be priced."""
    account = read.get(address)
    if account is None:
        raise UnsupportedPool(f"the {role} {address} does not exist")
    return account


def present(read: Accounts, addresses: Iterable[str]) -> Iterator[Account]:
    """Yield the accounts that exist; arrays of ticks or bins may be missing, which ends the liquidity."""
    return (read[address] for address in addresses if address in read)
