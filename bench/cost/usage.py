"""The usage of each service by one order, from the bench's figures and the durations on AWS.

The order is placed with an API key and an Idempotency-Key, confirmed at its first attempt, and followed over
one socket, which its ticket opens. What is known of a key is kept for a minute, and counts for nothing here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

from bench.capacity.assumptions import Assumptions
from bench.capacity.durations import invocations, works
from chalicelib.api import stream_messages
from infra.documents import examples

WRITE_BYTES, READ_BYTES = 1024, 4096
VERSIONS = 5
"""Versions of an order that is confirmed at its first attempt."""

MESSAGES = 5
"""Messages to an order's socket: the backfill and four updates."""

OPEN_ORDERS, BY_ACCOUNT = "orders, open-orders", "orders, by-account"
EXPOSURE, SOCKETS = "accounts, exposure", "accounts, sockets"
POOL = "paper, pool"
"""Places of writes that are not whole tables: indexes, items of one account, and the pool."""
PAPER = "DynamoDB, paper trading"

# What the sizes don't tell: which writes there are, and what the indexes hold.
OPEN_INDEX_WRITES = 4
"""Index writes of an order: it enters, moves from waiting to submitted (two writes), and leaves."""

BY_ACCOUNT_WRITES = 1
"""Index writes of an order: the index holds keys only, which never change."""

DELIVERED_WRITES = MESSAGES
"""Writes of `delivered`: one after each message, so that the next one makes up for a lost record."""

SUBSCRIPTION_WRITES = 4
"""Writes of a subscription and of its index entry: each is stored and removed."""

EXPOSURE_BYTES = 250 + 50 * 22 + 30 * 40
"""Assumed size of an exposure: 50 orders of 22 bytes, and 30 claims of the minute of 40 bytes."""

SOCKETS_BYTES = 100 + 100 // 2 * 12
"""Assumed size of an account's item of sockets: 50 of at most 100 on average, 12 bytes each."""


@dataclass(frozen=True, slots=True)
class Use:
    """A priced usage: the amount and its purpose; `place` is the table or index that is written."""

    service: str
    price: str
    amount: float
    why: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """Land's share per order, of its batch: invocations, and GB-seconds."""

    invocations: float
    gb_seconds: float


class Figures:
    """The bench's figures by group and name."""

    def __init__(self, measured: Mapping[str, Any]) -> None:
        self._values = {(each["group"], each["name"]): float(each["value"]) for each in measured["figures"]}

    def value(self, group: str, name: str) -> float:
        """Return one figure. Raises KeyError if it was not measured."""
        return self._values[group, name]

    def group(self, group: str) -> dict[str, float]:
        """Return all figures of a group, by name."""
        return {name: value for (of, name), value in self._values.items() if of == group}


def uses(
    figures: Figures, assumed: Assumptions, stated: Mapping[str, float], landing: Landing, *, paper: bool
) -> Iterator[Use]:
    """Yield everything that an order uses; `stated` holds the assumptions of prices.toml."""
    yield from _functions(assumed, landing)
    yield Use("API Gateway, REST", "rest_request", 1, "the POST")
    yield Use("API Gateway, WebSocket", "websocket_message", MESSAGES, "a backfill and four updates")
    seconds = stated["socket_seconds"]
    yield Use("API Gateway, WebSocket", "websocket_minute", seconds / 60, f"open for {seconds:g} s")
    yield Use("SQS", "sqs_request", 3, "the orders queue: sent, received, deleted")
    yield Use("SQS", "sqs_request", 1 + 2 * landing.invocations, "the landings queue; a batch shares its two")
    yield from writes(figures)
    yield from _reads(figures)
    if paper:
        yield from _paper(figures)
    logged = sum(figures.group("logged").values()) / 1e9
    yield Use("CloudWatch", "logs_gb", logged, f"{logged * 1e9:,.0f} bytes of logs")
    sent = (bytes_sent(stated["sent_around_bytes"]) + stated["asked_bytes"]) / 1e9
    why = f"{sent * 1e9:,.0f} bytes sent to the client, the venues and the chain"
    yield Use("Data transfer", "egress_gb", sent, why)


