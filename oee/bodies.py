"""What the client sends of an order, from what its caller gave."""

from decimal import Decimal
from typing import Any, Literal

Amount = str | int | Decimal
"""An amount of whole tokens. A float, or a bool, is a TypeError: money is neither."""

TimeInForce = Literal["FOK", "IOC"]
"""How long a limit order waits for its price: not at all, in either case."""


def swap_body(token_in: str, token_out: str, amount: Amount, slippage: Amount | None) -> dict[str, Any]:
    """Return the fields of a swap. Raises TypeError for an amount that is a float or a bool."""
    swap = {"tokenIn": token_in, "tokenOut": token_out, "amount": plain_amount("amount", amount)}
    return swap if slippage is None else {**swap, "slippage": plain_amount("slippage", slippage)}


def limit_terms(price: Amount, price_in: str, time_in_force: TimeInForce) -> dict[str, Any]:
    """Return the fields that make a swap a limit order. Raises TypeError as swap_body."""
    return {
        "type": "limit",
        "limitPrice": plain_amount("price", price),
        "priceIn": price_in,
        "timeInForce": time_in_force,
    }


def plain_amount(name: str, amount: Amount) -> str:
    """Return an amount as a plain decimal; raise a TypeError with its name if it is a float or a bool."""
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        kind = type(amount).__name__
        raise TypeError(f"{name} is a {kind}: give a decimal as a string or a Decimal, like '1.5'")
    return amount if isinstance(amount, str) else format(Decimal(amount), "f")
