"""The problem that an error is shown as, with what only this error knows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.api.problems.catalogue import BY_ERROR, BY_STATUS, INTERNAL
from chalicelib.api.problems.problem import Problem
from chalicelib.domain.lifecycle import FINAL
from chalicelib.domain.order import Status
from chalicelib.errors import (
    AmendmentsAtLimit,
    ArmedAmountAboveLimit,
    ArmedOrdersAtLimit,
    DailyAmountAboveLimit,
    EngineError,
    InvalidRequest,
    LimitRefusal,
    NotCancellable,
    OpenOrdersAtLimit,
    OrderAmountAboveLimit,
    OrderAmountBelowMinimum,
    OrderChanged,
    OrderNotAmendable,
    Overloaded,
    PairNotTraded,
    RateLimited,
    RouteCause,
    RouteNotFound,
    ScopeMissing,
    SocketsAtLimit,
    TokenNotAllowed,
    TriggerAlreadyMet,
    TriggerBelowFloor,
    TriggerImplausible,
    TriggerRefusal,
)
from chalicelib.ports import Admission


def rate_headers(admission: Admission) -> dict[str, str]:
    """Return the RateLimit headers (IETF draft): the quota, the rest, and the seconds until it is whole."""
    return {
        "RateLimit-Policy": f'"account";q={admission.limit};w=60',
        "RateLimit": f'"account";r={admission.remaining};t={admission.reset_after}',
    }


def problem_of(error: EngineError) -> Problem:
    """Return the problem that an engine error is shown as; one that no client should see is INTERNAL."""
    template = next((p for kind, p in BY_ERROR.items() if isinstance(error, kind)), INTERNAL)
    known = next((known_of(error) for kind, known_of in _KNOWN.items() if isinstance(error, kind)), {})
    return replace(template, **known) if known else template


def problem_of_status(status: int) -> Problem:
    """Return the problem for a refusal that came from the HTTP layer and has only a status."""
    return BY_STATUS.get(status, INTERNAL)


def _refused_fields(error: InvalidRequest) -> dict[str, Any]:
    return {"errors": error.errors}


def _not_cancellable(error: NotCancellable) -> dict[str, Any]:
    if error.status == "submitted":
        detail = "It was sent to the chain, where it may still be filled. Follow its status instead."
    else:
        detail = f"It is {error.status} already."
    return {"detail": detail, "extra": {"orderStatus": error.status}}


def _scope_missing(error: ScopeMissing) -> dict[str, Any]:
    detail = f"Use a key that has the scope {error.needed}; your operator makes keys."
    return {"detail": detail, "extra": {"requiredScope": error.needed}}


def _over_a_limit(error: LimitRefusal) -> dict[str, Any]:
    detail = f"Nothing was created. {_LIMITS[type(error)].format(**error.numbers)}"
    return {"detail": detail, "extra": {"kind": "denied", **error.numbers}}


def _of_its_trigger(error: TriggerRefusal) -> dict[str, Any]:
    sentence = _TRIGGERS[type(error)].format(unit=error.price_in, other=error.other, **error.numbers)
    return {
        "detail": f"Nothing was created or changed. {sentence}",
        "extra": {**error.numbers, "priceIn": error.price_in},
    }


def _not_amendable(error: OrderNotAmendable) -> dict[str, Any]:
    if error.status == Status.ARMED:
        why = "Its time is over."
    elif error.status in FINAL:
        why = f"It is {error.status} already."
    else:
        why = f"It is {error.status}, and only an order that waits for its price can be amended."
    return {
        "detail": f"Nothing was changed. {why}",
        "extra": {"orderStatus": error.status, "sequence": error.sequence},
    }


def _changed(error: OrderChanged) -> dict[str, Any]:
    detail = (
        f"Nothing was changed. It is at sequence {error.sequence} now: read it again, and amend it if that "
        "is still wanted."
    )
    return {"detail": detail, "extra": {"sequence": error.sequence}}


def _amended_too_often(error: AmendmentsAtLimit) -> dict[str, Any]:
    often = str(error.limit)
    return {
        "detail": f"Nothing was changed. It was amended {often} times, as often as an order may be. Cancel "
        "it, and place it anew.",
        "extra": {"limit": often, "used": often},
    }


def _not_traded(error: PairNotTraded) -> dict[str, Any]:
    others = f" {error.token_in} trades with {', '.join(error.others)}." if error.others else ""
    return {"detail": f"There is no pool of {error.token_in} and {error.token_out}.{others}"}


def _no_route(error: RouteNotFound) -> dict[str, Any]:
    if error.cause is None:
        return {}
    return {"detail": _WRONG_AMOUNT[error.cause], "extra": {"cause": error.cause}}


def _too_many_sockets(error: SocketsAtLimit) -> dict[str, Any]:
    kind = "sockets that follow all orders" if error.follows_all else "sockets"
    return {"detail": f"The account may have {error.limit} {kind} open. Close some of them."}


def _overloaded(error: Overloaded) -> dict[str, Any]:
    detail = f"Nothing was created. Try again in {error.retry_after} s, or give the order a longer life."
    return {"detail": detail, "retry_after": error.retry_after}


def _too_often(error: RateLimited) -> dict[str, Any]:
    rate = f"The account may place {error.limit} orders a minute: try again in {error.retry_after} s."
    return {
        "detail": f"Nothing was created or counted. {rate}",
        "retry_after": error.retry_after,
        "extra_headers": rate_headers(Admission(error.limit, 0, error.retry_after)),
    }


_KNOWN: Mapping[type[EngineError], Callable[[Any], dict[str, Any]]] = {
    InvalidRequest: _refused_fields,
    NotCancellable: _not_cancellable,
    ScopeMissing: _scope_missing,
    LimitRefusal: _over_a_limit,
    TriggerRefusal: _of_its_trigger,
    OrderNotAmendable: _not_amendable,
    OrderChanged: _changed,
    AmendmentsAtLimit: _amended_too_often,
    PairNotTraded: _not_traded,
    RouteNotFound: _no_route,
    SocketsAtLimit: _too_many_sockets,
    Overloaded: _overloaded,
    RateLimited: _too_often,
}

_LIMITS: Mapping[type[LimitRefusal], str] = {
    TokenNotAllowed: "The account may trade {allowed}, but not {token}; your operator can allow it.",
    OrderAmountAboveLimit: (
        "One order may swap at most {limit} {token}; this one swaps {requested}. Place smaller orders, or "
        "ask your operator for a higher limit."
    ),
    DailyAmountAboveLimit: (
        "Of {limit} {token} a day {used} are used and {remaining} remain; this order swaps {requested}. "
        "Place a smaller order, wait for the next day, which begins at midnight UTC, or ask your operator "
        "for a higher limit."
    ),
    OpenOrdersAtLimit: (
        "The account may have {limit} orders open, and has {used}. Wait until some are final, or cancel "
        "some, and try again. An order that ended may count for a second or two more."
    ),
    OrderAmountBelowMinimum: (
        "One order must swap at least {limit} {token}; this one swaps {requested}. Place a larger order."
    ),
    ArmedOrdersAtLimit: (
        "The account may have {limit} orders waiting for their price, and has {used}. Cancel some, or wait "
        "until some are final, and try again."
    ),
    ArmedAmountAboveLimit: (
        "Orders that wait for their price may swap {limit} {token} in all; those of the account swap {used}, "
        "and this one {requested}. Place a smaller order, cancel some, or ask your operator for a higher "
        "limit."
    ),
}

_TRIGGERS: Mapping[type[TriggerRefusal], str] = {
    TriggerAlreadyMet: (
        "One {other} is worth {reference} {unit} already, and the order waits for {trigger} {unit}. Choose "
        "another price, or let the order fire at once."
    ),
    TriggerImplausible: (
        "One {other} is worth {reference} {unit}, and the order waits for {trigger} {unit}, which looks like "
        "a mistake. Check the price and the token that it is in, or say that it is meant."
    ),
    TriggerBelowFloor: (
        "The order fires when one {other} is worth {trigger} {unit}, and then asks for {limitPrice} {unit}, "
        "which can't be had there. Choose a limit that is at the trigger or worse."
    ),
}

_WRONG_AMOUNT: Mapping[RouteCause, str] = {
    "amount_too_small": "The amount is too small: no pool would return anything for it. Try a larger one.",
    "amount_too_large": "The amount is too large: no pool can fill it. Try a smaller one.",
}
