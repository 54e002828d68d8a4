"""What an order with a price does, in a sentence for people."""

from datetime import UTC, datetime

from chalicelib.domain.amounts import told_amount
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Order
from chalicelib.domain.terms import LimitTerms, StopTerms, TakeProfitTerms, TriggeredTerms
from chalicelib.domain.trigger_rules import other_of, waits_for_rise


def summary_of(order: Order | NewOrder, terms: TriggeredTerms) -> str:
    """Return what an order with these terms does, and until when it waits to do it."""
    if isinstance(terms, LimitTerms):
        return _sentence_of_limit(order, terms) if terms.time_in_force.waits else _at_once(order, terms)
    sold = told_amount(order.amount_in, order.token_in)
    what = f"Sells {sold}" if _sells(order, terms) else f"Buys {order.token_out.symbol} with {sold}"
    return f"{what} at the market {_when(order, terms)}{_limit_of_stop(order, terms)}, {_until(order)}."


def _sentence_of_limit(order: Order | NewOrder, terms: LimitTerms) -> str:
    sold, least = told_amount(order.amount_in, order.token_in), _least(order, terms)
    sells = _sells(order, terms)
    what = f"Sells {sold} for at least {least}" if sells else f"Buys at least {least} with {sold}"
    return f"{what} {_when(order, terms)}, {_until(order)}."


def _at_once(order: Order | NewOrder, terms: LimitTerms) -> str:
    other = other_of(terms.price, order.token_in, order.token_out)
    return (
        f"Swaps {told_amount(order.amount_in, order.token_in)} at once for at least {_least(order, terms)}, "
        f"at {terms.price.sentence(other)} or better, or not at all."
    )


def _sells(order: Order | NewOrder, terms: TriggeredTerms) -> bool:
    """Return whether the price is of what is sold, and not of what is bought."""
    return terms.price.unit == order.token_out


def _least(order: Order | NewOrder, terms: LimitTerms) -> str:
    return told_amount(terms.least_output(order.amount_in, order.token_in, order.token_out), order.token_out)


def _when(order: Order | NewOrder, terms: TriggeredTerms) -> str:
    other = other_of(terms.price, order.token_in, order.token_out).symbol
    price = f"{terms.price.text()} {terms.price.unit.symbol}"
    more = terms.trigger is not None and waits_for_rise(terms.trigger, order.token_out)
    return f"when 1 {other} is worth {price} or {'more' if more else 'less'}"


def _limit_of_stop(order: Order | NewOrder, terms: StopTerms | TakeProfitTerms) -> str:
    limit = terms.limit if isinstance(terms, StopTerms) else None
    if limit is None:
        return ""
    bound = "at least" if _sells(order, terms) else "at most"
    return f", for {bound} {limit.text()} {limit.unit.symbol} each"


def _until(order: Order | NewOrder) -> str:
    if isinstance(order, Order):
        end = order.good_till
    else:
        end = order.waiting.until if order.waiting is not None else None
    if end is None:
        return "for as long as orders may wait"
    moment = datetime.fromtimestamp(end // 1000, UTC)
    return f"until {moment.day} {moment:%B %Y, %H:%M} UTC"
