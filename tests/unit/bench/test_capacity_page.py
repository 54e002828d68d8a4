"""What the documents show of the simulation is what it gives today."""

import json
import re

import pytest

from bench.capacity import page
from bench.capacity.__main__ import DOCS, MEASURED, PLOT, SHOWN, SIMULATED, recorded, simulated
from bench.capacity.assumptions import assume, read
from bench.capacity.scenarios import BEFORE, DEPLOYED, Scenario, simulate
from bench.cost.usage import Figures
from chalicelib.api.order_forms import DEFAULT_LIFE
from chalicelib.config import SETTINGS
from chalicelib.domain.backlog import RESERVE_SECONDS
from chalicelib.services.defer_order import WAIT_SECONDS

STATED, FIGURES = read(), json.loads(MEASURED.read_text())
ASSUMED = assume(STATED, FIGURES)
RECORD = json.loads(SIMULATED.read_text())
ROWS = simulated(RECORD)
DEFAULTS = {setting.variable.lower(): setting.default or "" for setting in SETTINGS}
STATE_ANEW = "Correct bench/capacity/assumptions.toml and run `make capacity`"
TEMPLATE = (DOCS.parent / "template.yaml").read_text()


def test_the_record_was_made_from_what_is_assumed_and_measured():
    assert RECORD["inputs"]["stated"] == STATED, "Run `make capacity`"
    assert RECORD["inputs"]["processor"] == ASSUMED.processor, "Run `make capacity`"


@pytest.mark.parametrize(("shape", "rate"), [(BEFORE, 1), (DEPLOYED, 1)], ids=["before", "deployed"])
def test_the_record_holds_what_the_simulation_gives(shape, rate):
    row = simulate(Scenario(shape, rate), ASSUMED, Figures(FIGURES))
    assert recorded(row) in RECORD["rows"], "Run `make capacity`"


def test_the_page_and_the_plot_show_the_record():
    shown = page.PLACE.search(SHOWN.read_text())
    assert shown is not None, f"Put the place for it back into {SHOWN.name}"
    assert page.section(ROWS, STATED) in shown[0], "Run `make capacity`"
    assert page.plot(ROWS) == PLOT.read_text(), "Run `make capacity`"


@pytest.mark.parametrize(
    ("figure", "setting"),
    [
        ("poll_interval", "poll_interval_ms"),
        ("resend_interval", "resend_interval_ms"),
        ("landing_wait", "landing_wait_ms"),
    ],
)
def test_figures_of_settings_are_their_defaults(figure, setting):
    assert ASSUMED.figures[figure] == float(DEFAULTS[setting]), STATE_ANEW


@pytest.mark.parametrize(
    ("time", "setting"), [("quote", "paper_quote_delay_ms"), ("landing", "paper_landing_delay_ms")]
)
def test_times_of_the_paper_market_are_its_defaults(time, setting):
    assert f"{STATED['times'][time]['from']}-{STATED['times'][time]['to']}" == DEFAULTS[setting], STATE_ANEW


def test_figures_of_the_code_are_the_codes():
    said = [ASSUMED.figures[name] for name in ("life", "reserve", "landing_again")]
    assert said == [DEFAULT_LIFE, RESERVE_SECONDS, WAIT_SECONDS], STATE_ANEW


@pytest.mark.parametrize(
    ("limit", "name"),
    [
        ("stage_requests", r'ResourcePath: "/\*", HttpMethod: "\*", ThrottlingRateLimit'),
        ("stream_factor", "ParallelizationFactor"),
    ],
    ids=["stage_requests", "stream_factor"],
)
def test_limits_of_the_template_are_the_templates(limit, name):
    """A parameter's limit is its default."""
    defaults = dict(re.findall(r"^  (\w+):\s+{.*\bDefault: (\d+)", TEMPLATE, re.MULTILINE))
    said = re.findall(rf"{name}: (?:!Ref )?(\w+)", TEMPLATE)
    found = {float(defaults.get(each, each)) for each in said}
    assert found == {ASSUMED.limits[limit]}, STATE_ANEW
