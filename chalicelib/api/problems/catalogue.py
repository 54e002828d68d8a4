"""Every refusal of the engine's own, with its stable code and a sentence that says what to do."""

from dataclasses import replace

from chalicelib.api.problems.problem import AFTER, Problem
from chalicelib.api.problems.triggers import BY_TRIGGER_ERROR
from chalicelib.errors import (
    BodyTooLarge,
    ChainStale,
    ChainUnavailable,
    ChainWrong,
    DailyAmountAboveLimit,
    EngineError,
    IdempotencyKeyReused,
    InvalidRequest,
    MarketContended,
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
    RouteUnknown,
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

STOPPED_SECONDS = 30
"""How soon to ask again while an operator has stopped trading: when it goes on nobody can tell."""

STOPPED = (
    f"Nothing was created. When trading goes on nobody can tell: try again in {STOPPED_SECONDS} s or later."
)
STOPPED_HINT = "GET /api/health shows when trading is active."
SAME_KEY = "With the same Idempotency-Key the same request can't order twice."

AUTHENTICATION_REQUIRED = Problem(
    401,
    "AUTHENTICATION_REQUIRED",
    "An API key is required",
    "Use an API key; your operator makes keys.",
    hint="Send it as Authorization: Bearer oee_….",
    extra_headers={"WWW-Authenticate": "Bearer"},
)
KEY_REFUSED = replace(
    AUTHENTICATION_REQUIRED,
    title="The API key is unknown or was revoked",
    detail="Check the key, or ask your operator for another one.",
    hint="",
)
SCOPE_MISSING = Problem(
    403,
    "SCOPE_MISSING",
    "The API key does not allow this",
    "Use another key; your operator makes keys.",
    hint="requiredScope names the scope that the key lacks.",
)

BY_ERROR: dict[type[EngineError], Problem] = {
    BodyTooLarge: Problem(
        413, "BODY_TOO_LARGE", "The request is too large", "Send at most 8192 bytes.", hint="Of the body."
    ),
    InvalidRequest: Problem(
        400,
        "REQUEST_INVALID",
        "The request was refused",
        "Correct what is wrong and send it again.",
        hint="errors points at each field that was refused.",
    ),
    UnsupportedMediaType: Problem(
        415,
        "MEDIA_TYPE_UNSUPPORTED",
        "The content type is not supported",
        "Nothing was done: this program doesn't say what it sends.",
        hint="Send application/json, and say so by Content-Type.",
    ),
    NotAuthenticated: AUTHENTICATION_REQUIRED,
    ScopeMissing: SCOPE_MISSING,
    TicketRefused: Problem(
        401,
        "TICKET_REFUSED",
        "The ticket opens no socket",
        "A ticket is good once, and soon. Ask for another.",
        hint="POST /api/stream-tickets makes one.",
    ),
    OriginRefused: Problem(
        403,
        "ORIGIN_REFUSED",
        "Pages of this origin may open no socket",
        "Ask your operator to allow this page's address.",
        hint="The setting is CORS_ALLOWED_ORIGINS.",
    ),
    SocketsAtLimit: Problem(
        429,
        "SOCKETS_AT_LIMIT",
        "The account has too many open sockets",
        "Close some of them.",
        hint="One socket can follow all orders of an account.",
    ),
    OrdersFollowedAtLimit: Problem(
        409, "ORDERS_FOLLOWED_AT_LIMIT", "The socket follows too many orders", "Open another socket."
    ),
    OrderNotFound: Problem(
        404,
        "ORDER_NOT_FOUND",
        "No such order",
        "Check the order's id.",
        hint="It is the orderId that the answer to the new order named.",
    ),
    RouteUnknown: Problem(
        404,
        "ROUTE_UNKNOWN",
        "No such resource",
        "There is nothing at this address.",
        hint="Check the path and the method against the API reference at /docs.",
    ),
    IdempotencyKeyReused: Problem(
        422,
        "IDEMPOTENCY_KEY_REUSED",
        "The key of this order was used for another one",
        "Nothing was created. Use a new key for a new order, or repeat the first one exactly.",
        hint="The Idempotency-Key was used with another payload.",
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
    MarketContended: Problem(
        409,
        "MARKET_CONTENDED",
        "Somebody else moved the market at the same moment",
        "Nothing was changed. Do it again if it is still wanted.",
    ),
    VersionConflict: Problem(
        503,
        "ORDER_BUSY",
        "The order is being executed at this very moment",
        "Try again in 1 s.",
        hint=AFTER,
        retry_after=1,
    ),
    RateLimited: Problem(
        429,
        "RATE_LIMIT_EXCEEDED",
        "The account asked too often",
        "Nothing was created or counted. Try again later.",
        hint=AFTER,
    ),
    TokenNotAllowed: Problem(
        422,
        "TOKEN_NOT_ALLOWED",
        "The account may not trade this token",
        "Nothing was created. Trade another token, or ask your operator to allow this one.",
    ),
    OrderAmountAboveLimit: Problem(
        422,
        "ORDER_AMOUNT_ABOVE_LIMIT",
        "The order is larger than one order may be",
        "Nothing was created. Place smaller orders, or ask your operator for a higher limit.",
    ),
    DailyAmountAboveLimit: Problem(
        422,
        "DAILY_AMOUNT_ABOVE_LIMIT",
        "The account would order more of this token than it may in a day",
        "Nothing was created. Place a smaller order, wait for the next day, which begins at midnight UTC, or "
        "ask your operator for a higher limit.",
    ),
    OpenOrdersAtLimit: Problem(
        422,
        "OPEN_ORDERS_AT_LIMIT",
        "The account has as many open orders as it may have",
        "Nothing was created. Wait until orders are final, or cancel some, and try again.",
    ),
    Overloaded: Problem(
        503,
        "BACKLOG_TOO_LONG",
        "The engine has more orders than it can execute within this order's life",
        "Nothing was created. Try again later, or give the order a longer life.",
        hint=f"{AFTER} The order's life is validForSeconds.",
    ),
    TradingReducing: Problem(
        503,
        "TRADING_REDUCING",
        "No new orders are accepted while open ones are resolved",
        STOPPED,
        hint=STOPPED_HINT,
        retry_after=STOPPED_SECONDS,
    ),
    TradingHalted: Problem(
        503,
        "TRADING_HALTED",
        "Trading is halted",
        STOPPED,
        hint=STOPPED_HINT,
        retry_after=STOPPED_SECONDS,
    ),
    RouteNotFound: Problem(
        422,
        "ROUTE_NOT_FOUND",
        "No venue can fill this swap",
        "Try another amount or another pair.",
        hint="cause says whether the amount is too small or too large, where that is known.",
    ),
    PairNotTraded: Problem(
        422,
        "PAIR_NOT_TRADED",
        "These tokens can't be traded for each other",
        "There is no pool of them. Choose a pair that has one.",
        hint="GET /api/pairs lists the pairs.",
    ),
    VenueUnavailable: Problem(
        503,
        "VENUE_UNAVAILABLE",
        "No venue gave an offer in time",
        "Try again in 10 s.",
        hint=AFTER,
        retry_after=10,
    ),
    ChainStale: Problem(
        503,
        "CHAIN_STALE",
        "The chain's nodes lag behind",
        "Prices would be too old to trade on. Try again in 10 s.",
        hint=AFTER,
        retry_after=10,
    ),
    ChainWrong: Problem(
        503,
        "CHAIN_WRONG",
        "The engine is connected to another chain than it trades on",
        "Ask your operator: the nodes that it was given are of another cluster.",
        hint=AFTER,
        retry_after=60,
    ),
    ChainUnavailable: Problem(
        503,
        "CHAIN_UNAVAILABLE",
        "The chain's nodes did not answer",
        "Try again in 5 s.",
        hint=AFTER,
        retry_after=5,
    ),
    StorageUnavailable: Problem(
        503,
        "STORAGE_UNAVAILABLE",
        "The order store did not answer in time",
        "Whether the request took effect is unknown. Repeat it unchanged in 2 s.",
        hint=f"{AFTER} {SAME_KEY}",
        retry_after=2,
    ),
    UnsupportedSchemaVersion: Problem(
        503,
        "RECORD_NEWER_THAN_SERVER",
        "A record was written by a newer release",
        "A deployment is under way. Try again in 30 s; if it lasts, ask your operator.",
        hint=AFTER,
        retry_after=30,
    ),
    **BY_TRIGGER_ERROR,
}

BY_STATUS = {
    404: BY_ERROR[RouteUnknown],
    405: Problem(
        405,
        "METHOD_NOT_ALLOWED",
        "The method is not allowed here",
        "This can't be done at this address.",
        hint="The Allow header names the methods that are allowed.",
    ),
    415: BY_ERROR[UnsupportedMediaType],
}

INTERNAL = Problem(
    500,
    "INTERNAL_ERROR",
    "The engine failed",
    "This is our fault. Whether the request took effect is unknown: repeat it unchanged.",
    hint=SAME_KEY,
)
