"""A venue whose quotes are live and whose swaps are filled on paper."""

from chalicelib.adapters.paper.transactions import PaperSwap
from chalicelib.adapters.pool_offers import ReadPool
from chalicelib.adapters.solana.snapshots import Snapshots
from chalicelib.domain.pool_offers import best_offer, venue_quote
from chalicelib.domain.quotes import VenueQuote, VenueRequest
from chalicelib.errors import Rejected, RouteNotFound
from chalicelib.ports import Clock, SwapRequest


class ShadowVenue:
    """`Venue` over the listed pools of a venue, as a node has them now."""

    def __init__(self, name: str, snapshots: Snapshots, clock: Clock) -> None:
        self._name = name
        self._snapshots = snapshots
        self._clock = clock

    @property
    def name(self) -> str:
        """The venue's name on the wire."""
        return self._name

    def quote(self, request: VenueRequest) -> VenueQuote:
        """Return the best offer of the pair's pools. Raises ChainUnavailable, or Rejected for good."""
        snapshot = self._snapshots.of(request.token_in.mint, request.token_out.mint)
        pools = snapshot.of_venue(self._name)
        if not pools:
            raise RouteNotFound(f"It has no pool of {request.token_in.symbol} and {request.token_out.symbol}")
        amount_in, token_in = request.amount_in, request.token_in
        answers = [ReadPool(pool, snapshot.clock).ask(amount_in, token_in) for pool in pools]
        best = best_offer(answers, amount_in, token_in)
        return venue_quote(self._name, best, answers, self._clock.now())

    def build_swap(self, request: SwapRequest) -> bytes:
        """Build the paper swap's message. Raises Rejected for a quote of another venue."""
        if request.quote.venue != self._name:
            raise Rejected(f"The quote was {request.quote.venue}'s, not {self._name}'s")
        return PaperSwap.of(request).message()
