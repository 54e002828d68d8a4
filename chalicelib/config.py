"""Settings: the only reader of the environment. It reports all that is wrong at once.

Every field carries its environment variable (its own name in capitals), default, unit and meaning; the
The table of docs/settings.md and template.yaml's parameters are checked against them.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from chalicelib.setting_forms import (
    FORMS,
    DelayRange,
    Market,
    basis_points,
    delay,
    mode,
    origins,
    positive,
    rate,
    slot,
    text,
    whole,
)

PROVIDED = frozenset({"aws_region", "aws_endpoint_url"})
"""Settings that the platform gives, so that the template does not."""


PRODUCTION = "prod"
"""The stage that is never open to everybody, and where nothing goes wrong on purpose."""

FAULTS = ("fault_", "paper_fault_")
"""How the names of settings begin that make things go wrong on purpose."""


class InvalidSettings(Exception):
    """Settings were missing or malformed; the message lists each."""


def _setting(parse: Callable[[str], Any], default: str | None, unit: str, meaning: str) -> Any:
    return field(metadata={"parse": parse, "default": default, "unit": unit, "meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set from outside."""

    orders_table: str = _setting(text, None, "name", "Table of orders and idempotency records")
    subscriptions_table: str = _setting(text, None, "name", "Table of WebSocket subscriptions")
    paper_table: str = _setting(text, None, "name", "Table of paper pools and the paper ledger")
    accounts_table: str = _setting(text, None, "name", "Table of API keys, and of what accounts may and do")
    orders_queue_url: str = _setting(text, None, "URL", "Queue that drives executions")
    stream_api_id: str = _setting(text, None, "id", "WebSocket API that streams statuses")
    stream_stage: str = _setting(text, None, "name", "Stage of the WebSocket API")
    stream_url: str = _setting(
        text, "", "URL", "Address that clients connect to; empty derives it from the API id"
    )
    stream_management_endpoint: str = _setting(
        text, "", "URL", "Address that messages are posted to; empty derives it from the API id"
    )

    aws_region: str = _setting(text, "us-east-1", "name", "Region; the Lambda runtime sets it")
    aws_endpoint_url: str = _setting(
        text, "", "URL", "Address of an emulator; it sets this itself, and AWS leaves it empty"
    )

    market: Market = _setting(Market, "paper", "market", "What orders are traded on; paper moves no money")
    auth_mode: str = _setting(
        mode, "keys", "mode", "Who may call: holders of API keys, or everybody as one account (open)"
    )
    rate_limit_per_minute: int = _setting(
        positive, "120", "orders", "Orders an account may place a minute; its own limit stands in"
    )
    max_open_orders: int = _setting(
        positive, "100", "orders", "Orders an account may have open, at most 5000; its own limit stands in"
    )
    allowed_tokens: str = _setting(
        text, "", "list", "Symbols of the tokens that orders may name, separated by commas; empty is all"
    )
    max_order_amounts: str = _setting(
        text, "", "tokens", "The most of a tokenIn that an order may swap, like SOL=1000,USDC=150000"
    )
    max_daily_amounts: str = _setting(
        text, "", "tokens", "The most of a tokenIn that an account may order a day, from midnight UTC"
    )
    max_price_impact_bps: int = _setting(
        basis_points, "1000", "bps", "An order fails, unsent, if its best offer moves the price by more"
    )
    ticket_seconds: int = _setting(positive, "60", "s", "How long a ticket opens a socket")
    max_sockets_per_account: int = _setting(
        positive, "100", "sockets", "Sockets that an account may have open at the same time"
    )
    average_execution_ms: int = _setting(
        positive, "2750", "ms", "What an execution takes on average; the estimated wait is made of it"
    )
    cors_allowed_origins: frozenset[str] = _setting(
        origins, "", "list", "Origins, separated by commas, whose pages may call the API; * is any"
    )
    venue_circuit_failures: int = _setting(
        positive, "5", "quotes", "Failures in a row after which a venue is left alone"
    )
    venue_circuit_rest_ms: int = _setting(positive, "10000", "ms", "How long it is left alone")

    quote_deadline_ms: int = _setting(positive, "1500", "ms", "How long a venue may take to quote")
    quote_ttl_ms: int = _setting(positive, "10000", "ms", "How old a route may be when its swap is built")
    plausibility_bps: int = _setting(
        positive,
        "300",
        "bps",
        "An offer that beats every other venue's spot price by more must pass simulation first",
    )
    landing_budget_ms: int = _setting(
        whole, "3000", "ms", "Nothing is first sent with less than this left of the order's life"
    )
    landing_wait_ms: int = _setting(
        slot, "8000", "ms", "How long an execution may take until it gives its slot back; at most 8000"
    )
    poll_interval_ms: int = _setting(positive, "200", "ms", "Time between two looks at the chain")
    resend_interval_ms: int = _setting(positive, "2000", "ms", "Time between two sends of the same bytes")

    service_name: str = _setting(text, "order-execution", "name", "Service name in logs and metrics")
    metrics_namespace: str = _setting(text, "OrderExecution", "name", "CloudWatch namespace of the metrics")
    log_level: str = _setting(text, "INFO", "level", "Least severe level that is logged")

    paper_seed: str = _setting(text, "paper", "text", "Seed of delays, drift and faults")
    paper_quote_delay_ms: DelayRange = _setting(delay, "200-300", "ms", "Time that a venue takes to quote")
    paper_landing_delay_ms: DelayRange = _setting(
        delay, "2000-3000", "ms", "Time from the first send to the landing"
    )
    paper_drift_bps: int = _setting(whole, "20", "bps", "Greatest distance that prices drift by themselves")
    paper_block_ms: int = _setting(positive, "400", "ms", "Time between two blocks")
    paper_blockhash_blocks: int = _setting(
        positive, "150", "blocks", "Blocks for which a transaction is valid"
    )
    paper_finality_blocks: int = _setting(positive, "32", "blocks", "Blocks from confirmed to finalized")
    paper_fault_venue_down: Decimal = _setting(rate, "0", "fraction", "Quotes that fail at once")
    paper_fault_venue_slow: Decimal = _setting(rate, "0", "fraction", "Quotes that miss their deadline")
    paper_fault_venue_garbage: Decimal = _setting(
        rate, "0", "fraction", "Quotes that are malformed or far off the market"
    )
    paper_fault_dropped: Decimal = _setting(rate, "0", "fraction", "Transactions that never land")
    paper_fault_late: Decimal = _setting(
        rate, "0", "fraction", "Transactions that land in their last two valid blocks, or just miss them"
    )
    paper_fault_reverted: Decimal = _setting(rate, "0", "fraction", "Transactions that land with an error")
    paper_fault_forked: Decimal = _setting(
        rate, "0", "fraction", "Transactions that are seen in a block that is forked away; half land later"
    )
    paper_fault_lost_request: Decimal = _setting(
        rate, "0", "fraction", "Chain calls that never arrive and time out"
    )
    paper_fault_lost_answer: Decimal = _setting(
        rate, "0", "fraction", "Sends that take effect and then time out"
    )
    paper_fault_rate_limited: Decimal = _setting(rate, "0", "fraction", "Chain calls that are refused by 429")
    paper_fault_delayed: Decimal = _setting(
        rate, "0", "fraction", "Chain calls that arrive half a second late"
    )
    paper_fault_lagging: Decimal = _setting(
        rate, "0", "fraction", "Looks at the chain that a node answers which lags behind"
    )
    paper_fault_garbage: Decimal = _setting(rate, "0", "fraction", "Chain answers that can't be read")
    fault_table_lost_answer: Decimal = _setting(
        rate, "0", "fraction", "Writes to the tables that take effect and then time out"
    )

    @property
    def is_open(self) -> bool:
        """Whether everybody may call, without a key, as one account."""
        return self.auth_mode == "open"


