"""Every Lambda entry point: parse, call one use case, present. A table of contents."""

from typing import Any

from chalice.app import (
    AuthRequest,
    AuthResponse,
    Chalice,
    CloudWatchEvent,
    DynamoDBEvent,
    Request,
    Response,
    SQSEvent,
    WebsocketEvent,
)

from chalicelib.api.auth import KEPT_SECONDS, AuthorizerContext, allowed, authorization
from chalicelib.api.http import (
    answer,
    answer_preflight,
    as_problem,
    body_of,
    host_of,
    problems_for,
    request_of,
    secured,
)
from chalicelib.api.identifiers import parse_order_id
from chalicelib.bootstrap import Engine
from chalicelib.config import load_event_sources
from chalicelib.domain.access import Caller, Scope

app = Chalice(app_name="order-execution-engine")
app.experimental_feature_flags.update(["WEBSOCKETS"])
engine = Engine()
sources = load_event_sources()

RECONCILE_FOR_MS = 55_000
SWEEP_EVERY_MS = 10_000
"""Reconcile is started each minute and sweeps within it; its time-out is 60 s."""


@app.authorizer(ttl_seconds=KEPT_SECONDS)
def authorize(asked: AuthRequest) -> AuthResponse | dict[str, Any]:
    """Tell API Gateway whose an API key is."""
    with engine.telemetry.invocation(AuthorizerContext()):
        return authorization(asked.token, engine.authenticate.caller, engine.report_problem)


@app.middleware("http")
def observe_request(request: Request, get_response: Any) -> Response:
    """Log and measure a request; make a problem of every refusal."""
    with engine.telemetry.invocation(app.lambda_context):
        return secured(as_problem(get_response(request)), request, engine.settings.cors_allowed_origins)


@app.middleware("sqs")
@app.middleware("dynamodb")
@app.middleware("scheduled")
@app.middleware("websocket")
def observe_event(event: Any, get_response: Any) -> Any:
    """Log and measure an event."""
    with engine.telemetry.invocation(event.context):
        return get_response(event)


answers_problems = problems_for(engine.report_problem)


def caller(needed: Scope) -> Caller:
    """Who makes the request, if they may. Raises NotAuthenticated, ScopeMissing."""
    who = allowed(request_of(app), needed, is_open=engine.settings.is_open)
    engine.telemetry.called_by(who)
    return who


@app.route("/api/orders/execute", methods=["POST"], authorizer=authorize)
@answers_problems
def place_order() -> Response:
    """Accept a swap order."""
    from chalicelib.api.requests import parse_idempotency_key, parse_order  # noqa: PLC0415 - pydantic is heavy
    from chalicelib.api.responses import present_accepted  # noqa: PLC0415

    request, trader = request_of(app), caller(Scope.TRADE)
    key = parse_idempotency_key(request.headers.get("idempotency-key"))
    new = parse_order(body_of(request), trader.account)
    accepted = engine.accept_order.accept(new, key, trader)
    ticket = engine.issue_ticket.issue_for(accepted.order, host_of(request))
    return answer(*present_accepted(accepted, engine.stream_url, ticket))


@app.route("/api/orders/{order_id}", methods=["GET"], authorizer=authorize)
@answers_problems
def read_order(order_id: str) -> Response:
    """Show an order with its route, fill and history."""
    from chalicelib.api.responses import order_json  # noqa: PLC0415

    order = engine.read_orders.get(parse_order_id(order_id), caller(Scope.READ).account)
    return answer(200, order_json(order, engine.stream_url))


@app.route("/api/orders/{order_id}", methods=["DELETE"], authorizer=authorize)
@answers_problems
def cancel_order(order_id: str) -> Response:
    """Cancel an order while nothing was sent."""
    from chalicelib.api.responses import cancelled_json  # noqa: PLC0415

    cancelled = engine.cancel_order.cancel(parse_order_id(order_id), caller(Scope.TRADE).account)
    return answer(200, cancelled_json(cancelled))


@app.route("/api/orders", methods=["GET"], authorizer=authorize)
@answers_problems
def list_orders() -> Response:
    """List an account's orders, newest first."""
    from chalicelib.api.history import parse_history  # noqa: PLC0415
    from chalicelib.api.responses import history_json  # noqa: PLC0415

    account = caller(Scope.READ).account
    query = parse_history(request_of(app).query_params)
    page = engine.read_orders.history(account, status=query.status, limit=query.limit, after=query.after)
    return answer(200, history_json(page, engine.stream_url))


@app.route("/api/quotes", methods=["POST"], authorizer=authorize)
@answers_problems
def quote_swap() -> Response:
    """Quote a swap without trading."""
    from chalicelib.api.requests import parse_quote  # noqa: PLC0415
    from chalicelib.api.responses import quote_json  # noqa: PLC0415

    asked = parse_quote(body_of(request_of(app)), caller(Scope.READ).account)
    return answer(200, quote_json(engine.quote_swap.quote(asked)))


@app.route("/api/admin/trading", methods=["GET"], authorizer=authorize)
@answers_problems
def read_trading() -> Response:
    """Show the trading switch."""
    from chalicelib.api.trading import present_trading  # noqa: PLC0415

    caller(Scope.ADMIN)
    return answer(200, present_trading(engine.switch_trading.read()))


