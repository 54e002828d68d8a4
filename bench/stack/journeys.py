"""Measure how fast orders are executed, and how soon a client is told."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from bench.stack.clients import Event, Journey, client_of, follow, place
from bench.stack.figures import Figure, percentile

IDLE_ORDERS = 20
CROWD_ORDERS = 60
CROWD_CLIENTS = 10
ORDERS = 300
CLIENTS = 30
LIFE = 300


def delays(rest_url: str) -> Iterator[Figure]:
    """Measure the delay from commit to socket when idle and with ten orders at once."""
    idle = _delays(rest_url, IDLE_ORDERS, 1)
    yield Figure("commit to socket, idle", "p50", percentile(idle, 50) * 1000, "ms")
    yield Figure("commit to socket, idle", "p95", percentile(idle, 95) * 1000, "ms", "<= 60")
    crowd = _delays(rest_url, CROWD_ORDERS, CROWD_CLIENTS)
    yield Figure("commit to socket, 10 orders at once", "p50", percentile(crowd, 50) * 1000, "ms")
    yield Figure("commit to socket, 10 orders at once", "p95", percentile(crowd, 95) * 1000, "ms", "<= 200")


def throughput(rest_url: str) -> Iterator[Figure]:
    """Measure the orders a minute, and how long they spend in each step."""
    began = time.perf_counter()
    journeys = _run(rest_url, ORDERS, CLIENTS)
    minutes = (time.perf_counter() - began) / 60
    yield Figure("300 orders from 30 clients", "orders", ORDERS / minutes, "a minute", ">= 250")
    confirmed = [journey for journey in journeys if journey[-1][0]["status"] == "confirmed"]
    yield Figure("300 orders from 30 clients", "confirmed", len(confirmed), "orders", f">= {ORDERS}")
    for name, first, last, aim in (
        ("in the queue", 0, 1, ""),
        ("executing", 1, -2, ""),
        ("landing", -2, -1, ""),
        ("from POST to confirmed", 0, -1, "<= 5"),
    ):
        took = [_seconds(journey[first][0], journey[last][0]) for journey in confirmed]
        yield Figure("300 orders from 30 clients", f"{name}, p50", percentile(took, 50), "s", aim)


def _delays(rest_url: str, count: int, clients: int) -> list[float]:
    journeys = _run(rest_url, count, clients)
    return [delay for journey in journeys for _, delay in journey if delay]


def _run(rest_url: str, count: int, clients: int) -> list[Journey]:
    def one_client(share: int) -> list[Journey]:
        journeys = []
        with client_of(rest_url) as client:
            for _ in range(share):
                accepted = place(client, validForSeconds=LIFE)
                journeys.append(follow(accepted["streamUrl"]))
        return journeys

    with ThreadPoolExecutor(clients) as threads:
        shares = threads.map(one_client, [count // clients] * clients)
        return [journey for share in shares for journey in share]


def _seconds(first: Event, last: Event) -> float:
    began, ended = (datetime.fromisoformat(event["timestamp"]) for event in (first, last))
    return (ended - began).total_seconds()
