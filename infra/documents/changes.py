"""The documentation of the routes that change orders, by the names of their views."""

from collections.abc import Mapping

from chalicelib.api.history import OPEN
from chalicelib.api.order_forms import AmendmentRequest
from chalicelib.api.problems import BY_ERROR
from chalicelib.api.wire import answers
from chalicelib.bootstrap.paper import paper_tokens
from chalicelib.domain.access import Scope
from chalicelib.domain.lifecycle import FINAL
from chalicelib.domain.order import Status
from chalicelib.errors import (
    AmendmentsAtLimit,
    InvalidRequest,
    NotCancellable,
    OrderChanged,
    OrderNotAmendable,
    OrderNotFound,
    PriceUnavailable,
    TradingHalted,
    TriggerAlreadyMet,
    TriggerBelowFloor,
    TriggerImplausible,
    VersionConflict,
)
from infra.documents import examples
from infra.documents.operation import STORED, WITH_BODY, Answer, Operation

ORDER_ID = {
    "name": "orderId",
    "in": "path",
    "required": True,
    "description": "The id that the 202 named.",
    "schema": {"type": "string", "format": "uuid"},
    "example": examples.history()[0].order_id,
}


LEADS = {"readOrder": "/orderId", "amendOrder": "/orderId", "cancelOrder": "/orderId"}

TOKENS_SWAPPED = tuple(
    {
        "name": name,
        "in": "query",
        "description": f"Only orders that {what} this token: its symbol or its mint address.",
        "schema": {
            "type": "string",
            "enum": [text for token in paper_tokens() for text in (token.symbol, token.mint)],
        },
    }
    for name, what in (("tokenIn", "sell"), ("tokenOut", "buy"))
)

CHANGES: Mapping[str, Operation] = {
    "amend_order": Operation(
        "Orders",
        "Changes the prices, the slippage or the end of an order that is `armed`, in one write: it is never "
        "without its terms, and what is refused changes nothing. Prices are in the order's `priceIn`, and "
        "are judged like those of a new order. With `If-Match` it is amended only at the sequence that you "
        "saw. An order that is so already is answered as it is. All else stays: cancel the order, and place "
        "it anew.",
        {200: Answer("The order as it stands now.", answers.Order, examples.amended(), ("ETag",), LEADS)},
        (
            *WITH_BODY,
            *STORED,
            BY_ERROR[OrderNotFound],
            BY_ERROR[OrderNotAmendable],
            BY_ERROR[OrderChanged],
            BY_ERROR[AmendmentsAtLimit],
            BY_ERROR[TriggerAlreadyMet],
            BY_ERROR[TriggerImplausible],
            BY_ERROR[TriggerBelowFloor],
            BY_ERROR[PriceUnavailable],
            BY_ERROR[TradingHalted],
            BY_ERROR[VersionConflict],
        ),
        (
            ORDER_ID,
            {
                "name": "If-Match",
                "in": "header",
                "description": "The ETag that the order had when you read it: its sequence, in quotes; or *.",
                "schema": {"type": "string", "pattern": '^("[1-9][0-9]{0,8}"|[*])$'},
                "example": '"1"',
            },
        ),
        (AmendmentRequest, examples.AMENDMENT),
        Scope.TRADE,
    ),
    "cancel_order": Operation(
        "Orders",
        "Works while nothing was sent; later the order can only be followed. To cancel twice is fine.",
        {200: Answer("The order is cancelled.", answers.CancelledOrder, examples.cancelled())},
        (BY_ERROR[OrderNotFound], BY_ERROR[NotCancellable], BY_ERROR[VersionConflict], *STORED),
        (ORDER_ID,),
        scope=Scope.TRADE,
    ),
    "cancel_orders": Operation(
        "Orders",
        "Cancels every order that is open, or has one of the statuses that you name, newest first and 100 at "
        "most; with a `nextCursor` there are more. Each is cancelled by itself: an order of which something "
        "was sent goes on, and is told. To cancel twice is fine.",
        {
            200: Answer(
                "What was cancelled, and what was not.", answers.CancelledOrders, examples.cancelled_all()
            )
        },
        (BY_ERROR[InvalidRequest], *STORED),
        (
            {
                "name": "status",
                "in": "query",
                "required": True,
                "description": "Only orders with one of these; `open` is all of them. Several may also stand "
                "in one parameter, with commas between.",
                "schema": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"enum": [*(status for status in Status if status not in FINAL), OPEN]},
                },
            },
            *TOKENS_SWAPPED,
            {
                "name": "cursor",
                "in": "query",
                "description": "The `nextCursor` of the answer before.",
                "schema": {"type": "string"},
            },
        ),
        scope=Scope.TRADE,
    ),
}
