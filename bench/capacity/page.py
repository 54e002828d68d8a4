"""Write the simulated figures for docs/performance.md and docs/capacity.svg."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.capacity.scenarios import BUSY, QUIET, TOO_MANY, Row
from bench.svg import BLUE, FAINT, GREEN, RED, Chart

PLACE = re.compile(r"(<!-- capacity -->\n).*?(<!-- /capacity -->)", re.DOTALL)
LINES = {
    "before": (RED, "observed in its slot, ten slots"),
    "deployed": (BLUE, "observed by Land, ten slots"),
    "raised": (GREEN, "observed by Land, raised"),
}
MINUTE = 60
LATE = 0.01
"""The share of refused orders that counts as chance."""

MOST = (
    "Through ten slots go **{deployed:,.0f} orders a minute** where Land observes, against {before:,.0f} "
    "where each execution observes its own order in its slot; the aim is 1,000."
)
READING = (
    "Api, Execute, Land, pushes and sockets: how many of these functions run at once. Refused are orders for "
    "which the wait for a slot would be too long: they are told when to come again. Places in landings are "
    "the orders that all batches of Land hold at once.\n\n"
    f"What one change gives to the deployed shape, at {QUIET} and at {BUSY} orders a second, and the most "
    "that it takes:"
)


def section(rows: Sequence[Row], stated: Mapping[str, Any]) -> str:
    """Return the part of docs/performance.md between its marks."""
    loads = [row for row in rows if not row.change]
    most = {name: max(row.orders_a_minute for row in loads if row.shape == name) for name in LINES}
    parts = [
        MOST.format(**most),
        "![Orders a minute by orders a second](capacity.svg)",
        _table(
            (
                "deployment", "slots / landings at once", "orders a second", "confirmed a minute", "refused",
                "to confirmed, p50 (s)", "p95 (s)", "on its socket, p95 (s)", "Api", "Execute", "Land",
                "pushes and sockets", "looks: calls a second", "all chain calls a second", "limits met",
            ),
            map(_load, loads),
        ),
        READING,
        _table(
            (
                "change", f"Land's GB-s an order, at {QUIET}", "to confirmed, p50 (s)", "p95 (s)",
                f"Land's GB-s an order, at {BUSY}", "to confirmed, p50 (s)", "p95 (s)",
                "looks: calls a second", "orders a minute at most",
            ),
            _changes(rows),
        ),
        "What is assumed ([bench/capacity/assumptions.toml](../bench/capacity/assumptions.toml)):",
        _table(("what", "how much", "source"), _assumed(stated)),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def plot(rows: Iterable[Row]) -> str:
    """Return the chart of orders a minute by orders a second, as SVG."""
    axes = ("orders a second", "confirmed a minute")
    chart = Chart("What a deployment takes", axes, (1, 1000), (10, 1_000_000), logarithmic=True)
    chart.line([(1, MINUTE), (1000, 1000 * MINUTE)], FAINT, "all of them", dashed=True)
    loads = [row for row in rows if not row.change]
    for shape, (colour, label) in LINES.items():
        points = [(row.rate, row.orders_a_minute) for row in loads if row.shape == shape]
        chart.line(points, colour, label)
    return chart.drawn()


def _load(row: Row) -> tuple[str, ...]:
    others = sum(n for name, n in row.busy.items() if name not in {"api", "execute", "land"})
    met = [limit.name for limit in row.limits if limit.met_at < row.rate]
    if row.refused > LATE:
        met = met[:1]  # what is refused reaches none of the others
    nearest = row.limits[0]
    return (
        row.shape,
        f"{row.slots} / {row.landings or 'none'}",
        f"{row.rate:,}",
        f"{row.orders_a_minute:,.0f}",
        f"{row.refused:.0%}",
        *(f"{seconds:.1f}" for seconds in (row.confirmed_p50, row.confirmed_p95, row.told_p95)),
        *(f"{n:,.1f}" for n in (row.busy["api"], row.busy["execute"], row.busy["land"], others)),
        f"{row.looking_calls:,.0f}",
        f"{row.chain_calls:,.0f}",
        "; ".join(met) or f"none; next: {nearest.name}, at {nearest.met_at:,.0f} a second",
    )


def _changes(rows: Sequence[Row]) -> Iterable[tuple[str, ...]]:
    changed = {(row.change, row.rate): row for row in rows if row.change}
    for change in dict.fromkeys(name for name, _ in changed):
        quiet, busy = changed[change, QUIET], changed[change, BUSY]
        yield (
            change,
            *(f"{s:.2f}" for s in (quiet.land_gb_seconds, quiet.confirmed_p50, quiet.confirmed_p95)),
            *(f"{s:.2f}" for s in (busy.land_gb_seconds, busy.confirmed_p50, busy.confirmed_p95)),
            f"{busy.looking_calls:,.0f}",
            f"{changed[change, TOO_MANY].orders_a_minute:,.0f}",
        )


def _assumed(stated: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    for name, time in stated["times"].items():
        bounds = f"{time['from']} to {time['to']} ms" if "from" in time else _skewed(time)
        yield _spelled(name), bounds, time["source"]
    for group in ("figures", "limits"):
        for name, each in stated.get(group, {}).items():
            yield _spelled(name), f"{each['value']:,} {each['unit']}", each["source"]


def _spelled(name: str) -> str:
    return name.replace("_", " ")


def _skewed(time: Mapping[str, Any]) -> str:
    return f"p50 {time['p50']:g} ms, p99 {time['p99']:g} ms"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
