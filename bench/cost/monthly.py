"""Monthly costs: sweeps, polls, monitoring, idle sockets, open pages, storage; and of the original."""

from bench.capacity.assumptions import Assumptions
from bench.capacity.durations import works
from bench.cost.armed import Prices, idle_watch
from bench.cost.usage import Figures

HOURS = 730
MINUTES = HOURS * 60
SECONDS = HOURS * 3600
RECONCILE_GB = 0.25
LONG_POLL_SECONDS = 20
MESSAGES_A_PING = 2
"""Messages of a ping: the ping and its answer."""

SOCKETS = 10_000
"""The number of idle sockets for which the page gives the costs."""


def fixed(prices: Prices, *, orders_open: bool) -> float:
    """Return the fixed costs: Reconcile, which sweeps while orders are open, Watch, polls, and monitoring.

    Watch finds nothing armed; what watching costs is `armed.watching`'s.
    """
    aws, assumed = prices["aws"], prices["assumed"]
    seconds = assumed["sweep_seconds"] if orders_open else assumed["idle_reconcile_seconds"]
    sweeps = assumed["sweep_seconds"] // assumed["sweep_every_seconds"] + 1 if orders_open else 1
    reads = sweeps * assumed["sweep_read_units"] if orders_open else 1
    reconcile = MINUTES * (
        aws["lambda_request"]
        + RECONCILE_GB * seconds * aws["lambda_gb_second_arm"]
        + reads * aws["dynamodb_read_unit"]
    )
    polls = assumed["queues"] * assumed["pollers"] * SECONDS / LONG_POLL_SECONDS * aws["sqs_request"]
    watched = ("custom_metric", "alarm", "dashboard")
    return (
        reconcile
        + idle_watch(prices)
        + polls
        + sum(assumed[f"{kind}s"] * aws[f"{kind}_month"] for kind in watched)
    )


def idle_sockets(prices: Prices, assumed: Assumptions, pinged_every: float) -> float:
    """Return the costs of SOCKETS open sockets that only send a ping every `pinged_every` seconds."""
    aws = prices["aws"]
    # A ping asks for the socket, for what it follows, and for the newest of it.
    connect = works(assumed)["connect"]
    a_ping = (
        MESSAGES_A_PING * aws["websocket_message"]
        + aws["lambda_request"]
        + connect.mean(assumed) / 1000 * connect.memory_mb / 1024 * aws["lambda_gb_second_arm"]
        + prices["assumed"]["ping_read_units"] * aws["dynamodb_read_unit"]
    )
    return SOCKETS * (MINUTES * aws["websocket_minute"] + SECONDS / pinged_every * a_ping)


def open_page(prices: Prices, assumed: Assumptions) -> float:
    """Return the costs of one tab with the dashboard and its socket, left open and visible."""
    aws, stated = prices["aws"], prices["assumed"]
    lists = SECONDS / stated["tab_list_seconds"]
    asked = SECONDS / stated["tab_health_seconds"] + lists
    api = works(assumed)["api"]
    a_request = (
        aws["rest_request"]
        + aws["lambda_request"]
        + api.mean(assumed) / 1000 * api.memory_mb / 1024 * aws["lambda_gb_second_arm"]
    )
    read = lists * stated["tab_list_read_units"] * aws["dynamodb_read_unit"]
    socket = idle_sockets(prices, assumed, stated["ping_seconds"]) / SOCKETS
    return asked * a_request + read + lists * stated["tab_answer_bytes"] / 1e9 * aws["egress_gb"] + socket


def stored(figures: Figures, prices: Prices) -> float:
    """Return the storage costs of an order's item, its backup and its logs."""
    aws = prices["aws"]
    item = figures.value("item", "order, version 5") / 1e9
    kept = item * (aws["dynamodb_gb_month"] + aws["dynamodb_backup_gb_month"])
    logged = sum(figures.group("logged").values()) / 1e9
    return kept + logged * aws["logs_gb_month"]


def original(rate: float, prices: Prices) -> float:
    """Return the costs of the always-on design at this rate, in orders a second."""
    theirs = prices["original"]
    workers = max(1, -(-rate * theirs["execution_seconds"] // theirs["executions_a_container"]))
    # One database is large enough for a hundred orders a second; larger ones cost more in proportion.
    databases = max(1, rate / 100)
    containers = (1 + workers) * theirs["container_hour"]
    shared = (2 * theirs["redis_hour"] + theirs["postgres_hour"]) * databases + theirs["load_balancer_hour"]
    disk = rate * SECONDS * 4_000 / 1e9 * theirs["disk_gb_month"]
    return (containers + shared) * HOURS + disk
