"""`python -m bench.cost` prints docs/cost.md: from what was measured, what was simulated, and prices.toml."""

import argparse
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.capacity.__main__ import MEASURED, SIMULATED, simulated
from bench.capacity.assumptions import assume, read
from bench.capacity.limits import limits_of_items
from bench.capacity.scenarios import Row
from bench.cost.armed import SCALES, Prices, rows
from bench.cost.monthly import SECONDS, SOCKETS, fixed, idle_sockets, open_page, original, stored
from bench.cost.strangers import a_day, deployed
from bench.cost.usage import PAPER, Figures, Landing, Use, uses
from infra.output import run

HERE = Path(__file__).parent
RATES = (1, 100, 1000)
REAL_CHAIN_RATES = (1, 10, 100, 1000)
MILLION = 1e6
_FIXED = (
    "fixed: Reconcile, which sweeps while orders are open; Watch, with nothing armed; polls, metrics, "
    "alarms, dashboards"
)


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__)
    parser.add_argument("--prices", type=Path, default=HERE / "prices.toml")
    given = parser.parse_args()
    measured, rows = json.loads(MEASURED.read_text()), simulated(json.loads(SIMULATED.read_text()))
    sys.stdout.write(page(tomllib.loads(given.prices.read_text()), measured, rows))


