"""The documentation of each route of app.py, by the name of its view."""

from collections.abc import Mapping

from chalicelib.api.history import DEFAULT_LIMIT, MAX_LIMIT, OPEN
from chalicelib.api.problems import BY_ERROR
from chalicelib.api.requests import TicketRequest
from chalicelib.api.trading import TradingRequest
from chalicelib.api.wire import account, answers, engine, listings, messages, quotes
from chalicelib.domain.access import Scope
from chalicelib.domain.order import Status
from chalicelib.errors import (
    ArmedAmountAboveLimit,
    ArmedOrdersAtLimit,
    ChainStale,
    ChainUnavailable,
    ChainWrong,
    DailyAmountAboveLimit,
    IdempotencyKeyReused,
    InvalidRequest,
    OpenOrdersAtLimit,
    OrderAmountAboveLimit,
    OrderAmountBelowMinimum,
    OrderNotFound,
    Overloaded,
    PairNotTraded,
    PriceUnavailable,
    RateLimited,
    RouteNotFound,
    StorageUnavailable,
    TokenNotAllowed,
    TradingContended,
    TradingHalted,
    TradingReducing,
    TriggerAlreadyMet,
    TriggerBelowFloor,
    TriggerImplausible,
    VenueUnavailable,
)
from infra.documents import examples
from infra.documents.bodies import OrderRequest, QuoteRequest
from infra.documents.changes import CHANGES, LEADS, ORDER_ID, TOKENS_SWAPPED
from infra.documents.operation import STORED, WITH_BODY, Answer, Operation
from infra.documents.trial import TRIAL

