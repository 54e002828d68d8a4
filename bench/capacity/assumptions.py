"""The assumptions of the simulation: bench/capacity/assumptions.toml, and what the bench measured."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).parent
Z99 = 2.326347874
"""The standard normal distribution's 99th percentile."""


@dataclass(frozen=True, slots=True)
class Even:
    """A time (ms) that is evenly distributed between two bounds."""

    low: float
    high: float

    def mean(self) -> float:
        """Return the mean time."""
        return (self.low + self.high) / 2

    def mean_of_slowest(self, count: int) -> float:
        """Return the mean of the longest of `count` times."""
        return self.low + (self.high - self.low) * count / (count + 1)

    def draw(self, random: Random) -> float:
        """Return a random time."""
        return self.low + (self.high - self.low) * random.random()


@dataclass(frozen=True, slots=True)
class Skewed:
    """A time (ms) whose logarithm is normally distributed, by its median and its 99th percentile."""

    p50: float
    p99: float

    def mean(self) -> float:
        """Return the mean time."""
        return self.p50 * exp(self._spread() ** 2 / 2)

    def draw(self, random: Random) -> float:
        """Return a random time."""
        return self.p50 * exp(self._spread() * random.gauss(0, 1))

    def _spread(self) -> float:
        return log(self.p99 / self.p50) / Z99


Time = Even | Skewed


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Times (ms), figures and limits by name, and each function's processor time per order (ms of a core)."""

    times: Mapping[str, Time]
    figures: Mapping[str, float]
    limits: Mapping[str, float]
    processor: Mapping[str, float]

    def time(self, name: str) -> Time:
        """Return the distribution of the time with this name."""
        return self.times[name]

    def mean(self, name: str) -> float:
        """Return the mean of the time with this name (ms)."""
        return self.times[name].mean()

    def computing(self, milliseconds: float, memory_mb: float) -> float:
        """Return how long (ms) a function of this memory takes for so many milliseconds of a whole core."""
        return milliseconds / min(1.0, memory_mb / self.figures["vcpu_mb"])


def read() -> Mapping[str, Any]:
    """Read the file of assumptions."""
    return tomllib.loads((HERE / "assumptions.toml").read_text())


def assume(stated: Mapping[str, Any], measured: Mapping[str, Any]) -> Assumptions:
    """Return the assumptions of the file, with the processor times that the bench measured."""
    processor = {
        each["name"]: float(each["value"])
        for each in measured["figures"]
        if each["group"] == "processor per order"
    }
    return Assumptions(
        times={name: _time(time) for name, time in stated["times"].items()},
        figures=_values(stated["figures"]),
        limits=_values(stated["limits"]),
        processor=processor,
    )


def _time(stated: Mapping[str, Any]) -> Time:
    if "from" in stated:
        return Even(stated["from"], stated["to"])
    return Skewed(stated["p50"], stated["p99"])


def _values(stated: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    return {name: float(each["value"]) for name, each in stated.items()}
