"""The limits of AWS and of a deployment: what an order uses of each, and the load that reaches it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.capacity.assumptions import Assumptions
from bench.capacity.deployment import Shape
from bench.capacity.durations import EVENTS
from bench.cost.usage import (
    BY_ACCOUNT,
    EXPOSURE,
    OPEN_ORDERS,
    POOL,
    SOCKETS,
    Figures,
    paper_writes,
    writes,
)

TABLES = ("orders", "subscriptions", "accounts")
INDEXES = (OPEN_ORDERS, BY_ACCOUNT)
REQUESTS = 2 + EVENTS
"""Requests of API Gateway per order: the POST, the handshake, and the messages to its socket."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limited resource: its unit, what an order uses of it, how much there is, and how to raise it."""

    name: str
    unit: str
    an_order: float
    there_is: float
    raising: str

    @property
    def met_at(self) -> float:
        """Orders a second that use all of it."""
        return self.there_is / self.an_order


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds for which an order uses a slot, a place in a landing's batch, all functions, and Broadcast."""

    slot: float
    landing: float
    functions: float
    broadcast: float


def limits(assumed: Assumptions, figures: Figures, shape: Shape, seconds: Seconds) -> Iterator[Limit]:
    """Yield the limits that all accounts share."""
    there_is, units = assumed.limits, units_by_place(figures)
    yield Limit("slots", "s", seconds.slot, shape.slots, "`ExecutionsAtOnce` in template.yaml")
    if not shape.observes_in_slot:
        places = shape.landings * shape.batch
        yield Limit("places in landings", "s", seconds.landing, places, "the landings at once")
    concurrency = there_is["account_concurrency"]
    yield Limit("the account's Lambda", "s", seconds.functions, concurrency, "the account's quota of Lambda")
    warm = "the table's warm throughput"
    for table in TABLES:
        taken = _of_table(units, table)
        yield Limit(f"writes of the table {table}", "units", taken, there_is["table_writes"], warm)
    index = shape.shards * there_is["partition_writes"]
    yield Limit("the index of open orders", "units", units[OPEN_ORDERS], index, "its shards")
    of_a_stage, of_an_account = there_is["stage_requests"], there_is["account_requests"]
    yield Limit("POSTs of the stage", "requests", 1, of_a_stage, "`ThrottlingRateLimit` in template.yaml")
    quota = "the account's quota of API Gateway"
    yield Limit("requests of API Gateway", "requests", REQUESTS, of_an_account, quota)
    yield Limit("new sockets", "sockets", 1, there_is["new_sockets"], quota)
    readers = there_is["stream_shards"] * there_is["stream_factor"]
    yield Limit("readers of the orders' stream", "s", seconds.broadcast, readers, f"{warm}: more shards")


def limits_of_items(assumed: Assumptions, figures: Figures) -> Iterator[Limit]:
    """Yield the limits of single items: no parameter raises the throughput of a partition."""
    units, partition = units_by_place(figures), assumed.limits["partition_writes"]
    for place, name in (
        (EXPOSURE, "one account's exposure"),
        (SOCKETS, "one account's sockets"),
        (BY_ACCOUNT, "one account's entries of the index by account"),
        (POOL, "paper trading: the pool that all trade in"),
    ):
        yield Limit(name, "units", units[place], partition, "nothing")


def units_by_place(figures: Figures) -> dict[str, float]:
    """Return the write units of an order by table, index, and item of one account."""
    units: dict[str, float] = {}
    for use in (*writes(figures), *paper_writes(figures)):
        units[use.place] = units.get(use.place, 0) + use.amount
    return units


def _of_table(units: Mapping[str, float], table: str) -> float:
    return sum(
        amount
        for place, amount in units.items()
        if place.split(", ")[0] == table and place not in INDEXES  # an index has a throughput of its own
    )
