"""What people are told of a swap that was refused: by a pool, by all pools of a venue, or on the chain.

Amounts are in whole tokens and have their symbol. A pool's address is named only where somebody has to look
at this pool: if the engine can't price it.
"""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.amounts import format_amount
from chalicelib.domain.order import Order
from chalicelib.domain.quotes import Reason
from chalicelib.domain.routing import CLOSED, TOO_LARGE
from chalicelib.domain.tokens import Token
from chalicelib.errors import (
    ComputeLimitExceeded,
    ExecutionError,
    InsufficientLiquidity,
    Outage,
    PoolDisabled,
    PoolError,
    PoolNotActive,
    PriceOutOfRange,
    RouteNotFound,
    SlippageExceeded,
    UnsupportedPool,
    VenueUnavailable,
    ZeroOutput,
)


def pool_reason(error: PoolError | Outage, amount_in: int, token_in: Token) -> Reason:
    """Return why a pool refuses to swap `amount_in` base units of this token."""
    return replace(Reason.of(error), detail=_sentence(error, _amount(amount_in, token_in), token_in))


def reason_of(error: ExecutionError, order: Order) -> Reason:
    """Return why an order did not trade, or not yet."""
    if isinstance(error, PoolError):
        return pool_reason(error, order.amount_in, order.token_in)
    if isinstance(error, SlippageExceeded) and order.minimum_amount_out is not None:
        least = f"its minimum of {_amount(order.minimum_amount_out, order.token_out)}"
        detail = f"The price moved: the swap would have returned less than {least}"
        if error.amount_out is not None:
            returned = _amount(error.amount_out, order.token_out)
            detail = f"The price moved: the swap would return {returned}, less than {least}"
        return replace(Reason.of(error), detail=detail)
    return Reason.of(error)


def venue_refusal(
    errors: Mapping[str, PoolError | Outage], amount_in: int, token_in: Token
) -> ExecutionError:
    """Return the error of a venue all of whose pools refuse a swap: theirs, or RouteNotFound if they differ.

    `errors` are by the pools' addresses. Pools that can't be traded on at all say nothing of the amount
    while others do. While one of the pools may be readable later, the venue is only unavailable.
    """
    if any(isinstance(error, Outage) for error in errors.values()):
        return VenueUnavailable("Some of its pools can't be read now")
    refused = {pool: error for pool, error in errors.items() if isinstance(error, PoolError)}
    deciding = [error for error in refused.values() if not isinstance(error, CLOSED)] or refused.values()
    sentence = _of_venue(refused, amount_in, token_in)
    kinds = {type(error) for error in deciding}
    if len(kinds) > 1 and all(issubclass(kind, TOO_LARGE) for kind in kinds):
        return InsufficientLiquidity(sentence)
    return kinds.pop()(sentence) if len(kinds) == 1 else RouteNotFound(sentence)


def _of_venue(errors: Mapping[str, PoolError], amount_in: int, token_in: Token) -> str:
    amount = _amount(amount_in, token_in)
    by_amount = [error for error in errors.values() if not isinstance(error, CLOSED)]
    told = []
    if by_amount and all(isinstance(error, ZeroOutput) for error in by_amount):
        told = [f"Its pools would return nothing for {amount}"]
    elif by_amount and all(isinstance(error, TOO_LARGE) for error in by_amount):
        most = max(error.taken or 0 for error in by_amount)
        told = [f"Its pools can't fill {amount}" + (f": they take {_amount(most, token_in)}" if most else "")]
    rest = [(pool, error) for pool, error in errors.items() if not told or isinstance(error, CLOSED)]
    for pool, error in rest:
        name = f"its pool {pool}" if isinstance(error, UnsupportedPool) else "one of its pools"
        told.append(_sentence(error, amount, token_in, name))
    return ". ".join(dict.fromkeys(told))


def _sentence(error: PoolError | Outage, amount: str, token_in: Token, pool: str = "the pool") -> str:
    taken = _amount(error.taken, token_in) if isinstance(error, PoolError) and error.taken else ""
    match error:
        case ZeroOutput():
            told = f"{pool} would return nothing for {amount}"
        case ComputeLimitExceeded():
            told = f"{pool} can't fill {amount} in one transaction" + (f": it takes {taken}" if taken else "")
        case InsufficientLiquidity():
            told = f"{pool} can't fill {amount}" + (f": it takes {taken}" if taken else "")
        case PriceOutOfRange():
            told = f"{amount} would move the price out of the range of {pool}"
        case PoolDisabled():
            told = f"{pool} allows no swaps now"
        case PoolNotActive():
            told = f"{pool} is not open yet"
        case Outage():
            told = f"{pool} can't be read now"
        case UnsupportedPool():
            told = f"the engine can't price {pool}: {error}"
        case _:
            told = f"{pool} would reject a swap of {amount}"
    return told[0].upper() + told[1:]


def _amount(units: int, token: Token) -> str:
    return f"{format_amount(units, token)} {token.symbol}"
