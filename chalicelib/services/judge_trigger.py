"""Judge what a new or an amended order waits for, before it is armed: whether it is met, or a mistake."""

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
from chalicelib.domain.triggers import Trigger
from chalicelib.errors import (
    PriceUnavailable,
    TriggerAlreadyMet,
    TriggerBelowFloor,
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
        _check_floor(order)
        judgement = self._judged(order)
        may_fire = if_met is IfMet.FIRE
        if judgement is None:
            if may_fire and order.minimum_amount_out is not None:
                return
            raise PriceUnavailable("No venue has a price that is new enough")
        if judgement.is_met and not may_fire:
            raise _refusal(TriggerAlreadyMet, trigger, order, judgement.amount_out)
        market = Fraction(judgement.amount_out, order.amount_in)
        if not may_be_far and self._is_far(_exact(trigger, order), market):
            raise _refusal(TriggerImplausible, trigger, order, judgement.amount_out)

    def _judged(self, order: Order) -> Judgement | None:
        pair = self._pairs.require(order.token_in, order.token_out)
        reading = self._prices.look({pair})[pair]
        look = PairLooks(self._max_age_ms).take(reading, self._clock.now())
        return judge(order, look.reading, self._caution) if look is not None else None

    def _is_far(self, price: Fraction, market: Fraction) -> bool:
        return price > market * self._most_times or market > price * self._most_times


def _check_floor(order: Order) -> None:
    terms = order.terms
    if not isinstance(terms, StopTerms) or terms.limit is None:
        return
    if exact_price(terms.limit, order.token_in, order.token_out) > _exact(terms.trigger, order):
        raise _refused(TriggerBelowFloor, terms.price, order, limitPrice=terms.limit.text())


def _refusal(kind: type[TriggerRefusal], trigger: Trigger, order: Order, amount_out: int) -> TriggerRefusal:
    reference = trigger.price.executable(order.amount_in, order.token_in, amount_out, order.token_out)
    return _refused(kind, trigger.price, order, reference=format_decimal(reference))


def _refused(kind: type[TriggerRefusal], price: NamedPrice, order: Order, **numbers: str) -> TriggerRefusal:
    other = order.token_in if price.unit == order.token_out else order.token_out
    return kind(price.unit.symbol, other.symbol, trigger=price.text(), **numbers)


def _exact(trigger: Trigger, order: Order) -> Fraction:
    return exact_price(trigger.price, order.token_in, order.token_out)
