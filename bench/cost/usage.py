"""What one order uses of each service, from the figures of the bench.

The order is placed with an API key and an Idempotency-Key, confirmed at its first attempt, and followed over
one socket, which its ticket opens. What is known of a key is kept for a minute, and counts for nothing here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

WRITE_BYTES, READ_BYTES = 1024, 4096
MEMORY_GB = {"api": 1.0}
OTHER_MEMORY_GB = 0.5
EXPOSURE_UNITS = 4
"""An account's exposure names up to 100 orders, 50 bytes each, and half as many on the average."""

SOCKETS_UNITS = 2
"""An account's item of open sockets names up to 100, 30 bytes each, and half as many on the average."""

EVENTS = 5
NOT_LOGGED = ("connect", "disconnect")
"""Functions of which the emulator keeps no log; they do what backfill does or less, and are taken for it."""


@dataclass(frozen=True, slots=True)
class Use:
    """An amount of something that has a price, and why it is used."""

    service: str
    price: str
    amount: float
    why: str


class Figures:
    """The bench's figures by group and name."""

    def __init__(self, measured: Mapping[str, Any]) -> None:
        self._values = {(each["group"], each["name"]): float(each["value"]) for each in measured["figures"]}

    def value(self, group: str, name: str) -> float:
        """One figure. Raises KeyError when it was not measured."""
        return self._values[group, name]

    def group(self, group: str) -> dict[str, float]:
        """All figures of a group."""
        return {name: value for (of, name), value in self._values.items() if of == group}


def uses(figures: Figures, seconds: float, *, paper: bool) -> Iterator[Use]:
    """Everything that an order uses, whose socket is open for so many seconds."""
    yield from _functions(figures)
    yield Use("API Gateway, REST", "rest_request", 1, "the POST")
    yield Use("API Gateway, WebSocket", "websocket_message", EVENTS, "a backfill and four updates")
    yield Use("API Gateway, WebSocket", "websocket_minute", seconds / 60, f"open for {seconds:g} s")
    yield Use("SQS", "sqs_request", 3, "sent, received, deleted")
    yield from _writes(figures)
    yield from _reads(figures)
    if paper:
        yield from _paper(figures)
    logged = sum(figures.group("logged").values()) / 1e9
    yield Use("CloudWatch", "logs_gb", logged, f"{logged * 1e9:,.0f} bytes of logs")


def _functions(figures: Figures) -> Iterator[Use]:
    invoked, took = figures.group("invocations"), figures.group("duration")
    for name in NOT_LOGGED:
        invoked[name], took[name] = 1.0, took["backfill"]
    seconds = {
        name: invoked[name] * took[name] / 1000 * MEMORY_GB.get(name, OTHER_MEMORY_GB) for name in took
    }
    for name in ("dead-letter", "reconcile"):
        invoked.pop(name, None)  # they run by the minute, not by the order
        seconds.pop(name, None)
    yield Use("Lambda", "lambda_request", sum(invoked.values()), "invocations")
    executing = seconds.pop("execute")
    yield Use("Lambda", "lambda_gb_second", executing, "Execute, which mostly waits for venues and the chain")
    yield Use("Lambda", "lambda_gb_second", sum(seconds.values()), "all other functions")


def _writes(figures: Figures) -> Iterator[Use]:
    sizes = [figures.value("item", f"order, version {version}") for version in range(1, EVENTS + 1)]
    created = 2 * (_units([sizes[0]]) + _units([figures.value("item", "largest of orders, idempotency")]))
    yield Use("DynamoDB", "dynamodb_write_unit", created, "order and key, in one transaction")
    yield Use("DynamoDB", "dynamodb_write_unit", _units(sizes[1:]), "four saves of the growing item")
    yield Use("DynamoDB", "dynamodb_write_unit", 2 + EVENTS, "indexes: by account, and of open orders")
    yield Use("DynamoDB", "dynamodb_write_unit", EXPOSURE_UNITS, "the account's exposure and its open orders")
    yield Use(
        "DynamoDB", "dynamodb_write_unit", 4 + EVENTS, "the subscription, its index, what was delivered"
    )
    yield Use("DynamoDB", "dynamodb_write_unit", 2, "the ticket, stored and taken")
    yield Use("DynamoDB", "dynamodb_write_unit", 2, "the socket, stored and removed")
    yield Use(
        "DynamoDB", "dynamodb_write_unit", 2 * SOCKETS_UNITS, "the account's sockets, one more and one less"
    )


def _reads(figures: Figures) -> Iterator[Use]:
    final = ceil(figures.value("item", f"order, version {EVENTS}") / READ_BYTES)
    yield Use("DynamoDB", "dynamodb_read_unit", 1.5, "accept: the key, the backlog")
    yield Use("DynamoDB", "dynamodb_read_unit", 2 + final, "connect, execute and backfill: the order")
    yield Use("DynamoDB", "dynamodb_read_unit", 0.5 + EVENTS, "who follows the order, at each event")
    yield Use("DynamoDB", "dynamodb_read_unit", 3, "the account's sockets, as it begins and ends; the socket")


def _paper(figures: Figures) -> Iterator[Use]:
    signature = _units([figures.value("item", "largest of paper, signature")])
    pool = _units([figures.value("item", "largest of paper, pools")])
    yield Use("DynamoDB, paper trading", "dynamodb_write_unit", signature, "the transaction sent")
    yield Use(
        "DynamoDB, paper trading",
        "dynamodb_write_unit",
        2 * (signature + pool),
        "the landing, in one transaction",
    )
    looks = figures.value("AWS calls", "execute")
    yield Use(
        "DynamoDB, paper trading",
        "dynamodb_read_unit",
        looks,
        "pools, and the chain looked at while it lands",
    )


def _units(sizes: Sequence[float]) -> int:
    return sum(ceil(size / WRITE_BYTES) for size in sizes)
