"""Every Lambda entry point: parse, call one use case, present. A table of contents."""

from typing import Any

import chalice.app as chalice

from chalicelib import api
from chalicelib.api import http
from chalicelib.api.auth import KEPT_SECONDS, AuthorizerContext, allowed, authorization
from chalicelib.api.expiries import Expiries
from chalicelib.api.identifiers import parse_order_id
from chalicelib.api.queries import repeated
from chalicelib.bootstrap import AwsAdapters, Engine, make_parts
from chalicelib.config import TRIAL, load_event_sources, load_handler
from chalicelib.domain.access import Caller, Scope

app = chalice.Chalice(app_name="order-execution-engine")
app.experimental_feature_flags.update(["WEBSOCKETS"])
engine = Engine(AwsAdapters())
make_parts(engine, load_handler())
sources = load_event_sources()

RECONCILE_FOR_MS = 55_000
SWEEP_EVERY_MS = 10_000
"""Reconcile is started each minute and sweeps within it; its time-out is 60 s."""
OLDEST = "TRIM_HORIZON"
"""A stream is read from the oldest record that it has."""


@app.authorizer(ttl_seconds=KEPT_SECONDS)
def authorize(asked: chalice.AuthRequest) -> chalice.AuthResponse | dict[str, Any]:
    """Tell API Gateway which caller an API key belongs to."""
    with engine.telemetry.invocation(AuthorizerContext()):
        return authorization(asked.token, engine.authenticate.caller, engine.report_problem)


@app.middleware("http")
def observe_request(request: chalice.Request, get_response: Any) -> chalice.Response:
    """Log and measure a request; answer every refusal with a problem document."""
    with engine.telemetry.invocation(app.lambda_context):
        answer = http.as_problem(get_response(request))
        return http.secured(answer, request, engine.settings.cors_allowed_origins)


@app.middleware("sqs")
@app.middleware("dynamodb")
@app.middleware("scheduled")
@app.middleware("websocket")
def observe_event(event: Any, get_response: Any) -> Any:
    """Log and measure an event."""
    with engine.telemetry.invocation(event.context):
        return get_response(event)


answers_problems = http.problems_for(lambda *told: engine.report_problem(*told))  # noqa: PLW0108 - bound late


def caller(needed: Scope | None) -> Caller:
    """Return the caller of the request. Raises NotAuthenticated; ScopeMissing if its key lacks `needed`."""
    who = allowed(http.request_of(app), needed, is_open=engine.settings.is_open)
    engine.telemetry.called_by(who)
    return who


def expiries() -> Expiries:
    """Return the times at which an order that comes now may end its waiting."""
    return Expiries(engine.now(), engine.settings.triggers.max_armed_days)


@app.route("/api/orders/execute", methods=["POST"], authorizer=authorize)
@answers_problems
def place_order() -> chalice.Response:
    """Accept a swap order."""
    request, trader = http.request_of(app), caller(Scope.TRADE)
    key = api.requests.parse_idempotency_key(request.headers.get("idempotency-key"))
    new = api.requests.parse_order(http.body_of(request), trader.account, engine.tokens, expiries())
    accepted = engine.accept_order.accept(new, key, trader)
    ticket = engine.issue_ticket.issue_for(accepted.order, http.host_of(request))
    return http.answer(*api.responses.present_accepted(accepted, engine.stream_url, engine.market, ticket))


@app.route("/api/orders/{order_id}", methods=["GET"], authorizer=authorize)
@answers_problems
def read_order(order_id: str) -> chalice.Response:
    """Show an order with its route, fill and history."""
    order = engine.read_orders.get(parse_order_id(order_id), caller(Scope.READ).account)
    return http.answer(*api.responses.present_order(order, engine.stream_url, engine.market))


@app.route("/api/orders/{order_id}", methods=["PATCH"], authorizer=authorize)
@answers_problems
def amend_order(order_id: str) -> chalice.Response:
    """Amend an order that waits for its price."""
    request, account = http.request_of(app), caller(Scope.TRADE).account
    if_sequence = api.amendments.parse_if_match(request.headers.get("if-match"))
    amendment = api.amendments.parse_amendment(http.body_of(request), expiries())
    amended = engine.amend_order.amend(parse_order_id(order_id), account, amendment, if_sequence)
    return http.answer(*api.responses.present_order(amended, engine.stream_url, engine.market))


@app.route("/api/orders/{order_id}", methods=["DELETE"], authorizer=authorize)
@answers_problems
def cancel_order(order_id: str) -> chalice.Response:
    """Cancel an order while nothing was sent."""
    cancelled = engine.cancel_order.cancel(parse_order_id(order_id), caller(Scope.TRADE).account)
    return http.answer(200, api.responses.cancelled_json(cancelled))


