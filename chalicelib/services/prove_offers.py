"""Prove offers that no other venue vouches for, by simulating the swap: nothing is signed or sent."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from chalicelib.domain.amounts import minimum_amount_out
from chalicelib.domain.order import Order
from chalicelib.domain.quotes import VenueQuote
from chalicelib.errors import ChainUnavailable, ExecutionError, Rejected
from chalicelib.ports import Chain, Clock, SwapRequest, Telemetry, Venue

LEFT_OUT_MS = 60_000
"""Milliseconds for which a venue isn't believed whose offer was disproved."""

BELIEVED_MS = 5_000
"""Milliseconds for which a venue is believed whose offer was proved, or could not be tried."""


class ProveOffers:
    """Proves a venue's word of a pair, and remembers for a while what came of it."""

    def __init__(
        self, venues: Mapping[str, Venue], chain: Callable[[], Chain], clock: Clock, telemetry: Telemetry
    ) -> None:
        self._venues = venues
        self._chain = chain  # asked only where an offer is doubted
        self._clock = clock
        self._telemetry = telemetry
        self._left_out: dict[tuple[frozenset[str], str], int] = {}
        self._believed: dict[tuple[frozenset[str], str], int] = {}

    def left_out(self, order: Order) -> AbstractSet[str]:
        """Return the venues that aren't believed of the order's pair now."""
        now, pair = self._clock.now(), _pair_of(order)
        return {venue for (of, venue), until in self._left_out.items() if of == pair and now < until}

    def disproves(self, order: Order, offer: VenueQuote) -> bool:
        """Return whether the chain would refuse the order's swap at this offer; its venue is left out then.

        An offer that can't be tried now isn't disproved.
        """
        key = (_pair_of(order), offer.venue)
        if self._clock.now() < self._believed.get(key, 0):
            return False
        refused = self._is_refused(order, offer)
        (self._left_out if refused else self._believed)[key] = self._clock.now() + (
            LEFT_OUT_MS if refused else BELIEVED_MS
        )
        return refused

    def _is_refused(self, order: Order, offer: VenueQuote) -> bool:
        venue = self._venues.get(offer.venue)
        if venue is None:
            return True
        try:
            chain = self._chain()
            request = SwapRequest(
                order_id=order.order_id,
                attempt=order.attempt + 1,
                amount_in=order.amount_in,
                minimum_amount_out=minimum_amount_out(offer.amount_out, order.terms.slippage_bps),
                quote=offer,
                token_in=order.token_in,
                token_out=order.token_out,
                blockhash=chain.latest_blockhash(),
            )
            chain.simulate(venue.build_swap(request))
        except Rejected as error:
            self._telemetry.venue_failed(offer.venue, error.code)
            return True
        except (ChainUnavailable, ExecutionError):
            return False
        return False


def _pair_of(order: Order) -> frozenset[str]:
    return frozenset((order.token_in.mint, order.token_out.mint))
