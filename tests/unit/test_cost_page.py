"""docs/cost.md is what its script prints of the committed figures and prices."""

import json
import tomllib

import pytest

from bench.cost.__main__ import HERE, MEASURED, page

PRICES = tomllib.loads((HERE / "prices.toml").read_text())
FIGURES = json.loads(MEASURED.read_text())


def test_the_page_is_up_to_date():
    committed = (MEASURED.parent / "cost.md").read_text()
    assert page(PRICES, FIGURES) == committed, "Run `make cost`"


@pytest.mark.parametrize("price", PRICES["aws"])
def test_every_price_counts(price):
    dearer = {**PRICES, "aws": {**PRICES["aws"], price: PRICES["aws"][price] * 10}}
    assert page(dearer, FIGURES) != page(PRICES, FIGURES)
