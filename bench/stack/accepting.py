"""How fast orders are accepted, while nothing is executed."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.stack.clients import client_of, place
from bench.stack.figures import Figure, percentile

LIFE = 3600
"""So long that a backlog of the bench's orders refuses none."""

ALONE = 200
TOGETHER = 1000
CLIENTS = 10


def measure(rest_url: str) -> Iterator[Figure]:
    """Accept at one client and at ten, warm."""
    _place(rest_url, 30)
    with ThreadPoolExecutor(CLIENTS) as clients:  # every worker of the function is warm
        list(clients.map(lambda _: _place(rest_url, 10), range(CLIENTS)))
    took = _place(rest_url, ALONE)
    yield Figure("accept, 1 client", "p50", percentile(took, 50) * 1000, "ms", "<= 25")
    yield Figure("accept, 1 client", "p95", percentile(took, 95) * 1000, "ms")
    yield Figure("accept, 1 client", "rate", len(took) / sum(took), "a second")
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
