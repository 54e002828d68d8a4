"""Rules of the prices that an order names, for new orders and for amended ones."""

from chalicelib.domain.price_keys import Side, exact_price
from chalicelib.domain.prices import NamedPrice, check_reachable
from chalicelib.domain.terms import StopTerms, Terms
from chalicelib.domain.tokens import Token
from chalicelib.domain.triggers import Trigger
from chalicelib.errors import TriggerBelowFloor


def check_amount_at(price: NamedPrice, amount_in: int, token_in: Token, token_out: Token) -> None:
    """Check that an amount (base units) has a value at this price.

    Raises
    ------
    ValueError
        At the price it would be less than one base unit of tokenOut, or more than an account can hold.
    """
    check_reachable(price.least_output(amount_in, token_in, token_out), token_out)
    if exact_price(price, token_in, token_out) * amount_in < 1:
        raise ValueError(f"asks for less than the smallest amount of {token_out.symbol}")


def check_limit_of_stop(terms: Terms, token_in: Token, token_out: Token) -> None:
    """Check that the limit of a stop can be had when it fires. Terms of other types pass.

    Raises
    ------
    TriggerBelowFloor
        Its limit is better than its trigger.
    """
    if not isinstance(terms, StopTerms) or terms.limit is None:
        return
    if exact_price(terms.limit, token_in, token_out) > exact_price(terms.price, token_in, token_out):
        raise TriggerBelowFloor(
            terms.price.unit.symbol,
            other_of(terms.price, token_in, token_out).symbol,
            trigger=terms.price.text(),
            limitPrice=terms.limit.text(),
        )


def other_of(price: NamedPrice, token_in: Token, token_out: Token) -> Token:
    """Return the token of a swap that the price is of, for one whole of which it is."""
    return token_in if price.unit == token_out else token_out


def waits_for_rise(trigger: Trigger, token_out: Token) -> bool:
    """Return whether a trigger waits until the number of its price is as high, and not until it is as low."""
    return (trigger.side is Side.ABOVE) == (trigger.price.unit == token_out)
