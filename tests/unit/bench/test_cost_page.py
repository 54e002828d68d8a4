"""docs/cost.md is what its script prints of the committed figures and prices."""

import json
import tomllib

import pytest

from bench.capacity.__main__ import DOCS, MEASURED, SIMULATED, simulated
from bench.cost.__main__ import HERE, page
from bench.cost.usage import Figures, units, writes

PRICES = tomllib.loads((HERE / "prices.toml").read_text())
FIGURES = json.loads(MEASURED.read_text())
ROWS = simulated(json.loads(SIMULATED.read_text()))
INPUTS = [(group, name) for group, values in PRICES.items() for name in values]


def test_the_page_is_up_to_date():
    assert page(PRICES, FIGURES, ROWS) == (DOCS / "cost.md").read_text(), "Run `make cost`"


@pytest.mark.parametrize(("group", "name"), INPUTS, ids=lambda each: each)
def test_every_price_and_every_assumption_counts(group, name):
    changed = {**PRICES, group: {**PRICES[group], name: PRICES[group][name] * 10}}
    assert page(changed, FIGURES, ROWS) != page(PRICES, FIGURES, ROWS)


def saves(*sizes):
    """Write units of the saves of an order whose item has these sizes, version by version."""
    names = [f"order, version {version}" for version in range(1, 6)]
    items = [*zip(names, sizes, strict=True), ("largest of orders, idempotency", 254)]
    figures = Figures({"figures": [{"group": "item", "name": name, "value": size} for name, size in items]})
    return next(use.amount for use in writes(figures) if "saves" in use.why)


def test_a_save_costs_what_the_larger_item_does_of_the_one_before_and_the_one_after():
    assert saves(400, 500, 1500, 2500, 600) == 1 + 2 + 3 + 3


def test_a_write_unit_is_a_kibibyte_or_less():
    assert units([1, 1024, 1025]) == 1 + 1 + 2
