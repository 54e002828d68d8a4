"""`python -m bench.cost` prints docs/cost.md, from the bench's figures and the prices of prices.toml."""

import argparse
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.cost.usage import Figures, Use, uses

HERE = Path(__file__).parent
MEASURED = HERE.parents[1] / "docs" / "performance.json"
MONTH_SECONDS = 730 * 3600
RATES = (1, 100, 1000)
EXECUTION_SECONDS = 2.75

Prices = Mapping[str, Mapping[str, float]]
Measured = Mapping[str, Any]


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__)
    parser.add_argument("--prices", type=Path, default=HERE / "prices.toml")
    parser.add_argument("--measured", type=Path, default=MEASURED)
    given = parser.parse_args()
    sys.stdout.write(page(tomllib.loads(given.prices.read_text()), json.loads(given.measured.read_text())))


def page(prices: Prices, measured: Measured) -> str:
    """The whole page."""
    figures = Figures(measured)
    used = list(uses(figures, prices["assumed"]["socket_seconds"], paper=True))
    template = (HERE / "page.md").read_text()
    filled = {
        "per_order": _table(
            ("service", "what for", "amount an order", "$ a million orders"), _lines(used, prices)
        ),
        "per_service": _table(("service", "$ a million orders"), _by_service(used, prices)),
        "per_scale": _table(
            ("", "idle", *(f"{rate:,} a second" for rate in RATES)), _scales(used, figures, prices)
        ),
        "date": measured["machine"]["date"],
    }
    for name, text in filled.items():
        template = template.replace(f"<!-- {name} -->", text)
    return template


def _price(use: Use, prices: Prices) -> float:
    name = "lambda_gb_second_x86" if use.price == "lambda_gb_second" else use.price
    return use.amount * prices["aws"][name]


def _lines(used: Iterable[Use], prices: Prices) -> Iterator[tuple[str, ...]]:
    for use in used:
        unit = use.price.removeprefix(use.service.split(",")[0].lower() + "_").replace("_", " ")
        yield use.service, use.why, f"{use.amount:.3g} {unit}", f"{_price(use, prices) * 1e6:.2f}"


def _by_service(used: Iterable[Use], prices: Prices) -> Iterator[tuple[str, ...]]:
    spent: dict[str, float] = defaultdict(float)
    for use in used:
        spent[use.service] += _price(use, prices) * 1e6
    for service, dollars in sorted(spent.items(), key=lambda item: -item[1]):
        yield service, f"{dollars:.2f}"
    yield "**in all**", f"**{sum(spent.values()):.2f}**"
    arm = prices["aws"]["lambda_gb_second_arm"] / prices["aws"]["lambda_gb_second_x86"]
    seconds = sum(_price(use, prices) for use in used if use.price == "lambda_gb_second") * 1e6
    yield "saved by `ARCHITECTURE=arm64`", f"{seconds * (1 - arm):.2f}"


def _scales(used: Iterable[Use], figures: Figures, prices: Prices) -> Iterator[tuple[str, ...]]:
    an_order = sum(_price(use, prices) for use in used)
    fixed, stored = _fixed(prices), _stored(figures, prices)
    by_rate = [rate * MONTH_SECONDS for rate in RATES]
    yield "orders a month", "0", *(f"{orders / 1e6:,.1f} million" for orders in by_rate)
    yield "orders", "$0", *(f"${orders * an_order:,.0f}" for orders in by_rate)
    yield (
        "their storage, for each month that they are kept",
        "$0",
        *(f"${orders * stored:,.0f}" for orders in by_rate),
    )
    yield "fixed: Reconcile, polls, metrics, alarms, dashboards", *(f"${fixed:,.0f}" for _ in (0, *RATES))
    totals = [fixed + orders * (an_order + stored) for orders in (0, *by_rate)]
    yield "**this engine, a month**", *(f"**${total:,.0f}**" for total in totals)
    yield (
        "**the always-on original, a month**",
        *(f"**${_original(rate, prices):,.0f}**" for rate in (0, *RATES)),
    )


def _fixed(prices: Prices) -> float:
    aws, assumed = prices["aws"], prices["assumed"]
    minutes = MONTH_SECONDS / 60
    reconcile = minutes * (
        aws["lambda_request"] + 0.5 * 0.1 * aws["lambda_gb_second_x86"] + aws["dynamodb_read_unit"]
    )
    polls = assumed["queue_polls_a_month"] * aws["sqs_request"]
    watched = ("custom_metric", "alarm", "dashboard")
    watching = sum(assumed[f"{kind}s"] * aws[f"{kind}_month"] for kind in watched)
    return reconcile + polls + watching


def _stored(figures: Figures, prices: Prices) -> float:
    aws = prices["aws"]
    kept = (
        figures.value("item", "order, version 5")
        / 1e9
        * (aws["dynamodb_gb_month"] + aws["dynamodb_backup_gb_month"])
    )
    return kept + sum(figures.group("logged").values()) / 1e9 * aws["logs_gb_month"]


def _original(rate: int, prices: Prices) -> float:
    theirs, hours = prices["original"], MONTH_SECONDS / 3600
    workers = max(1, -(-rate * EXECUTION_SECONDS // prices["assumed"]["executions_a_container"]))
    databases = max(
        1, rate / 100
    )  # one large enough for a hundred orders a second, and larger ones by the same measure
    containers = (1 + workers) * theirs["container_hour"]
    shared = (2 * theirs["redis_hour"] + theirs["postgres_hour"]) * databases + theirs["load_balancer_hour"]
    disk = rate * MONTH_SECONDS * 4_000 / 1e9 * theirs["disk_gb_month"]
    return (containers + shared) * hours + disk


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
