"""Ask pools for a swap, and choose the offer of a venue: the same on every market."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.domain.quotes import PoolQuote, VenueRequest
from chalicelib.domain.refused_swaps import pool_reason, venue_refusal
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


@dataclass(frozen=True, slots=True)
class Offer:
    """A venue's best offer: the pool and its figures, in base units."""

    pool: str
    amount_out: int
    spot_amount_out: int
    price_impact_bps: int


@dataclass(frozen=True, slots=True)
class PoolAnswer:
    """The answer of one pool: its quote, and the offer or the error behind it."""

    quote: PoolQuote
    offer: Offer | None = None
    error: PoolError | StorageUnavailable | None = None


def ask_pool(pool: OfferingPool, request: VenueRequest, clock: PoolClock) -> PoolAnswer:
    """Ask one pool for the swap, at the chain's time."""
    address, kind, token_in = pool.address, pool.pool_type, request.token_in.mint
    try:
        swap = pool.swap(request.amount_in, token_in, clock)
        spot = pool.spot_amount_out(request.amount_in, token_in)
    except (PoolError, StorageUnavailable) as error:
        reason = pool_reason(error, request.amount_in, request.token_in)
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


def best_offer(answers: Sequence[PoolAnswer], request: VenueRequest) -> Offer:
    """Return the best offer: the greatest output, then the smallest impact, then the first address.

    Raises
    ------
    ExecutionError
        No pool offered anything: the error tells why of all of them.
    """
    offers = list(_offers(answers))
    if not offers:
        errors = {answer.quote.pool: answer.error for answer in answers if answer.error is not None}
        raise venue_refusal(errors, request.amount_in, request.token_in)
    return min(offers, key=lambda offer: (-offer.amount_out, offer.price_impact_bps, offer.pool))


def _offers(answers: Iterable[PoolAnswer]) -> Iterable[Offer]:
    return (answer.offer for answer in answers if answer.offer is not None)
