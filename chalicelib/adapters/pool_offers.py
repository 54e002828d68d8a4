"""Ask pools for a swap: the same on every market."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from chalicelib.domain.pool_offers import Offer, PoolAnswer
from chalicelib.domain.quotes import PoolQuote
from chalicelib.domain.refused_swaps import pool_reason
from chalicelib.domain.tokens import Token
from chalicelib.errors import PoolError, StorageUnavailable
from chalicelib.pricing.swap import PoolClock, Swap


class OfferingPool(Protocol):
    """A pool that can be asked for a swap of a token, which is named by its mint."""

    @property
    def address(self) -> str:
        """The pool's address."""

    @property
    def pool_type(self) -> str:
        """The name of the program that the pool is of."""

    def swap(self, amount_in: int, token_in: str, clock: PoolClock) -> Swap[Any]:
        """Price a swap. Raises PoolError, StorageUnavailable."""

    def spot_amount_out(self, amount_in: int, token_in: str) -> int:
        """Return the output at the spot price, with no fee and no impact."""

    def spot_price(self, token_in: str) -> Fraction:
        """Return the price of an infinitely small swap. Raises PoolError, StorageUnavailable."""


@dataclass(frozen=True, slots=True)
class ReadPool:
    """`PricedPool`: a pool, and the chain's time when it was read."""

    pool: OfferingPool
    clock: PoolClock

    @property
    def address(self) -> str:
        """The pool's address."""
        return self.pool.address

    def spot(self, token_in: Token) -> Fraction:
        """Return the price of an infinitely small swap. Raises PoolError, StorageUnavailable."""
        return self.pool.spot_price(token_in.mint)

    def ask(self, amount_in: int, token_in: Token) -> PoolAnswer:
        """Return the pool's quote for this amount, or why it gives none."""
        return ask_pool(self.pool, amount_in, token_in, self.clock)


def ask_pool(pool: OfferingPool, amount_in: int, token_in: Token, clock: PoolClock) -> PoolAnswer:
    """Ask one pool for the swap, at the chain's time."""
    address, kind = pool.address, pool.pool_type
    try:
        swap = pool.swap(amount_in, token_in.mint, clock)
        spot = pool.spot_amount_out(amount_in, token_in.mint)
    except (PoolError, StorageUnavailable) as error:
        reason = pool_reason(error, amount_in, token_in)
        return PoolAnswer(PoolQuote(address, kind, reason=reason), error=error)
    quote = PoolQuote(
        address,
        kind,
        amount_out=swap.amount_out,
        fee_in=swap.fees.on_input,
        fee_out=swap.fees.on_output,
        price_impact_bps=swap.price_impact_bps,
    )
    return PoolAnswer(quote, Offer(address, swap.amount_out, spot, swap.price_impact_bps))
