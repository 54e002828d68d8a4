"""The settings of the engine, of its stream and telemetry, and those that AWS itself sets."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from chalicelib.config.declaration import Part, part, setting
from chalicelib.config.forms import (
    Market,
    amounts,
    basis_points,
    held_back,
    http_address,
    level,
    mode,
    name,
    origins,
    positive,
    rate,
    slots,
    socket_address,
    symbols,
    wait,
    whole,
)
from chalicelib.config.paper import PaperSettings
from chalicelib.config.solana import SolanaSettings
from chalicelib.config.triggers import TriggerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings(Part):
    """The WebSocket API: where clients find it, and where messages to its sockets are posted."""

    PREFIX: ClassVar[str] = "STREAM_"

    api_id: str = setting(name, None, "id", "WebSocket API that streams statuses")
    stage: str = setting(name, None, "name", "Stage of the WebSocket API")
    url: str = setting(
        socket_address, "", "URL", "Address that clients connect to; empty derives it from the API id"
    )
    management_endpoint: str = setting(
        http_address, "", "URL", "Address that messages are posted to; empty derives it from the API id"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings(Part):
    """Variables that AWS Lambda sets by itself, so that the template doesn't."""

    PREFIX: ClassVar[str] = "AWS_"

    region: str = setting(name, "us-east-1", "name", "Region; the Lambda runtime sets it")
    endpoint_url: str = setting(
        http_address, "", "URL", "Address of an emulator; it sets this itself, and AWS leaves it empty"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySettings(Part):
    """Logs and metrics."""

    service_name: str = setting(name, "order-execution", "name", "Service name in logs and metrics")
    metrics_namespace: str = setting(name, "OrderExecution", "name", "CloudWatch namespace of the metrics")
    log_level: str = setting(level, "INFO", "level", "Least severe level that is logged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Part):
    """The engine: tables and queue, who may call, what an order may be, how long each step may take."""

    orders_table: str = setting(name, None, "name", "Table of orders and idempotency records")
    subscriptions_table: str = setting(name, None, "name", "Table of WebSocket subscriptions")
    accounts_table: str = setting(name, None, "name", "Table of API keys, and of what accounts may and do")
    orders_queue_url: str = setting(name, None, "URL", "Queue that drives executions")
    landings_queue_url: str = setting(name, None, "URL", "Queue that drives landings")
    market: Market = setting(
        Market, "paper", "market", "What orders are traded on: paper, or shadow, with live prices"
    )
    auth_mode: str = setting(
        mode, "keys", "mode", "Who may call: holders of API keys, or everybody as one account (open)"
    )
    rate_limit_per_minute: int = setting(
        positive, "120", "orders", "Orders an account may place a minute; its own limit stands in"
    )
    max_open_orders: int = setting(
        positive, "100", "orders", "Orders an account may have open, at most 500; its own limit stands in"
    )
    allowed_tokens: str = setting(
        symbols, "", "list", "Symbols of the tokens that orders may name, separated by commas; empty is all"
    )
    max_order_amounts: str = setting(
        amounts, "", "tokens", "The most of a tokenIn that an order may swap, like SOL=1000,USDC=150000"
    )
    max_daily_amounts: str = setting(
        amounts, "", "tokens", "The most of a tokenIn that an account may order a day, from midnight UTC"
    )
    min_order_amounts: str = setting(
        amounts, "", "tokens", "The least of a tokenIn that an order may swap, like SOL=0.01,USDC=1"
    )
    max_armed_orders: int = setting(
        positive, "200", "orders", "Orders an account may have armed, at most 2000; its own limit stands in"
    )
    max_armed_amounts: str = setting(
        amounts, "", "tokens", "The most of a tokenIn that all armed orders of an account may swap together"
    )
    max_price_impact_bps: int = setting(
        basis_points, "1000", "bps", "An order fails, unsent, if its best offer moves the price by more"
    )
    ticket_seconds: int = setting(positive, "60", "s", "How long a ticket opens a socket")
    max_sockets_per_account: int = setting(
        positive, "100", "sockets", "Sockets that an account may have open at the same time"
    )
    average_execution_ms: int = setting(
        positive, "600", "ms", "What an execution takes on average; the estimated wait is made of it"
    )
    executions_at_once: int = setting(
        slots, "10", "slots", "Executions at once, from 2 to 10; the estimated wait is made of it"
    )
    cors_allowed_origins: frozenset[str] = setting(
        origins, "", "list", "Origins, separated by commas, whose pages may call the API; * is any"
    )
    venue_circuit_failures: int = setting(
        positive, "5", "quotes", "Failures in a row after which a venue is left alone"
    )
    venue_circuit_rest_ms: int = setting(positive, "10000", "ms", "How long it is left alone")
    quote_deadline_ms: int = setting(positive, "1500", "ms", "How long a venue may take to quote")
    quote_ttl_ms: int = setting(positive, "10000", "ms", "How old a route may be when its swap is built")
    plausibility_bps: int = setting(
        positive,
        "300",
        "bps",
        "An offer that beats every other venue's spot price by more must pass simulation first",
    )
    landing_budget_ms: int = setting(
        whole, "3000", "ms", "Nothing is first sent with less than this left of the order's life"
    )
    landing_delay_seconds: int = setting(
        held_back, "2", "s", "How long after its first send a transaction is first looked for; at most 900"
    )
    landing_wait_ms: int = setting(
        wait, "3000", "ms", "How long a landing watches until it asks for the rest again; at most 8000"
    )
    poll_interval_ms: int = setting(positive, "200", "ms", "Time between two looks at the chain")
    resend_interval_ms: int = setting(positive, "2000", "ms", "Time between two sends of the same bytes")
    fault_table_lost_answer: Decimal = setting(
        rate, "0", "fraction", "Writes to the tables that take effect and then time out"
    )

    stream: StreamSettings = part(StreamSettings)
    aws: AwsSettings = part(AwsSettings)
    telemetry: TelemetrySettings = part(TelemetrySettings)
    triggers: TriggerSettings = part(TriggerSettings)
    paper: PaperSettings = part(PaperSettings)
    solana: SolanaSettings = part(SolanaSettings)

    @property
    def is_open(self) -> bool:
        """Whether everybody may call, without a key, as one account."""
        return self.auth_mode == "open"
