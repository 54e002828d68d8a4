"""What the documents say of each route of app.py, by the name of its view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.api.history import DEFAULT_LIMIT, MAX_LIMIT
from chalicelib.api.problems import BY_ERROR, BY_GATEWAY, INTERNAL, Problem, problem_of_status
from chalicelib.api.requests import OrderRequest, QuoteRequest
from chalicelib.errors import (
    BodyTooLarge,
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
from infra.documents import answers, examples
from infra.documents.schemas import reference

ANYWHERE = (BY_GATEWAY["THROTTLED"], INTERNAL, BY_GATEWAY["DEFAULT_5XX"], problem_of_status(415))
"""What any request may meet: a Content-Type that isn't JSON is refused also where no body is read."""

STORED = (BY_ERROR[StorageUnavailable], BY_ERROR[UnsupportedSchemaVersion])
WITH_BODY = (BY_ERROR[InvalidRequest], BY_ERROR[BodyTooLarge], BY_ERROR[UnsupportedMediaType])

ORDER_ID = {
    "name": "orderId",
    "in": "path",
    "required": True,
    "description": "The id that the 202 named.",
    "schema": {"type": "string", "format": "uuid"},
    "example": examples.history()[0].order_id,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer: its type, an example, its headers and where it leads."""

    description: str
    kind: type
    example: Mapping[str, Any]
    headers: Sequence[str] = ()
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One route: what it takes, answers and refuses. `links` name the body's field with the order's id."""

    tag: str
    description: str
    answers: Mapping[int, Answer]
    problems: Sequence[Problem] = ()
    parameters: Sequence[Mapping[str, Any]] = ()
    body: tuple[type, Mapping[str, Any]] | None = None


_LEADS = {"readOrder": "/orderId", "cancelOrder": "/orderId"}

OPERATIONS: Mapping[str, Operation] = {
    "place_order": Operation(
        "Orders",
        "A 202 is durable: the order reaches a final status whatever happens, and trades at most once. With "
        "an `Idempotency-Key` the request may be sent any number of times: within the window of "
        "max(300, validForSeconds + 120) seconds the same payload is answered with the same order. White "
        'space, the order of fields and `"1.50"` for `"1.5"` make no other payload.',
        {
            202: Answer(
                "A new order was accepted.",
                answers.AcceptedOrder,
                examples.accepted(),
                ("Location", "RateLimit", "RateLimit-Policy"),
                _LEADS,
            ),
            200: Answer(
                "An earlier request with this key made the order; nothing was created.",
                answers.AcceptedOrder,
                examples.accepted() | {"status": "confirmed"},
                ("Location", "Idempotent-Replayed"),
                _LEADS,
            ),
        },
        (
            *WITH_BODY,
            *STORED,
            BY_ERROR[IdempotencyKeyReused],
            BY_ERROR[RateLimited],
            BY_ERROR[Overloaded],
            BY_ERROR[TradingReducing],
            BY_ERROR[TradingHalted],
        ),
        (
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "A name of your own for this order, like a UUID. Without it a request that "
                "is sent twice makes two orders.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
                "example": "my-order-1",
            },
        ),
        (OrderRequest, examples.ORDER),
    ),
    "read_order": Operation(
        "Orders",
        "Status, fill, the route with every venue's and pool's quote, and the whole history.",
        {200: Answer("The order as it stands now.", answers.Order, examples.order(), (), _LEADS)},
        (BY_ERROR[OrderNotFound], *STORED),
        (ORDER_ID,),
    ),
    "cancel_order": Operation(
        "Orders",
        "Works while nothing was sent; later the order can only be followed. To cancel twice is fine.",
        {200: Answer("The order is cancelled.", answers.CancelledOrder, examples.cancelled())},
        (BY_ERROR[OrderNotFound], BY_ERROR[NotCancellable], BY_ERROR[VersionConflict], *STORED),
        (ORDER_ID,),
    ),
    "list_orders": Operation(
        "Orders",
        "An order that was accepted a moment ago may be missing still.",
        {
            200: Answer(
                "A page of orders.",
                answers.OrderPage,
                examples.page(),
                (),
                {"readOrder": "/orders/0/orderId"},
            )
        },
        (BY_ERROR[InvalidRequest], *STORED),
        (
            {
                "name": "status",
                "in": "query",
                "description": "Only orders with this status.",
                "schema": reference("Status"),
            },
            {
                "name": "limit",
                "in": "query",
                "description": "How many orders a page has at most.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            },
            {
                "name": "cursor",
                "in": "query",
                "description": "The `nextCursor` of the page before.",
                "schema": {"type": "string"},
            },
        ),
    ),
    "quote_swap": Operation(
        "Market",
        "A dry run of routing: every venue's and pool's quote, which would win, and the least output that an "
        "order placed now would fix.",
        {200: Answer("What the swap would give.", answers.Quote, examples.quote())},
        (*WITH_BODY, BY_ERROR[RouteNotFound], BY_ERROR[VenueUnavailable], BY_ERROR[StorageUnavailable]),
        (),
        (QuoteRequest, examples.SWAP),
    ),
    "list_tokens": Operation(
        "Market",
        "Orders name tokens by symbol or by mint address.",
        {200: Answer("The tokens.", answers.TokenList, examples.tokens())},
    ),
    "read_health": Operation(
        "Engine",
        "Answered with 200 whenever the API answers; `status` says whether its table and queue did.",
        {200: Answer("The engine answers.", answers.Health, examples.health())},
    ),
}
