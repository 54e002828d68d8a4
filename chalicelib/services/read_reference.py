"""Read the price on which the venues agree, by which an order that waits would be judged now."""

from fractions import Fraction

from chalicelib.domain.looks import PairLooks
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.pairs import PairList
from chalicelib.domain.reference import reference
from chalicelib.domain.terms import LimitTerms
from chalicelib.ports import Clock, Prices


class ReadReference:
    """Looks at an order's pair once."""

    def __init__(
        self, prices: Prices, pairs: PairList, clock: Clock, *, max_impact_bps: int, max_age_ms: int
    ) -> None:
        self._prices = prices
        self._pairs = pairs
        self._clock = clock
        self._max_impact_bps = max_impact_bps
        self._max_age_ms = max_age_ms

    def of(self, swap: NewOrder) -> Fraction | None:
        """Return the price of a stop or take-profit: base units of tokenOut for one of tokenIn.

        None for all others, which are judged by offers, and while no venue vouches for a price. Raises
        PairNotTraded.
        """
        trigger = swap.terms.trigger
        if trigger is None or isinstance(swap.terms, LimitTerms):
            return None
        pair = self._pairs.require(swap.token_in, swap.token_out)
        look = PairLooks(self._max_age_ms).take(self._prices.look({pair})[pair], self._clock.now())
        if look is None:
            return None
        vouched = reference(
            look.reading,
            swap.token_in,
            swap.amount_in,
            side=trigger.side,
            max_impact_bps=self._max_impact_bps,
        )
        return vouched.price if vouched is not None else None
