"""Judge what a new or an amended order waits for, before it is armed: whether it is met, or a mistake."""

from collections.abc import Sequence
from fractions import Fraction

from chalicelib.domain.amounts import format_decimal
from chalicelib.domain.judging import Caution, Judgement, judge
from chalicelib.domain.looks import PairLooks
from chalicelib.domain.new_order import IfMet
from chalicelib.domain.order import Order
from chalicelib.domain.pairs import PairList
from chalicelib.domain.price_keys import exact_price
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import StopTerms
from chalicelib.domain.trigger_rules import check_limit_of_stop, other_of
from chalicelib.domain.triggers import Trigger
from chalicelib.errors import (
    PriceUnavailable,
    TriggerAlreadyMet,
    TriggerImplausible,
    TriggerRefusal,
)
from chalicelib.ports import Clock, Prices


class JudgeTrigger:
    """Looks at the order's pair once. `most_times` is how far from the market a price may be, as a factor."""

    def __init__(
        self,
        prices: Prices,
        pairs: PairList,
        clock: Clock,
        caution: Caution,
        *,
        max_age_ms: int,
        most_times: int,
    ) -> None:
        self._prices = prices
        self._pairs = pairs
        self._clock = clock
        self._caution = caution
        self._max_age_ms = max_age_ms
        self._most_times = most_times

    def check(self, order: Order, if_met: IfMet, *, may_be_far: bool = False) -> None:
        """Check an order as it is about to be armed.

        Raises
        ------
        PairNotTraded
            There is no pool of its tokens.
        TriggerBelowFloor
            It is a stop whose limit is better than its trigger.
        TriggerAlreadyMet
            It would fire at once, and is not to.
        TriggerImplausible
            Its price is too far from the market, and may not be.
        PriceUnavailable
            There is no price to judge it by, and it may not fire at once, or has no minimum.
        """
        trigger = order.trigger
        if trigger is None:
            return
        check_limit_of_stop(order.terms, order.token_in, order.token_out)
        judgement = self._judged(order)
        may_fire = if_met is IfMet.FIRE
        if judgement is None:
            if may_fire and order.minimum_amount_out is not None:
                return
            raise PriceUnavailable("No venue has a price that is new enough")
        if judgement.is_met and not may_fire:
            raise _refusal(TriggerAlreadyMet, trigger.price, order, judgement.amount_out)
        market = Fraction(judgement.amount_out, order.amount_in)
        if not may_be_far:
            for price in _named(order, trigger):
                self._check_near(price, market, order, judgement.amount_out)

    def _judged(self, order: Order) -> Judgement | None:
        pair = self._pairs.require(order.token_in, order.token_out)
        reading = self._prices.look({pair})[pair]
        look = PairLooks(self._max_age_ms).take(reading, self._clock.now())
        return judge(order, look.reading, self._caution) if look is not None else None

    def _check_near(self, named: NamedPrice, market: Fraction, order: Order, amount_out: int) -> None:
        price = exact_price(named, order.token_in, order.token_out)
        if price > market * self._most_times or market > price * self._most_times:
            raise _refusal(TriggerImplausible, named, order, amount_out)


def _refusal(kind: type[TriggerRefusal], price: NamedPrice, order: Order, amount_out: int) -> TriggerRefusal:
    reference = price.executable(order.amount_in, order.token_in, amount_out, order.token_out)
    other = other_of(price, order.token_in, order.token_out)
    return kind(price.unit.symbol, other.symbol, trigger=price.text(), reference=format_decimal(reference))


def _named(order: Order, trigger: Trigger) -> Sequence[NamedPrice]:
    """Return the prices that the order names: its trigger's, and a stop's limit."""
    limit = order.terms.limit if isinstance(order.terms, StopTerms) else None
    return [trigger.price] if limit is None else [trigger.price, limit]