@app.route("/api/orders", methods=["GET"], authorizer=authorize)
@answers_problems
def list_orders() -> chalice.Response:
    """List an account's orders, newest first."""
    account = caller(Scope.READ).account
    query = api.history.parse_history(http.query_of(http.request_of(app), api.history.LISTS), engine.tokens)
    if query.key is not None:
        page = engine.read_orders.placed_with(query.key, account, engine.now())
    else:
        page = engine.read_orders.history(
            account, statuses=query.statuses, limit=query.limit, after=query.after, tokens=query.tokens
        )
    return http.answer(200, api.responses.history_json(page, engine.stream_url, engine.market))


@app.route("/api/orders", methods=["DELETE"], authorizer=authorize)
@answers_problems
def cancel_orders() -> chalice.Response:
    """Cancel the open orders of an account that have one of these statuses."""
    account = caller(Scope.TRADE).account
    query = api.history.parse_cancelling(
        http.query_of(http.request_of(app), api.history.LISTS), engine.tokens
    )
    done = engine.cancel_order.cancel_all(account, query.statuses, query.after, query.tokens)
    return http.answer(200, api.responses.cancelled_orders_json(done))


@app.route("/api/me", methods=["GET"], authorizer=authorize)
@answers_problems
def read_account() -> chalice.Response:
    """Tell the caller who it is, and how much of its limits is used."""
    told = engine.read_account.read(caller(None))
    return http.answer(200, api.account.account_json(told, engine.market, engine.tokens))


@app.route("/api/quotes", methods=["POST"], authorizer=authorize)
@answers_problems
def quote_swap() -> chalice.Response:
    """Quote a swap without trading."""
    body, reader = http.body_of(http.request_of(app)), caller(Scope.READ)
    asked = api.requests.parse_quote(body, reader.account, engine.tokens, expiries())
    return http.answer(200, api.responses.quote_json(engine.quote_swap.quote(asked)))


@app.route("/api/admin/trading", methods=["GET"], authorizer=authorize)
@answers_problems
def read_trading() -> chalice.Response:
    """Show the trading switch."""
    caller(Scope.ADMIN)
    return http.answer(200, api.trading.present_trading(engine.switch_trading.read()))


@app.route("/api/admin/trading", methods=["PUT"], authorizer=authorize)
@answers_problems
def turn_trading() -> chalice.Response:
    """Turn the trading switch."""
    who = api.trading.actor_of(caller(Scope.ADMIN))
    state, why = api.trading.parse_trading(http.body_of(http.request_of(app)))
    turned = engine.switch_trading.turn(state, who=who, why=why)
    engine.telemetry.trading_turned(turned)
    return http.answer(200, api.trading.present_trading(turned))


@app.route("/api/stream-tickets", methods=["POST"], authorizer=authorize)
@answers_problems
def issue_ticket() -> chalice.Response:
    """Make a ticket that opens one socket."""
    request, reader = http.request_of(app), caller(Scope.READ)
    order_id = api.requests.parse_ticket(http.body_of(request))
    issued = engine.issue_ticket.issue(reader, order_id, http.host_of(request))
    return http.answer(201, api.responses.ticket_json(issued, engine.stream_url))


@app.route("/api/tokens", methods=["GET"])
@answers_problems
def list_tokens() -> chalice.Response:
    """List the tokens of the market."""
    return http.answer(200, api.responses.tokens_json(engine.tokens, engine.limits))


@app.route("/api/pairs", methods=["GET"])
@answers_problems
def list_pairs() -> chalice.Response:
    """List the pairs that can be traded, with their pools."""
    return http.answer(200, api.responses.pairs_json(engine.pairs, engine.limits))


@app.route("/api/health", methods=["GET", "HEAD"])
@answers_problems
def read_health() -> chalice.Response:
    """Say that the engine answers, and how much work it has."""
    return http.answer(200, api.responses.health_json(engine.measure_load.measure(), engine.market))


def preflight(**_parameters: str) -> chalice.Response:
    """Tell a browser which requests pages of other origins may make."""
    return http.answer_preflight(http.request_of(app), engine.settings.cors_allowed_origins)


for path in tuple(app.routes):
    app.route(path, methods=["OPTIONS"], name=f"preflight {path}")(preflight)

# What follows has no preflight: no page of another origin may move the market, or needs one to read a page.


