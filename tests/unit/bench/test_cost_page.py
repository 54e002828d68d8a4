"""docs/cost.md is what its script prints of the committed figures and prices."""

import json
import re
import tomllib

import pytest

from bench.capacity.__main__ import DOCS, MEASURED, SIMULATED, simulated
from bench.capacity.assumptions import assume, read
from bench.cost.__main__ import HERE, page
from bench.cost.armed import idle_watch, watching
from bench.cost.strangers import a_day, deployed, size_of
from bench.cost.usage import Figures, units, writes
from chalicelib.config import SETTINGS
from oee.stream import IDLE_PING_SECONDS, PING_SECONDS

PRICES = tomllib.loads((HERE / "prices.toml").read_text())
FIGURES = json.loads(MEASURED.read_text())
ASSUMED = assume(read(), FIGURES)
ROWS = simulated(json.loads(SIMULATED.read_text()))
ROOT = DOCS.parent
TEMPLATE = (ROOT / "template.yaml").read_text()
STATE_ANEW = "Correct bench/cost/prices.toml and run `make cost`"
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


def milliseconds(path, name):
    """A constant of a source file, in seconds."""
    (found,) = re.findall(rf"\b{name} = ([\d_]+)", (ROOT / path).read_text())
    return int(found or "") / 1000


@pytest.mark.parametrize(
    ("assumption", "path", "name"),
    [
        ("sweep_seconds", "app.py", "RECONCILE_FOR_MS"),
        ("sweep_every_seconds", "app.py", "SWEEP_EVERY_MS"),
        ("tab_health_seconds", "chalicelib/static/main.js", "ENGINE_EVERY_MS"),
        ("tab_list_seconds", "chalicelib/static/main.js", "HISTORY_EVERY_MS"),
        ("ping_seconds", "chalicelib/static/socket.js", "PING_AFTER_MS"),
        ("idle_ping_seconds", "chalicelib/static/socket.js", "IDLE_PING_AFTER_MS"),
    ],
)
def test_times_of_the_code_are_the_codes(assumption, path, name):
    assert PRICES["assumed"][assumption] == milliseconds(path, name), STATE_ANEW


def default_of(variable):
    (found,) = [setting.default for setting in SETTINGS if setting.variable == variable]
    return int(found or "") / 1000


def test_watchers_look_as_often_and_as_long_as_they_are_set_to():
    assumed = PRICES["assumed"]
    assert assumed["watch_seconds"] == default_of("WATCH_FOR_MS"), STATE_ANEW
    assert assumed["look_every_seconds"] == default_of("WATCH_INTERVAL_MS"), STATE_ANEW


def test_watching_costs_by_directions_and_not_by_orders():
    eight, forty = watching(PRICES, 8), watching(PRICES, 40)
    a_direction = PRICES["assumed"]["look_direction_read_units"] * PRICES["aws"]["dynamodb_read_unit"]
    looks = (62 + 3) / 60 * 730 * 3600
    assert forty - eight == pytest.approx(32 * looks * a_direction)
    assert idle_watch(PRICES) < 0.05
    assert 20 < eight < 40


def test_the_command_line_pings_as_often_as_the_page():
    assert PRICES["assumed"]["ping_seconds"] == PING_SECONDS, STATE_ANEW
    assert PRICES["assumed"]["idle_ping_seconds"] == IDLE_PING_SECONDS, STATE_ANEW


@pytest.mark.parametrize(("assumption", "kind"), [("alarms", "Alarm"), ("dashboards", "Dashboard")])
def test_what_watches_is_counted(assumption, kind):
    found = TEMPLATE.count(f"Type: AWS::CloudWatch::{kind}\n")
    assert PRICES["assumed"][assumption] == found, STATE_ANEW


def strangers(rates, handshakes):
    return {kind: dollars for kind, _, dollars in a_day(PRICES, ASSUMED, rates, handshakes)}


def test_a_stranger_costs_a_day_what_the_throttles_let_through():
    rates, handshakes = deployed()
    now = strangers(rates, handshakes)
    before = strangers({("/*", "*"): 500}, handshakes)
    renderer, others = "the reference's renderer, 1.1 MB", "other pages and files"

    assert now[renderer] < 12
    assert now[others] < 25
    assert 4_000 < before[renderer] < 6_000
    assert before["preflights"] > 45 * now["preflights"]
    assert now["handshakes with an unknown key"] == before["handshakes with an unknown key"]


def test_without_compression_the_largest_answer_of_a_path_counts():
    assert size_of("/redoc.standalone.js") > 1_000_000
    assert size_of("/api/health") == 0
    assert 0 < size_of("/static/{name}") < size_of("/openapi.json")
