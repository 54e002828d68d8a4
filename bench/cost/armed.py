"""Costs of orders that wait for a price: armed once, kept and watched each month, fired.

The calls are those of chalicelib/services/watch_prices.py and of the adapters that it asks: what a look reads
depends on the directions in which orders are armed, and not on how many orders there are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.capacity.assumptions import Assumptions
from bench.capacity.durations import works
from bench.cost.usage import BY_ACCOUNT_WRITES, EXPOSURE_BYTES, Figures, units

Prices = Mapping[str, Mapping[str, float]]

MINUTES = 730 * 60
SECONDS = MINUTES * 60
WATCH_GB = 0.5
MILLION = 10**6

MOVED = 2
"""Writes of an index entry that changes its partition: the old one goes, and a new one comes."""


@dataclass(frozen=True, slots=True)
class Armed:
    """Armed orders, and the directions (tokenIn, tokenOut) in which they are."""

    orders: int
    directions: int

    def __str__(self) -> str:
        return f"{self.orders:,} in {self.directions} directions"


SCALES = (Armed(1_000, 8), Armed(100_000, 40))
"""What the page has columns for."""


def idle_watch(prices: Prices) -> float:
    """Return the monthly costs of watchers that find nothing armed."""
    aws, assumed = prices["aws"], prices["assumed"]
    seconds = assumed["idle_watch_seconds"]
    return MINUTES * (
        aws["lambda_request"]
        + WATCH_GB * seconds * aws["lambda_gb_second_arm"]
        + assumed["registry_read_units"] * aws["dynamodb_read_unit"]
    )


def watching(prices: Prices, directions: int) -> float:
    """Return the monthly costs of watching prices in these directions all the time, on a real chain."""
    aws, assumed = prices["aws"], prices["assumed"]
    at_once = (assumed["watch_seconds"] + assumed["handover_seconds"]) / 60
    looks = SECONDS / assumed["look_every_seconds"] * at_once
    reads = looks * (
        assumed["registry_read_units"]
        + assumed["look_read_units"]
        + directions * assumed["look_direction_read_units"]
    )
    return (
        SECONDS * at_once * WATCH_GB * aws["lambda_gb_second_arm"]
        + MINUTES * aws["lambda_request"]
        + reads * aws["dynamodb_read_unit"]
        + SECONDS / assumed["beat_seconds"] * at_once * aws["dynamodb_write_unit"]
        + assumed["armed_metrics"] * aws["custom_metric_month"]
    )


def arming(figures: Figures, prices: Prices, assumed: Assumptions) -> float:
    """Return the costs of placing one armed order, without a socket to follow it."""
    aws = prices["aws"]
    key = figures.value("item", "largest of orders, idempotency")
    written = 2 * units([_item(figures, prices), key]) + BY_ACCOUNT_WRITES + units([EXPOSURE_BYTES])
    entries_and_registry = 3  # of open and of watched orders, and that something is armed in this direction
    api = works(assumed)["api"]
    return (
        aws["rest_request"]
        + aws["lambda_request"]
        + api.mean(assumed) / 1000 * api.memory_mb / 1024 * aws["lambda_gb_second_arm"]
        + (written + entries_and_registry) * aws["dynamodb_write_unit"]
    )


def kept(figures: Figures, prices: Prices) -> float:
    """Return the monthly costs of one armed order's item, its index entries and its backup."""
    aws = prices["aws"]
    item = _item(figures, prices)
    indexed = 3 * prices["assumed"]["index_entry_bytes"]
    return (item + indexed) / 1e9 * aws["dynamodb_gb_month"] + item / 1e9 * aws["dynamodb_backup_gb_month"]


def firing(figures: Figures, prices: Prices) -> float:
    """Return the costs of one firing, up to the message that asks for its execution."""
    aws = prices["aws"]
    saved = units([_item(figures, prices)])
    unwatched = 1
    return (
        (saved + MOVED + unwatched) * aws["dynamodb_write_unit"]
        + prices["assumed"]["judged_read_units"] * aws["dynamodb_read_unit"]
        + aws["sqs_request"]
    )


def rows(figures: Figures, prices: Prices, assumed: Assumptions) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the page's table, a column each for nothing armed and for each of SCALES."""
    once, monthly = arming(figures, prices, assumed), kept(figures, prices)
    yield "arming them, once", "$0", *(f"${each.orders * once:,.2f}" for each in SCALES)
    yield "keeping them, a month", "$0", *(f"${each.orders * monthly:,.4f}" for each in SCALES)
    watched = (watching(prices, each.directions) for each in SCALES)
    yield (
        "**watching for them, a month**",
        f"${idle_watch(prices):,.2f}",
        *(f"**${dollars:,.2f}**" for dollars in watched),
    )
    a_million = f"${MILLION * firing(figures, prices):,.2f}"
    yield "a million firings, before their executions", "", *(a_million for _ in SCALES)


def _item(figures: Figures, prices: Prices) -> float:
    """The bytes of an armed order: a new one's, and its terms, its time and what it watches."""
    return figures.value("item", "order, version 1") + prices["assumed"]["armed_bytes"]