@dataclass(frozen=True, slots=True)
class EventSources:
    """What drives the event handlers, as Chalice's packager wants to know it.

    The values matter only to a deployment with Chalice; template.yaml names its own.
    """

    orders_queue_arn: str
    dead_letter_queue_arn: str
    orders_stream_arn: str
    subscriptions_stream_arn: str


def load_event_sources(environment: Mapping[str, str] | None = None) -> EventSources:
    """Read the event sources; placeholders of the right form stand in where none is given."""
    source = os.environ if environment is None else environment
    table = "arn:aws:dynamodb:us-east-1:000000000000:table"
    return EventSources(
        source.get("ORDERS_QUEUE_ARN", "arn:aws:sqs:us-east-1:000000000000:orders"),
        source.get("DEAD_LETTER_QUEUE_ARN", "arn:aws:sqs:us-east-1:000000000000:dead-letter"),
        source.get("ORDERS_STREAM_ARN", f"{table}/orders/stream/2026-01-01T00:00:00.000"),
        source.get("SUBSCRIPTIONS_STREAM_ARN", f"{table}/subscriptions/stream/2026-01-01T00:00:00.000"),
    )


def variable(setting: Field[Any]) -> str:
    """The environment variable of a setting."""
    return setting.name.upper()


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read all settings from the environment.

    Raises
    ------
    InvalidSettings
        Some were missing or malformed; all of them are named, with the form expected.
    """
    source = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for setting in fields(Settings):
        raw = source.get(variable(setting)) or setting.metadata["default"]
        if raw is None:
            wrong.append(f"{variable(setting)} is not set ({setting.metadata['meaning']})")
            continue
        try:
            values[setting.name] = setting.metadata["parse"](raw)
        except (ValueError, KeyError, InvalidOperation):
            form = FORMS[setting.metadata["parse"]]
            wrong.append(f"{variable(setting)} was {raw!r} and must be {form}")
    if values.get("stream_stage") == PRODUCTION:
        wrong += _refused_in_production(values)
    if wrong:
        raise InvalidSettings("; ".join(wrong))
    return Settings(**values)


def _refused_in_production(values: Mapping[str, Any]) -> list[str]:
    refused = ["AUTH_MODE may not be open"] if values.get("auth_mode") == "open" else []
    faults = [name for name, value in values.items() if name.startswith(FAULTS) and value]
    refused += [f"{name.upper()} must be 0" for name in faults]
    return [f"{each} in the stage {PRODUCTION}" for each in refused]
