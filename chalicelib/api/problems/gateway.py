"""Refusals that API Gateway makes before any code of the engine runs."""

from collections.abc import Mapping

from chalicelib.api.problems.catalogue import AUTHENTICATION_REQUIRED
from chalicelib.api.problems.problem import Problem

_UNAVAILABLE = Problem(
    503,
    "GATEWAY_UNAVAILABLE",
    "The gateway could not reach the engine",
    "Send the same request again after Retry-After seconds; with an Idempotency-Key it can't order twice.",
    retry_after=2,
)

BY_GATEWAY: Mapping[str, Problem] = {
    "MISSING_AUTHENTICATION_TOKEN": Problem(
        404, "ROUTE_UNKNOWN", "No such resource", "Check the path and the method against the API reference."
    ),
    "THROTTLED": Problem(
        429,
        "GATEWAY_THROTTLED",
        "The gateway has more requests than it may take",
        "Nothing was created. Send the same request with the same Idempotency-Key again after Retry-After "
        "seconds.",
        retry_after=1,
    ),
    "UNAUTHORIZED": AUTHENTICATION_REQUIRED,
    "ACCESS_DENIED": AUTHENTICATION_REQUIRED,
    "REQUEST_TOO_LARGE": Problem(
        413, "BODY_TOO_LARGE", "The body is too large", "Send a body of at most 8192 bytes."
    ),
    "DEFAULT_4XX": Problem(
        400, "REQUEST_REFUSED", "The gateway refused the request", "Check it against the API reference."
    ),
    "AUTHORIZER_FAILURE": _UNAVAILABLE,
    "AUTHORIZER_CONFIGURATION_ERROR": _UNAVAILABLE,
    "DEFAULT_5XX": _UNAVAILABLE,
}
"""API Gateway's own refusals, by its response type; template.yaml holds the same."""
