"""Present what is particular to orders with a limit price."""

from typing import TYPE_CHECKING

from chalicelib.domain.amounts import format_amount, format_decimal
from chalicelib.domain.new_order import NewOrder
from chalicelib.domain.order import Order
from chalicelib.domain.terms import LimitTerms

if TYPE_CHECKING:
    from chalicelib.api.wire import answers as wire


def limit_summary(order: Order | NewOrder, terms: LimitTerms) -> str:
    """Return what the order does, in a sentence for people."""
    token_in, token_out = order.token_in, order.token_out
    least = terms.least_output(order.amount_in, token_in, token_out)
    priced = token_in if terms.price.unit == token_out else token_out
    return (
        f"Swaps {format_amount(order.amount_in, token_in)} {token_in.symbol} at once for at least "
        f"{format_amount(least, token_out)} {token_out.symbol}, at {terms.price.sentence(priced)} or better, "
        "or not at all."
    )


def compare_limit(answer: "wire.Quote", swap: NewOrder, terms: LimitTerms, amount_out: int) -> None:
    """Add how the limit price compares with what the swap would give now (base units of tokenOut)."""
    amounts = swap.amount_in, swap.token_in, amount_out, swap.token_out
    least = terms.least_output(swap.amount_in, swap.token_in, swap.token_out)
    answer |= {
        "limitPrice": terms.price.text(),
        "priceIn": terms.price.unit.symbol,
        "wouldFire": "denied" not in answer,
        "executable": format_decimal(terms.price.executable(*amounts)),
        "distanceBps": terms.price.distance_bps(*amounts),
        "floorAmountOut": format_amount(least, swap.token_out),
        "summary": limit_summary(swap, terms),
    }
