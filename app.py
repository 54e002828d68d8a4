"""Every Lambda entry point: parse, call one use case, present. A table of contents."""

from typing import Any

from chalice.app import (
    Chalice,
    DynamoDBEvent,
    Request,
    Response,
    SQSEvent,
    WebsocketEvent,
)
from chalicelib.bootstrap import Engine

from chalicelib.api.http import answer, as_problem, problems_for
from chalicelib.api.identifiers import parse_order_id
from chalicelib.config import load_event_sources

app = Chalice(app_name="order-execution-engine")
app.experimental_feature_flags.update(["WEBSOCKETS"])
engine = Engine()
sources = load_event_sources()

ACCOUNT = "open"
"""The account of every request while there are no API keys."""


@app.middleware("http")
def observe_request(request: Request, get_response: Any) -> Response:
    """Log, measure and trace a request; make a problem of every refusal."""
    with engine.telemetry.invocation(app.lambda_context):
        return as_problem(get_response(request))


@app.middleware("sqs")
@app.middleware("dynamodb")
@app.middleware("websocket")
def observe_event(event: Any, get_response: Any) -> Any:
    """Log, measure and trace an event."""
    with engine.telemetry.invocation(event.context):
        return get_response(event)


answers_problems = problems_for(engine.report_problem)


@app.route("/api/orders/execute", methods=["POST"])
@answers_problems
def place_order() -> Response:
    """Accept a swap order."""
    from chalicelib.api.requests import parse_idempotency_key, parse_order  # noqa: PLC0415 - pydantic is heavy
    from chalicelib.api.responses import present_accepted  # noqa: PLC0415

    key = parse_idempotency_key(app.current_request.headers.get("idempotency-key"))
    new = parse_order(app.current_request.raw_body, ACCOUNT)
    accepted = engine.accept_order.accept(new, key)
    return answer(*present_accepted(accepted, engine.stream_url))


@app.route("/api/orders/{order_id}", methods=["GET"])
@answers_problems
def read_order(order_id: str) -> Response:
    """Show an order with its route, fill and history."""
    from chalicelib.api.responses import order_record  # noqa: PLC0415

    order = engine.read_orders.get(parse_order_id(order_id), ACCOUNT)
    return answer(200, order_record(order, engine.stream_url))


@app.route("/api/health", methods=["GET"])
@answers_problems
def read_health() -> Response:
    """Say that the engine answers."""
    return answer(200, {"success": True, "status": "ok"})


@app.on_sqs_message(queue_arn=sources.orders_queue_arn, batch_size=1, maximum_concurrency=10, name="execute")
def execute(event: SQSEvent) -> dict[str, Any]:
    """Execute the orders that the queue names."""
    return engine.queue_consumer.consume(event.to_dict(), engine.execute_order.execute)


@app.on_dynamodb_record(
    stream_arn=sources.orders_stream_arn, starting_position="TRIM_HORIZON", name="broadcast"
)
def broadcast(event: DynamoDBEvent) -> dict[str, Any]:
    """Push what is new in orders to the sockets that follow them."""
    return engine.order_stream.publish(event.to_dict())


@app.on_dynamodb_record(
    stream_arn=sources.subscriptions_stream_arn, starting_position="TRIM_HORIZON", name="backfill"
)
def backfill(event: DynamoDBEvent) -> dict[str, Any]:
    """Push what a new or re-armed subscription is missing."""
    return engine.subscription_stream.publish(event.to_dict())


@app.on_ws_connect(name="connect")
def connect(event: WebsocketEvent) -> dict[str, Any]:
    """Accept a socket that follows an order."""
    return engine.socket.connect(event.connection_id, event.to_dict().get("queryStringParameters"))


@app.on_ws_message(name="message")
def message(event: WebsocketEvent) -> dict[str, Any]:
    """Serve what a client says over its socket."""
    return engine.socket.receive(event.connection_id, event.body)


@app.on_ws_disconnect(name="disconnect")
def disconnect(event: WebsocketEvent) -> dict[str, Any]:
    """Forget a socket that was closed."""
    return engine.socket.disconnect(event.connection_id)
