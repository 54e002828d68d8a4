"""Every refusal of the engine's own, with its stable code and a sentence that says what to do."""

from chalicelib.api.problems.problem import Problem
from chalicelib.errors import (
    BodyTooLarge,
    DailyAmountAboveLimit,
    EngineError,
    IdempotencyKeyReused,
    InvalidRequest,
    NotAuthenticated,
    NotCancellable,
    OpenOrdersAtLimit,
    OrderAmountAboveLimit,
    OrderNotFound,
    OrdersFollowedAtLimit,
    OriginRefused,
    Overloaded,
    PairNotTraded,
    RateLimited,
    RouteNotFound,
    ScopeMissing,
    SocketsAtLimit,
    StorageUnavailable,
    TicketRefused,
    TokenNotAllowed,
    TradingContended,
    TradingHalted,
    TradingReducing,
    UnsupportedMediaType,
    UnsupportedSchemaVersion,
    VenueUnavailable,
    VersionConflict,
)

STOPPED = "Nothing was created. Ask again after Retry-After seconds; GET /api/health shows when it is active."
STOPPED_SECONDS = 30
"""Retry-After in seconds while an operator has stopped trading, since no one knows when it resumes."""

AUTHENTICATION_REQUIRED = Problem(
    401,
    "AUTHENTICATION_REQUIRED",
    "An API key is required",
    "Send a key that is not revoked as Authorization: Bearer; your operator makes keys.",
    extra_headers={"WWW-Authenticate": "Bearer"},
)
SCOPE_MISSING = Problem(
    403,
    "SCOPE_MISSING",
    "The API key does not allow this",
    "Use a key whose scopes include requiredScope; your operator makes keys.",
)

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
    NotAuthenticated: AUTHENTICATION_REQUIRED,
    ScopeMissing: SCOPE_MISSING,
    TicketRefused: Problem(
        401,
        "TICKET_REFUSED",
        "The ticket opens no socket",
        "A ticket is good once, and soon. Ask POST /api/stream-tickets for another.",
    ),
    OriginRefused: Problem(
        403,
        "ORIGIN_REFUSED",
        "Pages of this origin may open no socket",
        "Ask your operator to add it to CORS_ALLOWED_ORIGINS.",
    ),
    SocketsAtLimit: Problem(
        429,
        "SOCKETS_AT_LIMIT",
        "The account has too many open sockets",
        "Close some; one socket can follow all orders of an account.",
    ),
    OrdersFollowedAtLimit: Problem(
        409, "ORDERS_FOLLOWED_AT_LIMIT", "The socket follows too many orders", "Open another socket."
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
    TradingContended: Problem(
        409,
        "TRADING_CONTENDED",
        "Somebody else turned the trading switch at the same moment",
        "Read how it stands now, and turn it again if that is still wanted.",
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
    TokenNotAllowed: Problem(
        422,
        "TOKEN_NOT_ALLOWED",
        "The account may not trade this token",
        "Nothing was created. Trade the tokens named in allowed, or ask your operator for another one.",
    ),
    OrderAmountAboveLimit: Problem(
        422,
        "ORDER_AMOUNT_ABOVE_LIMIT",
        "The order is larger than one order may be",
        "Nothing was created. Place smaller orders, of at most limit whole tokens each, or ask your operator "
        "for a higher limit.",
    ),
    DailyAmountAboveLimit: Problem(
        422,
        "DAILY_AMOUNT_ABOVE_LIMIT",
        "The account would order more of this token than it may in a day",
        "Nothing was created. Place an order of at most limit less used, wait for the next day, which begins "
        "at midnight UTC, or ask your operator for a higher limit.",
    ),
    OpenOrdersAtLimit: Problem(
        422,
        "OPEN_ORDERS_AT_LIMIT",
        "The account has as many open orders as it may have",
        "Nothing was created. Wait until orders are final, or cancel some, and send the same request again. "
        "An order that ended may count for a second or two more.",
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
        "Try another amount or another pair.",
    ),
    PairNotTraded: Problem(
        422,
        "PAIR_NOT_TRADED",
        "These tokens can't be traded for each other",
        "There is no pool of them. Choose a pair that has one.",
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
        "A record was written by a newer release",
        "A deployment is under way. Ask again after Retry-After seconds; if it lasts, ask your operator.",
        retry_after=30,
    ),
}

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