OPERATIONS: Mapping[str, Operation] = {
    "place_order": Operation(
        "Orders",
        "A 202 is durable: the order reaches a final status whatever happens, and trades at most once. A "
        "stop, a take-profit, and a limit order that isn't `FOK` or `IOC`, is `armed` until its price is "
        "met; `expiresAt` says until when at the latest. With "
        "an `Idempotency-Key` the request may be sent any number of times: within the window of "
        "max(300, validForSeconds + 120) seconds the same payload is answered with the same order. White "
        'space, the order of fields and `"1.50"` for `"1.5"` make no other payload.',
        {
            202: Answer(
                "A new order was accepted.",
                answers.AcceptedOrder,
                examples.accepted(),
                ("Location", "RateLimit", "RateLimit-Policy"),
                LEADS,
            ),
            200: Answer(
                "An earlier request with this key made the order; nothing was created.",
                answers.AcceptedOrder,
                examples.accepted() | {"status": "confirmed"},
                ("Location", "Idempotent-Replayed"),
                LEADS,
            ),
        },
        (
            *WITH_BODY,
            *STORED,
            BY_ERROR[IdempotencyKeyReused],
            BY_ERROR[PairNotTraded],
            BY_ERROR[RateLimited],
            BY_ERROR[TokenNotAllowed],
            BY_ERROR[OrderAmountAboveLimit],
            BY_ERROR[DailyAmountAboveLimit],
            BY_ERROR[OpenOrdersAtLimit],
            BY_ERROR[OrderAmountBelowMinimum],
            BY_ERROR[ArmedOrdersAtLimit],
            BY_ERROR[ArmedAmountAboveLimit],
            BY_ERROR[TriggerAlreadyMet],
            BY_ERROR[TriggerImplausible],
            BY_ERROR[TriggerBelowFloor],
            BY_ERROR[PriceUnavailable],
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
        Scope.TRADE,
    ),
    "read_order": Operation(
        "Orders",
        "Status, fill, the route with every venue's and pool's quote, and the whole history.",
        {200: Answer("The order as it stands now.", answers.Order, examples.order(), (), LEADS, ("ETag",))},
        (BY_ERROR[OrderNotFound], *STORED),
        (ORDER_ID,),
        scope=Scope.READ,
    ),
    **CHANGES,
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
                "description": "Only orders with one of these; `open` is every status that is not final. "
                "Several may also stand in one parameter, with commas between.",
                "schema": {"type": "array", "minItems": 1, "items": {"enum": [*Status, OPEN]}},
            },
            *TOKENS_SWAPPED,
            {
                "name": "limit",
                "in": "query",
                "description": "How many orders a page has at most.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            },
            {
                "name": "idempotencyKey",
                "in": "query",
                "description": "The order that was placed with this Idempotency-Key, while the key binds. It "
                "stands alone: the page has one order, or none.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
            },
            {
                "name": "cursor",
                "in": "query",
                "description": "The `nextCursor` of the page before.",
                "schema": {"type": "string"},
            },
        ),
        scope=Scope.READ,
    ),
    "quote_swap": Operation(
        "Market",
        "A dry run of routing: every venue's and pool's quote, which would win, and the least output that an "
        "order placed now would fix. `denied` tells that an order would fail all the same, because this "
        "route moves the price by more than is allowed. An account's limits are not asked: only orders meet "
        "them.",
        {200: Answer("What the swap would give.", quotes.Quote, examples.quote())},
        (
            *WITH_BODY,
            BY_ERROR[PairNotTraded],
            BY_ERROR[TriggerBelowFloor],
            BY_ERROR[RouteNotFound],
            BY_ERROR[VenueUnavailable],
            BY_ERROR[ChainUnavailable],
            BY_ERROR[ChainStale],
            BY_ERROR[ChainWrong],
            BY_ERROR[StorageUnavailable],
        ),
        (),
        (QuoteRequest, examples.SWAP),
        Scope.READ,
    ),
    "issue_ticket": Operation(
        "Stream",
        "A browser can't send a key when it opens a socket: it opens the `streamUrl` of this answer, once, "
        "before `expiresAt`. With `orderId` the socket follows that order; without, all orders of the "
        "account: those that are open, and each that is placed later. The answer to a new order holds a "
        "ticket too, where keys are needed. Ask for another for each reconnect.",
        {201: Answer("The ticket, in the address that it opens.", messages.StreamTicket, examples.ticket())},
        (*WITH_BODY, BY_ERROR[OrderNotFound], *STORED),
        (),
        (TicketRequest, {}),
        Scope.READ,
    ),
    "read_trading": Operation(
        "Engine",
        "Whether new orders are accepted and executed, and who decided it. `GET /api/health` shows the state "
        "to everybody.",
        {200: Answer("How the switch stands.", engine.TradingSwitch, examples.trading())},
        (BY_ERROR[StorageUnavailable],),
        scope=Scope.ADMIN,
    ),
    "turn_trading": Operation(
        "Engine",
        "Obeyed by every execution within seconds. `reducing`: what was sent is resolved, and nothing new "
        "is accepted or begins; `halted`: executions leave venues and chain alone altogether. To ask for "
        "the state that stands changes nothing.",
        {200: Answer("How the switch stands now.", engine.TradingSwitch, examples.trading())},
        (*WITH_BODY, BY_ERROR[TradingContended], BY_ERROR[StorageUnavailable]),
        (),
        (TradingRequest, examples.TRADING),
        Scope.ADMIN,
    ),
    **TRIAL,
    "read_account": Operation(
        "Account",
        "Who the caller is, by its key: the account, what the key allows, and how much of the account's "
        "limits is used. A key of any scope will do.",
        {200: Answer("The caller's account.", account.Account, examples.me())},
        STORED,
        any_scope=True,
    ),
    "list_tokens": Operation(
        "Market",
        "Orders name tokens by symbol, in any case, or by mint address. An account may trade those that are "
        "`allowed`, unless it has limits of its own. `GET /api/pairs` tells which can be traded for which.",
        {200: Answer("The tokens.", listings.TokenList, examples.tokens())},
    ),
    "list_pairs": Operation(
        "Market",
        "Only these can be traded, in both directions: there is no pool of any other two tokens, and an "
        "order of them is refused with PAIR_NOT_TRADED. An account may trade those that are `allowed`, "
        "unless it has limits of its own.",
        {200: Answer("The pairs.", listings.PairList, examples.pairs())},
    ),
    "read_health": Operation(
        "Engine",
        "Answered with 200 whenever the API answers; `status` says whether its table and queue did. Monitors "
        "may ask by HEAD.",
        {200: Answer("The engine answers.", engine.Health, examples.health())},
    ),
}
