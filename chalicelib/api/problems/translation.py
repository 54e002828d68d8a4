"""Translate errors into problems, with the data that an error carries."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.api.problems.catalogue import BY_ERROR, BY_STATUS, INTERNAL
from chalicelib.api.problems.problem import Problem
from chalicelib.errors import (
    EngineError,
    InvalidRequest,
    LimitRefusal,
    NotCancellable,
    Overloaded,
    PairNotTraded,
    RateLimited,
    RouteCause,
    RouteNotFound,
    ScopeMissing,
)
from chalicelib.ports import Admission


def rate_headers(admission: Admission) -> dict[str, str]:
    """Return RateLimit headers (IETF draft): the quota, its rest, and the seconds until it is full again."""
    return {
        "RateLimit-Policy": f'"account";q={admission.limit};w=60',
        "RateLimit": f'"account";r={admission.remaining};t={admission.reset_after}',
    }


def problem_of(error: EngineError) -> Problem:
    """Return the problem that an engine error is shown as; INTERNAL for one that no client should see."""
    template = next((p for kind, p in BY_ERROR.items() if isinstance(error, kind)), INTERNAL)
    known = _known_of(error)
    return replace(template, **known) if known else template


def _known_of(error: EngineError) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if isinstance(error, InvalidRequest):
        known = {"errors": error.errors}
    elif isinstance(error, NotCancellable):
        known = {"extra": {"orderStatus": error.status}}
    elif isinstance(error, ScopeMissing):
        detail = f"Use a key that has the scope {error.needed}."
        known = {"detail": detail, "extra": {"requiredScope": error.needed}}
    elif isinstance(error, LimitRefusal):
        known = {"extra": {"kind": "denied", **error.numbers}}
    elif isinstance(error, PairNotTraded):
        known = {"detail": _no_pool(error)}
    elif isinstance(error, RouteNotFound) and error.cause is not None:
        known = {"detail": _WRONG_AMOUNT[error.cause], "extra": {"cause": error.cause}}
    elif isinstance(error, Overloaded):
        known = {"retry_after": error.retry_after}
    elif isinstance(error, RateLimited):
        rate = rate_headers(Admission(error.limit, 0, error.retry_after))
        known = {"retry_after": error.retry_after, "extra_headers": rate}
    return known


_WRONG_AMOUNT: Mapping[RouteCause, str] = {
    "amount_too_small": "The amount is too small: no pool would return anything for it. Try a larger one.",
    "amount_too_large": "The amount is too large: no pool can fill it. Try a smaller one.",
}


def _no_pool(error: PairNotTraded) -> str:
    others = f" {error.token_in} trades with {', '.join(error.others)}." if error.others else ""
    return f"There is no pool of {error.token_in} and {error.token_out}.{others}"


def problem_of_status(status: int) -> Problem:
    """Return the problem for a refusal of the HTTP layer, which has only a status."""
    if status not in BY_STATUS:
        return INTERNAL
    code, title, detail = BY_STATUS[status]
    return Problem(status, code, title, detail)
