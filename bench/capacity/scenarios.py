"""The deployments and loads that are simulated, and the figures of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.capacity.assumptions import Assumptions
from bench.capacity.deployment import Deployment, Shape
from bench.capacity.limits import Limit, Seconds, limits
from bench.cost.usage import Figures
from bench.stack.figures import percentile

SEED = 1
WARM_UP, LONG_WARM_UP = 120, 300
"""Seconds of warm-up: until there is a backlog, and until dropped transactions are proven dead."""

ORDERS_COUNTED, SHORTEST_WINDOW, LONGEST_WINDOW = 6_000, 20, 600
"""About how many orders are counted, and the shortest and longest time (s) of counting."""

BEFORE = Shape("before", chain_waits=3, observes_in_slot=True)
DEPLOYED = Shape("deployed", delay=2, shards=8)
"""The deployed shape, with four index partitions for waiting orders and four for landing ones."""

LOADS = {
    BEFORE: (1, 3, 10, 100),
    DEPLOYED: (1, 3, 5, 10, 15, 30, 100, 1000),
    replace(DEPLOYED, name="raised", slots=25, landings=12): (30,),
    replace(DEPLOYED, name="raised", slots=80, landings=40): (100,),
    replace(DEPLOYED, name="raised", slots=230, landings=110): (300,),
    replace(DEPLOYED, name="raised", slots=750, landings=360): (1000,),
}

CHANGES: Mapping[str, tuple[Shape, Mapping[str, float]]] = {
    "as deployed": (DEPLOYED, {}),
    "the message to Land not held back": (replace(DEPLOYED, delay=0), {}),
    "a look each 400 ms": (DEPLOYED, {"poll_interval": 400}),
    "eight landings at once": (replace(DEPLOYED, landings=8), {}),
    "Execute with 1,024 MB": (replace(DEPLOYED, execute_mb=1024), {}),
    "the blockhash asked for after the quotes": (replace(DEPLOYED, chain_waits=3), {}),
    "Land with 512 MB": (replace(DEPLOYED, land_mb=512), {}),
    "1 % of transactions dropped": (DEPLOYED, {"dropped": 0.01}),
    "1 % dropped, Land waits 8 s": (DEPLOYED, {"dropped": 0.01, "landing_wait": 8000}),
    "5 % dropped": (DEPLOYED, {"dropped": 0.05}),
    "5 % dropped, Land waits 8 s": (DEPLOYED, {"dropped": 0.05, "landing_wait": 8000}),
    "5 % dropped, eight landings at once": (replace(DEPLOYED, landings=8), {"dropped": 0.05}),
}
QUIET, BUSY, TOO_MANY = 1, 15, 30
CHANGED_AT = (QUIET, BUSY, TOO_MANY)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One deployment under one load (orders a second), with the figures that differ from the assumptions."""

    shape: Shape
    rate: float
    figures: Mapping[str, float] = field(default_factory=dict)
    change: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The results of one scenario; times are in seconds.

    `busy` is how many of a function run at once, `limits` what the load meets, first the one that it meets
    first.
    """

    shape: str
    slots: int
    landings: int
    rate: float
    change: str
    orders_a_minute: float
    refused: float
    confirmed_p50: float
    confirmed_p95: float
    told_p95: float
    busy: Mapping[str, float]
    looking_calls: float
    chain_calls: float
    land_invocations: float
    land_gb_seconds: float
    limits: Sequence[Limit]


def scenarios() -> Iterator[Scenario]:
    """Yield all scenarios."""
    for shape, rates in LOADS.items():
        for rate in rates:
            yield Scenario(shape, rate)
    for change, (shape, figures) in CHANGES.items():
        for rate in CHANGED_AT:
            yield Scenario(shape, rate, figures, change)


def simulate(scenario: Scenario, assumed: Assumptions, measured: Figures) -> Row:
    """Simulate one scenario; the same scenario gives the same row."""
    shape, rate = scenario.shape, scenario.rate
    changed = replace(assumed, figures={**assumed.figures, **scenario.figures})
    window = min(max(ORDERS_COUNTED / rate, SHORTEST_WINDOW), LONGEST_WINDOW)
    warm_up = LONG_WARM_UP if changed.figures["dropped"] else WARM_UP
    if shape.name == "raised":
        warm_up = SHORTEST_WINDOW  # no backlog comes to stand
    deployment = Deployment(changed, shape, rate=rate, warm_up=warm_up, window=window, seed=SEED)
    seen, busy = deployment.run(), deployment.busy
    at_once = {name: each.at_once() for name, each in busy.items()}
    confirmed = len(seen.confirmed_after)
    seconds = Seconds(
        slot=busy["execute"].total / busy["execute"].invocations / 1000,
        landing=deployment.places.total / confirmed / 1000,
        functions=sum(at_once.values()) / rate,
        broadcast=busy["broadcast"].total / confirmed / 1000,
    )
    return Row(
        shape=shape.name,
        slots=shape.slots,
        landings=0 if shape.observes_in_slot else shape.landings,
        rate=rate,
        change=scenario.change,
        orders_a_minute=confirmed / window * 60,
        refused=seen.refused / seen.asked,
        confirmed_p50=percentile(seen.confirmed_after, 50) / 1000,
        confirmed_p95=percentile(seen.confirmed_after, 95) / 1000,
        told_p95=percentile(seen.told_after, 95) / 1000,
        busy=at_once,
        looking_calls=seen.looking_calls / window,
        chain_calls=(seen.looking_calls + seen.other_chain_calls) / window,
        land_invocations=busy["land"].invocations / confirmed,
        land_gb_seconds=busy["land"].total / 1000 / confirmed * shape.land_mb / 1024,
        limits=sorted(limits(changed, measured, shape, seconds), key=lambda limit: limit.met_at),
    )
