"""Orders that wait for their price: they fire, come back when nothing of them landed, and are amended."""

from dataclasses import dataclass, replace
from typing import Any

from chalicelib.domain.amounts import BPS, format_amount, format_decimal, told_amount
from chalicelib.domain.lifecycle import Stamp, advance
from chalicelib.domain.order import Change, Order, Status
from chalicelib.domain.quotes import Reason, VenueQuote
from chalicelib.domain.terms import IfRecovered, LimitTerms, StopTerms, TriggeredTerms
from chalicelib.errors import (
    ExecutionError,
    ExecutionLate,
    FiringsSpent,
    IllegalTransition,
    OrderExpired,
    RouteBelowMinimum,
    TriggerDisproved,
)

MOST_FIRINGS = 20
"""Most firings of an order, which bound its item: later one ends as failed."""

MOST_AMENDMENTS = 20
"""Most amendments of an order, for the same reason."""

LONGEST_REST_SECONDS = 900
"""Longest rest between the return of an order and its next firing."""

LEAST_LIFE_MS = 10_000
"""Milliseconds before the end of its time in which an order fires no more: too little to trade in."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a watcher saw of a trigger that is met.

    `amount_out` is what the order would give at the price that was seen (base units), `looks` the number of
    looks that confirmed it, `silent_for_ms` how long nobody could look before, if it was long.
    """

    amount_out: int
    looks: int
    silent_for_ms: int | None = None


def floor_of(order: Order) -> int | None:
    """Return the least output that the order's terms ask for, in base units; None if they ask for none."""
    return order.terms.least_output(order.amount_in, order.token_in, order.token_out)


def may_fire(order: Order, now: int) -> bool:
    """Return whether an armed order may fire at `now` (ms): not while it rests, nor near its end."""
    return (
        order.status is Status.ARMED
        and order.good_till is not None
        and order.good_till > now + LEAST_LIFE_MS
        and rests_until(order) <= now
    )


def rests_until(order: Order) -> int:
    """Return the time (ms) before which an order that came back doesn't fire again.

    After its first return it doesn't rest, then for 2, 4, 8 ... 900 seconds.
    """
    returns = [event.at for event in order.events if event.change == Change.RETURNED]
    if len(returns) < 2:  # noqa: PLR2004 - the second one is the first to rest
        return 0
    return returns[-1] + min(1 << (len(returns) - 1), LONGEST_REST_SECONDS) * 1000


def fire(order: Order, seen: Sighting, stamp: Stamp) -> Order:
    """Begin an execution of an armed order. Its minimum is fixed anew, at no less than its terms ask for."""
    trigger = order.trigger
    if trigger is None or order.good_till is None or order.valid_for_seconds is None:
        raise IllegalTransition(f"{order.order_id} waits for no price")
    unit = trigger.price
    observed = unit.executable(order.amount_in, order.token_in, seen.amount_out, order.token_out)
    detail: dict[str, str] = {
        "change": Change.FIRED.value,
        "trigger": trigger.price.text(),
        "observed": format_decimal(observed),
        "priceIn": unit.unit.symbol,
        "looks": str(seen.looks),
    }
    if seen.silent_for_ms is not None:
        detail["afterSilenceMs"] = str(seen.silent_for_ms)
    return advance(
        order,
        Status.PENDING,
        stamp,
        detail=detail,
        expires_at=min(stamp.at + order.valid_for_seconds * 1000, order.good_till),
        enqueued_at=stamp.at,
        requeues=0,
        minimum_amount_out=floor_of(order),
    )


def end_unfilled(order: Order, end: Status, reason: Reason, stamp: Stamp) -> Order:
    """End an execution of which it is proven that nothing landed, and nothing can.

    An order that waits for its price goes back to wait while it has time and firings left. Every other one
    ends as `end`, failed or expired.
    """
    if order.good_till is None:
        return advance(order, end, stamp, reason=reason)
    if stamp.at >= order.good_till:
        over = Reason.of(OrderExpired(f"The order's time was over: {reason.detail}"))
        return advance(order, Status.EXPIRED, stamp, reason=over)
    if order.firings >= MOST_FIRINGS:
        spent = FiringsSpent(f"It fired {MOST_FIRINGS} times and could not be filled: {reason.detail}")
        return advance(order, Status.FAILED, stamp, reason=Reason.of(spent))
    detail: dict[str, str] = {"change": Change.RETURNED.value}
    if order.submission is not None:
        detail["txHash"] = order.submission.signature
    return advance(
        order,
        Status.ARMED,
        stamp,
        reason=reason,
        detail=detail,
        route=None,
        submission=None,
        minimum_amount_out=floor_of(order),
        **_waiting_until(order.good_till),
    )


def disproof_of(order: Order, tolerance_bps: int) -> int | None:
    """Return the output, in base units, that disproves a stop which has fired: who gets it isn't at the stop.

    It is what the trigger's price gives, and a tolerance in basis points more. None of an order that needs no
    proof: watchers only say who is to look again, but what has a limit is held to it by its minimum.
    """
    terms = order.terms
    if not isinstance(terms, StopTerms) or terms.if_recovered is IfRecovered.TRADE or order.is_latched:
        return None
    at_trigger = terms.price.least_output(order.amount_in, order.token_in, order.token_out)
    return at_trigger * (BPS + tolerance_bps) // BPS + 1


def check_trigger(offer: VenueQuote, order: Order, disproof: int | None) -> None:
    """Check an offer against the output that would disprove the order's firing. Raises TriggerDisproved."""
    if disproof is not None and offer.amount_out >= disproof:
        best = told_amount(offer.amount_out, order.token_out)
        raise TriggerDisproved(f"The best offer was {best}, better than the trigger's price by too much")


def waits_for_price(order: Order, error: ExecutionError) -> bool:
    """Return whether what ended an attempt is that the order's price is gone, and it can wait for it."""
    return order.good_till is not None and isinstance(error, (RouteBelowMinimum, TriggerDisproved))


def late_of(order: Order, sentence: str) -> Reason:
    """Return the reason of an order whose time is over: that of the order, or of its present execution.

    The sentence has `{whose}` where it names which.
    """
    if order.good_till is None:
        return Reason.of(OrderExpired(sentence.format(whose="order")))
    return Reason.of(ExecutionLate(sentence.format(whose="execution")))


def amend(order: Order, terms: TriggeredTerms, good_till: int, stamp: Stamp) -> Order:
    """Change the terms of an armed order, or until when (ms) it waits. Nothing else of it changes."""
    amended = replace(order, terms=terms)
    floor = floor_of(amended)
    detail: dict[str, str] = {
        "change": Change.AMENDED.value,
        "priceIn": terms.price.unit.symbol,
        **_told(terms),
        "slippageBps": str(terms.slippage_bps),
    }
    if floor is not None:
        detail["minimumAmountOut"] = format_amount(floor, order.token_out)
    return advance(
        order,
        Status.ARMED,
        stamp,
        detail=detail,
        terms=terms,
        good_till=good_till,
        minimum_amount_out=floor,
        **_waiting_until(good_till),
    )


def _told(terms: TriggeredTerms) -> dict[str, str]:
    if isinstance(terms, LimitTerms):
        return {"limitPrice": terms.price.text()}
    limit = getattr(terms, "limit", None)
    told = {"trigger": terms.price.text()}
    return told if limit is None else told | {"limitPrice": limit.text()}


def _waiting_until(good_till: int) -> dict[str, Any]:
    return {"expires_at": good_till, "enqueued_at": good_till, "requeues": 0}