@app.route("/api/admin/trading", methods=["PUT"], authorizer=authorize)
@answers_problems
def turn_trading() -> Response:
    """Turn the trading switch."""
    from chalicelib.api.trading import actor_of, parse_trading, present_trading  # noqa: PLC0415

    who = actor_of(caller(Scope.ADMIN))
    state, why = parse_trading(body_of(request_of(app)))
    turned = engine.switch_trading.turn(state, who=who, why=why)
    engine.telemetry.trading_turned(turned)
    return answer(200, present_trading(turned))


@app.route("/api/stream-tickets", methods=["POST"], authorizer=authorize)
@answers_problems
def issue_ticket() -> Response:
    """Make a ticket that opens one socket."""
    from chalicelib.api.requests import parse_ticket  # noqa: PLC0415
    from chalicelib.api.responses import ticket_json  # noqa: PLC0415

    request, reader = request_of(app), caller(Scope.READ)
    issued = engine.issue_ticket.issue(reader, parse_ticket(body_of(request)), host_of(request))
    return answer(201, ticket_json(issued, engine.stream_url))


@app.route("/api/tokens", methods=["GET"])
@answers_problems
def list_tokens() -> Response:
    """List the tokens that can be traded."""
    from chalicelib.api.responses import tokens_json  # noqa: PLC0415

    return answer(200, tokens_json())


@app.route("/api/health", methods=["GET"])
@answers_problems
def read_health() -> Response:
    """Say that the engine answers, and how much work it has."""
    from chalicelib.api.responses import health_json  # noqa: PLC0415

    return answer(200, health_json(engine.measure_load.measure()))


def preflight(**_parameters: str) -> Response:
    """Tell a browser what pages of other origins may do."""
    return answer_preflight(request_of(app), engine.settings.cors_allowed_origins)


for path in tuple(app.routes):
    app.route(path, methods=["OPTIONS"], name=f"preflight {path}")(preflight)


PAGES = {
    "/": "index.html",
    "/docs": "docs.html",
    "/openapi.json": "openapi.json",
    "/asyncapi.json": "asyncapi.json",
}


@app.route("/static/{name}", methods=["GET"])
@answers_problems
def serve_file(**parameters: str) -> Response:
    """Serve the dashboard, the documents, and the files that they are made of."""
    from chalicelib.api.pages import serve  # noqa: PLC0415

    request = request_of(app)
    name = parameters.get("name") or PAGES[request.context["resourcePath"]]
    return serve(name, request, engine.stream_url)


for path in PAGES:
    app.route(path, methods=["GET"], name=f"page {path}")(serve_file)


@app.on_sqs_message(queue_arn=sources.orders_queue_arn, batch_size=1, maximum_concurrency=10, name="execute")
def execute(event: SQSEvent) -> dict[str, Any]:
    """Execute the orders that the queue names."""
    return engine.queue_batch.consume(event.to_dict(), engine.execute_order.execute)


@app.on_sqs_message(queue_arn=sources.dead_letter_queue_arn, batch_size=1, name="dead_letter")
def dead_letter(event: SQSEvent) -> dict[str, Any]:
    """Settle the orders whose executions crashed."""
    return engine.queue_batch.consume(event.to_dict(), engine.handle_dead_letter.handle)


@app.schedule("rate(1 minute)", name="reconcile")
def reconcile(_event: CloudWatchEvent) -> None:
    """Find the orders that were left behind."""
    engine.reconcile_orders.run(until=engine.now() + RECONCILE_FOR_MS, every_ms=SWEEP_EVERY_MS)


@app.on_dynamodb_record(
    stream_arn=sources.orders_stream_arn, starting_position="TRIM_HORIZON", name="broadcast"
)
def broadcast(event: DynamoDBEvent) -> dict[str, Any]:
    """Push what is new in orders to the sockets that follow them."""
    return engine.stream_batch.consume_orders(event.to_dict(), engine.publish_updates.publish)


@app.on_dynamodb_record(
    stream_arn=sources.subscriptions_stream_arn, starting_position="TRIM_HORIZON", name="backfill"
)
def backfill(event: DynamoDBEvent) -> dict[str, Any]:
    """Push what a subscription is missing whose backfill was requested."""
    return engine.stream_batch.consume_subscriptions(event.to_dict(), engine.publish_updates.backfill)


@app.on_ws_connect(name="connect")
def connect(event: WebsocketEvent) -> dict[str, Any]:
    """Accept a socket that follows an order, or all orders of an account."""
    handshake = event.to_dict()
    query, headers = handshake.get("queryStringParameters"), handshake.get("headers")
    return engine.socket.connect(event.connection_id, query, headers)


@app.on_ws_message(name="message")
def message(event: WebsocketEvent) -> dict[str, Any]:
    """Serve what a client says over its socket."""
    return engine.socket.receive(event.connection_id, event.body)


@app.on_ws_disconnect(name="disconnect")
def disconnect(event: WebsocketEvent) -> dict[str, Any]:
    """Forget a socket that was closed."""
    return engine.socket.disconnect(event.connection_id)
