"""Measure how fast orders are accepted, while nothing is executed.

Every order stays open then, and its account's exposure names it. An account is meant to have a hundred open
orders: the exposure is emptied before each measurement.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.stack.clients import client_of, place
from bench.stack.figures import Figure, percentile
from infra.local.stack import Stack

LIFE = 3600
"""Life of an order in seconds: so long that the backlog refuses none of the bench's orders."""

ALONE = 100
TOGETHER = 300
CLIENTS = 10


def measure(stack: Stack) -> Iterator[Figure]:
    """Measure the acceptance of orders by one client and by ten, with warm functions."""
    rest_url = stack.rest_url
    _place(rest_url, 30)
    with ThreadPoolExecutor(CLIENTS) as clients:  # every worker of the function is warm
        list(clients.map(lambda _: _place(rest_url, 10), range(CLIENTS)))
    _empty_exposure(stack)
    took = _place(rest_url, ALONE)
    yield Figure("accept, 1 client", "p50", percentile(took, 50) * 1000, "ms", "<= 25")
    yield Figure("accept, 1 client", "p95", percentile(took, 95) * 1000, "ms")
    yield Figure("accept, 1 client", "rate", len(took) / sum(took), "a second")
    _empty_exposure(stack)
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        shares = clients.map(lambda _: _place(rest_url, TOGETHER // CLIENTS), range(CLIENTS))
        took = [each for share in shares for each in share]
    seconds = time.perf_counter() - began
    yield Figure("accept, 10 clients", "p50", percentile(took, 50) * 1000, "ms")
    yield Figure("accept, 10 clients", "p95", percentile(took, 95) * 1000, "ms")
    yield Figure("accept, 10 clients", "rate", len(took) / seconds, "a second", ">= 100")


def _place(rest_url: str, count: int) -> list[float]:
    took = []
    with client_of(rest_url) as client:
        for _ in range(count):
            began = time.perf_counter()
            place(client, validForSeconds=LIFE)
            took.append(time.perf_counter() - began)
    return took


def _empty_exposure(stack: Stack) -> None:
    table = (stack.outputs or {})["AccountsTable"]
    stack.clients().dynamodb.delete_item(TableName=table, Key={"pk": {"S": "EXPOSURE#open"}})
