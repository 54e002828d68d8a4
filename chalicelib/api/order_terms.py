"""Read the terms of orders that name a price, and how they wait for it."""

from dataclasses import dataclass

from chalicelib.api.expiries import Expiries
from chalicelib.api.swap_fields import Fields, Swap, SwapReading, token_of_swap
from chalicelib.domain.new_order import IfMet, Waiting
from chalicelib.domain.price_keys import Side
from chalicelib.domain.prices import NamedPrice, check_reachable, parse_price
from chalicelib.domain.terms import (
    IfRecovered,
    LimitTerms,
    StopTerms,
    TakeProfitTerms,
    TimeInForce,
    TriggeredTerms,
)
from chalicelib.domain.tokens import Token, TokenList
from chalicelib.domain.trigger_rules import check_amount_at, check_limit_of_stop, other_of, waits_for_rise
from chalicelib.domain.triggers import Trigger

_ONLY_WAITING = "is only for orders that wait for their price: with the timeInForce GTC or GTD"


@dataclass(frozen=True, slots=True)
class PricedReading:
    """The terms of an order with a price, and how it waits for that; None if it doesn't."""

    terms: TriggeredTerms
    waiting: Waiting | None


def read_priced(
    kind: str, fields: Fields, reading: SwapReading, tokens: TokenList, expiries: Expiries
) -> PricedReading:
    """Read the fields of an order of this type that other types don't have.

    Raises
    ------
    InvalidRequest
        A field was refused, of these or of the others.
    TriggerBelowFloor
        The limit of a stop is better than its trigger.
    """
    unit = fields.take(
        "priceIn", lambda name: token_of_swap(name, tokens, reading.token_in, reading.token_out)
    )
    in_force = fields.take("timeInForce", TimeInForce)
    waits = in_force is None or in_force.waits

    def read(text: str) -> NamedPrice | None:
        return _price(text, unit, reading, waits=waits)

    price = fields.take("limitPrice" if kind == LimitTerms.TYPE else "trigger/price", read)
    limit = fields.take("limitPrice", read) if kind == StopTerms.TYPE else None
    recovered = fields.take("ifRecovered", IfRecovered) or IfRecovered.HOLD
    waiting = _read_waiting(kind, fields, in_force, expiries)
    if price is not None:
        trigger = Trigger(Side.BELOW if kind == StopTerms.TYPE else Side.ABOVE, price)
        fields.take("when", lambda way: _check_way(way, trigger, reading.whole()))
    fields.check()
    if price is None or in_force is None:
        raise ValueError("A field of the order was refused")
    swap = reading.whole()
    terms = _terms(kind, swap.slippage_bps, price, in_force, recovered=recovered, limit=limit)
    check_limit_of_stop(terms, swap.token_in, swap.token_out)
    return PricedReading(terms, waiting)


def _price(text: str, unit: Token | None, swap: SwapReading, *, waits: bool) -> NamedPrice | None:
    """Read a price; None while it isn't known of what."""
    amount = parse_price(text)
    if unit is None or swap.amount_in is None or swap.token_in is None or swap.token_out is None:
        return None
    price = NamedPrice(amount, unit)
    if waits:
        check_amount_at(price, swap.amount_in, swap.token_in, swap.token_out)
    else:
        check_reachable(price.least_output(swap.amount_in, swap.token_in, swap.token_out), swap.token_out)
    return price


def _read_waiting(
    kind: str, fields: Fields, in_force: TimeInForce | None, expiries: Expiries
) -> Waiting | None:
    until = _read_until(fields, in_force, expiries)
    if in_force is not None and not in_force.waits:
        for name in ("ifMet", "ifFar"):
            fields.take(name, _refuse_of_no_wait)
        return None
    if_met = fields.take("ifMet", IfMet) or (IfMet.FIRE if kind == LimitTerms.TYPE else IfMet.REFUSE)
    return Waiting(until, if_met, fields.take("ifFar", str) is not None)


def _read_until(fields: Fields, in_force: TimeInForce | None, expiries: Expiries) -> int | None:
    if in_force is TimeInForce.GTD and fields.is_missing("expiresAt"):
        fields.refuse("expiresAt", "is required with the timeInForce GTD: until when the order waits")
    is_ended = in_force is None or in_force is TimeInForce.GTD
    return fields.take("expiresAt", expiries.read if is_ended else _refuse_end)


def _refuse_of_no_wait(_given: str) -> None:
    raise ValueError(_ONLY_WAITING)


def _refuse_end(_given: str) -> int:
    raise ValueError("is only for the timeInForce GTD, with which an order waits until then")


def _check_way(way: str, trigger: Trigger, swap: Swap) -> None:
    rises = waits_for_rise(trigger, swap.token_out)
    if (way == "rises") is not rises:
        other = other_of(trigger.price, swap.token_in, swap.token_out)
        until = f"1 {other.symbol} is worth {trigger.price.text()} {trigger.price.unit.symbol}"
        must_be, end = ("rises", "more") if rises else ("falls", "less")
        raise ValueError(f'must be "{must_be}": the order waits until {until} or {end}')


def _terms(
    kind: str,
    slippage_bps: int,
    price: NamedPrice,
    in_force: TimeInForce,
    *,
    recovered: IfRecovered,
    limit: NamedPrice | None,
) -> TriggeredTerms:
    if kind == LimitTerms.TYPE:
        return LimitTerms(slippage_bps, price, in_force)
    if kind == StopTerms.TYPE:
        return StopTerms(slippage_bps, price, in_force, recovered, limit)
    return TakeProfitTerms(slippage_bps, price, in_force)
