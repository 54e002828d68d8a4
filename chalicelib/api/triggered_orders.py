"""Present what is particular to orders with a price."""

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

from chalicelib.api.events import reason_json, timestamp
from chalicelib.api.order_summaries import summary_of
from chalicelib.domain.amounts import format_amount, format_decimal
from chalicelib.domain.lifecycle import is_armed
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Change, Order
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.quotes import Reason
from chalicelib.domain.terms import LimitTerms, MarketTerms, StopTerms, TriggeredTerms
from chalicelib.domain.triggers import Trigger
from chalicelib.services.quote_swap import SwapQuote

if TYPE_CHECKING:
    from chalicelib.api.wire import answers as wire
    from chalicelib.api.wire import quotes


def add_acceptance(answer: "wire.AcceptedOrder", order: Order) -> None:
    """Add what the answer to a new order says of one with a price: what it does, and until when it waits."""
    if order.good_till is not None:
        answer["expiresAt"] = timestamp(order.good_till)
    if not isinstance(order.terms, MarketTerms):
        answer["summary"] = summary_of(order, order.terms)


def add_terms(answer: "wire.Order", order: Order) -> None:
    """Add the prices of an order, and how it waits for them; nothing of a market order."""
    terms = order.terms
    if isinstance(terms, MarketTerms):
        return
    answer |= {
        "summary": summary_of(order, terms),
        "priceIn": terms.price.unit.symbol,
        "timeInForce": terms.time_in_force,
    }
    if not isinstance(terms, LimitTerms):
        answer["trigger"] = {"price": terms.price.text()}
    if (limit := _limit_of(terms)) is not None:
        answer["limitPrice"] = limit.text()
    if isinstance(terms, StopTerms):
        answer["ifRecovered"] = terms.if_recovered
    if order.good_till is not None:
        answer |= {
            "goodTill": timestamp(order.good_till),
            "firings": order.firings,
            "amendments": order.amendments,
        }
    if is_armed(order) and (returned := _last_return(order)) is not None:
        answer["lastReturn"] = reason_json(returned)


def etag(order: Order) -> dict[str, str]:
    """Return the header that names the version of an order which can be amended; none of other orders."""
    return {"ETag": f'"{order.version}"'} if order.good_till is not None else {}


def compare_price(answer: "quotes.Quote", quote: SwapQuote) -> None:
    """Add how the prices of an order compare with what it would give now; nothing of a market order."""
    swap, terms, amount_out = quote.swap, quote.swap.terms, quote.route.best.amount_out
    if isinstance(terms, MarketTerms):
        return
    amounts = swap.amount_in, swap.token_in, amount_out, swap.token_out
    answer |= {
        "priceIn": terms.price.unit.symbol,
        "executable": format_decimal(terms.price.executable(*amounts)),
        "distanceBps": terms.price.distance_bps(*amounts),
        "summary": summary_of(swap, terms),
    }
    least = terms.least_output(swap.amount_in, swap.token_in, swap.token_out)
    if least is not None:
        answer["floorAmountOut"] = format_amount(least, swap.token_out)
    if (limit := _limit_of(terms)) is not None:
        answer["limitPrice"] = limit.text()
    if isinstance(terms, LimitTerms):
        answer["wouldFire"] = "denied" not in answer and amount_out >= (least or 0)
    else:
        answer["trigger"] = {"price": terms.price.text()}
        _compare_trigger(answer, swap, terms.trigger, quote.reference)


def _compare_trigger(
    answer: "quotes.Quote", swap: NewOrder, trigger: Trigger, reference: Fraction | None
) -> None:
    amount_out = floor(swap.amount_in * reference) if reference is not None else 0
    if reference is None or amount_out == 0:
        return
    amounts = swap.amount_in, swap.token_in, amount_out, swap.token_out
    answer |= {
        "wouldFire": trigger.is_met(reference, swap.token_in, swap.token_out),
        "reference": format_decimal(trigger.price.executable(*amounts)),
        "distanceBps": trigger.price.distance_bps(*amounts),
    }


def _limit_of(terms: TriggeredTerms) -> NamedPrice | None:
    if isinstance(terms, LimitTerms):
        return terms.price
    return terms.limit if isinstance(terms, StopTerms) else None


def _last_return(order: Order) -> Reason | None:
    returns = (event.reason for event in reversed(order.events) if event.change == Change.RETURNED)
    return next(returns, None)
