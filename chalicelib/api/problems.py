"""Errors as clients see them: RFC 9457 problem+json, a stable code, a sentence that says what to do."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.errors import (
    BodyTooLarge,
    EngineError,
    FieldError,
    IdempotencyKeyReused,
    InvalidRequest,
    NotCancellable,
    OrderNotFound,
    Overloaded,
    RateLimited,
    RouteNotFound,
    StorageUnavailable,
    TradingHalted,
    TradingReducing,
    UnsupportedMediaType,
    UnsupportedSchemaVersion,
    VenueUnavailable,
    VersionConflict,
)
from chalicelib.ports import Admission

CONTENT_TYPE = "application/problem+json"

STOPPED = "Nothing was created. Ask again after Retry-After seconds; GET /api/health shows when it is active."
STOPPED_SECONDS = 30
"""How soon to ask again while an operator has stopped trading: when it goes on nobody can tell."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: its HTTP status, stable code, title, and what the client should do."""

    status: int
    code: str
    title: str
    detail: str
    errors: Sequence[FieldError] = ()
    retry_after: int | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    extra_headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The problem+json document."""
        document: dict[str, Any] = {
            "type": f"urn:problem:{self.code.lower().replace('_', '-')}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "success": False,
            "code": self.code,
            **self.extra,
        }
        if self.errors:
            document["errors"] = [{"pointer": e.pointer, "detail": e.detail} for e in self.errors]
        return document

    def body(self) -> str:
        """The document as it is sent."""
        return json.dumps(self.document(), separators=(",", ":"))

    def sentence(self) -> str:
        """The problem in one line, with the refused fields."""
        fields = "; ".join(f"{e.pointer or 'message'} {e.detail}" for e in self.errors)
        return f"{self.title}. {fields or self.detail}"

    def headers(self) -> dict[str, str]:
        """The headers that go with it."""
        headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store", **self.extra_headers}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return headers


OnProblem = Callable[[Problem, BaseException | None], None]
"""Told of every problem, and of the error behind it where that is not the client's."""

BY_ERROR: dict[type[EngineError], Problem] = {
    BodyTooLarge: Problem(
        413, "BODY_TOO_LARGE", "The body is too large", "Send a body of at most 8192 bytes."
    ),
    InvalidRequest: Problem(
        400,
        "REQUEST_INVALID",
        "The request was refused",
        "Correct the fields listed in errors and send it again.",
    ),
    UnsupportedMediaType: Problem(
        415, "MEDIA_TYPE_UNSUPPORTED", "The content type is not supported", "Send application/json."
    ),
    OrderNotFound: Problem(
        404, "ORDER_NOT_FOUND", "No such order", "Check the order id; it is the one that the 202 named."
    ),
    IdempotencyKeyReused: Problem(
        422,
        "IDEMPOTENCY_KEY_REUSED",
        "The Idempotency-Key was used with another payload",
        "Nothing was created. Use a new key for a new order, or repeat the first payload exactly.",
    ),
    NotCancellable: Problem(
        409,
        "ORDER_NOT_CANCELLABLE",
        "The order can't be cancelled any more",
        "Something was sent, or the order is final. Follow its status instead.",
    ),
    VersionConflict: Problem(
        503,
        "ORDER_BUSY",
        "The order is being executed at this very moment",
        "Send the same request again after Retry-After seconds.",
        retry_after=1,
    ),
    RateLimited: Problem(
        429,
        "RATE_LIMIT_EXCEEDED",
        "The account asked too often",
        "Nothing was created or counted. Send the same request again after Retry-After seconds.",
    ),
    Overloaded: Problem(
        503,
        "BACKLOG_TOO_LONG",
        "The engine has more orders than it can execute within this order's life",
        "Nothing was created. Send the same request again after Retry-After seconds, or with a longer "
        "validForSeconds.",
    ),
    TradingReducing: Problem(
        503,
        "TRADING_REDUCING",
        "No new orders are accepted while open ones are resolved",
        STOPPED,
        retry_after=STOPPED_SECONDS,
    ),
    TradingHalted: Problem(
        503,
        "TRADING_HALTED",
        "Trading is halted",
        STOPPED,
        retry_after=STOPPED_SECONDS,
    ),
    RouteNotFound: Problem(
        422,
        "ROUTE_NOT_FOUND",
        "No venue can fill this swap",
        "Try another amount or another pair; GET /api/tokens lists the tokens.",
    ),
    VenueUnavailable: Problem(
        503,
        "VENUE_UNAVAILABLE",
        "No venue gave an offer in time",
        "Ask again after Retry-After seconds.",
        retry_after=10,
    ),
    StorageUnavailable: Problem(
        503,
        "STORAGE_UNAVAILABLE",
        "The order store did not answer in time",
        "Send the same request with the same Idempotency-Key again after Retry-After seconds.",
        retry_after=2,
    ),
    UnsupportedSchemaVersion: Problem(
        503,
        "RECORD_NEWER_THAN_SERVER",
        "The order was written by a newer release",
        "A deployment is under way. Ask again after Retry-After seconds.",
        retry_after=30,
    ),
}

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
    "REQUEST_TOO_LARGE": Problem(
        413, "BODY_TOO_LARGE", "The body is too large", "Send a body of at most 8192 bytes."
    ),
    "DEFAULT_4XX": Problem(
        400, "REQUEST_REFUSED", "The gateway refused the request", "Check it against the API reference."
    ),
    "DEFAULT_5XX": Problem(
        503,
        "GATEWAY_UNAVAILABLE",
        "The gateway could not reach the engine",
        "Send the same request again after Retry-After seconds; with an Idempotency-Key it can't order "
        "twice.",
        retry_after=2,
    ),
}
"""What API Gateway refuses by itself, by its response type; template.yaml holds the same."""

BY_STATUS = {
    404: ("ROUTE_UNKNOWN", "No such resource", "Check the path against the API reference."),
    405: (
        "METHOD_NOT_ALLOWED",
        "The method is not allowed here",
        "Use a method that the Allow header names.",
    ),
    415: ("MEDIA_TYPE_UNSUPPORTED", "The content type is not supported", "Send application/json."),
}

INTERNAL = Problem(
    500,
    "INTERNAL_ERROR",
    "The engine failed",
    "This is our fault. Send the same request again; with an Idempotency-Key it can't order twice.",
)


def rate_headers(admission: Admission) -> dict[str, str]:
    """RateLimit headers (IETF draft): the quota, what is left of it, and seconds until it is whole again."""
    return {
        "RateLimit-Policy": f'"account";q={admission.limit};w=60',
        "RateLimit": f'"account";r={admission.remaining};t={admission.reset_after}',
    }


def problem_of(error: EngineError) -> Problem:
    """The problem that an engine error is shown as; one that no client should see is INTERNAL."""
    template = next((p for kind, p in BY_ERROR.items() if isinstance(error, kind)), INTERNAL)
    if isinstance(error, InvalidRequest):
        return replace(template, errors=error.errors)
    if isinstance(error, NotCancellable):
        return replace(template, extra={"orderStatus": error.status})
    if isinstance(error, Overloaded):
        return replace(template, retry_after=error.retry_after)
    if isinstance(error, RateLimited):
        rate = rate_headers(Admission(error.limit, 0, error.retry_after))
        return replace(template, retry_after=error.retry_after, extra_headers=rate)
    return template


def problem_of_status(status: int) -> Problem:
    """The problem for a refusal that came from the HTTP layer and has only a status."""
    if status not in BY_STATUS:
        return INTERNAL
    code, title, detail = BY_STATUS[status]
    return Problem(status, code, title, detail)