@app.route("/api/admin/paper/market", methods=["PUT"], authorizer=authorize)
@answers_problems
def move_market() -> chalice.Response:
    """Move a price of the paper market on purpose."""
    steer_market, _ = engine.steer_market, caller(Scope.ADMIN)
    tokens, move, venue = api.steering.parse_market(http.body_of(http.request_of(app)), engine.tokens)
    return http.answer(200, api.steering.present_moved(steer_market.move(tokens, move, venue)))


@app.route("/api/admin/paper/feed", methods=["PUT"], authorizer=authorize)
@answers_problems
def set_feeds() -> chalice.Response:
    """Change what quotes of the paper market read."""
    steer_market, _ = engine.steer_market, caller(Scope.ADMIN)
    change, tokens, venue = api.steering.parse_feed(http.body_of(http.request_of(app)), engine.tokens)
    return http.answer(200, api.steering.present_feeds(steer_market.set_feeds(change, tokens, venue)))


@app.route("/static/{name}", methods=["GET"])
@answers_problems
def serve_file(**parameters: str) -> chalice.Response:
    """Serve the dashboard, the documents, and the files that they are made of."""
    return api.pages.serve(http.request_of(app), engine.stream_url, **parameters)


for path in ("/", "/docs", "/openapi.json", "/asyncapi.json", "/redoc.standalone.js"):
    app.route(path, methods=["GET"], name=f"page {path}")(serve_file)


@app.on_sqs_message(queue_arn=sources.orders_queue_arn, batch_size=1, maximum_concurrency=10, name="execute")
def execute(event: chalice.SQSEvent) -> dict[str, Any]:
    """Execute the orders that the queue names."""
    return engine.queue_batch.consume(event.to_dict(), engine.execute_order.execute)


@app.on_sqs_message(queue_arn=sources.landings_queue_arn, batch_size=10, maximum_concurrency=5, name="land")
def land(event: chalice.SQSEvent) -> dict[str, Any]:
    """Watch sent transactions until they are resolved."""
    return engine.queue_batch.consume_together(event.to_dict(), engine.land_orders.land)


@app.on_sqs_message(
    queue_arn=sources.dead_letter_queue_arn, batch_size=1, maximum_concurrency=2, name="dead_letter"
)
def dead_letter(event: chalice.SQSEvent) -> dict[str, Any]:
    """Settle the orders whose executions crashed."""
    return engine.queue_batch.consume(event.to_dict(), engine.handle_dead_letter.handle)


@app.schedule("rate(1 minute)", name="reconcile")
def reconcile(event: chalice.CloudWatchEvent) -> None:
    """Find the orders that were left behind; a trial of a release is not let near them."""
    recovery, watch = engine.reconcile_orders, engine.check_watch
    if event.source != TRIAL:
        watch.check()
        recovery.run(until=engine.now() + RECONCILE_FOR_MS, every_ms=SWEEP_EVERY_MS)


@app.schedule("rate(1 minute)", name="watch")
def watch(event: chalice.CloudWatchEvent) -> None:
    """Watch prices while orders are armed; a trial of a release is not let near them."""
    watcher = engine.watch_prices
    if event.source != TRIAL:
        watcher.run(until=engine.now() + engine.settings.triggers.watch_for_ms)


@app.on_dynamodb_record(stream_arn=sources.orders_stream_arn, starting_position=OLDEST, name="broadcast")
def broadcast(event: chalice.DynamoDBEvent) -> dict[str, Any]:
    """Push the new events of orders to the sockets that follow them."""
    return engine.stream_batch.consume_orders(event.to_dict(), engine.publish_updates.publish)


@app.on_dynamodb_record(
    stream_arn=sources.subscriptions_stream_arn, starting_position=OLDEST, name="backfill"
)
def backfill(event: chalice.DynamoDBEvent) -> dict[str, Any]:
    """Push the missed events to subscriptions whose backfill was requested."""
    return engine.stream_batch.consume_subscriptions(event.to_dict(), engine.publish_updates.backfill)


@app.on_ws_connect(name="connect")
def connect(event: chalice.WebsocketEvent) -> dict[str, Any]:
    """Accept a socket that follows an order, or all orders of an account."""
    asked = event.to_dict()
    query, headers = asked.get("queryStringParameters"), asked.get("headers")
    return engine.socket.connect(
        event.connection_id, query, headers, repeated(asked.get("multiValueQueryStringParameters"))
    )


@app.on_ws_message(name="message")
def message(event: chalice.WebsocketEvent) -> dict[str, Any]:
    """Handle a message that a client sends over its socket."""
    return engine.socket.receive(event.connection_id, event.body)


@app.on_ws_disconnect(name="disconnect")
def disconnect(event: chalice.WebsocketEvent) -> dict[str, Any]:
    """Forget a socket that was closed."""
    return engine.socket.disconnect(event.connection_id)
