"""Quote a swap without trading: what each venue and pool would give, which would win, and why."""

from dataclasses import dataclass

from chalicelib.domain.amounts import minimum_amount_out
from chalicelib.domain.quotes import QuoteRequest
from chalicelib.domain.routing import Route, choose_route
from chalicelib.domain.transitions import NewOrder
from chalicelib.ports import Clock, Identifiers
from chalicelib.services.gather_quotes import GatherQuotes


@dataclass(frozen=True, slots=True)
class SwapQuote:
    """The route that an order placed now would take, and the minimum that it would fix."""

    swap: NewOrder
    route: Route
    minimum_amount_out: int


class QuoteSwap:
    """A dry run of routing. An execution also simulates an offer that no other venue vouches for."""

    def __init__(self, quotes: GatherQuotes, clock: Clock, identifiers: Identifiers) -> None:
        self._quotes = quotes
        self._clock = clock
        self._identifiers = identifiers

    def quote(self, swap: NewOrder) -> SwapQuote:
        """Ask all venues and choose.

        Raises
        ------
        RouteNotFound, VenueUnavailable
            No venue gave a usable offer, for good or for now.
        """
        ask = QuoteRequest(self._identifiers.order_id(), 1, swap.token_in, swap.token_out, swap.amount_in)
        route = choose_route(
            self._quotes.gather(ask),
            decided_at=self._clock.now(),
        )
        minimum = minimum_amount_out(route.best.amount_out, swap.slippage_bps)
        return SwapQuote(swap, route, minimum)
