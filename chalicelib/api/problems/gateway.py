"""Refusals that API Gateway makes before any code of the engine runs."""

from collections.abc import Mapping

from chalicelib.api.problems.catalogue import (
    AUTHENTICATION_REQUIRED,
    BY_ERROR,
    BY_STATUS,
    KEY_REFUSED,
    SAME_KEY,
)
from chalicelib.api.problems.problem import AFTER, Problem
from chalicelib.errors import BodyTooLarge

_UNAVAILABLE = Problem(
    503,
    "GATEWAY_UNAVAILABLE",
    "The gateway could not reach the engine",
    "Whether the request took effect is unknown. Repeat it unchanged in 2 s.",
    # Lambda takes 6 MB and the gateway 10: between the two, and when it inflates a body, it fails so.
    hint=f"{AFTER} {SAME_KEY} A body of more than 8192 bytes is never taken.",
    retry_after=2,
)

BY_GATEWAY: Mapping[str, Problem] = {
    "MISSING_AUTHENTICATION_TOKEN": BY_STATUS[404],
    "THROTTLED": Problem(
        429,
        "GATEWAY_THROTTLED",
        "The gateway has more requests than it may take",
        "Nothing was created. Try again in 1 s.",
        hint=AFTER,
        retry_after=1,
    ),
    "UNAUTHORIZED": AUTHENTICATION_REQUIRED,
    "ACCESS_DENIED": KEY_REFUSED,
    "REQUEST_TOO_LARGE": BY_ERROR[BodyTooLarge],
    "DEFAULT_4XX": Problem(
        400,
        "REQUEST_REFUSED",
        "The gateway refused the request",
        "Nothing was done: this program asks in a way that isn't understood.",
        hint="Check the request against the API reference at /docs.",
    ),
    "AUTHORIZER_FAILURE": _UNAVAILABLE,
    "AUTHORIZER_CONFIGURATION_ERROR": _UNAVAILABLE,
    "DEFAULT_5XX": _UNAVAILABLE,
}
"""API Gateway's own refusals, by its response type; template.yaml holds the same."""
