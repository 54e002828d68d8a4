"""What pools offer for a swap, and the best of it as the offer of their venue: the same on every market."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain.quotes import PoolQuote, VenueQuote
from chalicelib.domain.refused_swaps import venue_refusal
from chalicelib.domain.tokens import Token
from chalicelib.errors import PoolError, StorageUnavailable


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


def best_offer(answers: Sequence[PoolAnswer], amount_in: int, token_in: Token) -> Offer:
    """Return the best offer: the greatest output, then the smallest impact, then the first address.

    Raises
    ------
    ExecutionError
        No pool offered anything: the error tells why of all of them.
    """
    offers = list(_offers(answers))
    if not offers:
        errors = {answer.quote.pool: answer.error for answer in answers if answer.error is not None}
        raise venue_refusal(errors, amount_in, token_in)
    return min(offers, key=lambda offer: (-offer.amount_out, offer.price_impact_bps, offer.pool))


def venue_quote(venue: str, offer: Offer, answers: Iterable[PoolAnswer], quoted_at: int) -> VenueQuote:
    """Return an offer as its venue's, with the quotes of all pools that were asked."""
    return VenueQuote(
        venue=venue,
        pool=offer.pool,
        amount_out=offer.amount_out,
        spot_amount_out=offer.spot_amount_out,
        price_impact_bps=offer.price_impact_bps,
        quoted_at=quoted_at,
        pools=tuple(answer.quote for answer in answers),
    )


def _offers(answers: Iterable[PoolAnswer]) -> Iterable[Offer]:
    return (answer.offer for answer in answers if answer.offer is not None)
