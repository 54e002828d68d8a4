"""Changes that a client makes to an order which waits for its price."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chalicelib.domain.order import Order
from chalicelib.domain.prices import NamedPrice
from chalicelib.domain.terms import LimitTerms, MarketTerms, StopTerms, TriggeredTerms
from chalicelib.domain.trigger_rules import check_amount_at, check_limit_of_stop
from chalicelib.errors import FieldError, IllegalTransition, InvalidRequest


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to change; None leaves it as it is.

    Prices are in the token that the order's price is in; `good_till` is a time in ms.
    """

    trigger: Decimal | None = None
    limit: Decimal | None = None
    good_till: int | None = None
    slippage_bps: int | None = None


def amended_terms(order: Order, amendment: Amendment) -> tuple[TriggeredTerms, int]:
    """Return the terms of an order after the amendment, and until when (ms) it waits then.

    Both are as they were where the amendment says what is so already.

    Raises
    ------
    InvalidRequest
        Orders of its type have no such price, or nothing can have this one.
    TriggerBelowFloor
        The limit of a stop would be better than its trigger.
    IllegalTransition
        The order waits for no price.
    """
    terms, good_till = order.terms, order.good_till
    if isinstance(terms, MarketTerms) or good_till is None:
        raise IllegalTransition(f"{order.order_id} waits for no price")
    _check_fields(order, terms, amendment)
    changed = _with_prices(terms, amendment)
    if amendment.slippage_bps is not None:
        changed = replace(changed, slippage_bps=amendment.slippage_bps)
    check_limit_of_stop(changed, order.token_in, order.token_out)
    return changed, good_till if amendment.good_till is None else amendment.good_till


def _with_prices(terms: TriggeredTerms, amendment: Amendment) -> TriggeredTerms:
    unit = terms.price.unit
    if isinstance(terms, StopTerms) and amendment.limit is not None:
        terms = replace(terms, limit=NamedPrice(amendment.limit, unit))
    price = amendment.limit if isinstance(terms, LimitTerms) else amendment.trigger
    return terms if price is None else replace(terms, price=NamedPrice(price, unit))


def _check_fields(order: Order, terms: TriggeredTerms, amendment: Amendment) -> None:
    refused = [
        *_refusal(order, "/trigger", "/trigger/price", amendment.trigger, _why_no_trigger(order, terms)),
        *_refusal(order, "/limitPrice", "/limitPrice", amendment.limit, _why_no_limit(terms)),
    ]
    if refused:
        raise InvalidRequest(*refused)


def _why_no_trigger(order: Order, terms: TriggeredTerms) -> str | None:
    if isinstance(terms, LimitTerms):
        return "is not of a limit order: it waits for its limitPrice"
    return "was met: the order waits for its limitPrice now" if order.is_latched else None


def _why_no_limit(terms: TriggeredTerms) -> str | None:
    has_one = isinstance(terms, (LimitTerms, StopTerms))
    return None if has_one else "is not of a take-profit order: it waits for its trigger"


def _refusal(
    order: Order, field: str, place: str, amount: Decimal | None, why_not: str | None
) -> Sequence[FieldError]:
    if amount is None or isinstance(order.terms, MarketTerms):
        return []
    if why_not is not None:
        return [FieldError(field, why_not)]
    price = NamedPrice(amount, order.terms.price.unit)
    try:
        check_amount_at(price, order.amount_in, order.token_in, order.token_out)
    except ValueError as error:
        return [FieldError(place, str(error))]
    return []