def page(prices: Prices, measured: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """Return the whole page."""
    template = (HERE / "page.md").read_text()
    for name, text in Costs(prices, measured, rows).parts().items():
        template = template.replace(f"<!-- {name} -->", text)
    return template


class Costs:
    """The parts of the page."""

    def __init__(self, prices: Prices, measured: Mapping[str, Any], rows: Sequence[Row]) -> None:
        self._prices = prices
        self._figures, self._assumed = Figures(measured), assume(read(), measured)
        # The shape that takes a load: the deployed one, and the raised one where that refuses orders.
        self._loads = {row.rate: row for row in rows if row.shape != "before" and not row.change}
        self._date = measured["machine"]["date"]
        self._rate = prices["assumed"]["orders_a_second"]

    def parts(self) -> dict[str, str]:
        """Return each part of the page by the name of its mark."""
        used = self._uses(self._rate)
        return {
            "date": self._date,
            "rate": f"{self._rate:g}",
            "real_chain": _table(
                ("orders a second", *(f"{rate:,}" for rate in REAL_CHAIN_RATES)),
                [("**$ a million orders on a real chain**", *map(self._million, REAL_CHAIN_RATES))],
            ),
            "per_service": _table(("service", "$ a million orders"), self._by_service(used)),
            "per_order": _table(
                ("service", "what for", "amount an order", "$ a million orders"), self._lines(used)
            ),
            "per_scale": _table(("", "idle", *(f"{rate:,} a second" for rate in RATES)), self._scales()),
            "per_month": _table(("what stays open", "$ a month"), self._open()),
            "armed": _table(("", "nothing armed", *map(str, SCALES)), self._armed()),
            "strangers": _table(("what is asked for", "a second, at most", "$ a day"), self._strangers()),
            "limits": _table(
                ("what is limited", "an order takes", "there is", "met at, orders a second", "raise"),
                self._limits(),
            ),
        }

    def _uses(self, rate: float) -> list[Use]:
        row = self._loads[rate]
        landing = Landing(row.land_invocations, row.land_gb_seconds)
        return list(uses(self._figures, self._assumed, self._prices["assumed"], landing, paper=True))

    def _price(self, use: Use) -> float:
        name = "lambda_gb_second_arm" if use.price == "lambda_gb_second" else use.price
        return use.amount * self._prices["aws"][name] * MILLION

    def _million(self, rate: float) -> str:
        return f"**{self._an_order(rate) * MILLION:.2f}**"

    def _an_order(self, rate: float) -> float:
        return sum(self._price(use) for use in self._uses(rate) if use.service != PAPER) / MILLION

    def _by_service(self, used: Iterable[Use]) -> Iterator[tuple[str, ...]]:
        spent: dict[str, float] = defaultdict(float)
        for use in used:
            spent[use.service] += self._price(use)
        paper = spent.pop(PAPER)
        for service, dollars in sorted(spent.items(), key=lambda item: -item[1]):
            yield service, f"{dollars:.2f}"
        yield "**in all, on a real chain**", f"**{sum(spent.values()):.2f}**"
        yield f"{PAPER}, besides", f"{paper:.2f}"
        aws = self._prices["aws"]
        dearer = aws["lambda_gb_second_x86"] / aws["lambda_gb_second_arm"] - 1
        seconds = sum(self._price(use) for use in used if use.price == "lambda_gb_second")
        yield "`ARCHITECTURE=x86_64`, besides", f"{seconds * dearer:.2f}"

    def _lines(self, used: Iterable[Use]) -> Iterator[tuple[str, ...]]:
        for use in used:
            unit = use.price.removeprefix(use.service.split(",")[0].lower() + "_").replace("_", " ")
            yield use.service, use.why, f"{use.amount:.3g} {unit}", f"{self._price(use):.2f}"

    def _scales(self) -> Iterator[tuple[str, ...]]:
        by_rate = {rate: rate * SECONDS for rate in RATES}
        an_order = {rate: self._an_order(rate) for rate in RATES}
        keeping = stored(self._figures, self._prices)
        idle, sweeping = (fixed(self._prices, orders_open=are_open) for are_open in (False, True))
        yield "orders a month", "0", *(f"{orders / MILLION:,.1f} million" for orders in by_rate.values())
        yield "orders", "$0", *(f"${orders * an_order[rate]:,.0f}" for rate, orders in by_rate.items())
        yield (
            "their storage, for each month that they are kept",
            "$0",
            *(f"${orders * keeping:,.0f}" for orders in by_rate.values()),
        )
        yield (
            _FIXED,
            f"${idle:,.2f}",
            *(f"${sweeping:,.2f}" for _ in RATES),
        )
        totals = [idle, *(sweeping + n * (an_order[rate] + keeping) for rate, n in by_rate.items())]
        yield "**this engine, a month**", *(f"**${total:,.0f}**" for total in totals)
        theirs = (original(rate, self._prices) for rate in (0, *RATES))
        yield "**the always-on original, a month**", *(f"**${total:,.0f}**" for total in theirs)

    def _open(self) -> Iterator[tuple[str, ...]]:
        assumed = self._prices["assumed"]
        for every in (assumed["idle_ping_seconds"], assumed["ping_seconds"]):
            dollars = idle_sockets(self._prices, self._assumed, every)
            yield f"{SOCKETS:,} idle sockets, each with a ping every {every:g} s", f"{dollars:,.0f}"
        yield "one tab of the dashboard page, in view", f"{open_page(self._prices, self._assumed):,.2f}"

    def _armed(self) -> Iterator[tuple[str, ...]]:
        return rows(self._figures, self._prices, self._assumed)

    def _strangers(self) -> Iterator[tuple[str, ...]]:
        rows = list(a_day(self._prices, self._assumed, *deployed()))
        for kind, rate, dollars in sorted(rows, key=lambda row: row[2]):
            yield kind, f"{rate:,g}", f"{dollars:,.0f}"
        yield "**in all**", "", f"**{sum(dollars for *_, dollars in rows):,.0f}**"

    def _limits(self) -> Iterator[tuple[str, ...]]:
        items = limits_of_items(self._assumed, self._figures)
        of_the_load = self._loads[self._rate].limits
        for limit in sorted([*of_the_load, *items], key=lambda limit: limit.met_at):
            yield (
                limit.name,
                f"{limit.an_order:.2g} {limit.unit}",
                f"{limit.there_is:,.0f}",
                f"{limit.met_at:,.0f}",
                limit.raising,
            )


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    run(main)
