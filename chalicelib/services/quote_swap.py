"""Quote a swap without trading: the offer of each venue and pool, and the route that would win."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.offers import check_minimum, check_price_impact
from chalicelib.domain.pairs import PairList
from chalicelib.domain.quotes import Reason, VenueRequest
from chalicelib.domain.routing import Route, choose_route
from chalicelib.errors import PriceImpactAboveLimit, RouteBelowMinimum
from chalicelib.ports import Clock, Identifiers
from chalicelib.services.gather_quotes import GatherQuotes


@dataclass(frozen=True, slots=True)
class SwapQuote:
    """The route that an order placed now would take, and the minimum that it would fix.

    `denied` is why its execution would refuse that route. `reference` is the price by which a stop or a
    take-profit is judged, base units of tokenOut for one of tokenIn; None of others, or if there is none.
    """

    swap: NewOrder
    route: Route
    minimum_amount_out: int
    denied: Reason | None = None
    reference: Fraction | None = None


class QuoteSwap:
    """A dry run of routing. An execution also simulates an offer that no other venue vouches for."""

    def __init__(
        self,
        quotes: GatherQuotes,
        pairs: PairList,
        clock: Clock,
        identifiers: Identifiers,
        *,
        max_price_impact_bps: int,
        reference_of: Callable[[NewOrder], Fraction | None],
    ) -> None:
        self._reference_of = reference_of
        self._quotes = quotes
        self._pairs = pairs
        self._clock = clock
        self._identifiers = identifiers
        self._max_price_impact_bps = max_price_impact_bps

    def quote(self, swap: NewOrder) -> SwapQuote:
        """Ask all venues and choose.

        Raises
        ------
        PairNotTraded
            There is no pool of these tokens.
        RouteNotFound, VenueUnavailable
            No venue gave a usable offer, for good or for now.
        """
        self._pairs.require(swap.token_in, swap.token_out)
        ask = VenueRequest(self._identifiers.order_id(), 1, swap.token_in, swap.token_out, swap.amount_in)
        route = choose_route(
            self._quotes.gather(ask),
            decided_at=self._clock.now(),
        )
        minimum = swap.least_of(route.best.amount_out)
        return SwapQuote(swap, route, minimum, self._refusal_of(swap, route), self._reference_of(swap))

    def _refusal_of(self, swap: NewOrder, route: Route) -> Reason | None:
        try:
            check_price_impact(route.best, self._max_price_impact_bps)
            if swap.waiting is None:  # what waits isn't refused for its price: it goes on waiting
                check_minimum(route.best, swap.floor, swap.token_out)
        except (PriceImpactAboveLimit, RouteBelowMinimum) as error:
            return Reason.of(error)
        return None