def bytes_sent(around: float) -> float:
    """Return the bytes of the answer and the socket's messages, each with `around` bytes of headers."""
    pending, *later = examples.history()
    messages = [
        json.dumps(examples.accepted()).encode(),
        stream_messages.backfill(pending, 0, examples.MARKET),
    ]
    messages += [stream_messages.status_update(order, order.events[-1]) for order in later]
    return sum(len(message) + around for message in messages)


def writes(figures: Figures) -> Iterator[Use]:
    """Yield the write units of an order, by table and index."""
    sizes = [figures.value("item", f"order, version {version}") for version in range(1, VERSIONS + 1)]
    key = figures.value("item", "largest of orders, idempotency")
    created = 2 * units([sizes[0], key])
    yield _write(created, "order and key, in one transaction", "orders")
    # An update costs what the larger item does, of the one before and the one after.
    saved = units([max(pair) for pair in pairwise(sizes)])
    yield _write(saved, "four saves of the item", "orders")
    yield _write(OPEN_INDEX_WRITES, "the index of open orders", OPEN_ORDERS)
    yield _write(BY_ACCOUNT_WRITES, "the index by account", BY_ACCOUNT)
    exposure = units([EXPOSURE_BYTES])
    yield _write(exposure, "the account's exposure and its open orders", EXPOSURE)
    subscription = SUBSCRIPTION_WRITES + DELIVERED_WRITES
    yield _write(subscription, "the subscription, its index, what was delivered", "subscriptions")
    yield _write(2, "the ticket, stored and taken", "accounts")
    yield _write(2, "the socket, stored and removed", "accounts")
    sockets = 2 * units([SOCKETS_BYTES])
    yield _write(sockets, "the account's sockets, one more and one less", SOCKETS)


def units(sizes: Sequence[float]) -> int:
    """Return the write units of items of these sizes (bytes)."""
    return sum(ceil(size / WRITE_BYTES) for size in sizes)


def _functions(assumed: Assumptions, landing: Landing) -> Iterator[Use]:
    seconds = {
        name: invocations()[name] * work.mean(assumed) / 1000 * work.memory_mb / 1024
        for name, work in works(assumed).items()
    }
    invoked = sum(invocations().values()) + landing.invocations
    yield Use("Lambda", "lambda_request", invoked, "invocations")
    executing = seconds.pop("execute")
    yield Use("Lambda", "lambda_gb_second", executing, "Execute, which mostly waits for venues and the chain")
    yield Use("Lambda", "lambda_gb_second", landing.gb_seconds, "Land, which a batch of orders shares")
    yield Use("Lambda", "lambda_gb_second", sum(seconds.values()), "all other functions")


def _write(amount: float, why: str, place: str) -> Use:
    return Use("DynamoDB", "dynamodb_write_unit", amount, why, place)


def _reads(figures: Figures) -> Iterator[Use]:
    final = ceil(figures.value("item", f"order, version {VERSIONS}") / READ_BYTES)
    for amount, why in (
        (1.5, "accept: the key, the backlog"),
        (3 + final, "connect, execute, land and backfill: the order"),
        (0.5 + MESSAGES, "who follows the order, at each event"),
        (3, "the account's sockets, as it begins and ends; the socket"),
    ):
        yield Use("DynamoDB", "dynamodb_read_unit", amount, why)


def paper_writes(figures: Figures) -> Iterator[Use]:
    """Yield the write units of an order on the paper chain: its signature, and the pool that it moves."""
    signature = units([figures.value("item", "largest of paper, signature")])
    pool = units([figures.value("item", "largest of paper, pools")])
    yield Use(PAPER, "dynamodb_write_unit", signature, "the transaction sent", "paper")
    why = "in one transaction: that it landed"
    yield Use(PAPER, "dynamodb_write_unit", 2 * signature, why, "paper")
    yield Use(PAPER, "dynamodb_write_unit", 2 * pool, "and its pool", POOL)


def _paper(figures: Figures) -> Iterator[Use]:
    yield from paper_writes(figures)
    looks = figures.value("AWS calls", "execute")
    yield Use(PAPER, "dynamodb_read_unit", looks, "pools, and the chain looked at while it lands")
